"""Codes of segments and of the state: what has been reported so far, and what a run is compared with."""

from __future__ import annotations

from typing import Final

from flamescore.findings.code import Code
from flamescore.findings.finding import Severity

STATE: Final = (
    Code(
        "A006",
        Severity.ERROR,
        "A condition names an unknown rule",
        "The score has no such id, or the rule is disabled.",
        "Use the suggested id; `of: NAME` for a rule of another score.",
    ),
    Code(
        "A007",
        Severity.ERROR,
        "A condition names an unknown segment, or one defined later in the file",
        "Segments are evaluated in order, so that none can depend on itself.",
        "Use the suggested name, or move the segment up.",
    ),
    Code(
        "A014",
        Severity.WARNING,
        "The state is gone, or the run that it refers to is",
        "There is nothing to compare with, so the run is a baseline: nobody comes into a segment or leaves "
        "one, and no alert rings. Messages that wait are sent all the same.",
        "Nothing; the next run is compared with this one.",
    ),
    Code(
        "A015",
        Severity.WARNING,
        "The state can't be read",
        "It is damaged, was written by a later version, or another command holds it. The run is published "
        "without alerts, write-backs and routes, and where there are any `score` ends with exit code 7.",
        "Move the folder away: the next run is a baseline. If another command holds it, the next run tells "
        "what this one did not.",
    ),
    Code(
        "A017",
        Severity.NOTE,
        "A definition has changed",
        "What a segment or an alert asks for is not what it asked for in the state's run: who comes in, or "
        "goes out, does so because of the words, and that is no news.",
        "Nothing; alerts ring again from the next run on.",
    ),
    Code(
        "A018",
        Severity.WARNING,
        "The latest run was compared with another run than the state's",
        "What has changed since the state is not known, so the run is taken in as a baseline: nothing of it "
        "rings.",
        "Nothing; the next run is compared with this one.",
    ),
)
