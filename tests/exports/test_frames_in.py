"""Frames that a user passes in get the same checks as files."""

# ruff: noqa: DTZ001 - naive times are among the cases

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from exports_bench import looked_at, rows, texts

from flamescore.errors import InputError
from flamescore.exports import from_frames

CONTACTS = pl.DataFrame({"contact_id": [1, 2], "tags": [["VIP "], None], "score": [1.0, 2.5]})


def test_frames_become_exports():
    events = pl.LazyFrame(
        {"contact_id": ["1"], "event": ["a"], "at": [datetime(2026, 1, 1, 0, 0, 0, 9)], "n": [3]}
    )
    history = pl.DataFrame({"contact_id": [2], "tag": ["VIP"], "at": [date(2026, 1, 1)]})
    exports = looked_at(from_frames(CONTACTS, events, history, zone=ZoneInfo("America/Phoenix")))
    assert exports.contacts.rows() == [("1", ["VIP"], "1"), ("2", [], "2.5")]
    assert rows(exports.events[0].frame) == [("1", "a", datetime(2026, 1, 1, 7, tzinfo=UTC), 3)]
    assert texts(exports.tag_history["at"]) == ["2026-01-01T07:00:00Z"]


@pytest.mark.parametrize(
    "at",
    [
        pl.Series(["2026-01-01T00:00:00Z"]),
        pl.Series([datetime(2026, 1, 1)]).cast(pl.Datetime("ns")),
        pl.Series([datetime(2026, 1, 1)]).cast(pl.Datetime("ms", "UTC")),
        pl.Series([date(2026, 1, 1)]),
        pl.Series([1_767_225_600]),
    ],
)
def test_times_of_any_type(at):
    exports = looked_at(from_frames(CONTACTS, pl.DataFrame({"contact_id": [1], "event": ["a"], "at": at})))
    assert texts(exports.events[0].frame.collect()["at"]) == ["2026-01-01T00:00:00Z"]


def test_rows_that_don_t_fit_are_rejects():
    events = pl.DataFrame(
        {"contact_id": [1, None, 1], "event": ["a", "a", "b"], "at": ["2026-01-01", "2026-01-01", "x"]}
    )
    exports = looked_at(from_frames(CONTACTS, events))
    assert exports.rejects.select("source", "record", "line", "reason").rows() == [
        ("events", 2, None, "missing_contact"),
        ("events", 3, None, "unreadable_time"),
    ]
    with pytest.raises(InputError):
        looked_at(from_frames(CONTACTS, events, strict=True))


def test_a_frame_without_a_needed_column():
    with pytest.raises(InputError, match="I009 The frame of events has no column `at`, `event`"):
        from_frames(CONTACTS, pl.DataFrame({"contact_id": [1]}))


def test_characters_that_nobody_sees_go_from_frames_too():
    events = pl.DataFrame(
        {"contact_id": ["1\u200b", "2"], "event": ["\ufeffa", "b"], "at": ["2026-01-01", "2026-01-01\u00ad"]}
    )
    contacts = pl.DataFrame({"contact_id": ["\u200b1", "2 "], "name": ["J\u200do", "\u200bAnn "]})
    exports = looked_at(from_frames(contacts, events))
    assert exports.contacts.rows() == [("1", "J\u200do"), ("2", "Ann")]
    assert [row[:2] for row in rows(exports.events[0].frame)] == [("1", "a"), ("2", "b")]
    counts = {each.subject: each.count for record in exports.records for each in record.findings}
    assert counts["contacts contacts contact_id"] == 1
