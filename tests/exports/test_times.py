"""Times: declared formats, ISO 8601, epochs by magnitude, ambiguous and nonexistent local hours."""

# ruff: noqa: E501, DTZ001 - naive times are among the cases

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from exports_bench import CONTACTS, texts

from flamescore.errors import InputError
from flamescore.exports.times import LOSSY, NUMBERED, REPEATED, SKIPPED, TimeFormat

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("cell", "instant", "flags"),
    [
        ("2026-11-21", "2026-11-21T05:00:00Z", 0),
        ("2026-11-21T10:00", "2026-11-21T15:00:00Z", 0),
        ("2026-11-21 10:00:59.999", "2026-11-21T15:00:59Z", 0),
        ("  2026-11-21T10:00:00Z ", "2026-11-21T10:00:00Z", 0),
        ("2026-11-21 10:00:00.5Z", "2026-11-21T10:00:00Z", 0),
        ("2026-11-21T10:00:00+05:30", "2026-11-21T04:30:00Z", 0),
        ("2026-11-21T10:00-08:00", "2026-11-21T18:00:00Z", 0),
        ("2026-11-01 01:30:00", "2026-11-01T05:30:00Z", REPEATED),
        ("2026-03-08 02:30:00", "2026-03-08T07:30:00Z", SKIPPED),
        ("1000000000", "2001-09-09T01:46:40Z", NUMBERED),
        ("1700000000999", "2023-11-14T22:13:20Z", NUMBERED),
        ("1700000000999999", "2023-11-14T22:13:20Z", NUMBERED),
        ("1.54111E+12", "2018-11-01T22:06:40Z", NUMBERED | LOSSY),
        ("2026-01-01T10:00+0530", "2026-01-01T04:30:00Z", 0),
        ("2026-01-01 10:00:05 -0330", "2026-01-01T13:30:05Z", 0),
        ("2026-01-01 10:00:05+00", "2026-01-01T10:00:05Z", 0),
        ("2026-01-01 10:00 UTC", "2026-01-01T10:00:00Z", 0),
        ("2026-01-01 10:00:05 GMT", "2026-01-01T10:00:05Z", 0),
        ("2026-01-01 10:00:05UTC", "2026-01-01T10:00:05Z", 0),
        ("2026-01-01T10:00:05z", "2026-01-01T10:00:05Z", 0),
        ("2026-01-01T10:00:05,123", "2026-01-01T15:00:05Z", 0),
        ("2026-01-01 10:00:05,123 UTC", "2026-01-01T10:00:05Z", 0),
    ],
)
def test_what_reads_without_a_format(cell, instant, flags):
    reading = TimeFormat(NEW_YORK).read(pl.Series([cell, None]))
    assert (texts(reading.at), reading.flags[0]) == ([instant, None], flags)


@pytest.mark.parametrize(
    "cell",
    [
        "03/04/2026", "19970101", "45251.5", "2026-1-2", "2026-02-30", "2026-01-01T24:00:00", "2026-01-01T10:60", "0000-01-01",
        "2026-01-01T10:00:60", "999999999", "10000000000", "2026-01-01T10", "2026-01-01T10:00+05300", "2026-01-01T10:00 PST", "1700000000.5", "-1700000000",
        "now", "", "2026-01-01 10:00  UTC", "2026-01-01 UTC", "\u0662\u0660\u0662\u0666-01-01",
    ],
)  # fmt: skip
def test_what_does_not(cell):
    assert TimeFormat(NEW_YORK).read(pl.Series([cell])).at.to_list() == [None]


