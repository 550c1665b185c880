"""One pass over the events, for scorings as of several instants (`coded`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from msgspec.structs import replace

from flamescore.engine.bins import MEMORY, Bins, Spill
from flamescore.engine.coded import AMOUNT, SECONDS, SIGNATURE, CodedEvents
from flamescore.engine.contacts import contacts_of
from flamescore.engine.matching import Matcher
from flamescore.engine.scan import VALUE, Scan, amounts_of, hashes_of, numbers_of
from flamescore.engine.streams import Streams
from flamescore.engine.tally import STATUSES
from flamescore.frames import AGE, DROP, INDEX, Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from flamescore.engine.bins import Arrays, Stored
    from flamescore.engine.calendar import Clock
    from flamescore.engine.contacts import Contacts
    from flamescore.frames import Exports


def read_once(
    exports: Exports, several: Iterable[Streams], clock: Clock, *, memory: int = MEMORY
) -> tuple[CodedEvents, ...]:
    """Read all events, whatever their time, for scorings with these streams (`coded.dated`).

    An event takes 12 bytes, and 8 more for each property whose values or numbers any stream needs. Up to 64
    MB (`memory`) of that are kept in memory; the rest goes to an unnamed temporary file (`bins.Spill`).

    Raises:
        InputError: sources have too many rejects; a single error covers them all.
    """
    people = contacts_of(exports.contacts, exports.aliases)
    streams = _together(several)
    reader = _Reader(streams, people, clock, memory)
    records = reader.run(exports.events, Bins(people.count, len(streams.all))).records
    return tuple(
        CodedEvents(
            source.frame,
            record,
            source.key,
            original=source,
            signatures=reader.signatures,
            now=clock.now,
            names=reader.names.get(number, ()),
            parts=tuple(reader.parts.get(number, ())),
        )
        for number, (source, record) in enumerate(zip(exports.events, records, strict=True))
    )


def narrowed(events: Sequence[CodedEvents], several: Iterable[Streams]) -> tuple[CodedEvents, ...]:
    """Return the events that any of these streams (`coded.dated`) matches, whatever the instant.

    They are stored like those of `read_once`. What a scoring counts stays the same; what it reports about
    other events does not.
    """
    if not events:
        return ()
    streams = _together(several)
    signatures = events[0].signatures.of(streams.predicates)
    wanted = np.array([bool(some) for some in Matcher(streams, signatures).update().streams], np.bool_)
    spill = Spill(MEMORY)
    found = []
    for source in events:
        names: tuple[str, ...] = ()
        parts: list[Stored] = []
        for rows in source.rows():
            names, arrays = _stored(rows.filter(pl.Series(wanted[rows[SIGNATURE].to_numpy()])), source.now)
            parts.append(spill.put(arrays))
        found.append(replace(source, names=names, parts=tuple(parts), edits=()))
    return tuple(found)


def _together(several: Iterable[Streams]) -> Streams:
    """Return the streams of several scorings, of which only the predicates are used."""
    listed = list(several)
    return Streams(
        all=tuple(dict.fromkeys(stream for each in listed for stream in each.all)),
        ignored=tuple(dict.fromkeys(where for each in listed for where in each.ignored)),
        of_rule={},
        of_condition={},
    )


class _Reader(Scan):
    """Keeps all rows that it processes, and puts none into bins."""

    def __init__(self, streams: Streams, people: Contacts, clock: Clock, memory: int) -> None:
        super().__init__(streams, people, clock)
        self.window = Window(clock.now)
        self.names: dict[int, tuple[str, ...]] = {}
        """The names for each source, by its number, as in `CodedEvents`."""
        self.parts: dict[int, list[Stored]] = {}
        self._spill = Spill(memory)

    def _batch(self, batch: pl.DataFrame, bins: Bins) -> NDArray[np.int64]:
        del bins
        signature, _ = self.matched(batch)
        rows = batch.select(
            INDEX,
            pl.Series(SIGNATURE, signature),
            (self.clock.now - pl.col(AGE)).alias(SECONDS),
            *(pl.Series(VALUE + c, hashes_of(batch[VALUE + c])) for c in self.streams.value_columns),
            *(DROP for _ in range(DROP in batch.columns)),
        ).with_columns(
            pl.Series(AMOUNT + column, amounts_of(numbers_of(batch, column)))
            for column in self.streams.amount_columns
        )
        names, arrays = _stored(rows, self.clock.now)
        self.names[self._number] = names
        self.parts.setdefault(self._number, []).append(self._spill.put(arrays))
        return np.zeros(len(STATUSES), np.int64)


def _stored(rows: pl.DataFrame, now: int) -> tuple[tuple[str, ...], Arrays]:
    """Return the names and arrays of rows of coded events, in the smallest types that fit."""
    age = (now - rows[SECONDS]).to_numpy()
    near = not len(age) or int(np.abs(age).max()) < 1 << 31
    others = rows.drop(INDEX, SIGNATURE, SECONDS)
    return (INDEX, SIGNATURE, AGE, *others.columns), (
        rows[INDEX].to_numpy().astype(np.int32),
        rows[SIGNATURE].to_numpy().astype(np.uint32),
        age.astype(np.int32) if near else age,
        *(column.to_numpy() for column in others),
    )
