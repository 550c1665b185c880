"""The text form of a value of any type."""

# ruff: noqa: E501, DTZ001 - naive times are among the cases

from datetime import date, datetime, time
from decimal import Decimal

import polars as pl
import pytest

from flamescore.cells import as_text, fold, folded, present, trim


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (pl.Series([7, None]), ["7", None]),
        (pl.Series([2**63], dtype=pl.UInt64), ["9223372036854775808"]),
        (pl.Series([5.0, 0.1, -0.0, 1e15, float("nan")]), ["5", "0.1", "0", "1000000000000000", None]),
        (pl.Series([0.1, 3.0], dtype=pl.Float32), ["0.1", "3"]),
        (pl.Series([Decimal("5.00"), Decimal("5.10"), Decimal("100.00")]), ["5", "5.1", "100"]),
        (pl.Series([True, False, None]), ["true", "false", None]),
        (pl.Series([date(2026, 1, 2)]), ["2026-01-02"]),
        (pl.Series([time(3, 4, 5)]), ["03:04:05"]),
        (pl.Series([datetime(2026, 1, 2, 3, 4, 5), datetime(2026, 1, 2, 3, 4, 5, 120_000)]), ["2026-01-02T03:04:05", "2026-01-02T03:04:05.120"]),
        (pl.Series([datetime(2026, 1, 2)]).dt.replace_time_zone("America/Phoenix"), ["2026-01-02T07:00:00Z"]),
        (pl.Series(["a", None], dtype=pl.Categorical), ["a", None]),
        (pl.Series([2**62, -(2**63), None], dtype=pl.Datetime("us")), ["4611686018427387904us", "-9223372036854775808us", None]),
        (pl.Series([2**62, 253_402_300_799_999], dtype=pl.Datetime("ms", "UTC")), ["4611686018427387904ms", "9999-12-31T23:59:59.999Z"]),
        (pl.Series([2**31 - 1, 2_932_896, -719_162, -719_163], dtype=pl.Int32).cast(pl.Date), ["2147483647d", "9999-12-31", "0001-01-01", "-719163d"]),
        (pl.Series([["a", "b"], [], None]), ['["a","b"]', "[]", None]),
        (pl.Series([{"a": 1}, None]), ['{"a":1}', None]),
        (pl.Series([None, None]), [None, None]),
    ],
)  # fmt: skip
def test_as_text(cells, expected):
    found = cells.rename("c").to_frame().select(as_text("c", cells.dtype)).to_series()
    assert (found.dtype, found.to_list()) == (pl.String, expected)


def test_texts_are_trimmed_and_folded_alike():
    cells = ["\u00a0 A\u0301É\u2003", "\x1cB", "  ", None]
    frame = pl.DataFrame({"c": cells})
    assert frame.select(folded(pl.col("c"))).to_series().to_list() == ["áé", "\x1cb", "", None]
    assert [fold(cell) for cell in cells[:3]] == ["áé", "\x1cb", ""]
    assert frame.select(present(pl.col("c"))).to_series().to_list() == ["A\u0301É", "\x1cB", None, None]
    assert trim("\x1c a \u3000") == "\x1c a"
