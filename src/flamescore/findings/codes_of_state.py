"""Codes of the state: what has been told so far, and what a run is held against."""

from __future__ import annotations

from typing import Final

from flamescore.findings.code import Code
from flamescore.findings.finding import Severity

STATE: Final = (
    Code(
        "A014",
        Severity.WARNING,
        "The state is gone, or the run that it stands at",
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
        "A018",
        Severity.WARNING,
        "The latest run was compared with another run than the state's",
        "What has changed since the state is not known, so the run is taken in as a baseline: nothing of it "
        "rings.",
        "Nothing; the next run is compared with this one.",
    ),
)
