"""Events whose cells are looked at while they are scored: the same as looking at them beforehand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from exports_bench import CONTACTS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flamescore.bind.resolve import bind_rules
from flamescore.errors import InputError
from flamescore.exports.load import load, survey
from flamescore.exports.project import load_project
from flamescore.exports.values import parse_limit
from flamescore.frames import Columns, Counts, DateColumns
from flamescore.rules.load import load_rules_text
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
IDS = [*"1122", " 1", "2\xa0", "\u20032", "9", "\xe99", "", " ", "\xa0", "~"]
TYPES = [*["visit"] * 4, " Visit ", "other", "\x7fvisit", "", "  ", "\u3000", "\xe9v"]
TIMES = [
    "2026-11-20T10:00:00Z", "2026-11-20 10:00", "2026-11-01 00:00", "2026-11-01 01:30", "2026-10-31 20:00",
    "2026-11-01 00:01", "2026-03-08 02:30", "2020-01-01", "2020-01-01 10:00", "2030-01-01", "1.54111E+12",
    "1700000000", "soon", "", " ", "2026-13-01",
]  # fmt: skip
ROWS = st.lists(st.tuples(*map(st.sampled_from, (IDS, TYPES, TIMES, ["a", "b", " ", " a"]))), max_size=30)
COLUMNS = ("contact_id", "event", "at", "url")


def text(rows):
    """Return rows as a frame; `~` stands for a null."""
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


@settings(suppress_health_check=list(HealthCheck))
@given(
    rows=ROWS,
    name=st.sampled_from(list(WAYS)),
    expires=st.sampled_from(["30d", "30d", "never"]),
    lasts=st.sampled_from(["30d", "never"]),
)
def test_looking_beforehand_or_meanwhile_is_the_same(tmp_path_factory, rows, name, expires, lasts):
    folder = tmp_path_factory.mktemp("once")
    WAYS[name]([("1", "visit", "2026-11-20 10:00", "a"), *rows], folder / name)
    before, meanwhile = (
        scored(loaded(folder, name, once=once), expires=expires, lasts=lasts) for once in (False, True)
    )
    local = name == "local.parquet"  # odd times that are left out as old are not told of
    assert [_looked_at(each, notes=not local) for each in meanwhile.observed.sources] == [
        _looked_at(each, notes=not local) for each in before.observed.sources
    ]
    assert meanwhile.rejects.rows() == before.rejects.rows()
    assert meanwhile.scores.rows() == before.scores.rows()
    assert meanwhile.ledger.frame().rows() == before.ledger.frame().rows()
    assert [past.oldest for past in meanwhile.observed.pasts] == [
        past.oldest for past in before.observed.pasts
    ]


def _looked_at(source, *, notes):
    """Count what statistics rule out among the old, as it is where all is looked at."""
    counts = replace(source.counts, pruned=0, old=source.counts.old + source.counts.pruned)
    return replace(source, counts=counts, notes=source.notes if notes else ())


def test_a_sound_source_is_not_looked_at_twice(tmp_path, monkeypatch):
    looked = []
    monkeypatch.setattr("flamescore.exports.activity.with_cells", lambda *_: looked.append(1))
    WAYS["events.csv"]([SOUND] * 3, tmp_path / "events.csv")
    assert scored(loaded(tmp_path, "events.csv", once=True)).scores["score"].to_list() == [1.0, 0.0]
    assert looked == []


def test_what_needs_all_rows_at_once_is_looked_at_beforehand(tmp_path):
    frame = text([SOUND, SOUND]).with_columns(event_id=pl.lit("e"))
    frame.write_csv(tmp_path / "events.csv")
    [source] = loaded(tmp_path, "events.csv", once=True).events
    assert source.settle is None


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


def test_a_hopeless_source_is_given_up_at_once(tmp_path, monkeypatch):
    WAYS["events.csv"]([*[("1", "visit", "soon", "a")] * 5_000, SOUND], tmp_path / "events.csv")
    exports = loaded(tmp_path, "events.csv", once=True, limit="1%")
    monkeypatch.setattr("flamescore.engine.scan.settle", lambda _: pytest.fail("read to its end"))
    with pytest.raises(InputError, match="5,000 of 5,001 rows are rejected"):
        scored(exports)


def test_an_export_that_changes_while_it_is_read_is_an_error(tmp_path):
    path = tmp_path / "events.parquet"
    text([SOUND, ("", "visit", SOUND[2], "a")]).write_parquet(path)
    exports = loaded(tmp_path, "events.parquet", once=True)
    [source] = exports.events
    lazy = source.frame.collect().lazy()
    text([SOUND, SOUND]).write_parquet(path)
    with pytest.raises(InputError, match="has changed while it was read"):
        scored(replace(exports, events=(replace(source, frame=lazy, since=None),)))


def by_day(folder, days, **columns):
    """Write an event a day, the oldest first, in row groups of ten."""
    at = pl.datetime_range(AS_OF - timedelta(days=days - 1), AS_OF, "1d", eager=True)
    frame = pl.DataFrame({"contact_id": "1", "event": "visit", "at": at, "url": at.cast(pl.String)} | columns)
    frame.write_parquet(folder / "events.parquet", row_group_size=10)
    return loaded(folder, "events.parquet", once=True)


def test_row_groups_that_are_too_old_are_not_looked_at_and_counted_as_pruned(tmp_path):
    found = scored(by_day(tmp_path, 100))
    assert found.observed.sources[1].counts == Counts(rows=100, pruned=70, kept=30)
    assert found.scores["score"].to_list() == [30.0, 0.0]
    assert found.observed.pasts[0].oldest > 30 * 86_400


@pytest.mark.parametrize(
    "spoilt",
    [
        {"contact_id": pl.Series(["", *["1"] * 99])},
        {"contact_id": pl.Series([" 1", *["1"] * 99])},
        {"contact_id": pl.Series([None, *["1"] * 99])},
        {"event": pl.Series(["", *["visit"] * 99])},
    ],
)
def test_a_row_group_with_a_row_that_may_be_rejected_is_looked_at(tmp_path, spoilt):
    counts = scored(by_day(tmp_path, 100, **spoilt)).observed.sources[1].counts
    assert (counts.pruned, counts.rejected + counts.old, counts.kept) == (60, 10, 30)
    [cells] = spoilt.values()
    assert counts.rejected == (cells[0] != " 1")


def test_a_type_that_lasts_is_found_among_the_old_ones(tmp_path):
    kinds = pl.Series(["visit"] * 100).scatter([3, 55, 99], [" Other", "other", "other"])
    found = scored(by_day(tmp_path, 100, event=kinds), lasts="never")
    assert found.scores["score"].to_list() == [29.0 + 6.0, 0.0]
    assert found.observed.sources[1].counts == Counts(rows=100, old=68, kept=32)
