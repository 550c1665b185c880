"""One pass over the events: each becomes a contact, a set of live streams and an age, or is dropped."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from msgspec import Struct, field

from flamescore.cells import as_text, present
from flamescore.engine.bins import KeptEvents
from flamescore.engine.coded import AMOUNT, SIGNATURE, CodedEvents, dated
from flamescore.engine.contacts import event_key, key_hashes
from flamescore.engine.matching import FOREVER, Liveness, Matcher, SignatureMatches, Signatures
from flamescore.engine.needed import window_of
from flamescore.engine.readings import MISSING, hashed, ten_thousandths
from flamescore.engine.streams import EVENT
from flamescore.engine.tally import STATUSES, Held, Past, Seen, record_of, statuses
from flamescore.errors import InputError
from flamescore.frames import (
    AGE,
    DROP,
    DUPLICATE,
    INDEX,
    ISO_SUFFIX,
    KEY,
    LIST_SUFFIX,
    NUMBER_SUFFIX,
    PLAIN,
    SUPERSEDED,
    EventQuery,
    ExportsRefusedError,
    companions,
)
from flamescore.input_errors import reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from flamescore.engine.bins import Bins
    from flamescore.engine.calendar import Clock
    from flamescore.engine.contacts import Contacts
    from flamescore.engine.streams import Streams
    from flamescore.frames import EventSource, EventsRead, SourceRecord, Window
    from flamescore.rules import Predicate

VALUE: Final = "\x00value "
"""The prefix of the names of columns of texts that distinguish occurrences."""

BATCH: Final = 262_144
"""Rows of a batch: enough to make numpy's call overhead negligible, few enough to stay at a few megabytes."""

_FIRST: Final = 8_192
"""Rows of the first batch."""


class Scanned(Struct, frozen=True):
    """The result of the pass over the events, besides the events that are kept."""

    sets: tuple[tuple[int, ...], ...]
    records: tuple[SourceRecord, ...]
    unread: tuple[tuple[str, int], ...]
    seen: int
    """The predicates (a bit set over `streams.predicates`) that held for any event."""
    pasts: tuple[Past, ...] = ()
    """One per source, in order."""
    types: tuple[str, ...] = ()
    """The types of the events; only the first ones if there are very many."""
    rejects: tuple[pl.DataFrame, ...] = ()
    """Rejects of sources whose cells have not been validated before (`frames.REJECTS`)."""
    held: Held = field(default_factory=Held)
    sources: tuple[int, ...] = ()
    """The source of the events of each live set, as an index."""


