import math
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from flamescore.cells import number
from flamescore.engine import MISSING, Clock
from flamescore.engine.readings import fold_all, hashed, instants, missing_value, ten_thousandths

AS_OF = datetime(2026, 11, 21, 12, tzinfo=UTC)


def read_number(text):
    return pl.DataFrame({"t": [text]}, schema={"t": pl.String}).select(number(pl.col("t"))).item()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5", 5.0),
        ("+5", 5.0),
        ("-5.25", -5.25),
        (".5", 0.5),
        ("-.5", -0.5),
        ("007", 7.0),
        ("6e2", 600.0),
        ("6E+2", 600.0),
        ("25e-1", 2.5),
        ("1e12", 1e12),
        ("-1e12", -1e12),
        ("1000000000000.5", None),
        ("-1000000000001", None),
        ("1e13", None),
        ("1e400", None),
        ("0e99999999999", 0.0),
        ("1e-400", 0.0),
        ("5.", None),
        (".", None),
        ("e5", None),
        ("1e", None),
        ("1_000", None),
        ("1,000", None),
        ("$5", None),
        ("0x10", None),
        ("٣", None),
        ("NaN", None),
        ("inf", None),
        ("5 5", None),
        ("5\n", None),
        ("", None),
        (None, None),
    ],
)
def test_number(text, expected):
    assert read_number(text) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2", 20_000),
        (" +2 ", 20_000),
        ("-2.5", -25_000),
        (".5", 5_000),
        ("-.00005", -1),
        ("-.00004", 0),
        ("0.00005", 1),
        ("0.000049999", 0),
        ("2.00005", 20_001),
        ("-2.00005", -20_001),
        ("2.00004999", 20_000),
        ("2.99995", 30_000),
        ("0010.0", 100_000),
        ("123456789.12344", 1_234_567_891_234),
        ("1e12", 10**16),
        ("1e-4", 1),
        ("5e-5", 1),
        ("-5e-5", -1),
        ("4.9e-5", 0),
        ("1.23456e1", 123_456),
        ("1.234565E+1", 123_457),
        ("0e99999999999", 0),
        ("1e-99999", 0),
        ("1000000000001", MISSING),
        ("1e13", MISSING),
        ("many", MISSING),
        ("1,000", MISSING),
        ("5.", MISSING),
        ("", MISSING),
        ("  ", MISSING),
        (None, MISSING),
    ],
)
def test_ten_thousandths(cell, expected):
    assert ten_thousandths(pl.Series([cell], dtype=pl.String)).tolist() == [expected]


def test_ten_thousandths_of_a_column_stay_in_place():
    cells = pl.Series(["1e1", None, "-3", "x", "2e0", "0.5"])
    assert ten_thousandths(cells).tolist() == [100_000, MISSING, -30_000, MISSING, 20_000, 5_000]


HALVES = (0.00005, 0.00015, -0.00005, 1.00005, 2.50005, 1234.56785, -99.99995, 1_048_576.00005)
FLOATS = (0.0, -0.0, 0.1, 0.30000000000000004, 1e-9, 1e9, -1e9, 123_456_789.12345, 4.35, 1e6, 8e11, *HALVES)


@pytest.mark.parametrize("order", [1, -1])
def test_ten_thousandths_of_floats_are_those_of_their_text(order):
    above = [math.nextafter(half, 9e9) for half in HALVES]
    floats = [*FLOATS, None, float("nan"), *above, float("inf")][::order]
    expected = [
        int((Decimal(repr(each)) * 10_000).quantize(Decimal(1), rounding=ROUND_HALF_UP))
        if each is not None and math.isfinite(each)
        else MISSING
        for each in floats
    ]
    assert ten_thousandths(pl.Series(floats, dtype=pl.Float64)).tolist() == expected


