"""Codes of the tests of rules."""

from __future__ import annotations

from typing import Final

from flamescore.findings.code import Code
from flamescore.findings.finding import Severity

ERROR = Severity.ERROR

TESTS: Final = (
    Code(
        "T001",
        ERROR,
        "`expect` expects nothing",
        "A test file has an unknown key, lacks a required one, or has a meaningless value.",
        "Follow the message. With `flamescore schema test`, an editor marks it as you type.",
    ),
    Code(
        "T002",
        ERROR,
        "no rule looks at the events' column `secnds`: it would test nothing",
        "A column or an event type that no rule, `exclude` or `hot` names changes no score: it is misspelt "
        "or left over.",
        "Use the suggested name, or take the cell out.",
    ),
    Code(
        "T003",
        ERROR,
        "there is no rule `sent-a-form` in the score `interest`",
        "A test names a rule by its id, a score, a label or its text, or a tag that rules look at. What is "
        "disabled is not there.",
        "Use the suggested name.",
    ),
    Code(
        "T004",
        ERROR,
        "nothing says whom the call list leaves out",
        "`excluded` asks `call_list.exclude` of the project file, or `exclude` of the file of tests.",
        "Write `exclude:` at the top of the test file.",
    ),
    Code(
        "T005",
        ERROR,
        "`percentile` can't be tested",
        "It depends on everyone else on the list, and a test is a list of one contact.",
        "Test the score, or points of rules.",
    ),
    Code(
        "T006",
        ERROR,
        'The address of this contact decides "Free mail"',
        "A test shows nothing personal of a contact, and this one would score something else without it.",
        "Write the test by hand, with a made-up contact.",
    ),
    Code(
        "T007",
        ERROR,
        "No file of tests is in `rules`",
        "There is no `*.test.yaml` where it was looked for, or no test whose name has the text of `-k`.",
        "Name the file or its folder, or write one beside the rule file.",
    ),
)
