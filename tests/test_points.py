"""Points in columns, and in words, however large they are."""

from decimal import Decimal

import polars as pl
import pytest

from flamescore.points import as_published, difference_type, in_points, quotients, ten_thousandths
from flamescore.report import difference, wording
from flamescore.tables import points_as_text
from flamescore.units import nearest_points

LARGEST = 922337203685477.625
"""The float next to the largest score; floats of that size are an eighth apart."""

SAID = [
    (3.0, "3"),
    (-0.25, "-0.25"),
    (0.0, "0"),
    (-0.00001, "0"),
    (0.99999, "1"),
    (1234.5, "1,234.5"),
    (225179981368.5249, "225,179,981,368.5249"),
    (945600000000000.0, "945,600,000,000,000"),
    (LARGEST, "922,337,203,685,477.625"),
    (-LARGEST, "-922,337,203,685,477.625"),
    (-123456789012345.671875, "-123,456,789,012,345.6719"),
]


@pytest.mark.parametrize(("points", "said"), SAID)
def test_points_are_said_to_the_last_digit(points, said):
    assert wording.score(nearest_points(points), 4) == said
    assert pl.select(points_as_text(pl.lit(points))).item() == said.replace(",", "")


def test_totals_have_more_digits_than_a_float():
    assert wording.score(nearest_points(Decimal("1001498999122085.9766")), 4) == "1,001,498,999,122,085.9766"
    assert nearest_points(Decimal("99999999999999999999999.1234")) == 999999999999999999999991234


def test_differences_of_large_points_are_exact():
    assert difference(LARGEST, -LARGEST) == Decimal("1844674407370955.25")
    assert difference(20.0, 900000000000000.125) == Decimal("-899999999999980.125")
    assert nearest_points(difference(0.3, 0.1)) == 2_000


@pytest.mark.parametrize("large", [225179981369.0, LARGEST, -LARGEST])
def test_what_64_bits_may_not_hold_is_read_in_128(large):
    points = pl.Series("p", [large, -large, 0.1, None])
    kind = difference_type(points)
    whole = points.to_frame().select(ten_thousandths(pl.col("p"), kind)).to_series()
    assert kind == pl.Int128
    assert whole.to_list() == [nearest_points(large), -nearest_points(large), 1000, None]
    assert in_points(whole - whole - whole).to_list() == [-large, large, -0.1, None]


def test_all_others_are_read_in_64_bits():
    points = pl.Series("p", [225179981368.0, 0.1, None])
    kind = difference_type(points, pl.Series([2**50, -(2**51) + 10_000]), pl.Series([], dtype=pl.Float64))
    assert kind == pl.Int64
    whole = points.to_frame().select(ten_thousandths(pl.col("p"), kind)).to_series()
    assert (whole.dtype, whole.to_list()) == (pl.Int64, [2251799813680000, 1000, None])
    assert difference_type(pl.Series([-(2**63)])) == pl.Int128
    assert difference_type(pl.Series([1]), pl.Series([-(2**63)])) == pl.Int128


def test_totals_are_compared_as_they_are_published():
    exact = pl.Series("t", [1234567890123456712, -5, None])
    assert as_published(exact, pl.Int64()).to_list() == exact.to_list()
    assert as_published(exact, pl.Int128()).to_list() == [1234567890123456719, -5, None]


def test_quotients_of_pythons_integers():
    import numpy as np  # noqa: PLC0415 - used by this test alone

    assert quotients(np.array([10**25, 5], object), 10_000).tolist() == [1e21, 0.0005]
