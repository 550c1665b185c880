"""Every lint has a section in docs/lints.md, with one rule file that raises it and one that doesn't."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flamescore.checking import check
from flamescore.findings import CODES, Severity, severity_of
from flamescore.lints import static_lints
from flamescore.rules import load_rules_text
from lints.example_exports import AS_OF, write_example

PAGE = Path(__file__).parents[2] / "docs/lints.md"
SECTION = re.compile(r"^## (L\d{3})$\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"^```yaml (raises|does not)$\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECTIONS = dict(SECTION.findall(PAGE.read_text(encoding="utf-8")))
LINTS = [code for code in CODES if code.startswith("L")]
STATIC = [code for code in LINTS if code < "L200"]
MEASURED = [code for code in LINTS if code > "L200"]


def example(code, kind):
    return "version: 1\n" + dict(EXAMPLE.findall(SECTIONS[code]))[kind]


def lints(findings):
    return {each.code for each in findings if each.code.startswith("L")}


def warnings(findings):
    return {code for code in lints(findings) if severity_of(code) is Severity.WARNING}


def test_every_lint_has_its_section_in_order():
    assert list(SECTIONS) == LINTS


@pytest.mark.parametrize("code", LINTS)
def test_a_section_says_how_grave_it_is(code):
    word = "Warning" if severity_of(code) is Severity.WARNING else "Note"
    assert SECTIONS[code].lstrip().startswith(f"*{word}: ")


@pytest.mark.parametrize("code", STATIC)
def test_static_lints_are_raised_by_their_example_alone(code):
    raising = static_lints(load_rules_text(example(code, "raises")))
    assert {each.code for each in raising} == {code}
    assert all(each.where is not None and each.where.line for each in raising)
    assert static_lints(load_rules_text(example(code, "does not"))) == ()


@pytest.fixture(scope="module")
def exports(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lints")
    write_example(folder)
    return folder


@pytest.mark.parametrize("code", MEASURED)
def test_measured_lints_are_raised_by_their_example_alone(code, exports, monkeypatch):
    monkeypatch.setenv("FLAMESCORE_NOW", AS_OF.isoformat())
    rules = exports / "rules.yaml"
    rules.write_text(example(code, "raises"))
    raising = check(str(exports / "flamescore.yaml"))
    assert not raising.is_wrong, raising.findings
    assert not raising.is_stopped, raising.findings
    assert code in lints(raising.findings)
    assert warnings(raising.findings) <= {code}
    rules.write_text(example(code, "does not"))
    quiet = check(str(exports / "flamescore.yaml"))
    assert not quiet.is_wrong, quiet.findings
    assert code not in lints(quiet.findings)
    assert warnings(quiet.findings) == set()
