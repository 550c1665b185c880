"""Every code is documented and tested, and every documented code exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"\bR\d{3}\b")


def codes(*texts):
    return {code for text in texts for code in CODE.findall(text)}


def in_source():
    texts = [path.read_text() for path in (ROOT / "src/flamescore/rules").glob("*.py")]
    texts.append((ROOT / "src/flamescore/exports/value_lists.py").read_text())
    source = (ROOT / "src/flamescore/yaml_tree/reader.py").read_text()
    numbers = re.findall(r"self\.(?:fault|stop)\(\s*(\d+)(?: if syntax\.tab else (\d+))?,", source)
    return codes(*texts) | {f"R{int(number):03d}" for pair in numbers for number in pair if number}


def in_tests():
    tests = ROOT / "tests"
    expected = [path.read_text() for path in tests.glob("rules/*faults/*.txt")]
    return codes(*expected, *(path.read_text() for path in (tests / "rules").glob("test_rules_*.py"))) | {
        "R001"
    }


def documented():
    return {
        line[3:7]
        for line in (ROOT / "docs/rule-problems.md").read_text().splitlines()
        if line.startswith("| `R")
    }


def test_every_code_is_documented():
    assert documented() == in_source()


def test_every_code_has_a_test():
    assert in_tests() >= documented()
