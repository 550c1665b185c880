"""Codes of `init`, the first guess at a project."""

from __future__ import annotations

from typing import Final

from flamescore.findings.code import Code
from flamescore.findings.finding import Severity

INIT: Final = (
    Code(
        "G001",
        Severity.ERROR,
        "`flamescore.yaml` is already here; init never overwrites",
        "One of the two files that `init` would write is there. Nothing has been changed.",
        "Rename or delete it, or see what would be written with `--dry-run`.",
    ),
    Code(
        "G002",
        Severity.ERROR,
        "No export can be the contacts",
        "The contacts are an export with an id in 99% of the rows or more, and no id twice. The text names "
        "the nearest one, and what it lacks.",
        "Export the contacts, name the export with `--contacts`, or write `flamescore.yaml` by hand.",
    ),
    Code(
        "G003",
        Severity.ERROR,
        "Nothing can be scored",
        "The contacts have no events that give points, no tags, and no column with 2 to 20 different values.",
        "Export what they do, such as clicks, visits or orders, too.",
    ),
)
