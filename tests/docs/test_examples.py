"""The examples of the docs do what the docs describe."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from flamescore import load_rules

ROOT = Path(__file__).parents[2]
GUIDE = Path(__file__).parent / "guide"
"""Folder of the lists that the guide names."""

FENCE = re.compile(r"^```(\S*) ?(.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

WHOLE = "version: 1\nscores:\n  interest:\n"
SCORE = "{five_flames: 20, rules: [{name: R, tag: t, points: 1}]}"
TWO_SCORES = f"version: 1\nscores:\n  fit: {SCORE}\n  engagement: {SCORE}\n"
GRADE = "{first_of: [{if: {tag: t}, label: A1}, {label: A2}]}"
ONE_SCORE = WHOLE + "    five_flames: 1\n    rules:\n    - name: A\n      tag: B\n      points: 1\n"
FRAGMENTS = {
    "": "{}",
    "rules": WHOLE + "    five_flames: 20\n    rules:\n{}",
    "score": WHOLE + "{}",
    "labels": TWO_SCORES.replace("{", "{{").replace("}", "}}") + "{}",
    "top": "{}" + ONE_SCORE,
    "patterns": "bots:\n  patterns:\n{}" + ONE_SCORE,
}
"""Templates that turn a marked fragment, such as ```yaml rules, into a whole file."""
INDENT = {"": 0, "rules": 6, "score": 4, "labels": 0, "top": 0, "patterns": 4}


def blocks(page, language):
    text = (ROOT / page).read_text(encoding="utf-8")
    return [(mark, body) for found, mark, body in FENCE.findall(text) if found == language]


RULES = blocks("docs/rules.md", "yaml")


@pytest.mark.parametrize(("mark", "body"), RULES, ids=range(len(RULES)))
def test_every_rule_of_the_guide_loads(mark, body):
    indented = "".join(
        f"{' ' * INDENT[mark]}{line}" if line.strip() else line for line in body.splitlines(keepends=True)
    )
    loaded = load_rules(FRAGMENTS[mark].format(indented) if mark else body, folder=GUIDE)
    assert loaded.book.scores[0].rules


def test_the_guide_shows_a_rule_of_each_kind():
    assert len(RULES) >= 9
    text = "".join(body for _, body in RULES)
    for word in (
        "event:",
        "tag:",
        "field:",
        "first_of:",
        "if:",
        "followed_by:",
        "unless_followed_by:",
        "per:",
        "times:",
    ):
        assert word in text


PREDICATES = re.findall(
    r"^\| `(\{[^`]+\})` \|", (ROOT / "docs/rules.md").read_text(encoding="utf-8"), re.MULTILINE
)


@pytest.mark.parametrize("text", [each.replace("\\|", "|") for each in PREDICATES])
def test_every_row_of_the_guides_tables_of_predicates_decays_and_conditions_loads(text):
    keys = set(yaml.safe_load(text))
    if keys & {"score", "label"}:
        label = f"{{first_of: [{{if: {text}, label: X}}]}}"
        load_rules(f"{TWO_SCORES}labels: {{grade: {GRADE}, other: {label}}}\n")
        return
    if keys & {"linear", "compound", "half_life"}:
        rule = f"{{name: R, event: e, points: 1, count: once, decay: {text}}}"
    elif keys & {"tag", "field", "event", "all", "any", "not"}:
        concrete = (
            text.replace("event: ...", "event: e").replace("tag: ...", "tag: t").replace("where: ..., ", "")
        )
        concrete = (
            concrete.replace("{...}", "{a: b}")
            .replace("[...]", "[{tag: t}]")
            .replace("not: ...", "not: {tag: t}")
        )
        rule = f"{{name: R, points: 1, if: {concrete}}}"
    else:
        rule = f"{{name: R, field: {text}, points: 1}}"
    assert load_rules(f"{WHOLE}    five_flames: 20\n    rules:\n      - {rule}\n").book.scores[0].rules


def test_there_are_many_such_rows():
    assert len(PREDICATES) > 25


def test_the_python_example_prints_what_the_page_says(tmp_path):
    program = next(body for mark, body in blocks("docs/python.md", "python") if not mark)
    printed = blocks("docs/python.md", "text")[0][1]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == (printed, "")


def test_the_python_snippets_compile():
    for _, body in blocks("docs/python.md", "python"):
        compile(body, "docs/python.md", "exec")
