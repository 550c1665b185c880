"""Codes of routing: who gets which lead."""

from __future__ import annotations

from typing import Final

from flamescore.findings.code import Code
from flamescore.findings.finding import Severity

ROUTING: Final = (
    Code(
        "A025",
        Severity.ERROR,
        "The file of absences can't be read",
        "It is missing, or a row names nobody in the team, a day that is none, or a last day before the "
        "first. Leads would go to people who are away.",
        "Fix the row: `Luis Ortega,2026-11-24,2026-11-28`.",
    ),
)
