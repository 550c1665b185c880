"""Formats suggested from cells; with each, the program reads every cell of its pattern."""

# ruff: noqa: E501, DTZ001, RUF001 - lines of messages; naive times and foreign digits are among the cases

from datetime import date, datetime, timedelta

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from flamescore.exports.swapped_dates import swapped, twin
from flamescore.exports.time_suggestions import UnreadTimes, cure, lines, reads_all
from flamescore.format_faults import half_day_fault, letters_fault, meant_format
from flamescore.project.values import _formats


def shapes(*cells):
    found = UnreadTimes()
    found.add(pl.Series(cells, dtype=pl.String))
    return found.shapes()


@pytest.mark.parametrize(
    ("cells", "formats"),
    [
        (["3.4.2026 9.05"], ["%d.%m.%Y %H.%M", "%m.%d.%Y %H.%M"]),
        (["Wed, 18 Nov 2026 09:05:14 +0100"], ["%a, %d %b %Y %H:%M:%S %z"]),
        (["18.11.26"], ["%d.%m.%y", "%y.%m.%d"]),
        (["03.04.05"], ["%d.%m.%y", "%m.%d.%y", "%y.%m.%d"]),
        (["2014/6/5 9:30"], ["%Y/%m/%d %H:%M", "%Y/%d/%m %H:%M"]),
        (["13-05-2014 09:30"], ["%d-%m-%Y %H:%M"]),
        (["03/04/2026"], ["%m/%d/%Y", "%d/%m/%Y"]),
        (["13/04/2026", "03/04/2026"], ["%d/%m/%Y"]),
        (["11/18/2026 9:05:14 PM"], ["%m/%d/%Y %I:%M:%S %p"]),
        (["11/18/2026 9:05pm"], ["%m/%d/%Y %I:%M%p"]),
        (["18.11.2026 09:05:14.123"], ["%d.%m.%Y %H:%M:%S%.f"]),
        (["18.11.2026, 09:05 Uhr"], ["%d.%m.%Y, %H:%M Uhr"]),
        (["18.11.2026 UTC"], ["%d.%m.%Y UTC"]),
        (["18.11.2026 09:05 GMT"], ["%d.%m.%Y %H:%M GMT"]),
        (["18.11.2026 09:05Z"], ["%d.%m.%Y %H:%MZ"]),
        (["18.11.2026 09:05+01"], ["%d.%m.%Y %H:%M%#z"]),
        (["18.11.2026 09:05 -03:30"], ["%d.%m.%Y %H:%M %:z"]),
        (["Nov 18, 2026"], ["%b %d, %Y"]),
        (["November 18, 2026 at 9:05 AM"], ["%B %d, %Y at %I:%M %p"]),
        (["18-Nov-26"], ["%d-%b-%y"]),
        (["18-NOV-2026 09:05"], ["%d-%b-%Y %H:%M"]),
        (["2026 Nov 8"], ["%Y %b %d"]),
        (["18th Nov 2026"], ["%dth %b %Y"]),
        (["Wednesday, November 18, 2026"], ["%A, %B %d, %Y"]),
        (["Wed Nov 18 09:05:14 2026"], ["%a %b %d %H:%M:%S %Y"]),
        (["Wed 18.11.26"], ["%a %d.%m.%y"]),
        (["20261118"], ["%Y%m%d"]),
        (["2026111809"], ["%Y%m%d%H"]),
        (["2026.11.18 09:05:14,123"], ["%Y.%m.%d %H:%M:%S,%3f"]),
        (["18.11.2026 09:05:14,123456"], ["%d.%m.%Y %H:%M:%S,%6f"]),
        (["202611180905"], ["%Y%m%d%H%M"]),
        (["20261118090514"], ["%Y%m%d%H%M%S"]),
        (["20261118T090514"], ["%Y%m%dT%H%M%S"]),
        (["20261118 090514"], ["%Y%m%d %H%M%S"]),
        (["20261118T090514Z"], ["%Y%m%dT%H%M%SZ"]),
        (["20261118 9:05"], ["%Y%m%d %H:%M"]),
        (["100%18.11.2026"], []),
        (["%18.11.2026"], ["%%%d.%m.%Y"]),
        (["2026-1-2"], ["%Y-%m-%d", "%Y-%d-%m"]),
        (["45251.5"], ["excel"]),
        (["1700000000.5"], ["epoch_s"]),
        (["2026-11-18 09:05:14,12"], []),
        (["2026-11-18 09:05 PST"], []),
        (["Bob 18.11.2026"], []),
        (["18.11.2026 09:05 Bob"], []),
        (["32.13.2026"], []),
        (["yesterday"], []),
        (["1.2.3.2026"], []),
        (["9:05"], []),
        (["١٨.١١.٢٠٢٦"], []),
    ],
)
def test_one_shape(cells, formats):
    (found,) = shapes(*cells)
    assert list(found.formats) == formats
    for form in formats:
        assert _formats(form) == (form,)
        assert reads_all(pl.Series(cells), form)


