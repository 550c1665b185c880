"""Codes of YAML errors: R in a rule file, P in a project file, with the same number."""

from __future__ import annotations

from typing import Final

from flamescore.findings.code import Code
from flamescore.findings.finding import Severity

ERROR = Severity.ERROR

NUMBERS: Final = (
    Code(
        "001",
        ERROR,
        "The file can't be read",
        "It is not there, is a folder, or may not be opened.",
        "Check the path: `rules:` in the project file is relative to that file.",
    ),
    Code(
        "002",
        ERROR,
        "The file is not UTF-8",
        "An editor saved it as Windows-1252, Latin-1 or UTF-16. Guessing would spoil names in silence.",
        "Save it as UTF-8. A byte order mark is fine.",
    ),
    Code(
        "003",
        ERROR,
        "The file is empty",
        "There is nothing in it, or comments alone.",
        "Begin with `version: 1`.",
    ),
    Code(
        "004",
        ERROR,
        "Missing closing quote; a list is not closed; text can't begin with `@`; ...",
        "The YAML can't be read from here on, so what follows is not checked yet.",
        "Mend the place and run again. Text with `: `, ` #`, `@`, `*`, `&`, `%` or brackets in it is "
        "safest in single quotes.",
    ),
    Code(
        "005",
        ERROR,
        "Tabs can't be used for indentation in YAML",
        "YAML takes spaces alone for indenting.",
        "Replace them with spaces; most editors can do so as you type.",
    ),
    Code(
        "006",
        ERROR,
        "Only one YAML document per file",
        "A `---` starts another document, and a file holds one.",
        "Take it out.",
    ),
    Code(
        "007",
        ERROR,
        "`points` is given twice",
        "YAML would keep the last without a word.",
        "Take one out.",
    ),
    Code(
        "008",
        ERROR,
        "Merge keys (`<<`) are not supported",
        "A merge copies keys that the reader of the file doesn't see.",
        "Write the keys out, or use `defaults` and `groups`.",
    ),
    Code(
        "009",
        ERROR,
        "`!x` is a YAML tag",
        "Tags change how values are read; a rule file needs none.",
        "Put text that begins with `!` in quotes.",
    ),
    Code(
        "010",
        ERROR,
        "`*x` stands for nothing",
        "Text that begins with `*` is a reference in YAML.",
        "Put it in quotes: `like: '*Prospect'`.",
    ),
    Code(
        "011",
        ERROR,
        "Aliases in this file expand to more than 100,000 values",
        "Few lines can stand for millions of values and fill the memory.",
        "Write out what is meant.",
    ),
    Code(
        "012",
        ERROR,
        "The file is nested more than 100 levels deep",
        "No rule is meant so.",
        "Look for brackets too many.",
    ),
    Code(
        "013",
        ERROR,
        "A key must be text",
        "A list, a mapping or nothing stands before the `:`.",
        "Put the key in quotes.",
    ),
    Code(
        "014",
        ERROR,
        "`1e999999` is too long for a number",
        "It has over 100 characters, or an exponent past 400.",
        "Write a number of the usual size.",
    ),
)