class Scan:
    """Processes the sources batch by batch."""

    def __init__(
        self,
        streams: Streams,
        people: Contacts,
        clock: Clock,
        *,
        batch: int = BATCH,
        watch: Sequence[Predicate] = (),
        signatures: Signatures | None = None,
    ) -> None:
        # Signatures of events that were read once (`coded`) cover predicates as of any instant.
        self.streams = streams if signatures is None else dated(streams, clock)
        self.people = people
        self.clock = clock
        self.batch = batch
        # Watched predicates that no stream uses only have to be reported.
        if signatures is None:
            signatures = Signatures(tuple(dict.fromkeys((*streams.predicates, *watch))), clock)
            self.matcher, self.liveness = Matcher(streams, signatures), Liveness(streams.all)
        else:
            self.matcher, self.liveness = signatures.matching(self.streams)
        self.signatures = self.matcher.signatures
        self.columns = tuple(
            dict.fromkeys((*(c.column for c in self.signatures.coders), *streams.amount_columns))
        )
        self.window = window_of(streams, clock)
        self._summed: dict[str, set[int]] = {}
        for stream, column in streams.summed.items():
            self._summed.setdefault(column, set()).add(stream)
        self._without_number: dict[str, int] = {}
        self._rows = np.zeros(0, np.int64)
        self._oldest, self._number = -1, 0
        self._here: set[int] = set()

    def run(self, sources: Sequence[EventSource], bins: Bins, *, rejects: bool = True) -> Scanned:
        """Process all sources in order, and put the events that are kept into bins.

        Without `rejects`, rejected rows are dropped and not reported.

        Raises:
            InputError: sources have too many rejects; a single error covers them all.
        """
        seen = []
        for number, source in enumerate(sources):
            self._number = number
            seen.append(self._source(source, bins))
        ends = _ends(seen, report=rejects)
        pairs = tuple(zip(seen, ends, strict=True))
        return Scanned(
            tuple(self.liveness.sets),
            tuple(record_of(end.record, each.tally) for each, end in pairs),
            self._unread(),
            self.matcher.seen,
            tuple(self._past(each, end) for each, end in pairs),
            tuple(value for c in self.signatures.coders if c.column == EVENT for value in c.values),
            tuple(end.rejects for end in ends),
            Held.of(self.signatures.predicates, self.matcher.held),
            tuple(self.liveness.sources),
        )

    def _source(self, source: EventSource, bins: Bins) -> Seen:
        self._oldest, self._here = -1, set()
        tally = np.zeros(len(STATUSES), np.int64)
        batches = source.read(self._query(source))
        for batch in _gently(_ahead(iter(batches))):
            tally += self._batch(batch, bins)
        return Seen(batches, tally, self._oldest, frozenset(self._here))

    def _query(self, source: EventSource) -> EventQuery:
        if isinstance(source, CodedEvents):  # contacts and predicates are already known
            return EventQuery(self.window, (), lambda batch: batch, self.batch)
        number = self.people.finder(source.key).place
        with reading(source.file_at_fault):
            columns = tuple(self.columns_of(source, self.columns))
        return EventQuery(self.window, columns, number, self.batch)

    def _past(self, seen: Seen, end: EventsRead) -> Past:
        holds = 0
        for signature in seen.signatures:
            holds |= self.signatures.sets(signature)[0]
        known = None if seen.oldest < 0 else seen.oldest
        more = end.beyond or seen.oldest >= self.matcher.widest
        return Past(end.record.path, FOREVER if more else known, holds)

    def columns_of(self, source: EventSource, columns: Sequence[str]) -> Iterator[pl.Expr]:
        """Yield an event's age (`AGE`), its contact's key with the hashes, its type, and these columns."""
        schema = source.frame.collect_schema()
        yield from event_columns(source, columns, self.window)
        yield from (value_of(name, schema) for name in self.streams.value_columns)

    def _batch(self, batch: pl.DataFrame, bins: Bins) -> NDArray[np.int64]:
        signature, matching = self.matched(batch)
        age = batch[AGE].to_numpy()
        self._oldest = max(self._oldest, int(age.max())) if len(age) else self._oldest
        self._here.update(np.flatnonzero(np.bincount(signature)).tolist())
        status = statuses(
            matching.reach[signature] <= age,
            age < 0,
            matching.ignored[signature],
            *_dropped(batch),
            batch[INDEX].to_numpy() < 0,
        )
        self._observe(signature[status == len(STATUSES) - 1])
        bucket = np.searchsorted(self.liveness.edges, age, side="right")
        live = self.liveness.table(matching)[signature, bucket]
        if self._number and self.streams.judgements.first < len(self.streams.all):
            live = self.liveness.of_source(live, self._number)
        rows = np.flatnonzero((status == len(STATUSES) - 1) & (live > 0))
        wide = self.liveness.wide[live[rows]]
        for some, bare in ((rows[~wide], True), (rows[wide], False)):
            kept = self.kept(batch, some, live[some], age[some], bare=bare)
            if self._summed and not bare:
                self._observe_sums(batch, some, signature[some], kept)
            bins.add(kept, self.liveness.lengths)
        return np.bincount(status, minlength=len(STATUSES))

    def matched(self, batch: pl.DataFrame) -> tuple[NDArray[np.int64], SignatureMatches]:
        """Return the signature of each row, and the meaning of signatures in the rules."""
        if SIGNATURE in batch.columns:
            return batch[SIGNATURE].to_numpy().astype(np.int64), self.matcher.update()
        cells = [cells_of(batch, coder.column) for coder in self.signatures.coders]
        return self.signatures.encode(cells, batch.height), self.matcher.update()

    def kept(
        self,
        batch: pl.DataFrame,
        rows: NDArray[np.int64],
        live: NDArray[np.int64],
        age: NDArray[np.int64],
        *,
        bare: bool = False,
    ) -> KeptEvents:
        """Return rows of a batch as kept events; `bare` means that no wide stream is live for them."""
        at = pl.Series(rows)
        some = at.clear() if bare else at
        return KeptEvents(
            contact=batch[INDEX].gather(at).to_numpy().astype(np.uint32),
            live=live.astype(np.uint32),
            age=age if len(age) and age.max() >= 2**32 else age.astype(np.uint32),
            values=tuple(_values(batch, c, some) for c in self.streams.value_columns),
            amounts=tuple(_amounts(batch, c, some) for c in self.streams.amount_columns),
        )

    def _observe(self, signature: NDArray[np.int64]) -> None:
        counts = np.bincount(signature, minlength=self.signatures.count)
        counts[: len(self._rows)] += self._rows
        self._rows = counts

    def _observe_sums(
        self, batch: pl.DataFrame, rows: NDArray[np.int64], signature: NDArray[np.int64], kept: KeptEvents
    ) -> None:
        """Count the non-missing cells without a number that a condition sums, except those already reported.

        `kept` and `signature` are those of these rows of the batch.
        """
        unread = self.matcher.update().unread
        for column, streams in self._summed.items():
            amounts = kept.amounts[self.streams.amount_columns.index(column)]
            summing = [live for live, of in enumerate(self.liveness.sets) if not streams.isdisjoint(of)]
            odd = np.flatnonzero((amounts == MISSING) & np.isin(kept.live, summing))
            reported = [
                s for s in np.unique(signature[odd]).tolist() if column in self._columns_of(unread[s])
            ]
            odd = odd[~np.isin(signature[odd], reported)]
            cells = cells_of(batch, column)[0].gather(pl.Series(rows[odd])).alias(column)
            text = cells.to_frame().select(present(as_text(column, cells.dtype)))
            many = len(odd) - text.to_series().null_count()
            self._without_number[column] = self._without_number.get(column, 0) + many

    def _columns_of(self, unread: int) -> set[str]:
        """Return the columns of the predicates in a bit set."""
        return {p.column for i, p in enumerate(self.signatures.predicates) if unread >> i & 1}

    def _unread(self) -> tuple[tuple[str, int], ...]:
        cells = dict(self._without_number)
        for rows, unread in zip(self._rows.tolist(), self.matcher.update().unread, strict=False):
            for column in self._columns_of(unread):
                cells[column] = cells.get(column, 0) + rows
        return tuple((column, count) for column, count in sorted(cells.items()) if count)


