from decimal import Decimal
from fractions import Fraction
from random import Random

import numpy as np
import pytest

from flamescore.engine import Stream, contributions, decay_factors
from flamescore.engine.worth import left_of, multiplied, worth_table
from flamescore.rules import NO_DECAY, Decay, Points
from oracle_words import round_half_away

BILLION = 1_000_000_000


def test_no_linear_factor_is_one_off():
    for share in (*range(1, 1_000, 17), 2_500, 3_333, 333_333, 999_999, 1_000_000):  # millionths
        table = decay_factors(Decay("linear", Decimal(share) / 1_000_000), 1_999)
        found = table[np.minimum(np.arange(2_000), len(table) - 1)].tolist()
        assert found == [max(0, BILLION - share * 1_000 * day) for day in range(2_000)]


def test_compound_factors_are_exact():
    for share in (Decimal("0.01"), Decimal("0.0025"), Decimal("0.333333"), Decimal("0.999999")):
        table = decay_factors(Decay("compound", share), 400).tolist()
        exact = [round_half_away((1 - Fraction(share)) ** day * BILLION) for day in range(401)]
        assert table == exact[: len(table)]
        assert set(exact[len(table) :]) <= {0}


def test_half_life_factors_are_the_nearest_billionths():
    for days in (1, 2, 7, 30, 90, 365):
        table = decay_factors(Decay("half_life", days=days), 800).tolist()
        # (2f - 1)/2 <= 1e9 * 0.5^(day/days) < (2f + 1)/2, all doubled and raised to the power `days`.
        for day, factor in enumerate(table):
            scaled = Fraction(2 * BILLION) ** days / 2**day
            assert max(2 * factor - 1, 0) ** days <= scaled < (2 * factor + 1) ** days


@pytest.mark.parametrize(
    ("decay", "day", "expected"),
    [
        (NO_DECAY, 0, BILLION),
        (Decay("linear", Decimal("0.01")), 37, 630_000_000),
        (Decay("linear", Decimal("0.01")), 99, 10_000_000),
        (Decay("linear", Decimal("0.01")), 100, 0),
        (Decay("linear", Decimal("0.0025"), 7), 20, 995_000_000),
        (Decay("linear", Decimal("0.0025"), 7), 21, 992_500_000),
        (Decay("linear", Decimal(1), 2), 1, BILLION),
        (Decay("linear", Decimal(1), 2), 2, 0),
        (Decay("compound", Decimal("0.01")), 2, 980_100_000),
        (Decay("compound", Decimal(1), 2), 1, BILLION),
        (Decay("compound", Decimal(1), 2), 2, 0),
        (Decay("half_life", days=1), 1, 500_000_000),
        (Decay("half_life", days=1), 10, 976_563),
        (Decay("half_life", days=1), 30, 1),
        (Decay("half_life", days=1), 31, 0),
        (Decay("half_life", days=14), 14, 500_000_000),
        (Decay("half_life", days=2), 1, 707_106_781),
        (Decay("half_life", days=30), 45, 353_553_391),
    ],
)
def test_factors(decay, day, expected):
    assert decay_factors(decay, day)[-1] == expected


def test_a_table_is_as_long_as_it_needs_to_be():
    assert decay_factors(NO_DECAY, 9_999).tolist() == [BILLION]
    assert len(decay_factors(Decay("linear", Decimal("0.01")), 30)) == 31
    assert len(decay_factors(Decay("linear", Decimal("0.01"), 7), 30)) == 31
    assert len(decay_factors(Decay("linear", Decimal("0.01")), 9_999)) == 101
    assert len(decay_factors(Decay("linear", Decimal("0.01"), 7), 9_999)) == 707


@pytest.mark.parametrize(
    ("points", "factor", "expected"),
    [
        (10_000, BILLION, 10_000),
        (1, 500_000_000, 1),
        (-1, 500_000_000, -1),
        (1, 499_999_999, 0),
        (-1, 499_999_999, 0),
        (3, 500_000_000, 2),
        (-3, 500_000_000, -2),
        (20_000, 630_000_000, 12_600),
        (-75_000, 976_563, -73),
        (0, BILLION, 0),
        (10**13, BILLION, 10**13),
        (-(10**13), 999_999_999, -9_999_999_990_000),
        (9_999_999_999_999, 999_999_999, 9_999_999_989_999),
        (10**13 - 1, 1, 10_000),
    ],
)
def test_contributions(points, factor, expected):
    assert contributions(points, np.array([factor])).tolist() == [expected]


def test_contributions_are_those_of_fractions():
    dice = Random(2)
    points = [dice.randint(-(10**13), 10**13) for _ in range(1_000)]
    factor = [dice.randint(0, BILLION) for _ in range(1_000)]
    expected = [round_half_away(Fraction(p * f, BILLION)) for p, f in zip(points, factor, strict=True)]
    assert contributions(np.array(points), np.array(factor)).tolist() == expected


def test_worths_are_contributions_or_factors_up_to_the_window():
    decay = Decay("linear", Decimal("0.1"))
    fixed = Stream((), points=Points(fixed=20_000), decay=decay)
    assert worth_table(fixed, 86_399).tolist() == [20_000]
    assert worth_table(fixed, 86_400).tolist() == [20_000, 18_000]
    assert worth_table(fixed, 10**9).tolist() == [20_000 - 2_000 * day for day in range(11)]
    assert worth_table(Stream((), points=Points(fixed=5)), 10**9).tolist() == [5]
    short = Stream((), reach=2 * 86_400, points=Points(fixed=20_000), decay=decay)
    assert worth_table(short, 10**9).tolist() == [20_000, 18_000, 16_000]
    number = Stream((), points=Points(column="n"), decay=decay)
    assert worth_table(number, 86_400).tolist() == [BILLION, 900_000_000]


@pytest.mark.parametrize(
    ("cell", "multiply_by", "expected", "fits"),
    [
        (25_000, 10_000, 25_000, True),
        (25_000, -10_000, -25_000, True),
        (-25_000, -20_000, 50_000, True),
        (1, 5_000, 1, True),
        (-1, 5_000, -1, True),
        (1, -5_000, -1, True),
        (1, 4_999, 0, True),
        (0, 10_000, 0, True),
        (25_000, 0, 0, True),
        (10**13, 10_000, 10**13, True),
        (-(10**13), 10_000, -(10**13), True),
        (10**13 + 1, 10_000, 0, False),
        (10**16, 1, 10**12, True),
        (10**16, 10, 10**13, True),
        (10**16, 11, 0, False),
        (10**16, 10**13, 0, False),
        (1, 10**13, 10**9, True),
        (10_000, 10**13, 10**13, True),
        (10_001, 10**13, 0, False),
    ],
)
def test_times(cell, multiply_by, expected, fits):
    product, within = multiplied(np.array([cell]), multiply_by, 10**13)
    assert (product.tolist(), within.tolist()) == ([expected], [fits])


def test_what_is_left_of_sums_of_any_size():
    sums = [1_234_567, 50_000, 500_000, 0, -1_000, 3]
    factor = np.array([810_000_000, 0, 707_106_781, 0, 0, 500_000_000], np.int64)
    left = [999_999, 0, 353_553, 0, -1_000, 2]
    assert left_of(np.array(sums, np.int64), factor).tolist() == left
    assert left_of(np.array(sums, np.object_), factor).tolist() == left
    half = np.array([500_000_000], np.int64)
    assert left_of(np.array([2**70 + 1], np.object_), half).tolist() == [2**69 + 1]