@pytest.mark.parametrize(
    ("formats", "cell", "instant"),
    [
        ("%m/%d/%Y %I:%M %p", "3/4/2026 3:05 PM", "2026-03-04T20:05:00Z"),
        ("%d.%m.%Y", "04.03.2026", "2026-03-04T05:00:00Z"),
        ("%Y%m%d", "19970101", "1997-01-01T05:00:00Z"),
        ("%Y-%m-%d %H:%M:%S %z", "2026-03-04 10:00:00 +0100", "2026-03-04T09:00:00Z"),
        ("%Y-%m-%d %H:%M:%S.%f", "2026-03-04 10:00:00.123456", "2026-03-04T15:00:00Z"),
        ("%b %d, %Y", "Mar 4, 2026", "2026-03-04T05:00:00Z"),
        ("epoch_s", "-1", "1969-12-31T23:59:59Z"),
        ("epoch_ms", "-1", "1969-12-31T23:59:59Z"),
        ("epoch_us", "1700000000999999.0", "2023-11-14T22:13:20Z"),
        ("excel", "45251.5", "2023-11-21T17:00:00Z"),
        ("excel", " 45251.123456 ", "2023-11-21T07:57:47Z"),
        ("excel", "36526", "2000-01-01T05:00:00Z"),
        ("%Y-%m-%d %H:%M:%S UTC", "2026-11-20 20:00:00 UTC", "2026-11-20T20:00:00Z"),
        ("%d.%m.%Y %H:%M %Z", "20.11.2026 20:00 GMT", "2026-11-20T20:00:00Z"),
        ("%d.%m.%Y %H:%M%#z", "20.11.2026 20:00+01", "2026-11-20T19:00:00Z"),
        ("%Y%m%d%H", "2026112009", "2026-11-20T14:00:00Z"),
        ("%d.%m.%Y %H:%M:%S,%3f", "20.11.2026 09:00:01,999", "2026-11-20T14:00:01Z"),
        ("%d.%m.%Y", "2026-11-20", "2026-11-20T05:00:00Z"),
        ("excel", "2026-11-20 09:00 UTC", "2026-11-20T09:00:00Z"),
    ],
)
def test_a_declared_format(formats, cell, instant):
    assert texts(TimeFormat(NEW_YORK, (formats,)).read(pl.Series([cell, "x"])).at) == [instant, None]


def test_formats_are_tried_in_order():
    clock = TimeFormat(ZoneInfo("UTC"), ("%d/%m/%Y", "%m/%d/%Y", "epoch_s"))
    assert texts(clock.read(pl.Series(["03/04/2026", "12/31/2026", "86400"])).at) == [
        "2026-04-03T00:00:00Z", "2026-12-31T00:00:00Z", "1970-01-02T00:00:00Z",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "instant"),
    [
        (pl.Series([date(2026, 1, 2)]), "2026-01-02T05:00:00Z"),
        (pl.Series([datetime(2026, 1, 2, 3, 4, 5, 999_999)]), "2026-01-02T08:04:05Z"),
        (pl.Series([datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC)]), "1969-12-31T23:59:59Z"),
        (pl.Series([datetime(2026, 1, 2)]).cast(pl.Datetime("ns")), "2026-01-02T05:00:00Z"),
        (
            pl.Series([datetime(2026, 1, 2)]).cast(pl.Datetime("ms")).dt.replace_time_zone("Asia/Tokyo"),
            "2026-01-01T15:00:00Z",
        ),
        (pl.Series([1_700_000_000]), "2023-11-14T22:13:20Z"),
        (pl.Series([1_700_000_000_000.0]), "2023-11-14T22:13:20Z"),
    ],
)
def test_typed_cells(cells, instant):
    assert texts(TimeFormat(NEW_YORK).read(cells).at) == [instant]


def test_a_reading_depends_on_its_cell_alone():
    cells = [
        "2026-01-01",
        "2026-01-01T10:00:00Z",
        "2026-01-01 10:00:00",
        "1700000000",
        "x",
        None,
        "2026-11-01 01:30:00",
        "2026-01-01T10:00+01:00",
    ]
    together = TimeFormat(NEW_YORK).read(pl.Series(cells))
    for turn in range(len(cells)):
        turned = TimeFormat(NEW_YORK).read(pl.Series(cells[turn:] + cells[:turn]))
        assert turned.at.to_list() == together.at.to_list()[turn:] + together.at.to_list()[:turn]
    alone = [TimeFormat(NEW_YORK).read(pl.Series([cell], dtype=pl.String)).at.item() for cell in cells]
    assert alone == together.at.to_list()


def test_the_sources_zone_comes_before_the_rule_files_and_odd_hours_are_told(with_contacts):
    with_contacts.write(
        "events.csv",
        "contact_id,event,at\n1,a,2026-11-01 01:30:00\n1,a,2026-03-08 02:30:00\n1,a,2026-01-01 00:00:00\n",
    )
    (plain,) = with_contacts.load(CONTACTS + "events: [{path: events.csv}]\n", zone="America/Phoenix").events
    assert texts(plain.frame.collect()["at"]) == [
        "2026-11-01T08:30:00Z",
        "2026-03-08T09:30:00Z",
        "2026-01-01T07:00:00Z",
    ]
    assert plain.record.notes == ()
    text = CONTACTS + "events: [{path: events.csv, timezone: America/New_York}]\n"
    (own,) = with_contacts.load(text, zone="America/Phoenix").events
    assert texts(own.frame.collect()["at"]) == [
        "2026-11-01T05:30:00Z",
        "2026-03-08T07:30:00Z",
        "2026-01-01T05:00:00Z",
    ]
    assert own.record.notes == (
        "1 cell with a time in an hour that the clock repeats: the earlier is taken",
        "1 cell with a time in an hour that the clock skips: moved forward",
    )