def event_columns(source: EventSource, columns: Sequence[str], window: Window) -> Iterator[pl.Expr]:
    """Yield an event's age (`AGE`), its contact's key with the hashes, its type, and these columns."""
    schema = source.frame.collect_schema()
    text = event_key(source, schema)
    used = [name for name in dict.fromkeys((EVENT, *columns)) if name in schema]
    yield text.alias(KEY)
    yield from key_hashes(text)
    yield window.age(pl.col("at")).alias(AGE)
    yield from (pl.col(name) for name in used)
    beside = (name + suffix for name in used for suffix in (ISO_SUFFIX, NUMBER_SUFFIX, LIST_SUFFIX))
    yield from (pl.col(name) for name in beside if name in schema)
    yield from (pl.col(name) for name in (DROP,) if name in schema)


def _ends(seen: Sequence[Seen], *, report: bool) -> list[EventsRead]:
    """Return for each source what became of the rows outside its batches; all errors are raised together."""
    ends: list[EventsRead] = []
    errors: list[InputError] = []
    for each in seen:
        try:
            ends.append(each.batches.end(report=report))
        except InputError as error:
            errors.append(error)
    if errors:
        raise ExportsRefusedError.of(errors)
    return ends


def _ahead(batches: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Look up the contacts of a batch while the previous one is processed (at M 5.2 s, else 6.1 s)."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = pool.submit(next, batches, None)
            yield batch


def _gently(batches: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Start with a few rows: they contain most of the distinct values, which are slow to learn."""
    first = next(batches, None)
    if first is not None:
        yield first.head(_FIRST)
        if first.height > _FIRST:
            yield first.tail(-_FIRST)
    yield from batches


def value_of(column: str, schema: pl.Schema) -> pl.Expr:
    """Return the values of a property as text (`VALUE`)."""
    text = as_text(column, schema[column]) if column in schema else pl.lit(None, pl.String)
    return text.alias(VALUE + column)


def _values(batch: pl.DataFrame, column: str, rows: pl.Series) -> NDArray[np.uint64]:
    values = batch[VALUE + column].gather(rows)
    return values.to_numpy() if values.dtype == pl.UInt64 else hashes_of(values)


def hashes_of(values: pl.Series) -> NDArray[np.uint64]:
    """Return 64-bit hashes that distinguish values; all missing values have the same hash.

    Two values of one contact and rule are mistaken for each other with odds of about n^2 / 2^65. Only values
    of events that wide streams count are hashed, a quarter of all events.
    """
    return values.alias(VALUE).to_frame().select(hashed(pl.col(VALUE))).to_series().to_numpy()


def amounts_of(cells: pl.Series) -> NDArray[np.int64]:
    """Parse a property's numbers as ten-thousandths, `MISSING` if there is none; most cells are empty."""
    out = np.full(len(cells), MISSING, np.int64)
    there = cells.is_not_null()
    if there.any():
        out[there.to_numpy()] = ten_thousandths(cells.filter(there))
    return out


def _amounts(batch: pl.DataFrame, column: str, rows: pl.Series) -> NDArray[np.int64]:
    if AMOUNT + column in batch.columns:
        return batch[AMOUNT + column].gather(rows).to_numpy()
    return amounts_of(numbers_of(batch, column).gather(rows))


def numbers_of(batch: pl.DataFrame, column: str) -> pl.Series:
    """Return the cells to parse a property's numbers from: the plain-number companion, or the column."""
    cells, beside = cells_of(batch, column)
    return cells if beside is None or PLAIN not in beside.columns else beside[PLAIN]


def cells_of(batch: pl.DataFrame, column: str) -> tuple[pl.Series, pl.DataFrame | None]:
    """Return a column of a batch and its companions; all cells are missing if there is no such column."""
    if column not in batch.columns:
        return pl.Series(column, [None], dtype=pl.String).new_from_index(0, batch.height), None
    return batch[column], companions(batch, column)


def _dropped(batch: pl.DataFrame) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    if DROP not in batch.columns:
        nothing = np.zeros(batch.height, np.bool_)
        return nothing, nothing
    drop = batch[DROP].to_numpy()
    return drop == DUPLICATE, drop == SUPERSEDED
