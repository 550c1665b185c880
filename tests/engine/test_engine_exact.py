"""Sums that overflow 64 bits: exact if the score fits, reported if it doesn't."""

from datetime import timedelta
from random import Random

import numpy as np
import polars as pl
import pytest

from by_rule import AS_OF, bound, event, points, score
from flamescore.engine import MAX_SCORE, ScoreTooLargeError, Tuning, exact
from flamescore.engine.exact import largest_size, sum_runs, to_int64, total
from flamescore.explanations import explain
from product import as_bytes, scored
from strategies import case_of

BIG = 10**13
"""The most points that an occurrence may give, in ten-thousandths."""

THOUSAND = [event("1", "order", age=timedelta(hours=1)) for _ in range(1_000)]


def rules(*, gives: int, takes: int, **more: str) -> str:
    """Return a book in which `gives` rules add, and `takes` rules subtract, a billion points per order."""
    each = [("Gives", 10**9, number) for number in range(gives)]
    each += [("Takes", -(10**9), number) for number in range(takes)]
    listed = "".join(
        f"      - {{name: {name} {number}, event: order, count: each, points: {worth}{more.get(name, '')}}}\n"
        for name, worth, number in each
    )
    return f"scores:\n  s:\n    five_flames: 20\n{more.get('score', '')}    rules:\n{listed}"


@pytest.mark.parametrize("most", [2**62, 2**70])
def test_runs_are_summed_up_exactly(most):
    numbers = np.array([BIG, -1, 5, -BIG, -BIG], np.int64)
    assert sum_runs(numbers, np.array([0, 2, 3]), most=most).tolist() == [BIG - 1, 5, -2 * BIG]


def test_runs_whose_sums_need_more_than_64_bits():
    numbers = np.concatenate([np.full(1_000_000, BIG), np.full(1_000_000, -BIG), [-7]])
    sums = sum_runs(numbers, np.array([0, 1_000_000]), most=2_000_000 * BIG)
    assert sums.tolist() == [10**19, -(10**19) - 7]
    assert sums.dtype == object


def test_sums_that_fit_are_kept_in_64_bits():
    assert sum_runs(np.array([MAX_SCORE, -MAX_SCORE, 4]), np.array([0]), most=3 * MAX_SCORE).dtype == np.int64
    assert to_int64(np.array([MAX_SCORE, -MAX_SCORE], object)).dtype == np.int64
    assert to_int64(np.array([0, -MAX_SCORE - 1], object)).dtype == object


def test_no_runs():
    none = np.zeros(0, np.int64)
    assert sum_runs(none, none, most=2**70).tolist() == []
    assert (total(none), largest_size(none)) == (0, 0)


def test_totals_need_no_bound():
    assert total(np.full(3, MAX_SCORE)) == 3 * MAX_SCORE
    assert total(np.full(3, -MAX_SCORE)) == -3 * MAX_SCORE
    assert total(np.array([2**80, -1], object)) == 2**80 - 1
    assert largest_size(np.array([-(2**63), 5])) == 2**63


def test_what_is_given_and_taken_again_leaves_the_rest():
    text = rules(gives=1_000, takes=1_000) + "      - {name: Once, event: order, count: once, points: 3.5}\n"
    result = score(text, events=THOUSAND)
    assert points(result) == {"1": 3.5}
    ledger = result.ledger.frame()["points"]
    assert (len(ledger), ledger.max(), ledger.min()) == (2_001, 1e12, -1e12)
    assert result.observed.rules["points"].sum() == 3.5


def test_groups_that_pass_the_bound_are_limited_to_what_the_score_can_be():
    text = rules(
        gives=1_000,
        takes=0,
        Gives=", group: g",
        score="    groups: {g: {limits: {max: 12.25}}}\n",
    )
    result = score(text, events=THOUSAND)
    assert points(result) == {"1": 12.25}
    limit = result.ledger.frame().filter(pl.col("entry") == "group_limit")
    assert limit["points"].to_list() == [-1e15 + 12.25]
    assert [str(each) for each in result.observed.rules["points"].tail(1)] == ["-999999999999987.7500"]


@pytest.mark.parametrize("room", [0, 1 << 26])
def test_a_ledger_that_needs_python_integers_is_never_laid_into_a_file(room):
    text = rules(gives=1_000, takes=0, score="    limits: {max: 7}\n")
    result = score(text, events=THOUSAND, tuning=Tuning(memory=room))
    assert points(result) == {"1": 7.0}
    assert result.ledger.frame()["points"].tail(1).to_list() == [-1e15 + 7]
    assert result.ledger.of(pl.Series(["1"])).height == 1_001


