"""The engine for a single contact, with all occurrences kept: what counted, what did not, and why.

It runs the same passes as scoring, one stream at a time, and records which pass dropped an occurrence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from msgspec import Struct, field
from msgspec.structs import replace

from flamescore.cells import as_text
from flamescore.engine.bins import KeptEvents, Partition, concat_events
from flamescore.engine.judging import Judge
from flamescore.engine.passes import BURST, EXPIRED, PASSES, Occurrences, bursts_of
from flamescore.engine.readings import instant_of
from flamescore.engine.scan import Scan
from flamescore.frames import AGE, DROP, INDEX, INSTANT
from flamescore.input_errors import reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from flamescore.engine.aggregate import Aggregator, StreamSums
    from flamescore.engine.calendar import Clock
    from flamescore.engine.pipeline import Prepared
    from flamescore.engine.streams import Stream
    from flamescore.frames import EventSource

ORDER: Final = "\x00order"
AT: Final = "\x00at"
"""The column of traced events that contains their instants."""

COUNTED: Final = "counted"
LATER: Final = "later"
BOTS: Final = "bots"
"""The outcomes of an occurrence, in addition to the names of the passes that may drop it."""


class Traced(Struct, frozen=True):
    """The events of the contact in the order of the exports: `AT`, and all properties as text."""

    events: pl.DataFrame
    age: NDArray[np.int64]
    matches: tuple[tuple[int, ...], ...]
    """The streams that each event matches, whatever its age."""
    outcomes: dict[tuple[int, int], str]
    """The outcome of the occurrence of a stream (first) at an event (second).

    A burst is an occurrence at the event that completes it; its other events have no entry.
    """
    worth: dict[tuple[int, int], int]
    """The contribution of each counted occurrence, in ten-thousandths."""
    sums: tuple[StreamSums, ...]
    kept: KeptEvents
    bursts: dict[tuple[int, int], tuple[int, ...]] = field(default_factory=dict)
    """All events of each burst, the latest first, by stream and the event that completes the burst."""
    scanner: frozenset[int] = frozenset()
    """The events that the patterns of `bots` match and `ignore` leaves; removed ones match no stream."""
    other_sums: tuple[StreamSums, ...] = ()
    """The sums with the other action of `bots`; empty if there is no such event."""
    gone: frozenset[int] = frozenset()
    """The events that entries of `ignore` in sequence match, or that `bots` removes."""


def trace(prepared: Prepared, sources: Sequence[EventSource]) -> Traced:
    """Trace the events of a contact (the only one in `prepared`) and return the outcome of each."""
    scan = Scan(prepared.streams, prepared.contacts, prepared.clock)
    read = [_read(scan, source) for source in sources]
    shown = [events for events, _, _ in read if events.height]
    events = (
        pl.concat(shown, how="diagonal") if shown else pl.DataFrame(schema={"event": pl.String, AT: INSTANT})
    )
    kept = _joined([kept for _, kept, _ in read])
    matches = tuple(streams for _, _, matched in read for streams in matched)
    live = [_live(prepared.streams.all, m, int(a)) for m, a in zip(matches, kept.age.tolist(), strict=True)]
    sets = list(dict.fromkeys(((), *live)))
    judge = Judge(prepared.streams, prepared.clock, sets)
    aggregator = prepared.aggregator(sets, oldest=max(0, int(kept.age.max(initial=0))), wide=True)
    there = kept.age >= 0  # events after `as_of` are ignored
    numbers = np.array([sets.index(streams) for streams in live], np.uint32)
    age = np.where(there, kept.age, 0)
    partition = Partition(0, 1, replace(kept, live=np.where(there, numbers, 0).astype(np.uint32), age=age))
    verdict = judge.judge(partition)
    if verdict is None:
        return _counted(events, kept, matches, aggregator, partition)
    # Ignored events match nothing; only those that `bots` removes are still reported.
    left = tuple(() if gone else each for each, gone in zip(matches, verdict.gone.tolist(), strict=True))
    found = _counted(events, kept, left, aggregator, _without(partition, verdict.gone))
    found = replace(found, gone=frozenset(np.flatnonzero(verdict.gone).tolist()))
    if verdict.scanner is None or verdict.other is None or not verdict.scanner.any():
        return found
    removed = np.flatnonzero(verdict.gone & verdict.scanner).tolist()
    return replace(
        found,
        outcomes=found.outcomes | {(stream, row): BOTS for row in removed for stream in matches[row]},
        scanner=frozenset(np.flatnonzero(verdict.scanner).tolist()),
        other_sums=aggregator.sums(_without(partition, verdict.other)),
    )


def _without(partition: Partition, gone: NDArray[np.bool_]) -> Partition:
    """Remove events but keep their rows: no stream is live for them."""
    live = np.where(gone, 0, partition.events.live).astype(np.uint32)
    return replace(partition, events=replace(partition.events, live=live))


def _read(scan: Scan, source: EventSource) -> tuple[pl.DataFrame, KeptEvents, list[tuple[int, ...]]]:
    """Read the contact's events from a source: as text, as kept events, and the streams they match."""
    with reading(source.file_at_fault):
        names = [name for name in source.frame.collect_schema().names() if "\x00" not in name]
        columns = scan.columns_of(source, names)
        found = source.frame.with_row_index(ORDER).select(*columns, ORDER).collect()
    batch = found.sort(ORDER).pipe(scan.people.finder(source.key).place)
    here = batch[INDEX] >= 0
    batch = batch.filter(here & (batch[DROP] == 0 if DROP in batch.columns else here))
    signature, matching = scan.matched(batch)
    rows = np.flatnonzero(~matching.ignored[signature])
    age = batch[AGE].to_numpy()[rows].astype(np.int64)  # signed: there may be events after `as_of` here
    kept = replace(scan.kept(batch, rows, np.zeros(len(rows), np.int64), np.maximum(age, 0)), age=age)
    properties = [name for name in names if name not in ("contact_id", "contact", "at")]
    shown = batch[rows].select(
        *(as_text(name, batch.schema[name]).alias(name) for name in properties),
        instant_of(scan.clock.now - pl.col(AGE)).alias(AT),
    )
    return shown, kept, [matching.streams[s] for s in signature[rows].tolist()]


