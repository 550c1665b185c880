"""Codes of lists: those in files, and cells with several values."""

from __future__ import annotations

from typing import Final

from flamescore.findings.code import Code
from flamescore.findings.finding import Severity

ERROR: Final = Severity.ERROR

LISTS: Final = (
    Code(
        "R160",
        ERROR,
        "The list `lists/target.csv` can't be read",
        "It is not there, is a folder or an address, or may not be opened.",
        "Check the path: it is relative to the rule file; of `--where`, to the working folder.",
    ),
    Code(
        "R161",
        ERROR,
        "The list `lists/targets.csv` has no column `domian`",
        "Without the column there are no values. Names compare exactly as the header has them; one that "
        "stands twice is not clear.",
        "Use the suggested name, or rename one of the two.",
    ),
    Code(
        "R162",
        ERROR,
        "The list `lists/targets.csv` has no values",
        "Nothing would ever match, or everything: the export of the list has likely failed.",
        "Fill it in, or remove the predicate.",
    ),
    Code(
        "R163",
        ERROR,
        "The list `lists/targets.csv` has 1,000,001 values; 1,000,000 are the most",
        "After `contains`, `not_contains`, `starts_with` and `ends_with` 10,000 are the most, since each is "
        "looked for in each cell.",
        "Remove values, or split the list.",
    ),
    Code(
        "R164",
        ERROR,
        "A list is a `.csv` with a `column`, or a `.txt` without",
        "It must be clear which values are meant.",
        "Name the column, or take it out; save a spreadsheet as `.csv`.",
    ),
    Code(
        "R165",
        ERROR,
        "The list `lists/targets.csv` is damaged at line 7; it is not UTF-8",
        "A value that is misread, or not read at all, would be lost silently.",
        "Fix the line, or save the file as UTF-8.",
    ),
    Code(
        "R166",
        ERROR,
        "Column `Products` holds no lists",
        "`has`, `has_all` and `has_none` ask what a cell holds, and nothing says what parts its values.",
        'Write `lists: {Products: ";"}` at the source, or ask with `contains` or `equals`.',
    ),
)
