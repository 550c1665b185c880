"""Findings: what is wrong, doubtful or good to know, how it is reported, and what is accepted."""

from __future__ import annotations

from flamescore.findings.accept import Accept, AtMost, accepted, entry_to_paste, nearest_code, refused, unused
from flamescore.findings.code import Code
from flamescore.findings.codes import CODES, codes_page, severity_of
from flamescore.findings.cure import mapping, scalar
from flamescore.findings.feeds import OVERDUE, SILENT, Feed, feed, overdue, silent
from flamescore.findings.finding import Finding, InExport, Severity, let_through, of_problem, to_problem
from flamescore.findings.near import common, hidden_by_separator, near
from flamescore.findings.samples import is_private, samples_of
from flamescore.findings.show import (
    as_json,
    as_line,
    as_record,
    as_text,
    in_order,
    last_line,
    shown,
    wants_colours,
)
from flamescore.findings.strictness import StrictError, fails_on_warning, strict_error

__all__ = [
    "CODES",
    "OVERDUE",
    "SILENT",
    "Accept",
    "AtMost",
    "Code",
    "Feed",
    "Finding",
    "InExport",
    "Severity",
    "StrictError",
    "accepted",
    "as_json",
    "as_line",
    "as_record",
    "as_text",
    "codes_page",
    "common",
    "entry_to_paste",
    "fails_on_warning",
    "feed",
    "hidden_by_separator",
    "in_order",
    "is_private",
    "last_line",
    "let_through",
    "mapping",
    "near",
    "nearest_code",
    "of_problem",
    "overdue",
    "refused",
    "samples_of",
    "scalar",
    "severity_of",
    "shown",
    "silent",
    "strict_error",
    "to_problem",
    "unused",
    "wants_colours",
]
