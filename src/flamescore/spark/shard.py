"""One shard: turns the clean rows of some contacts into totals, a ledger and a note. Nothing here uses Spark.

Rows may arrive in any order: a contact may come after its events, and the last batch may contain the first
contact. Events wait in files on the worker's local disk until all rows have arrived, so memory use is bounded
by the contacts of the shard, not by its events.
"""

from __future__ import annotations

import pickle
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from msgspec import Struct, field
from msgspec.structs import replace

from flamescore.cells import folded
from flamescore.columns import DOMAIN
from flamescore.email_domain import with_domain
from flamescore.engine import DEFAULT_TUNING, NO_AGE, combined
from flamescore.frames import DROP, INSTANT, ROW, TAG_HISTORY, Counts, EventSource, Exports, SourceRecord
from flamescore.scoring import shares
from flamescore.spark.plan import (
    CONTACTS,
    EVENTS,
    HISTORY,
    KINDS,
    LEDGER,
    NOTE,
    PEOPLE,
    TOO_MANY,
    TOTALS,
    laid_out,
    schema_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flamescore.observations import PartialObservations
    from flamescore.scoring import Shares
    from flamescore.spark.plan import Plan

_TAGS: Final = pl.Struct({"t": pl.List(pl.String())})
_FILE_ROWS: Final = 262_144


class ShardNote(Struct, frozen=True):
    """A shard's report: how many contacts it was given, and what became of its rows by source.

    `contacts` counts the contacts of each source; `history` counts, by source, the rows whose contact is in
    the shard, and the others. `undecided` counts tags that were applied and removed at the same instant.
    """

    noticed: PartialObservations
    contacts: dict[int, int] = field(default_factory=dict)
    history: dict[int, tuple[int, int]] = field(default_factory=dict)
    undecided: int = 0


def score_shard(plan: Plan, batches: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Score the contacts of a shard; yield frames in the layout `Plan.result_columns`, the note last.

    `batches` have the layout `Plan.rows`, in any order, and contain all rows of each of their contacts. Rows
    that belong to none of these contacts are orphans.
    """
    with tempfile.TemporaryDirectory(prefix="flamescore-shard-") as folder:
        yield from _results(plan, _Gathered.of(plan, batches, Path(folder)))


class _Gathered(Struct):
    """The rows of a shard: contacts and histories in memory, the events of each source in files."""

    plan: Plan
    folder: Path
    held: dict[str, list[pl.DataFrame]] = field(default_factory=lambda: {CONTACTS: [], HISTORY: []})
    waiting: dict[int, list[pl.DataFrame]] = field(default_factory=dict)
    files: dict[int, list[Path]] = field(default_factory=dict)
    events: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan, batches: Iterable[pl.DataFrame], folder: Path) -> _Gathered:
        gathered = cls(plan, folder)
        for batch in batches:
            for (kind, source), rows in batch.partition_by("kind", "source", as_dict=True).items():
                if KINDS[kind] == EVENTS:
                    gathered.wait(source, rows)
                else:
                    gathered.held[KINDS[kind]].append(rows)
        for source in tuple(gathered.waiting):
            gathered.write(source)
        return gathered

    def wait(self, source: int, rows: pl.DataFrame) -> None:
        """Buffer events until there are enough of them for a file."""
        slots = [f"e{n}" for n in range(len(self.plan.slots))]
        some = self.waiting.setdefault(source, [])
        some.append(rows.select("contact_id", "event", "age", "mark", *slots))
        self.events[source] = self.events.get(source, 0) + rows.height
        if sum(each.height for each in some) >= _FILE_ROWS:
            self.write(source)

    def write(self, source: int) -> None:
        """Write the buffered events to a file."""
        some = self.waiting.pop(source, [])
        if some:
            files = self.files.setdefault(source, [])
            files.append(self.folder / f"{source}-{len(files)}.arrow")
            pl.concat(some).write_ipc(files[-1], compression="lz4")

    def rows(self, kind: str) -> pl.DataFrame:
        """Return all rows of contacts or histories."""
        return pl.concat([schema_of(self.plan.rows).to_frame(), *self.held[kind]], how="diagonal")

    def lazy(self, source: int) -> pl.LazyFrame:
        """Return the events of a source from its files."""
        files = self.files.get(source)
        if files:
            return pl.scan_ipc(files)
        return schema_of(self.plan.rows).to_frame().lazy()

    def too_many(self) -> pl.DataFrame | None:
        """Return the contact with the most events (`contact_id, len`), if a shard can't hold that many."""
        most = self.plan.most_events
        if sum(self.events.values()) <= most:
            return None
        every = pl.concat([self.lazy(source).select("contact_id") for source in self.events])
        counts = every.group_by("contact_id").len().filter(pl.col("len") > most)
        found = counts.top_k(1, by="len").collect(engine="streaming")
        return None if found.is_empty() else found


def _results(plan: Plan, gathered: _Gathered) -> Iterator[pl.DataFrame]:
    too_many = gathered.too_many()
    if too_many is not None:
        yield laid_out(too_many.select("contact_id", part=pl.lit(TOO_MANY), value="len"), plan.result_columns)
        return
    every = gathered.rows(CONTACTS)
    contacts = _contacts(plan, every)
    history, owned = _history(gathered.rows(HISTORY), contacts["contact_id"])
    kinds = {source.kind for source in plan.sources}
    exports = Exports(
        contacts,
        tuple(
            _source(plan, gathered, number)
            for number, source in enumerate(plan.sources)
            if source.kind == EVENTS
        ),
        history if HISTORY in kinds else None,
    )
    tuning = replace(DEFAULT_TUNING, workers=1, folder=gathered.folder)
    done = shares(plan.book, exports, plan.as_of, conditions=plan.conditions, tuning=tuning)
    excluded = np.zeros(contacts.height, np.bool_)
    if plan.exclude is not None:
        excluded = combined(plan.exclude, lambda leaf: done.answers[leaf])
    ids = done.contacts["contact_id"]
    people = pl.DataFrame({"contact_id": ids, "excluded": excluded})
    yield laid_out(people.with_columns(part=pl.lit(PEOPLE)), plan.result_columns)
    for number in range(len(plan.book.scores)):
        yield laid_out(_totals(plan, done, number, excluded), plan.result_columns)
    for rows in done.ledger.numbered():
        yield laid_out(rows.with_columns(part=pl.lit(LEDGER)), plan.result_columns)
    note = ShardNote(done.noticed, _by_source(every), owned, _undecided(plan, history))
    yield laid_out(pl.DataFrame({"part": [NOTE], "note": [pickle.dumps(note)]}), plan.result_columns)


def _contacts(plan: Plan, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the contacts in the form that the engine expects (`frames.Exports`), by id."""
    columns = [pl.col(f"c{n}").alias(name) for n, name in enumerate(plan.contact_columns)]
    tags = (
        [pl.col("tags").str.json_decode(_TAGS).struct.field("t").fill_null([]).alias("tags")]
        if plan.tagged
        else []
    )
    frame = rows.sort("contact_id").select("contact_id", *tags, *columns)
    if DOMAIN in plan.keep:
        frame = with_domain(frame)
    return frame.with_row_index(ROW)


def _by_source(rows: pl.DataFrame) -> dict[int, int]:
    return dict(rows.group_by("source").len().iter_rows())


def _history(rows: pl.DataFrame, ids: pl.Series) -> tuple[pl.DataFrame, dict[int, tuple[int, int]]]:
    """Return the known contacts' tag history, in order, and by source how many rows are known or orphans."""
    known = pl.col("contact_id").is_in(ids.implode())
    owned = rows.group_by("source").agg(known.sum().alias("kept"), (~known).sum().alias("orphans"))
    frame = rows.filter(known).sort("source", "place")
    at = pl.from_epoch(pl.col("at"), "us").dt.replace_time_zone("UTC").cast(INSTANT)
    return (
        frame.select("contact_id", "action", tag="event", at=at).select(TAG_HISTORY.names()),
        {number: (kept, orphans) for number, kept, orphans in owned.iter_rows()},
    )


def _undecided(plan: Plan, history: pl.DataFrame) -> int:
    """Count tags both applied and removed at one instant: without an order, neither entry is later."""
    if any(source.order_by for source in plan.sources if source.kind == HISTORY):
        return 0
    same = history.group_by("contact_id", folded(pl.col("tag")).alias("tag"), "at")
    return same.agg(pl.col("action").n_unique()).filter(pl.col("action") > 1).height


def _source(plan: Plan, gathered: _Gathered, number: int) -> EventSource:
    """Return the events of a source as the engine expects them, with ages converted back to instants."""
    source, slots = plan.sources[number], plan.slots
    at = (
        pl.from_epoch(plan.clock.now - pl.col("age"), "s").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    )
    frame = gathered.lazy(number).select(
        "contact_id",
        "event",
        at.alias("at"),
        pl.col("mark").fill_null(0).cast(pl.UInt8).alias(DROP),
        *(pl.col(f"e{slots.index(each)}").alias(each[0]) for each in source.columns),
    )
    counts = Counts(rows=gathered.events.get(number, 0))
    return EventSource(frame, SourceRecord(EVENTS, source.path, counts=counts))


def _totals(plan: Plan, done: Shares, number: int, excluded: np.ndarray) -> pl.DataFrame:
    """Return the population of a score: total, age of the last activity, and the kept columns."""
    totals, ages, scored = done.columns[number]
    who = pl.Series(np.flatnonzero(scored))
    kept = {
        f"k{n}": done.contacts[name].gather(who)
        for n, name in enumerate(plan.keep)
        if name in done.contacts.columns
    }
    return pl.DataFrame(
        {
            "contact_id": done.contacts["contact_id"].gather(who),
            "value": totals[scored].astype(np.int64),
            "age": pl.Series(ages[scored]).replace(NO_AGE, None),
            "excluded": excluded[scored],
            **kept,
        }
    ).with_columns(part=pl.lit(TOTALS), number=pl.lit(number))
