"""Two rule files on the same exports: rules, flames, lists, and which contacts moved by how much."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from flamescore.errors import RuleFileError, UsageError
from flamescore.inputs import read_inputs
from flamescore.project import load_project
from flamescore.rule_diff import (
    compare,
    fail_on,
    json_schema,
    loaded,
    rule_changes,
    setting_changes,
)
from flamescore.rules import bind_rules, load_rules_text

ROOT = Path(__file__).parents[2]
OLD = """\
version: 1
scores:
  interest:
    five_flames: 10
    defaults: {count: each, expires: 4w}
    limits: {max: 40}
    rules:
      - {name: Form, event: form_submit, points: 5}
      - {name: Call, event: call, points: 2, limits: {max: 4}}
      - {name: VIP, tag: VIP, points: 3}
      - {name: Gone, tag: Gone, points: 3}
  past: {five_flames: 1, rules: [{name: A, tag: A, points: 1}]}
"""
NEW = """\
version: 1
scores:
  interest:
    five_flames: 12
    defaults: {count: each, expires: 4w}
    limits: {max: 40}
    rules:
      - {name: Came, tag: Came, points: 1}
      - {name: Form, event: [form_submit], points: 6, note: more}
      - {name: Talked, event: call, points: 2, limits: {max: 4}}
      - {name: VIP, tag: [VIP], points: 3.0}
  fresh: {five_flames: 1, rules: [{name: A, tag: A, points: 1}]}