TOO_MUCH = (
    "I010 The score `s` of contact `{who}` is {sign}923,000,000,000,000 points as of 2026-11-21; "
    "the most is 922,337,203,685,477 points, either way. "
    "The rule `{rule}` {did} most: 1,000,000,000,000 points.\n"
    "        Give fewer points for each event, or bound the rule: `limits: {{max: 1000}}`."
)


@pytest.mark.parametrize(
    ("book", "sign", "rule", "did"),
    [
        ({"gives": 923, "takes": 0}, "", "Gives 0", "gave"),
        ({"gives": 0, "takes": 923}, "-", "Takes 0", "took"),
    ],
)
def test_a_score_that_is_too_large_stops_the_scoring(book, sign, rule, did):
    with pytest.raises(ScoreTooLargeError) as caught:
        score(rules(**book), events=THOUSAND, contacts=[{"contact_id": "0"}, {"contact_id": "1"}])
    assert str(caught.value) == TOO_MUCH.format(who="1", sign=sign, rule=rule, did=did)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("contact_id", "shown"),
    [
        ("Ann.Lee+42@Example.com", "aaa.aaa+99@aaaaaaa.aaa"),
        ("\x1b[31m7\u202e", "\\x1b[31m7\\u202e"),
        ("Zoë 7", "Zoë 7"),
    ],
)
def test_of_an_address_the_shape_is_named_and_nothing_reaches_the_terminal_raw(contact_id, shown):
    events = [each | {"contact_id": contact_id} for each in THOUSAND]
    with pytest.raises(ScoreTooLargeError) as caught:
        score(rules(gives=923, takes=0), events=events, contacts=[{"contact_id": contact_id}])
    assert str(caught.value) == TOO_MUCH.format(who=shown, sign="", rule="Gives 0", did="gave")


def test_the_largest_score_is_held():
    fits = "      - {name: Rest, event: order, count: 1, points: 203685477.5807}\n"
    more = "      - {name: Many, event: order, count: 337, points: 1000000000}\n"
    result = score(rules(gives=922, takes=0) + more + fits, events=THOUSAND)
    assert points(result) == {"1": 922337203685477.5807}
    assert [str(each) for each in result.observed.rules["points"].tail(1)] == ["203685477.5807"]
    assert result.observed.rules["points"].sum() * 10_000 == MAX_SCORE
    one_more = fits.replace("5807", "5808")
    with pytest.raises(ScoreTooLargeError, match=r"is 922,337,203,685,477\.5808 points"):
        score(rules(gives=922, takes=0) + more + one_more, events=THOUSAND)


def test_who_is_outside_the_population_is_no_matter():
    text = rules(gives=923, takes=0, score="    population: {field: {contact_id: 2}}\n")
    result = score(text, events=THOUSAND, contacts=[{"contact_id": "1"}, {"contact_id": "2"}])
    assert points(result) == {"2": 0.0}


def test_an_explanation_says_what_the_score_says():
    text = rules(gives=1_000, takes=1_000) + "      - {name: Once, event: order, count: once, points: 3.5}\n"
    told = explain(*bound(text, events=THOUSAND), "1", as_of=AS_OF).scores[0]
    assert (told.score, told.flames, len(told.entries)) == (3.5, 0, 2_001)
    with pytest.raises(ScoreTooLargeError, match="The score `s` of contact `1` is 923,000,000,000,000"):
        explain(*bound(rules(gives=923, takes=0), events=THOUSAND), "1", as_of=AS_OF)


def test_an_outlook_that_is_too_large_is_left_out():
    """The rules that subtract points expire within the seven days; those that add them do not."""
    text = rules(gives=1_000, takes=1_000, Takes=", expires: 3d")
    told = explain(*bound(text, events=THOUSAND), "1", as_of=AS_OF).scores[0]
    assert (told.score, told.outlook) == (0.0, ())


def test_one_occurrence_more_may_be_too_much():
    fits = rules(gives=922, takes=0) + "      - {name: Bonus, event: click, count: each, points: 1}\n"
    text = fits.replace("five_flames: 20", "five_flames: 1000000000000")
    told = explain(*bound(text, events=THOUSAND), "1", as_of=AS_OF).scores[0]
    assert (told.score, told.flames, told.next_flame) == (9.22e14, 5, ())


@pytest.mark.parametrize("seed", range(40))
def test_whole_books_come_to_the_same_in_python_integers(monkeypatch, seed):
    case = case_of(Random(seed))
    plain = as_bytes(scored(case))
    monkeypatch.setattr(exact, "MAX_INT64_SUM", -1)
    assert as_bytes(scored(case)) == plain
