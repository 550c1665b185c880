"""Codes of write-backs: files for the CRM, and what is known to have arrived there."""

from __future__ import annotations

from typing import Final

from flamescore.findings.code import Code
from flamescore.findings.finding import Severity

WRITE_BACK: Final = (
    Code(
        "A013",
        Severity.ERROR,
        "A write-back may not write this column, or the vendor does not take this name",
        "Columns of the contacts export are a day old: written back, they would overwrite what people have "
        "typed since. Of some vendors the names of fields have a form of their own.",
        "Write flames, scores, ranks, dates and segments alone, each into a field of its own.",
    ),
    Code(
        "A019",
        Severity.NOTE,
        "The files of a write-back have not been acknowledged for ten runs",
        "Only what was acknowledged counts as known to the CRM, so each run's files hold all the older rows "
        "too.",
        "Run `flamescore delivered NAME` after each import, or take the write-back out of the project file.",
    ),
    Code(
        "A024",
        Severity.WARNING,
        "Contacts have keys that the vendor would not accept",
        "Their rows are left out: the vendor would refuse them, or make new contacts of them.",
        "Check which column of the export is `contact_id`, or take another `key`.",
    ),
    Code(
        "N010",
        Severity.ERROR,
        "A run has no files of a write-back",
        "It is older than the write-back, or a backfill, which writes none.",
        "Take a run that has them: `write_back/NAME` in its folder.",
    ),
    Code(
        "N011",
        Severity.ERROR,
        "There is no delivery to take back",
        "The last one is taken back already, or there was none.",
        "Nothing. `--forget` makes the next files hold everybody.",
    ),
    Code(
        "U040",
        Severity.ERROR,
        "Unknown write-back",
        "`write_back` of the project file has none of this name.",
        "Use the suggested name.",
    ),
    Code(
        "U041",
        Severity.ERROR,
        "A run is older than the one that was delivered last",
        "Its files hold older values, and the files of the later run held all that changed since.",
        "Name the run whose files were imported last; or take the last delivery back with `--undone`.",
    ),
    Code(
        "U042",
        Severity.ERROR,
        "`--run`, `--undone` and `--forget` are given together",
        "A run is delivered, the last delivery is taken back, or all is forgotten: one at a time.",
        "Leave out all but one.",
    ),
)