def test_the_lines_of_the_error():
    cells = ["13-05-2014 09:30"] * 3 + ["2014/6/5 9:30"] * 2 + ["soon"] + ["18.11.2026"] * 4 + [None, " "]
    found = shapes(*cells)
    assert lines(found) == [
        "4 are written like `18.11.2026`: `%d.%m.%Y`",
        "3 are written like `13-05-2014 09:30`: `%d-%m-%Y %H:%M`",
        "2 are written like `2014/6/5 9:30`: `%Y/%m/%d %H:%M`, or `%Y/%d/%m %H:%M`: no day is past 12, look at the export",
        "1 is written like `aaaa`: no format is known",
    ]
    assert cure(found) == 'at: {format: ["%d.%m.%Y", "%d-%m-%Y %H:%M", "%Y/%m/%d %H:%M"]}'
    assert cure(found[:1], column="Close Date") == 'dates: {Close Date: "%d.%m.%Y"}'
    assert cure(found[:1], declared=("epoch_s",)) == 'at: {format: ["epoch_s", "%d.%m.%Y"]}'
    assert cure(shapes("soon")) is None
    assert len(lines(shapes("1.2.2026", "1-2-2026", "1/2/2026", "2026/1/2", "2026.1.2"))) == 4


def test_any_cure_is_yaml():
    found = shapes('"18.11.2026" 9:05', "18.11.2026\t9:05", "\\18.11.2026")
    forms = [form for each in found for form in each.formats]
    assert forms == ['"%d.%m.%Y" %H:%M', "%d.%m.%Y\t%H:%M", "\\%d.%m.%Y"]
    assert yaml.safe_load(cure(found)) == {"at": {"format": forms}}


def test_cells_of_several_lengths_are_one_shape_and_all_are_counted():
    found = shapes(
        *[f"{day}.{month}.2026 {hour}:05" for day in range(1, 29) for month in (1, 12) for hour in (9, 10)]
        * 3
    )
    assert [(each.rows, each.formats) for each in found] == [(28 * 2 * 2 * 3, ("%d.%m.%Y %H:%M",))]


def test_months_by_name_are_one_shape():
    short = [f"{day:%b %d, %Y}" for day in (date(2026, month, 14) for month in range(1, 13))]
    assert [(each.rows, each.formats) for each in shapes(*short)] == [(12, ("%b %d, %Y",))]
    full = [f"{day:%B %d, %Y}" for day in (date(2026, month, 14) for month in range(1, 13))]
    assert [(each.rows, each.formats) for each in shapes(*full)] == [(12, ("%B %d, %Y",))]


WRITTEN = [
    "%d.%m.%Y",
    "%m/%d/%Y",
    "%Y/%m/%d %H:%M",
    "%d %b %Y %H:%M:%S",
    "%A, %B %d, %Y %I:%M %p",
    "%d-%m-%y",
    "%Y%m%d%H%M",
]


@given(
    form=st.sampled_from(WRITTEN),
    times=st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)), min_size=1, max_size=8),
)
def test_what_a_format_wrote_is_read_by_a_suggested_one(form, times):
    cells = [time.strftime(form) for time in times]
    for found in shapes(*cells):
        assert found.formats
        assert all(_formats(each) for each in found.formats)


@given(st.lists(st.text(alphabet="0123456789./-: TZAPMnovNOVbob,+%", max_size=24), max_size=6))
def test_any_text_is_told_or_not(cells):
    found = shapes(*cells)
    assert sum(each.rows for each in found) == sum(bool(cell.strip()) for cell in cells)
    for each in found:
        for form in each.formats:
            assert _formats(form) == (form,)


