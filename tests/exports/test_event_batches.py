"""Events, batch by batch: which rows are set aside, and what is reported about them at the end."""

from datetime import UTC, datetime

import polars as pl
import pytest
from exports_bench import CONTACTS, PEOPLE, read

from flamescore.errors import InputError
from flamescore.exports import load
from flamescore.frames import Counts, Window
from flamescore.nightly import Options, nightly

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
EVENTS = CONTACTS + "events: [{path: events.parquet}]\n"
SOUND = ("1", "visit", NOW)


def loaded(bench, rows, text=EVENTS):
    """Write rows (contact, event, time) to a Parquet file and load it."""
    bench.write("contacts.csv", PEOPLE)
    schema = {"contact_id": pl.String, "event": pl.String, "at": pl.Datetime("us", "UTC")}
    pl.DataFrame(rows, schema=schema, orient="row").write_parquet(bench.folder / "events.parquet")
    [source] = load(bench.survey(text + "max_rejects: 100%\n")).events
    return source


@pytest.mark.parametrize(
    "ids", [("1", "visit"), (" 1", "visit"), ("1", "\u00a0visit"), ("~1", "visit~"), ("!", "!")]
)
def test_a_row_with_all_that_it_needs_is_in_a_batch(bench, ids):
    events, end = read(loaded(bench, [SOUND, (*ids, NOW)]))
    assert events.height == 2
    assert end.record.counts == Counts(rows=2)
    assert end.rejects.is_empty()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((None, "visit", NOW), "missing_contact"), ((" ", "visit", NOW), "missing_contact"),
        (("\u00a0", "visit", NOW), "missing_contact"), (("1.5E+11", "visit", NOW), "rounded_id"),
        (("1", "", NOW), "missing_event"), (("1", None, NOW), "missing_event"),
        (("1", "visit", None), "missing_time"),
    ],
)  # fmt: skip
def test_a_row_that_lacks_something_is_rejected(bench, row, reason):
    events, end = read(loaded(bench, [SOUND, row]))
    assert events.height == 1
    assert end.record.counts == Counts(rows=2, rejected=1)
    assert end.rejects.select("record", "reason").rows() == [(2, reason)]


def test_rejects_are_counted_alone_where_nobody_asks_for_them(bench):
    _, end = read(loaded(bench, [SOUND, ("", "visit", NOW)]), tell=False)
    assert end.record.counts == Counts(rows=2, rejected=1)
    assert end.rejects.is_empty()


def test_old_rows_are_not_told_of_whatever_is_wrong_with_them(bench):
    window = Window(int(NOW.timestamp()), (("visit", 10), ("deal", None), ("long", 90)), 90)
    rows = [
        ("", "visit", 9), ("", " Visit", 10), ("", "deal", 999), ("", "", 89),
        ("", None, 90), ("", "other", 91),
        ("", "visit", None), ("1", "visit", 11),
    ]  # fmt: skip
    timed = [
        (who, kind, None if age is None else datetime.fromtimestamp(window.now - age, UTC))
        for who, kind, age in rows
    ]
    source = loaded(bench, timed)
    events, end = read(source, window)
    assert events.height == 1
    assert end.record.counts == Counts(rows=8, rejected=4, old=3)
    assert end.rejects["record"].to_list() == [1, 3, 4, 7]
    assert end.beyond
    _, end = read(loaded(bench, timed[:2]), window)
    assert end.record.counts == Counts(rows=2, rejected=1, old=1)
    assert not end.beyond  # it is old for its type, but inside the widest window


def test_an_odd_time_is_told_of_though_nothing_is_rejected(bench):
    bench.write("contacts.csv", PEOPLE)
    bench.write("events.csv", "contact_id,event,at\n1,visit,2026-11-01 01:30:00\n")
    text = CONTACTS + "events: [{path: events.csv, timezone: America/New_York}]\n"
    [source] = load(bench.survey(text)).events
    note = "1 cell with a time in an hour that the clock repeats: the earlier is taken"
    assert note in read(source)[1].record.notes
    assert note not in read(source, tell=False)[1].record.notes


RULES = """
version: 1
ignore: [{event: open, where: {is_bot: true}}]
scores:
  s:
    five_flames: 5
    rules:
      - {name: Opened, event: open, points: 1, count: each, expires: 30d}
      - {name: Bought, event: buy, points: 3, count: each, expires: never}
"""


def test_what_the_source_leaves_out_is_ignored_and_a_bad_event_id_rejected_unless_old(bench):
    rows = """\
contact_id,event,at,is_bot,event_id,seen
1,open,2026-11-20,yes,a,
1,open,2026-11-19,no,b,
1,open,2026-11-19,no,c,out
9,open,2026-11-23,no,d,out
1,open,2026-10-22,no,e,out
1,buy,2024-02-26,,f,out
1,buy,2024-02-26,,1E+11,
1,open,2026-10-22,,1E+12,
9,open,2026-10-24,,1E+13,
9,buy,2026-11-18,,g,
short,row
"""
    bench.write("contacts.csv", PEOPLE)
    bench.write("events.csv", rows)
    bench.write("rules.yaml", RULES)
    text = "rules: rules.yaml\nas_of: 2026-11-21\nmax_rejects: 100%\n" + CONTACTS
    project = bench.project(text + "events: [{path: events.csv, leave_out: {seen: out}}]\n")
    scored = nightly(project, Options(dry_run=True, accept=True)).scored
    counts = scored.observed.sources[1].counts
    assert counts == Counts(rows=11, old=2, rejected=3, ignored=4, orphans=1, kept=1)
    assert dict(scored.scores.select("contact_id", "score").iter_rows()) == {"1": 1.0, "2": 0.0}


def test_too_many_rejects_of_several_sources_are_told_at_once(bench):
    bench.write("contacts.csv", PEOPLE)
    bench.write("rules.yaml", RULES)
    bench.write("sound.csv", "contact_id,event,at,is_bot\n1,open,2026-11-20,no\n")
    for name in ("one", "two"):
        bench.write(f"{name}.csv", "contact_id,event,at,is_bot\n,open,2026-11-20,no\n")
    sources = "".join(f"  - {{path: {name}.csv}}\n" for name in ("one", "sound", "two"))
    project = bench.project("rules: rules.yaml\nas_of: 2026-11-21\n" + CONTACTS + "events:\n" + sources)
    with pytest.raises(InputError) as error:
        nightly(project, Options(dry_run=True, accept=True))
    assert [problem.message.split(":")[0] for problem in error.value.problems] == [
        "events one.csv", "events two.csv",
    ]  # fmt: skip