def _live(streams: Sequence[Stream], matched: tuple[int, ...], age: int) -> tuple[int, ...]:
    return tuple(s for s in matched if (reach := streams[s].reach) is None or age < reach)


def _counted(
    events: pl.DataFrame,
    kept: KeptEvents,
    matches: tuple[tuple[int, ...], ...],
    aggregator: Aggregator,
    partition: Partition,
) -> Traced:
    timeline, groups = aggregator.occurrences(partition)
    outcomes = {
        (stream, row): LATER if age < 0 else EXPIRED
        for row, (matched, age) in enumerate(zip(matches, kept.age.tolist(), strict=True))
        for stream in matched
    }
    worth: dict[tuple[int, int], int] = {}
    bursts: dict[tuple[int, int], tuple[int, ...]] = {}
    sums: list[StreamSums] = []
    for group, some in groups:
        left, number = some, group.first  # in the wide form each stream is a group of its own
        for name, kept_by in PASSES.items():
            keep = kept_by(left, group.like, timeline, aggregator.clock) if len(left.run) else None
            if keep is not None:
                outcomes.update({(number, row): name for row in _rows(left.take(~keep))})
                if name == BURST:
                    # An occurrence outside the window that is in no burst has expired.
                    outcomes |= {
                        (number, row): EXPIRED for row in _rows(left.take(~keep & _gone(left, group.like)))
                    }
                    bursts |= _contents(number, left, group.like, aggregator.clock)
                left = left.take(keep)
        outcomes.update({(number, row): COUNTED for row in _rows(left)})
        if left.worth is not None:
            worth.update(zip(((number, row) for row in _rows(left)), left.worth.tolist(), strict=True))
        sums += aggregator.summed(group, left, timeline)
    for (number, complete), rows in bursts.items():
        for row in rows:
            if row != complete:
                del outcomes[number, row]
    return Traced(events, kept.age.astype(np.int64), matches, outcomes, worth, tuple(sums), kept, bursts)


def _gone(some: Occurrences, stream: Stream) -> NDArray[np.bool_]:
    """Mark the occurrences that have left the window of a stream with bursts."""
    return np.zeros(len(some.age), np.bool_) if stream.expires is None else some.age >= stream.expires


def _contents(
    number: int, some: Occurrences, stream: Stream, clock: Clock
) -> dict[tuple[int, int], tuple[int, ...]]:
    """Return the events of each burst, by stream and completing event."""
    assert stream.burst is not None
    found, rows = bursts_of(some, stream.burst, clock), _rows(some)
    spans = zip(found.latest.tolist(), found.earliest.tolist(), strict=True)
    return {(number, rows[latest]): tuple(rows[latest : earliest + 1]) for latest, earliest in spans}


def _rows(some: Occurrences) -> list[int]:
    return [] if some.row is None else some.row.tolist()


def _joined(parts: Sequence[KeptEvents]) -> KeptEvents:
    return concat_events([replace(part, age=part.age.astype(np.int64)) for part in parts])
