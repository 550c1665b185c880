"""Lints that need only the rule file, on both sides of each threshold."""

from __future__ import annotations

from pathlib import Path

import pytest

from flamescore.checking import check
from flamescore.findings import Severity, severity_of
from flamescore.lints import static_lints
from flamescore.rules import load_rules_text

ROOT = Path(__file__).parents[2]
HEAD = "version: 1\nscores:\n  fit:\n"


def codes(score, before=""):
    text = "".join(f"    {line}\n" for line in score.splitlines())
    return [each.code for each in static_lints(load_rules_text(f"{HEAD}{text}{before}"))]


def branches(one, other):
    return (
        "five_flames: 5\nrules:\n"
        f"- {{name: B, first_of: [{{if: {one}, points: 5}}, {{if: {other}, points: 6}}]}}"
    )


def of_field(one, other):
    return branches(f"{{field: {{size: {one}}}}}", f"{{field: {{size: {other}}}}}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5", "5"),
        ("{at_least: 5}", "{at_least: 5}"),
        ("{at_least: 5}", "{more_than: 5}"),
        ("{more_than: 5}", "{at_least: 5.1}"),
        ("{at_least: 5}", "{at_least: 6, at_most: 9}"),
        ("{at_most: 5}", "{less_than: 5}"),
        ("{less_than: 6}", "{at_most: 5}"),
        ("[US, ca]", "CA"),
        ("[1, 2, 3]", "[3, 1]"),
        ("true", "true"),
        ("{at_least: 2026-01-01}", "{at_least: 2026-02-01}"),
    ],
)
def test_a_branch_that_an_earlier_one_takes(one, other):
    assert codes(of_field(one, other)) == ["L102"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{more_than: 5}", "{at_least: 5}"),
        ("{at_least: 5}", "{at_least: 4}"),
        ("{at_least: 5}", "{at_most: 4}"),
        ("{at_least: 5, at_most: 9}", "{at_least: 6}"),
        ("[US]", "[US, CA]"),
        ("{equals: US, case_sensitive: true}", "us"),
        ("'5'", "5"),
        ("{not_equals: US}", "{not_equals: CA}"),
        ("{at_least: 2026-01-01}", "{at_least: 2026-02-01T00:00:00Z}"),
    ],
)
def test_a_branch_that_somebody_may_reach(one, other):
    assert codes(of_field(one, other)) == []


def test_branches_of_other_columns_and_equal_conditions():
    assert codes(branches("{field: {size: 1}}", "{field: {staff: 1}}")) == []
    assert codes(branches("{tag: VIP}", "{tag: VIP}")) == ["L102"]
    assert codes(branches("{tag: VIP}", "{tag: [VIP, B]}")) == []


def test_branches_of_a_label():
    label = (
        "labels:\n  grade:\n    first_of:\n    - {if: {tag: A}, label: A1}\n    - {if: {tag: A}, label: A2}\n"
    )
    assert codes("five_flames: 5\nrules: [{name: A, tag: A, points: 5}]", label) == ["L102"]


def rule(asked):
    return f"five_flames: 5\nrules:\n- {{name: R, points: 5, {asked}}}"


@pytest.mark.parametrize(
    "asked",
    [
        "field: {size: {at_least: 5, less_than: 5}}",
        "field: {size: {more_than: 5, at_most: 5}}",
        "field: {size: {at_least: 6, at_most: 5}}",
        "field: {size: {equals: us, not_in: [CA, US]}}",
        "if: {all: [{tag: A}, {not: {tag: A}}]}",
        "if: {all: [{tag: {all: [A, B]}}, {not: {tag: b}}]}",
        "if: {all: [{field: {size: 1}}, {any: [{tag: A}, {tag: B}]}, {not: {field: {size: 1}}}]}",
        "if: {all: [{tag: A}, {all: [{tag: B}, {not: {tag: A}}]}]}",
        "if: {any: [{tag: A}, {event: visit, where: {seconds: {at_least: 9, at_most: 8}}}]}",
        "if: {event: visit, sum: {amount: {at_least: 9, at_most: 8}}}",
        "tag: {all: [A, B]}, if: {not: {tag: A}}",
        "event: visit, count: once, where: {seconds: {at_least: 9, at_most: 8}}",
        "field: {size: 1}, if: {not: {field: {size: 1}}}",
    ],
)
def test_what_can_never_hold(asked):
    assert codes(rule(asked)) == ["L103"]


@pytest.mark.parametrize(
    "asked",
    [
        "field: {size: {at_least: 5, at_most: 5}}",
        "field: {size: {in: [US, CA], not_equals: US}}",
        "if: {all: [{tag: A}, {not: {tag: B}}]}",
        "if: {all: [{tag: [A, B]}, {not: {tag: A}}]}",
        "if: {any: [{tag: A}, {not: {tag: A}}]}",
        "if: {all: [{tag: {all: [A, B]}}, {not: {tag: {all: [A, C]}}}]}",
    ],
)
def test_what_may_hold(asked):
    assert codes(rule(asked)) == []


