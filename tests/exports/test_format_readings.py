"""Formats beyond those of Polars' parser: UTC by name, hours without minutes, commas before a fraction."""

import polars as pl
import pytest

from flamescore.exports.format_readings import ISO, readings


def read(form, *cells):
    texts = pl.Series(cells, dtype=pl.String)
    out = [None] * len(cells)
    for way in readings(form):
        found = way.read(texts)
        zoned = found.dtype.time_zone is not None
        shown = found.dt.strftime("%Y-%m-%dT%H:%M:%S" + ("Z" if zoned else ""))
        out = [old or new for old, new in zip(out, shown, strict=True)]
    return out


@pytest.mark.parametrize(
    ("form", "cell", "expected"),
    [
        ("%Y-%m-%d %H:%M:%S UTC", "2026-11-20 20:00:00 UTC", "2026-11-20T20:00:00Z"),
        ("%Y-%m-%d %H:%M:%S UTC", "2026-11-20 20:00:00 PST", None),
        ("%Y-%m-%dT%H:%M:%SZ", " 2026-11-20T20:00:00Z ", "2026-11-20T20:00:00Z"),
        ("%Y-%m-%d %H:%MGMT", "2026-11-20 20:00GMT", "2026-11-20T20:00:00Z"),
        ("%d.%m.%Y UTC", "20.11.2026 UTC", "2026-11-20T00:00:00Z"),
        ("%Y-%m-%d %H:%M", "2026-11-20 20:00", "2026-11-20T20:00:00"),
        ("%Y-%m-%d %H:%M %Z", "2026-11-20 20:00 GMT", "2026-11-20T20:00:00Z"),
        ("%Y-%m-%d %H:%M %Z", "2026-11-20 20:00 UTC", "2026-11-20T20:00:00Z"),
        ("%Y-%m-%d %H:%M%Z", "2026-11-20 20:00Z", "2026-11-20T20:00:00Z"),
        ("%Y-%m-%d %H:%M %Z", "2026-11-20 20:00 PST", None),
        ("%Y-%m-%d %H:%M %Z", "2026-11-20 20:00 CET", None),
        ("%Y-%m-%d %H:%M %Z", "2026-11-20 20:00", None),
        ("%a %b %d %H:%M:%S %Z %Y", "Fri Nov 20 20:00:00 UTC 2026", "2026-11-20T20:00:00Z"),
        ("%Y-%m-%d %H:%M%#z", "2026-11-20 20:00+00", "2026-11-20T20:00:00Z"),
        ("%Y-%m-%d %H:%M%#z", "2026-11-20 20:00-0330", "2026-11-20T23:30:00Z"),
        ("%Y%m%d%H", "2026112009", "2026-11-20T09:00:00"),
        ("%Y%m%d %I %p", "20261120 09 PM", "2026-11-20T21:00:00"),
        ("%Y%m%d%H UTC", "2026112009 UTC", "2026-11-20T09:00:00Z"),
        ("%Y-%m-%d %H:%M:%S,%3f", "2026-11-20 09:05:14,123", "2026-11-20T09:05:14"),
        ("%Y-%m-%d %H:%M:%S.%f", "2026-11-20 09:05:14.5", "2026-11-20T09:05:14"),
        ("%Y-%m-%d", "2026-11-20", "2026-11-20T00:00:00"),
    ],
)
def test_one_cell(form, cell, expected):
    assert read(form, cell, None) == [expected, None]


@pytest.mark.parametrize("form", ["%Y-%m-%d BUZZ", "%Y-%m-%d %H:%M:%S%z", "%d/%m/%Y"])
def test_what_says_nothing_of_utc(form):
    assert [way.utc for way in readings(form)] == [False]


@pytest.mark.parametrize(
    ("cell", "zone"),
    [
        ("2026-11-20T10:00:00", (None, None, None, None)),
        ("2026-11-20 10:00:00 UTC", ("UTC", None, None, None)),
        ("2026-11-20 10:00 GMT", ("GMT", None, None, None)),
        ("2026-11-20T10:00z", ("z", None, None, None)),
        ("2026-11-20T10:00:00.5 Z", ("Z", None, None, None)),
        ("2026-11-20T10:00:00UTC", ("UTC", None, None, None)),
        ("2026-11-20T10:00+0000", (None, "+", "00", "00")),
        ("2026-11-20T10:00 -0330", (None, "-", "03", "30")),
        ("2026-11-20T10:00:00,123 +05:30", (None, "+", "05", "30")),
        ("2026-11-20 10:00:00+00", (None, "+", "00", None)),
    ],
)
def test_iso_as_exports_have_it(cell, zone):
    (found,) = pl.Series([cell]).str.extract_groups(ISO).to_list()
    assert tuple(found[name] for name in ("utc", "sign", "hours", "minutes")) == zone
    assert found["day"] == "2026-11-20"


@pytest.mark.parametrize(
    "cell",
    [
        "2026-11-20 10:00 PST",
        "2026-11-20T10",
        "2026-11-20 10:00 utc",
        "2026-11-20T10:00+5",
        "2026-11-20T10:00+24",
        "2026-11-20 10:00  Z",
        "2026-11-20",
    ],
)
def test_what_is_no_iso_time(cell):
    assert pl.Series([cell]).str.extract_groups(ISO).to_list()[0]["day"] is None