@pytest.mark.parametrize(
    ("form", "other"),
    [
        ("%d/%m/%Y", "%m/%d/%Y"),
        ("%Y/%m/%d %H:%M", "%Y/%d/%m %H:%M"),
        ("%-d.%m.%y", "%m.%-d.%y"),
        ("%e/%m/%Y", "%m/%e/%Y"),
        ("%d %b %Y", None),
        ("%F", None),
        ("%m/%Y", None),
        ("epoch_s", None),
        ("%d/%m/%Y %d", None),
    ],
)
def test_the_twin_of_a_format(form, other):
    assert twin(form) == other


def days(first, many, step=1):
    return [first + timedelta(days=step * each) for each in range(many)]


def exchanged(dates):
    return [date(each.year, each.day, each.month) for each in dates]


def test_a_month_so_far_is_not_told_and_read_wrongly_it_is():
    right = days(date(2026, 11, 1), 12)
    assert swapped("%m/%d/%Y", right, 12) is None
    told = swapped("%d/%m/%Y", exchanged(right), 12)
    assert told.message == (
        '12 times read by "%d/%m/%Y" also fit "%m/%d/%Y": no day is past 12. As declared they run from 2026-01-11 to '
        "2026-12-11, the other way from 2026-11-01 to 2026-11-12."
    )


def test_what_is_not_told():
    assert swapped("%d/%m/%Y", [date(2026, 4, 3), date(2026, 4, 4), date(2026, 4, 5)], 3) is None
    assert swapped("%d/%m/%Y", [date(2026, 1, 13), *days(date(2026, 1, 1), 10)], 11) is None
    assert swapped("%d/%m/%Y", [], 0) is None
    assert swapped("%d %b %Y", days(date(2026, 1, 1), 10), 10) is None


def test_dates_over_many_months():
    spread = [date(2025 + month // 12, month % 12 + 1, day) for month in range(14) for day in (2, 7, 11)][:40]
    assert swapped("%d/%m/%Y", spread, 40) is not None


@given(first=st.dates(date(1990, 1, 1), date(2060, 1, 1)), many=st.integers(3, 900))
def test_swapped_dates_are_told_or_stop_and_right_ones_are_not(first, many):
    right = days(first, many)
    assert swapped("%d/%m/%Y", right, many) is None
    if all(each.day <= 12 for each in right) and sum(each.day != each.month for each in right) >= 3:
        assert swapped("%m/%d/%Y", exchanged(right), many) is not None


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ("%Y-%m-%d %H:%M %p", '"%p" needs "%I", not "%H"'),
        ("%Y-%m-%d %k:%M %p", '"%p" needs "%I", not "%k"'),
        ("%Y-%m-%d %-H:%M%p", '"%p" needs "%I", not "%H"'),
        ("%Y-%m-%d %I:%M %p", None),
        ("%Y-%m-%d %H:%M", None),
    ],
)
def test_the_hour_of_half_a_day(form, fault):
    assert half_day_fault(form) == fault


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("YYYY-MM-DD", "%Y-%m-%d"),
        ("YYYYMMDD", "%Y%m%d"),
        ("DD.MM.YY", "%d.%m.%y"),
        ("YYYY-MM-DD HH:mm:ss", "%Y-%m-%d %H:%M:%S"),
        ("YYYY-MM-DD HH:MM:SS", "%Y-%m-%d %H:%M:%S"),
        ("YYYY-MM-DD hhMM", "%Y-%m-%d %H%M"),
        ("MM/DD/YYYY hh:mm a", "%m/%d/%Y %I:%M %p"),
        ("yyyy-MM-dd", "%Y-%m-%d"),
        ("dd/mm/yyyy", "%d/%m/%Y"),
        ("%Y-%m-%d", None),
        ("epoch_s", None),
        ("today", None),
        ("YYYY", None),
    ],
)
def test_letters_for_directives(text, meant):
    assert meant_format(text) == meant
    assert letters_fault(text) == (None if meant is None else f'did you mean "{meant}"?')
    if meant:
        assert _formats(meant) == (meant,)