@pytest.mark.parametrize(
    ("rules", "most"),
    [
        ("- {name: A, event: a, count: 3, points: 2}", 6),
        ("- {name: A, event: a, count: once, points: 2, per: day, times: 3}", 2),
        ("- {name: A, event: a, count: each, points: 2, limits: {max: 9}}", 9),
        ("- {name: A, event: a, count: each, points: {from: n}, limits: {max: 7}}", 7),
        ("- {name: A, tag: a, points: -5}\n- {name: B, tag: b, points: 4}", 4),
        ("- {name: A, first_of: [{if: {tag: a}, points: 3}, {if: {tag: b}, points: 8}, {points: 1}]}", 8),
        ("- {name: A, first_of: [{if: {tag: a}, points: -3}]}\n- {name: B, tag: b, points: 1}", 1),
        ("- {name: A, tag: a, points: 5, group: g}\n- {name: B, tag: b, points: 5, group: g}", 6),
    ],
)
@pytest.mark.parametrize("flames", ["five_flames: {}", "flames: [0.1, 0.2, 0.3, 0.4, {}]"])
def test_the_most_that_rules_give(rules, most, flames):
    groups = "\ngroups: {g: {limits: {max: 6}}}" if "group: g" in rules else ""
    reached, beyond = (f"{flames.format(n)}{groups}\nrules:\n{rules}" for n in (most, most + 0.0001))
    assert codes(reached) == []
    assert codes(beyond) == ["L104"]


@pytest.mark.parametrize("points", ["2", "{from: n}"])
def test_what_counts_each_time_has_no_most(points):
    assert codes(f"five_flames: 9999\nrules: [{{name: A, event: a, count: each, points: {points}}}]") == []


def test_the_most_of_a_score_with_a_limit_of_its_own():
    rules = "rules: [{name: A, event: a, count: each, points: 2}]"
    assert codes(f"five_flames: 20\nlimits: {{max: 20}}\n{rules}") == []
    assert codes(f"five_flames: 21\nlimits: {{max: 20}}\n{rules}") == ["L104"]
    assert codes(f"flames: {{percentile: [10, 20, 30, 40, 50]}}\nlimits: {{max: 20}}\n{rules}") == []


@pytest.mark.parametrize(
    ("low", "penalty", "told"),
    [
        (0, "tag: A, points: -1", True),
        (-5, "tag: A, points: -5", False),
        (-5, "tag: A, points: -6", True),
        (-5, "tag: A, points: -6, limits: {min: -5}", False),
        (0, "tag: A, points: 1", False),
        (0, "event: a, count: once, expires: 4w, points: -1", True),
        (0, "event: a, count: each, expires: 4w, points: {from: n}", False),
        (-1, "first_of: [{if: {tag: A}, points: -2}, {points: -1}]", True),
        (-1, "first_of: [{if: {tag: A}, points: -2}, {points: 1}]", False),
    ],
)
def test_a_floor_of_a_group_under_a_penalty(low, penalty, told):
    rules = f"rules:\n- {{name: P, group: g, {penalty}}}\n- {{name: B, tag: b, points: 5}}"
    assert codes(f"five_flames: 5\ngroups: {{g: {{limits: {{min: {low}}}}}}}\n{rules}") == ["L101"] * told


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("tag: A, points: 1", "tag: A, points: 5, note: more", True),
        ("event: a, count: once, points: 1", "event: [a], count: once, points: {from: n}", True),
        ("event: a, count: once, points: 1", "event: a, count: 2, points: 1", False),
        ("field: {size: 1}, points: 1", "if: {field: {size: 1}}, points: 5", True),
        ("tag: A, points: 1", "tag: A, points: 5, limits: {max: 2}", False),
    ],
)
def test_rules_that_ask_for_the_same(one, other, told):
    rules = f"rules:\n- {{name: A, {one}}}\n- {{name: B, {other}}}"
    assert codes(f"five_flames: 1\n{rules}") == ["L105"] * told


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("count: once, per: day", True),
        ("count: once, per: url", True),
        ("count: once, per: day, times: {at_least: 2}", False),
        ("count: 2, per: day", False),
        ("count: each, per: day", False),
    ],
)
def test_per_beside_once(asked, told):
    assert codes(f"five_flames: 1\nrules: [{{name: A, event: a, points: 1, {asked}}}]") == ["L106"] * told


def test_a_name_compares_without_case_and_disabled_rules_alone_are_told():
    rules = (
        "rules:\n- {name: Form, tag: a, points: 1}\n- {name: FORM, id: old, tag: b, points: 1, enabled: %s}"
    )
    assert codes("five_flames: 1\n" + rules % "false") == ["L107"]
    assert codes("five_flames: 1\n" + rules % "true") == []


@pytest.mark.parametrize("name", ["keap", "b2b", "ontraport"])
def test_the_shipped_rules_have_none(name):
    path = ROOT / f"rules/{name}.yaml"
    assert static_lints(load_rules_text(path.read_text(encoding="utf-8"))) == ()


@pytest.mark.full
@pytest.mark.parametrize("name", ["keap", "b2b", "ontraport"])
def test_the_shipped_rules_raise_notes_alone_on_the_sample(name, monkeypatch):
    monkeypatch.setenv("FLAMESCORE_RULES", str(ROOT / f"rules/{name}.yaml"))
    found = check(str(ROOT / "flamescore.yaml"))
    assert not found.is_wrong
    assert not found.is_stopped
    told = {each.code for each in found.findings if each.code.startswith("L")}
    assert "L209" in told
    assert [code for code in sorted(told) if severity_of(code) is not Severity.NOTE] == []
