"""Validating the cells of events during scoring gives the same as validating them beforehand."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from exports_bench import CONTACTS, query, read

from flamescore.changes import totals_at
from flamescore.columns import Columns, DateColumns
from flamescore.errors import InputError
from flamescore.exports import load, survey
from flamescore.frames import Counts, Window
from flamescore.project import load_project, parse_limit
from flamescore.rules import bind_rules, load_rules_text
from flamescore.scoring import score_exports

AS_OF = datetime(2026, 12, 1, tzinfo=UTC)
RULES = """
version: 1
scores:
  s:
    five_flames: 10
    rules:
      - {name: Visit, event: visit, points: 1, count: each, expires: EXPIRES, per: url}
      - {name: Other, event: other, points: 2, count: each, expires: LASTS}
"""
SOUND = ("1", "visit", "2026-11-20T10:00:00Z", "a")
COLUMNS = ("contact_id", "event", "at", "url")


def text(rows):
    """Return rows as a frame; the contact id `~` is a null."""
    return pl.DataFrame(rows, dict.fromkeys(COLUMNS, pl.String), orient="row").with_columns(
        pl.when(pl.col("contact_id") != "~").then("contact_id").alias("contact_id")
    )


def instants(rows):
    return text(rows).with_columns(pl.col("at").str.to_datetime("%Y-%m-%d %H:%M", strict=False))


WAYS = {
    "events.csv": lambda rows, path: text(rows).write_csv(path),
    "text.parquet": lambda rows, path: text(rows).write_parquet(path),
    "local.parquet": lambda rows, path: instants(rows).write_parquet(path),
    "instants.parquet": lambda rows, path: (
        instants(rows)
        .with_columns(pl.col("at").dt.replace_time_zone("UTC"))
        .write_parquet(path, row_group_size=3)
    ),
}


def loaded(folder, name, *, once, limit="100%", strict=False):
    if not (folder / "contacts.csv").exists():
        (folder / "contacts.csv").write_text("contact_id\n1\n2\n")
    (folder / "flamescore.yaml").write_text(f"version: 1\n{CONTACTS}events: [{{path: {name}}}]\n")
    opened = survey(load_project(folder / "flamescore.yaml"))
    zone = ZoneInfo("America/New_York")
    return load(opened, DateColumns(), zone, parse_limit(limit), strict=strict, once=once)


def scored(exports, *, expires="30d", lasts="30d"):
    rules = load_rules_text(RULES.replace("EXPIRES", expires).replace("LASTS", lasts))
    book = bind_rules(rules, Columns(("contact_id",), ("url",), has_events=True)).book
    return score_exports(book, exports, as_of=AS_OF)


def test_a_sound_source_is_not_looked_at_twice(tmp_path, monkeypatch):
    looked = []
    monkeypatch.setattr("flamescore.exports.events.check_cells", lambda *_: looked.append(1))
    WAYS["events.csv"]([SOUND] * 3, tmp_path / "events.csv")
    assert scored(loaded(tmp_path, "events.csv", once=True)).scores["score"].to_list() == [1.0, 0.0]
    assert looked == []


def test_too_many_rejects_stop_it_meanwhile_too(tmp_path):
    WAYS["events.csv"]([*[SOUND] * 70, *[("1", "visit", "soon", "a")] * 30], tmp_path / "events.csv")
    exports = loaded(tmp_path, "events.csv", once=True, limit="1%")
    with pytest.raises(InputError, match="30 of 100 rows are rejected, more than 1%: 30 unreadable_time"):
        scored(exports)
    assert scored(loaded(tmp_path, "events.csv", once=True, limit="30%")).rejects.height == 30


def test_with_strict_one_reject_stops_it_meanwhile_too(tmp_path):
    WAYS["events.csv"]([*[SOUND] * 70, ("", "visit", SOUND[2], "a")], tmp_path / "events.csv")
    with pytest.raises(InputError, match="with --strict none may be: 1 missing_contact"):
        scored(loaded(tmp_path, "events.csv", once=True, strict=True))


def test_an_export_that_changes_while_it_is_read_is_an_error(tmp_path):
    path = tmp_path / "events.parquet"
    text([SOUND, ("", "visit", SOUND[2], "a")]).write_parquet(path)
    exports = loaded(tmp_path, "events.parquet", once=True)
    [source] = exports.events
    batches = source.read(query(source, Window()))
    assert [batch.height for batch in batches] == [1]
    text([SOUND, SOUND]).write_parquet(path)
    assert batches.end(report=False).record.counts == Counts(rows=2, rejected=1)
    with pytest.raises(InputError, match="has changed while it was read"):
        batches.end()


def by_day(folder, days, **columns):
    """Write one event per day, oldest first, in row groups of ten; load the exports."""
    at = pl.datetime_range(AS_OF - timedelta(days=days - 1), AS_OF, "1d", eager=True)
    frame = pl.DataFrame({"contact_id": "1", "event": "visit", "at": at, "url": at.cast(pl.String)} | columns)
    frame.write_parquet(folder / "events.parquet", row_group_size=10)
    return loaded(folder, "events.parquet", once=True)


def test_row_groups_that_are_too_old_are_not_looked_at(tmp_path):
    exports = by_day(tmp_path, 100)
    found = scored(exports)
    assert found.observed.sources[1].counts == Counts(rows=100, old=70, kept=30)
    assert found.scores["score"].to_list() == [30.0, 0.0]
    assert found.observed.pasts[0].oldest > 30 * 86_400
    [source] = exports.events
    window = Window(int(AS_OF.timestamp()), (("visit", 30 * 86_400),), 30 * 86_400)
    events, end = read(source, window)
    assert (events.height, end.record.counts.old, end.beyond) == (30, 70, True)


def test_old_rows_are_old_whatever_is_wrong_with_them(tmp_path):
    ids = pl.Series(["", " ", None, *["1"] * 96, ""])
    kinds = pl.Series([*["visit"] * 5, None, "", *["visit"] * 93])
    found = scored(by_day(tmp_path, 100, contact_id=ids, event=kinds))
    assert found.observed.sources[1].counts == Counts(rows=100, old=70, rejected=1, kept=29)
    assert found.rejects.select("record", "reason").rows() == [(100, "missing_contact")]


def test_a_type_that_lasts_is_found_among_the_old_ones(tmp_path):
    kinds = pl.Series(["visit"] * 100).scatter([3, 55, 99], [" Other", "other", "other"])
    ids = pl.Series(["1"] * 100).scatter([4, 55], ["", ""])
    found = scored(by_day(tmp_path, 100, event=kinds, contact_id=ids), lasts="never")
    assert found.scores["score"].to_list() == [29.0 + 4.0, 0.0]
    assert found.observed.sources[1].counts == Counts(rows=100, old=68, rejected=1, kept=31)


def test_what_would_have_been_counts_no_rejects(tmp_path):
    """Rows that are old now were inside the windows of a past instant; scoring as of it counts no rejects."""
    rows = [*[SOUND] * 60, *[("", "visit", "2026-09-20T10:00:00Z", "a")] * 40]
    WAYS["events.csv"](rows, tmp_path / "events.csv")
    exports = loaded(tmp_path, "events.csv", once=True, limit="1%")
    found = scored(exports)
    assert found.observed.sources[1].counts == Counts(rows=100, old=40, kept=60)
    past = totals_at(found.book, exports, datetime(2026, 10, 1, tzinfo=UTC))
    assert past["total"].to_list() == [0, 0]
