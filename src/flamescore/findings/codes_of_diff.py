"""Codes of comparing rule files."""

from __future__ import annotations

from typing import Final

from flamescore.findings.code import Code
from flamescore.findings.finding import Severity

DIFF: Final = (
    Code(
        "D001",
        Severity.ERROR,
        "`git:main:rules/keap.yaml` can't be read: ...",
        "There is no git, no such revision, or no such file in it, as seen from the working folder.",
        "Write `git:REVISION:FILE`, with a revision that `git log` knows.",
    ),
)