def read_instant(text, zone="America/New_York"):
    at, day = instants(pl.Series([text], dtype=pl.String), Clock(AS_OF, ZoneInfo(zone)))
    if at[0] == MISSING:
        assert day[0] == MISSING
        return None
    stamp = datetime.fromtimestamp(int(at[0]), UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return stamp, datetime.fromtimestamp(int(day[0]) * 86_400, UTC).strftime("%Y-%m-%d")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-21", ("2026-11-21T05:00:00", "2026-11-21")),
        ("2026-07-01", ("2026-07-01T04:00:00", "2026-07-01")),
        ("2026-11-21T03:15", ("2026-11-21T08:15:00", "2026-11-21")),
        ("2026-11-21 03:15:52", ("2026-11-21T08:15:52", "2026-11-21")),
        ("2026-11-21 03:15:52.999", ("2026-11-21T08:15:52", "2026-11-21")),
        ("2026-11-21T03:15:52Z", ("2026-11-21T03:15:52", "2026-11-20")),
        ("2026-11-21T05:00Z", ("2026-11-21T05:00:00", "2026-11-21")),
        ("2026-11-21T12:00:00.999-05:30", ("2026-11-21T17:30:00", "2026-11-21")),
        ("2026-11-21 12:00:00+13:45", ("2026-11-20T22:15:00", "2026-11-20")),
        ("2026-11-21T00:30+00:45", ("2026-11-20T23:45:00", "2026-11-20")),
        ("2026-03-08T02:30:00", ("2026-03-08T07:30:00", "2026-03-08")),
        ("1969-12-31T23:59:59Z", ("1969-12-31T23:59:59", "1969-12-31")),
        ("1850-01-01", ("1850-01-01T04:56:02", "1850-01-01")),
        ("2024-02-29", ("2024-02-29T05:00:00", "2024-02-29")),
        ("2026-02-29", None),
        ("2026-13-01", None),
        ("2026-11-21T24:00", None),
        ("2026-11-21T12:60", None),
        ("2026-11-21T3:15", None),
        ("2026-11-21T03:15+0500", ("2026-11-20T22:15:00", "2026-11-20")),
        ("2026-11-21T03:15:00,123 -0330", ("2026-11-21T06:45:00", "2026-11-21")),
        ("2026-11-21 03:15 +05:00", ("2026-11-20T22:15:00", "2026-11-20")),
        ("2026-11-21 03:15:59+00", ("2026-11-21T03:15:59", "2026-11-20")),
        ("2026-11-21 03:15:59 UTC", ("2026-11-21T03:15:59", "2026-11-20")),
        ("2026-11-21 03:15GMT", ("2026-11-21T03:15:00", "2026-11-20")),
        ("2026-11-21T03:15z", ("2026-11-21T03:15:00", "2026-11-20")),
        ("2026-11-21 03:15 PST", None),
        ("2026-11-21T03:15+24:00", None),
        ("2026-11-21T03:15+05:60", None),
        ("2026-11-21Z", None),
        ("2026-11-21+05:00", None),
        ("21.11.2026", None),
        ("2026-1-1", None),
        ("20261121", None),
        ("soon", None),
        (None, None),
    ],
)
def test_instants(text, expected):
    assert read_instant(text) == expected


def test_a_bare_date_begins_after_a_skipped_midnight():
    assert read_instant("2026-03-08", "America/Havana") == ("2026-03-08T05:00:00", "2026-03-08")


def test_instants_of_a_column_stay_in_place():
    cells = pl.Series(["2026-11-21T00:00Z", None, "2026-11-21", "x", "2026-11-21T00:00+01:00"])
    at, day = instants(cells, Clock(AS_OF, ZoneInfo("UTC")))
    midnight = 1_795_219_200
    assert at.tolist() == [midnight, MISSING, midnight, MISSING, midnight - 3_600]
    assert day.tolist() == [20_778, MISSING, 20_778, MISSING, 20_777]


def test_operands_are_folded_as_cells_are():
    assert fold_all((" CAFE\u0301\u00a0", "b")) == ("café", "b")
    assert fold_all((" CAFE\u0301 ",), case_sensitive=True) == ("CAFÉ",)
    assert fold_all((" X ",), trim=False) == (" x ",)


def test_missing_cells_have_one_hash_and_others_that_of_what_they_are():
    cells = pl.DataFrame({"t": ["", None, " ", "a", "a ", "a"]})
    empty, none, blank, *texts = cells.select(hashed(pl.col("t")))["t"].to_list()
    assert {empty, none, blank} == {missing_value()}
    assert texts[0] == texts[2] != texts[1]
    assert missing_value() not in texts