"""
CONTACTS = "contact_id,tags\n1,VIP\n2,\n3,Came\n4,Gone\n5,\n"
EVENTS = """\
contact_id,event,at
1,form_submit,2026-11-18T10:00:00Z
1,call,2026-11-18T10:00:00Z
1,call,2026-11-18T11:00:00Z
1,call,2026-11-18T12:00:00Z
2,form_submit,2026-11-18T10:00:00Z
2,form_submit,2026-11-19T10:00:00Z
"""
PROJECT = """\
version: 1
rules: new.yaml
as_of: 2026-11-21
contacts: [{path: c.csv, tags: {separator: ","}}]
events: [{path: e.csv}]
"""


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "old.yaml": OLD,
        "new.yaml": NEW,
        "c.csv": CONTACTS,
        "e.csv": EVENTS,
        "flamescore.yaml": PROJECT,
    }.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def diffs(old=OLD, new=NEW, **how):
    before, after = load_rules_text(old), load_rules_text(new)
    with read_inputs(load_project("flamescore.yaml"), rules=after, also=(before,)) as inputs:
        scores, _ = compare(
            bind_rules(before, inputs.columns).book,
            inputs.bound.book,
            inputs.exports,
            as_of=inputs.as_of,
            hot=inputs.hot,
            **how,
        )
    return {each.name: each for each in scores}


def test_what_became_of_the_rules():
    told = [
        (each.status, each.old, each.new, [(key.key, key.old, key.new) for key in each.keys])
        for each in rule_changes(load_rules_text(OLD), load_rules_text(NEW))
    ]
    assert told == [
        ("added", None, "came", []),
        ("changed", "form", "form", [
            ("event", "form_submit", ["form_submit"]), ("points", 5, 6), ("note", None, "more"),
        ]),
        ("renamed", "call", "talked", [("name", "Call", "Talked")]),
        ("same", "vip", "vip", []),
        ("removed", "gone", None, []),
    ]  # fmt: skip


def test_what_else_differs():
    new = NEW.replace("version: 1\n", "version: 1\nignore: [{event: bot}]\n").replace(
        "expires: 4w", "expires: 5w"
    )
    told = [
        (each.score, each.key, each.old, each.new)
        for each in setting_changes(load_rules_text(OLD), load_rules_text(new))
    ]
    assert told == [
        (None, "ignore", None, [{"event": "bot"}]),
        ("interest", "five_flames", 10, 12),
        ("interest", "defaults", {"count": "each", "expires": "4w"}, {"count": "each", "expires": "5w"}),
        ("fresh", "score", None, "fresh"),
        ("past", "score", "past", None),
    ]


def test_who_moves_and_by_what():
    found = diffs()
    assert list(found) == ["interest"]
    score = found["interest"]
    # points by contact: 12, 10, 0, 3 and 0 before; 13, 12, 1, 0 and 0 after
    assert (score.contacts, score.changed, score.both, score.flames_changed) == (5, 4, 5, 1)
    assert score.matrix == (
        (2, 0, 0, 0, 0, 0, 0),
        (1, 0, 0, 0, 0, 0, 0),
        *((0,) * 7,) * 3,
        (0, 0, 0, 0, 0, 2, 0),
        (0,) * 7,
    )
    told = [
        (each.contact_id, each.old_score, each.new_score, each.entry, each.moved) for each in score.movers
    ]
    assert [(each.old_flames, each.new_flames) for each in score.movers] == [(1, 0), (5, 5), (5, 5), (0, 0)]
    for each in score.movers:
        assert sum(points for _, points in each.changes) == each.new_score - each.old_score
    assert told == [
        ("4", 30_000, 0, "Gone", -30_000),
        ("2", 100_000, 120_000, "Form", 20_000),
        ("1", 120_000, 130_000, "Form", 10_000),
        ("3", 0, 10_000, "Came", 10_000),
    ]
    assert (score.hot.before, score.hot.after, score.hot.entered, score.hot.left) == (2, 2, (), ())
    assert [each.contact_id for each in diffs(limit=1)["interest"].movers] == ["4"]


def test_the_first_of_the_list():
    first = diffs(new=OLD.replace("points: 5", "points: 1"), capacity=1)["interest"].capacity
    assert (first.before, first.after, first.entered, first.left) == (1, 1, (), ())
    first = diffs(new=OLD.replace("VIP, points: 3", "VIP, points: -3"), capacity=1)["interest"].capacity
    assert (first.entered, first.left) == (("2",), ("1",))


def test_bounds_limits_and_populations_move_too():
    by_bounds = diffs(new=OLD.replace("five_flames: 10", "five_flames: 20"))["interest"]
    assert (by_bounds.changed, {each.entry for each in by_bounds.movers}) == (0, {"the bounds of the flames"})
    by_limit = diffs(new=OLD.replace("max: 40", "max: 7"))["interest"]
    assert [(each.contact_id, each.entry, each.moved) for each in by_limit.movers] == [
        ("1", "interest: limit of the score", -50_000),
        ("2", "interest: limit of the score", -30_000),
    ]
    outside = diffs(new=OLD.replace("    limits: {max: 40}\n", "    population: {not: {tag: VIP}}\n"))[
        "interest"
    ]
    assert (outside.contacts, outside.both, outside.matrix[5][6]) == (5, 4, 1)
    assert (outside.movers[0].contact_id, outside.movers[0].new_score) == ("1", None)


@pytest.mark.parametrize("head", ["", "ignore: [{event: bot}]\n", "timezone: America/Phoenix\n"])
def test_one_pass_and_two_say_the_same(head):
    found = diffs(new=NEW.replace("version: 1\n", f"version: 1\n{head}"))
    assert found == diffs()


def test_equal_files_move_nobody():
    score = diffs(new=OLD)["interest"]
    assert (score.changed, score.movers, score.hot.entered) == (0, (), ())


def test_what_fails():
    with pytest.raises(UsageError, match="U002"):
        fail_on(["hot-change"])
    with pytest.raises(UsageError, match="U002"):
        fail_on(["hot=10%"])


def git(*words):
    base = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com"]
    subprocess.run([*base, *words], check=True, capture_output=True)


def test_a_file_of_a_revision_has_the_lists_of_that_revision(here):
    git("init", "-q")
    rule = "      - {name: L, field: {contact_id: {in: {file: lists/a.txt}}}, points: 1}\n"
    (here / "rules").mkdir()
    (here / "rules/lists").mkdir()
    (here / "rules/old.yaml").write_text(OLD.replace("  past", f"{rule}  past"))
    (here / "rules/lists/a.txt").write_text("1\n2\n")
    git("add", ".")
    git("commit", "-qm", "first")
    (here / "rules/lists/a.txt").write_text("3\n")
    (here / "rules/old.yaml").unlink()
    with loaded("git:HEAD:rules/old.yaml") as rules:
        assert list(rules.lists[0]) == ["1", "2"]
    for wrong in ("git:HEAD:rules/none.yaml", "git:none:rules/old.yaml", "git:-x:a", "git:HEAD", "git::a"):
        with pytest.raises(UsageError, match="D001"), loaded(wrong):
            pass
    with pytest.raises(RuleFileError, match="R001"), loaded("none.yaml"):
        pass


def test_the_change_of_the_sample(flamescore_of_sample):
    done = flamescore_of_sample("--capacity", "40", "--format", "json", "--limit", "0")
    told = json.loads(done)
    jsonschema.validate(told, json_schema(), cls=jsonschema.Draft7Validator)
    [score] = told["scores"]
    assert (score["contacts"], score["changed"]) == (2_000, 179)
    assert score["hot"] == {
        "before": 22,
        "after": 26,
        "entered": ["1063", "2086", "2854", "2950"],
        "left": [],
    }
    assert score["capacity"]["entered"] == ["2606", "1593", "2287", "1758", "1610"]
    assert score["capacity"]["left"] == ["1211", "2291", "1885", "2359", "2239"]
    moved = {(old, new): many for old, row in enumerate(score["matrix"]) for new, many in enumerate(row)}
    assert {pair: many for pair, many in moved.items() if many and pair[0] != pair[1]} == {
        (0, 1): 1, (1, 0): 2, (1, 2): 6, (2, 1): 3, (2, 3): 18, (3, 2): 5,
        (3, 4): 14, (4, 3): 5, (4, 5): 9, (5, 4): 1,
    }  # fmt: skip
    first = score["movers"][0]
    assert (first["contact_id"], first["old_score"], first["new_score"]) == ("1063", 17, 20)
    assert (first["entry"], first["moved"]) == ("Stayed ten minutes on the sales page", 3)
    assert {each["status"] for each in told["rules"]} == {"same", "changed", "removed"}


@pytest.fixture
def flamescore_of_sample(here):
    text = (ROOT / "rules/keap.yaml").read_text(encoding="utf-8")
    before, _, after = text.partition("      - name: Answered the survey\n")
    text = before + "      - name: Talked with a rep" + after.partition("      - name: Talked with a rep")[2]
    page = text.index("Stayed ten minutes on the sales page")
    (here / "keap.yaml").write_text(text[:page] + text[page:].replace("points: 3", "points: 6", 1))

    def run(*words):
        command = [
            sys.executable,
            "-m",
            "flamescore",
            "diff",
            "rules/keap.yaml",
            str(here / "keap.yaml"),
            *words,
        ]
        return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, encoding="utf-8").stdout

    return run
