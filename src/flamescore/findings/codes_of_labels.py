"""Codes of labels, of conditions on scores, and of hot contacts."""

from __future__ import annotations

from typing import Final

from flamescore.findings.code import Code
from flamescore.findings.finding import Severity

ERROR, NOTE = Severity.ERROR, Severity.NOTE

LABELS: Final = (
    Code(
        "R083",
        ERROR,
        "A rule can't ask for a score: scores are made of rules",
        "A score that went by scores or labels could go by itself.",
        "Ask for it under `labels`, in `hot`, or in `call_list.exclude`.",
    ),
    Code(
        "R084",
        ERROR,
        "There is no label `grad`",
        "A label may ask for those above it alone, so that none goes by itself.",
        "Use the suggested label, or declare it first.",
    ),
    Code(
        "R085",
        ERROR,
        "There is no score `fitt`",
        "The rule file has none of that name, or it is disabled.",
        "Use the suggested score, or enable it.",
    ),
    Code(
        "R086",
        ERROR,
        "Label `grade` is never `A9`",
        "No branch has this text, so the condition would hold for nobody. Labels compare to the letter.",
        "Use the suggested text.",
    ),
    Code(
        "R087",
        ERROR,
        "A label is `first_of` or `join`, and this is neither",
        "`first_of` has branches, `join` two or more labels above it. Together they make 10,000 texts at "
        "most.",
        "Write one of the two.",
    ),
    Code(
        "R187",
        NOTE,
        "A flag or variable says that 5 flames make a lead hot, so `hot` of the project file does not count",
        "What is given for one run wins over the project file, as ever.",
        "Leave out `--hot-flames` and `FLAMESCORE_HOT_FLAMES` to go by the condition.",
    ),
    Code(
        "R188",
        NOTE,
        "The previous run does not tell who was hot, so nobody is newly hot",
        "Newly hot is who is hot now and was not in the run before, by what that run says of itself.",
        "Nothing: the next run compares again.",
    ),
)
