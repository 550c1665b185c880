"""Conditions on scores and labels, with literal masks."""

from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from flamescore.labels import ConditionContext, Standing
from flamescore.rules import (
    AllOf,
    AnyOf,
    Equals,
    HasTag,
    LabelIs,
    Not,
    Order,
    ScoreIs,
    TagMatch,
)

VIP = HasTag(TagMatch("any", ("VIP",)))
# Contacts 0 to 5; 2 is outside the population. Points 8, 3, -, 3, 0.0001, -1.
FIT = Standing(
    place=np.array([0, 1, 3, 4, 5]),
    points=np.array([80_000, 30_000, 30_000, 1, -10_000]),
    flames=np.array([5, 1, 1, 0, 0]),
    rank=np.array([1, 2, 2, 4, 5]),
    lower=np.array([4, 2, 2, 1, 0]),
)
EVERYONE = ConditionContext(
    6,
    {VIP: np.array([False, True, True, False, False, False])},
    {"fit": FIT},
    {"grade": pl.Series(["A", "B", None, "a", "", None]), "band": pl.Series(["1", None, "1", "1", "1", "2"])},
)


def number(how, value):
    return Equals(numbers=tuple(map(Decimal, value))) if how == "in" else Order(how, Decimal(value))


def fitting(condition):
    return np.flatnonzero(EVERYONE.fitting(condition)).tolist()


@pytest.mark.parametrize(
    ("measure", "how", "value", "who"),
    [
        ("flames", "in", ["1", "5"], [0, 1, 3]),
        ("flames", "in", ["1.0"], [1, 3]),
        ("flames", "in", ["2.5"], []),
        ("flames", "at_least", "0", [0, 1, 3, 4, 5]),
        ("flames", "more_than", "0.5", [0, 1, 3]),
        ("points", "at_least", "3", [0, 1, 3]),
        ("points", "more_than", "3", [0]),
        ("points", "at_least", "3.00001", [0]),
        ("points", "at_most", "0.0001", [4, 5]),
        ("points", "at_most", "0.00009", [5]),
        ("points", "less_than", "0.0001", [5]),
        ("points", "less_than", "0.00011", [4, 5]),
        ("points", "in", ["3", "-1"], [1, 3, 5]),
        ("points", "at_least", "1e999999", []),
        ("points", "less_than", "1e999999", [0, 1, 3, 4, 5]),
        ("points", "more_than", "-1e999999", [0, 1, 3, 4, 5]),
        ("points", "more_than", "1e-999999", [0, 1, 3, 4]),
        ("points", "less_than", "-1e-999999", [5]),
        ("points", "in", ["1e-999999"], []),
        ("percentile", "at_least", "50", [0, 1, 3]),
        ("percentile", "more_than", "50", [0]),
        ("percentile", "at_least", "50.00000000000000000001", [0]),
        ("percentile", "in", ["0", "25"], [4, 5]),
        ("percentile", "at_most", "25", [4, 5]),
        ("rank", "in", ["2"], [1, 3]),
        ("rank", "at_most", "2", [0, 1, 3]),
        ("rank", "less_than", "2", [0]),
    ],
)
def test_a_measure_of_a_score_is_compared_exactly(measure, how, value, who):
    assert fitting(ScoreIs("fit", ((measure, (number(how, value),)),))) == who


def test_a_third_is_not_33_and_a_bit():
    four = Standing(
        *(np.array(each) for each in ([0, 1, 2, 3], [9, 5, 4, 1], [0] * 4, [1, 2, 3, 4], [3, 2, 1, 0]))
    )
    of_four = ConditionContext(4, {}, {"fit": four}, {})

    def above(value):
        asked = ScoreIs("fit", (("percentile", (number("at_least", value),)),))
        return np.flatnonzero(of_four.fitting(asked)).tolist()

    assert above("33.333333333333333333333") == [0, 1, 2]
    assert above("33.333333333333333333334") == [0, 1]


def test_of_a_list_of_one_the_percentile_is_0():
    one = ConditionContext(1, {}, {"fit": Standing(*(np.array([each]) for each in (0, 5, 1, 1, 0)))}, {})
    assert one.fitting(ScoreIs("fit", (("percentile", (number("in", ["0"]),)),))).tolist() == [True]


def test_where_nobody_is_scored_nobody_fits():
    nobody = Standing(*(np.zeros(0, np.int64) for _ in range(5)))
    empty = ConditionContext(2, {}, {"fit": nobody}, {})
    asked = ScoreIs("fit", (("percentile", (number("at_least", "0"),)),))
    assert empty.fitting(asked).tolist() == [False, False]


def test_all_measures_and_all_tests_must_hold():
    tests = (number("at_least", "1"), number("at_most", "4"))
    assert fitting(ScoreIs("fit", (("flames", tests),))) == [1, 3]
    assert fitting(ScoreIs("fit", (("flames", tests), ("points", (number("more_than", "3"),))))) == []


def test_who_is_outside_the_population_matches_nothing_and_not_turns_that_round():
    some = ScoreIs("fit", (("flames", (number("at_least", "1"),)),))
    assert fitting(Not(some)) == [2, 4, 5]
    assert fitting(AnyOf((VIP, some))) == [0, 1, 2, 3]
    assert fitting(AllOf((VIP, some))) == [1]


def test_labels_are_compared_to_the_letter_and_none_is_none_of_them():
    assert fitting(LabelIs((("grade", ("A", "B")),))) == [0, 1]
    assert fitting(LabelIs((("grade", ("",)),))) == [4]
    assert fitting(LabelIs((("grade", ("A", "a", "B")), ("band", ("1",))))) == [0, 3]
    assert fitting(Not(LabelIs((("grade", ("A", "B")),)))) == [2, 3, 4, 5]


def test_no_condition_holds_for_all():
    assert fitting(None) == [0, 1, 2, 3, 4, 5]
