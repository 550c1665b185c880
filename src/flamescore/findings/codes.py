"""The table of all codes, and the docs page that is generated from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from flamescore.findings.codes_of_accounts import ACCOUNTS
from flamescore.findings.codes_of_alerts import ALERTS
from flamescore.findings.codes_of_backtest import BACKTEST
from flamescore.findings.codes_of_connections import CONNECTIONS
from flamescore.findings.codes_of_diff import DIFF
from flamescore.findings.codes_of_exports import EXPORTS
from flamescore.findings.codes_of_history import HISTORY
from flamescore.findings.codes_of_init import INIT
from flamescore.findings.codes_of_labels import LABELS
from flamescore.findings.codes_of_lints import LINTS
from flamescore.findings.codes_of_lists import LISTS
from flamescore.findings.codes_of_messages import MESSAGES
from flamescore.findings.codes_of_project import PROJECT, USAGE
from flamescore.findings.codes_of_routing import ROUTING
from flamescore.findings.codes_of_rules import RULES
from flamescore.findings.codes_of_rules_and_exports import RULES_AND_EXPORTS
from flamescore.findings.codes_of_runs import RUNS
from flamescore.findings.codes_of_sequences import SEQUENCES
from flamescore.findings.codes_of_spark import SPARK
from flamescore.findings.codes_of_state import STATE
from flamescore.findings.codes_of_tests import TESTS
from flamescore.findings.codes_of_write_back import WRITE_BACK
from flamescore.findings.codes_of_yaml import NUMBERS

if TYPE_CHECKING:
    from flamescore.findings.code import Code
    from flamescore.findings.finding import Severity

_UNREADABLE: Final = "001"
"""A project file that can't be read has its own code, P015."""

_EVERY: Final = (
    *(replace(each, code=f"R{each.code}") for each in NUMBERS),
    *(replace(each, code=f"P{each.code}") for each in NUMBERS if each.code != _UNREADABLE),
    *ACCOUNTS,
    *ALERTS,
    *BACKTEST,
    *CONNECTIONS,
    *DIFF,
    *EXPORTS,
    *HISTORY,
    *INIT,
    *LABELS,
    *LINTS,
    *LISTS,
    *MESSAGES,
    *PROJECT,
    *ROUTING,
    *RULES,
    *RULES_AND_EXPORTS,
    *RUNS,
    *SEQUENCES,
    *SPARK,
    *STATE,
    *TESTS,
    *USAGE,
    *WRITE_BACK,
)

CODES: Final[dict[str, Code]] = {each.code: each for each in sorted(_EVERY, key=lambda each: each.code)}
"""Every code, in order."""

_AREAS: Final = {
    "A": "Acting on scores",
    "B": "Backtests",
    "D": "Comparing rules",
    "G": "The first guess",
    "I": "Exports",
    "L": "Lints",
    "N": "Not found",
    "O": "Runs and output",
    "P": "The project file",
    "R": "Rule files",
    "S": "Spark",
    "T": "Tests of rules",
    "U": "Usage",
    "X": "The program itself",
}

_INTRODUCTION: Final = """# Codes

Every error, warning and note has a code, and a code keeps its meaning from version to version. An **error**
stops the run, and nothing is published. A **warning** is for somebody to look at. A **note** is good to know.
"""


def severity_of(code: str) -> Severity:
    """Return the severity of a code; raise `KeyError` if it is not in the table."""
    return CODES[code].severity


def codes_page() -> str:
    """Return the docs page: a table for each area, with a row for each code that the program can raise."""
    parts = [_INTRODUCTION]
    for letter, title in _AREAS.items():
        codes = [each for each in CODES.values() if each.code[0] == letter and not each.coming]
        parts.append("\n".join([f"## {title}", "", *_HEAD, *(_row(each) for each in codes), ""]))
    return "\n".join(parts)


_HEAD: Final = ("| code | severity | what it says | why | what to do |", "|---|---|---|---|---|")


def _row(code: Code) -> str:
    cells = (f"`{code.code}`", str(code.severity), code.meaning, code.why, code.cure)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
