"""Codes of rule files: resets, followers, sums, bursts and silence."""

from __future__ import annotations

from typing import Final

from flamescore.findings.code import Code
from flamescore.findings.finding import Severity

ERROR = Severity.ERROR

SEQUENCES: Final = (
    Code(
        "R173",
        ERROR,
        "`per` can't be combined with `burst`",
        "A burst counts as one, and counts different values only where it is told so; it has no amount to "
        "add up or to take points from.",
        "Put `per` inside: `burst: {times: 5, within: 7d, per: url}`. Ask for a sum in a condition of its "
        "own.",
    ),
    Code(
        "R170",
        ERROR,
        "Every event that is counted here is a reset: nothing could ever count",
        "Only what comes after the latest reset counts, and the latest of these events is one itself.",
        "Write `since: none`, or say with `where` which of them are resets.",
    ),
    Code(
        "R171",
        ERROR,
        "A sum takes `at_least`, `at_most`, `more_than` or `less_than` and a number",
        "Sums are numbers: nothing else can be asked of them.",
        "Write `sum: {amount: {at_least: 500}}`.",
    ),
    Code(
        "R172",
        ERROR,
        "`after` is 48h, which is not shorter than `within`, 2d",
        "A follower comes from `after` on and until `within` is over: nothing would be in between.",
        "Make `after` the shorter one.",
    ),
    Code(
        "R175",
        ERROR,
        "Nobody can be active under `idle`",
        "No rule of the score, or of the group, with points above 0 asks for an event, so nothing says since "
        "when a contact is idle.",
        "Name what counts as activity: `activity: {event: visit}`.",
    ),
    Code(
        "R181",
        ERROR,
        "`follows` and `at_once` belong under `ignore` and `bots`",
        "What they name is not there for any rule, so that no single rule can ask for it.",
        "Put the entry under `ignore:`, or among the `patterns` of `bots`.",
    ),
)
