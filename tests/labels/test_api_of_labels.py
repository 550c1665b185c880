"""Labels and hot contacts from Python."""

import polars as pl
import pytest

import flamescore

RULES = """
version: 1
scores:
  fit:
    five_flames: 10
    rules:
      - {name: Large, field: {size: {at_least: 100}}, points: 10}
      - {name: VIP, tag: VIP, points: 3}
labels:
  grade:
    first_of:
      - {if: {score: fit, flames: 5}, label: A}
      - {if: {any: [{score: fit, points: {more_than: 2.9999}}, {tag: Partner}]}, label: B}
"""
CONTACTS = pl.DataFrame(
    {
        "contact_id": ["3", "1", "2", "4"],
        "size": [5, 200, 7, None],
        "tags": [["VIP"], [], ["Partner"], None],
    }
)


@pytest.fixture
def rules():
    return flamescore.load_rules(RULES)


def hot_of(rules, hot):
    return flamescore.score(rules, CONTACTS, as_of="2026-11-21", hot=hot).hot["contact_id"].to_list()


def test_a_result_has_labels_and_who_is_hot(rules):
    result = flamescore.score(rules, CONTACTS, as_of="2026-11-21")
    assert result.labels.rows() == [("1", "A"), ("2", "B"), ("3", "B"), ("4", None)]
    assert result.hot.rows() == [("1",)]
    assert result.hot.schema == {"contact_id": pl.String}


def test_without_labels_there_is_no_frame():
    rules = flamescore.load_rules(RULES.partition("labels:")[0])
    result = flamescore.score(rules, CONTACTS, as_of="2026-11-21")
    assert result.labels is None


@pytest.mark.parametrize(
    ("hot", "who"),
    [
        (1, ["1", "3"]),
        ({"label": {"grade": ["A", "B"]}}, ["1", "2", "3"]),
        ("{not: {score: fit, flames: 5}}", ["2", "3", "4"]),
    ],
)
def test_who_is_hot_is_by_flames_or_a_condition(rules, hot, who):
    assert hot_of(rules, hot) == who


def test_a_condition_that_asks_for_what_there_is_not(rules):
    with pytest.raises(flamescore.RuleFileError) as caught:
        hot_of(rules, {"label": {"grade": "C"}})
    assert [problem.code for problem in caught.value.problems] == ["R086"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"labels": {"grade": "B"}}, ["3", "2"]),
        ({"labels": {"grade": ["A", "B"]}}, ["1", "3", "2"]),
        ({"labels": {"grade": ""}}, ["4"]),
        ({"hot": True}, ["1"]),
    ],
)
def test_search(rules, asked, found):
    result = flamescore.score(rules, CONTACTS, as_of="2026-11-21")
    rows = flamescore.search(result, **asked)
    assert sorted(rows["contact_id"].to_list()) == sorted(found)
    assert rows.columns[rows.columns.index("percentile") + 1] == "grade"


def test_search_for_a_label_that_there_is_not(rules):
    result = flamescore.score(rules, CONTACTS, as_of="2026-11-21")
    with pytest.raises(flamescore.UsageError, match="There is no label `grad`"):
        flamescore.search(result, labels={"grad": "A"})


def test_explain_tells_labels(rules):
    told = flamescore.explain(rules, "2", CONTACTS, as_of="2026-11-21")
    assert [(each.name, each.text, each.known) for each in told.labels] == [("grade", "B", True)]
    assert told.hot is None