def test_undeclared_epochs_are_said(with_contacts):
    with_contacts.write("events.csv", "contact_id,event,at\n1,a,1700000000\n1,a,1.54111E+12\n")
    (source,) = with_contacts.load(CONTACTS + "events: [{path: events.csv}]\n").events
    assert source.record.notes == (
        "times have no declared format: whole numbers are read as seconds or milliseconds since 1970, by their size",
        "1 cell with a time written like 1.54111E+12: precision is lost",
    )


def test_times_that_don_t_read_stop_the_source_with_formats_that_do(with_contacts):
    lines = "".join(f"1,a,{month:02}/{day:02}/2026\n" for month in range(1, 4) for day in range(11, 25))
    with_contacts.write("events.csv", "contact_id,event,at\n" + lines)
    with pytest.raises(InputError) as caught:
        with_contacts.load(CONTACTS + "events: [{path: events.csv}]\n")
    assert caught.value.problems[0].message == (
        "events events.csv: 42 of 42 rows are rejected, which leaves nothing: 42 unreadable_time. "
        "The first: events.csv record 1 (line 2), events.csv record 2 (line 3), events.csv record 3 (line 4). "
        "42 are written like `01/11/2026`: `%m/%d/%Y`."
    )
    assert caught.value.problems[0].hint == 'at: {format: "%m/%d/%Y"}'


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
@pytest.mark.parametrize(
    "formats",
    [(), ("%m/%d/%Y %H:%M", "epoch_ms"), ("%Y%m%d%H",), ("%m/%d/%Y %H:%M UTC",), ("%m/%d/%Y %H:%M %Z",)],
)
def test_a_files_reading_is_that_of_its_cells_whatever_comes_first(with_contacts, zone, formats):
    cells = [
        "2026-01-01", "2026-01-01T10:00:00Z", "2026-01-01 10:00:00", "1700000000", "2026-11-01 01:30:00", "2026-03-08 02:30:00",
        "2026-01-01T10:00+01:00", "11/01/2026 01:30", "1/2/2026 3:04", "1700000000000", "0001-01-01 00:00:00", "9999-12-31 23:59:59", " 2026-01-01 ",
        "2026-01-01 10:00:00 UTC", "2026-01-01T10:00:00z", "2026-01-01T10:00:00.5 Z", "2026-01-01 10:00:00+0100", "11/01/2026 01:30 UTC",
        "11/01/2026 01:30 GMT", "11/01/2026 01:30 PST", "2026110101",
    ]  # fmt: skip
    form = f"at: {{format: {list(formats)}}}," if formats else ""
    expected = TimeFormat(ZoneInfo(zone), formats).read(pl.Series(cells)).at.drop_nulls().sort()
    for turn in range(len(cells)):
        body = "".join(f"1,a,{cell}\n" for cell in cells[turn:] + cells[:turn])
        with_contacts.write("events.csv", "contact_id,event,at\n" + body)
        (source,) = with_contacts.load(
            CONTACTS + f"events: [{{{form} path: events.csv}}]\n", zone=zone, limit="100%"
        ).events
        assert source.frame.collect()["at"].sort().to_list() == expected.to_list()


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
@pytest.mark.parametrize(
    "at",
    [
        pl.Series([datetime(2026, 11, 1, 1, 30, 0, 5), datetime(2026, 3, 8, 2, 30), None]),
        pl.Series([datetime(2026, 11, 1, 1, 30), None])
        .cast(pl.Datetime("ns"))
        .dt.replace_time_zone("Asia/Tokyo"),
        pl.Series([date(2026, 1, 1), None]),
        pl.Series([1_700_000_000, 17, None]),
        pl.Series([1_700_000_000_000.0, 0.5, None]),
    ],
)
def test_typed_times_of_a_file_are_those_of_their_cells(with_contacts, zone, at):
    expected = TimeFormat(ZoneInfo(zone)).read(at).at.drop_nulls()
    pl.DataFrame({"contact_id": ["1"] * len(at), "event": "a", "at": at}).write_parquet(
        with_contacts.folder / "events.parquet"
    )
    text = CONTACTS + "events: [{path: events.parquet}]\n"
    (source,) = with_contacts.load(text, zone=zone, limit="100%").events
    assert source.frame.collect()["at"].to_list() == expected.to_list()
    assert source.record.counts.rejected == len(at) - len(expected)
