"""Every code that the program raises is in the table, and the table contains no others."""

import ast
import re
from pathlib import Path

import pytest

from flamescore.findings import CODES, Severity, codes_page, severity_of

SOURCE = Path(__file__).parents[2] / "src/flamescore"
ROOM = SOURCE / "findings"
CODE = re.compile(r"\b[ABDGLRPSUIONTX]\d{3}\b")
COMING = {code for code, each in CODES.items() if each.coming}


def texts_of(path):
    """Yield every string of a module except the docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


MADE_HERE = {
    "I053": "overdue",
    "I150": "silent",
    "P033": "refused",
    "P110": "unused",
    "U016": "strict_error",
}
"""Codes whose findings are created in this room, and the function that other rooms call to create them."""


def imported_from_findings(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("flamescore.findings"):
            yield from (each.name for each in node.names)


def used():
    modules = [path for path in SOURCE.rglob("*.py") if path.parent != ROOM]
    found = {code for path in modules for text in texts_of(path) for code in CODE.findall(text)}
    reader = (SOURCE / "yaml_tree/reader.py").read_text(encoding="utf-8")
    numbers = re.findall(r"self\.(?:fault|stop)\(\s*(\d+)(?: if syntax\.tab else (\d+))?,", reader)
    yaml = {f"{letter}{int(number):03d}" for pair in numbers for number in pair if number for letter in "PR"}
    called = {name for path in modules for name in imported_from_findings(path)}
    return found | yaml | {code for code, function in MADE_HERE.items() if function in called}


USED = used()


def test_every_code_that_is_used_is_in_the_table():
    assert sorted(USED - set(CODES)) == []


def test_every_code_of_the_table_is_used_or_coming():
    assert sorted(set(CODES) - USED - COMING) == []


def test_no_code_is_coming_that_is_used():
    assert sorted(USED & COMING) == [], "take `coming=True` from these"


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_code_says_what_why_and_what_to_do(code):
    each = CODES[code]
    assert each.code == code
    assert each.meaning
    assert not each.meaning.removesuffix("...").endswith(".")
    if each.severity is not Severity.INFO:
        assert each.why.endswith(".")
        assert each.cure[-1] in ".`"


NEW = """
error P028 P029 P030 P031 P032 P033 P034 P035 I051 I052 I053 U015 U016 X070 N001 U003 U014
note P110 P112 R122 R124 R126 I117 I112 I133 I137 I138 I126 I132 I135 I140 I142 I143 O104
warning P111 R100 R120 R121 R123 R125 I050 I110 I111 I113 I116 I114 I118 I119 I120 I121 I122 I123 I124 I125
warning I127 I130 I131 I134 I136 I139 I147 I149 I144 I145 I146 I150 O100 O101 O102 O103
info O000 O010 N002
"""


@pytest.mark.parametrize("line", NEW.strip().splitlines())
def test_the_severity_of_codes(line):
    severity, *codes = line.split()
    assert {code: str(severity_of(code)) for code in codes} == dict.fromkeys(codes, severity)


def test_the_page_has_a_row_for_every_code_that_can_be_met():
    rows = {line[3:7] for line in codes_page().splitlines() if line.startswith("| `")}
    assert rows == set(CODES) - COMING


def test_the_codes_that_this_room_makes():
    modules = [path for path in ROOM.glob("*.py") if not path.name.startswith("codes_of_")]
    found = {code for path in modules for text in texts_of(path) for code in CODE.findall(text)}
    assert found == {*MADE_HERE, "O100", "O103"}  # `--strict` is too late for these two
