"""The files that the checklists name exist, and so do the tests of `make quick`."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs/adr").glob("*.md"))]
TOPS = ("src/", "tests/", "docs/", "rules/", "benchmarks/", ".ci/", ".github/")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_that_is_named_is_there(page):
    named = set(re.findall(r"`([^`\s]+)`", page.read_text(encoding="utf-8")))
    paths = {each for each in named if each.startswith(TOPS)}
    assert {each for each in paths if not list(ROOT.glob(each))} == set()


def test_every_private_name_of_the_checklists_is_in_the_code():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    names = set(re.findall(r"`(_\w+|[A-Z][A-Z_]{3,}[A-Z])`", text)) - {"FLAMESCORE_TESTS"}
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    code += (ROOT / "docs/generate.py").read_text(encoding="utf-8")
    assert {name for name in names if not re.search(rf"\b{name}\b", code)} == set()


def test_make_quick_runs_tests_that_are_there():
    words = (ROOT / "tests/quick.txt").read_text(encoding="utf-8").split()
    assert [word for word in words if not (ROOT / word.removeprefix("--ignore=")).exists()] == []
