"""Which streams an event is live for: strings become a signature; signature and age become a live set.

A column's predicates are evaluated on its distinct values; a cell's code identifies which of them hold. The
codes of an event's columns are combined into one signature. There are few of these, so three hundred rules
cost about as much as ten.

In the example of `streams`, column `event` has one predicate and `url` has another. `visit` gets code 0 of
its column; `/blog` gets code 0 of `url` (its predicate fails), `/sales` code 1 (it holds). The pairs of codes
are numbered, the new ones of a batch in order: (0, 0) is signature 0 and (0, 1) is signature 1, so the three
events have the signatures 1, 0, 1. The predicates that hold, as bits, are `0b01` for signature 0 and `0b11`
for signature 1. A million visits to `/sales` need no further string comparison.

Stream 0 needs the bits `0b11` and stream 1 needs `0b01`, so signature 0 (`0b01`) matches stream 1, and
signature 1 (`0b11`) matches both. The windows end at 604,800 s and 2,419,200 s, which makes three age
buckets. `Liveness.table` maps each signature and bucket to the number of its live set:

                  under 7 days     7 to 28 days     28 days and more
    signature 0   1: stream 1      0: none          0: none
    signature 1   2: both          3: stream 0      0: none

So the events of 1, 2 and 10 days have the live sets 2, 1 and 3. An event with live set 0 is dropped.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from msgspec import Struct

from flamescore.cells import as_text, present
from flamescore.engine.hash_index import HashIndex
from flamescore.engine.predicates import CELL, evaluate

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray

    from flamescore.engine.calendar import Clock
    from flamescore.engine.streams import Stream, Streams
    from flamescore.rules import Predicate


REMEMBERED: Final = 1_000_000
"""Distinct values of a column that are kept between batches; others are evaluated again in each batch."""

SAMPLED: Final = 1_000
"""Distinct values of a column that are kept as text for display."""

_TABLE_CELLS: Final = 1 << 22
"""Maximum cells of a pair table (32 MB); pairs of larger codes are sorted instead."""

_NO_CODE: Final = np.zeros(1, np.uint32)
"""Placed after the known codes: index -1, for unknown values, leads to it."""

_SMALL_NUMBERS: Final = 1 << 16
"""Integers below this need no hash: their codes are in a table, whose last entry is for missing cells."""

_UNKNOWN: Final = 2**32 - 1
"""Marks small integers that have no code yet."""

FOREVER: Final = 2**62
"""An age in seconds above any real one: the end of a window that never ends."""


class Codes:
    """Numbers assigned to pairs of integers in order of appearance: `pairs[code]` has the number `code`."""

    def __init__(self) -> None:
        self.pairs: list[tuple[int, int]] = []
        self._index: dict[tuple[int, int], int] = {}

    def number(self, pair: tuple[int, int]) -> int:
        """Return the number of a pair, assigning a new one if necessary."""
        code = self._index.get(pair)
        if code is None:
            code = self._index[pair] = len(self.pairs)
            self.pairs.append(pair)
        return code


class PairTable:
    """Numbers assigned to pairs of codes; a table keeps them between batches."""

    def __init__(self) -> None:
        self.codes = Codes()
        self._table = np.zeros((0, 0), np.int64)

    def numbers(self, first: NDArray[np.int64], second: NDArray[np.uint32]) -> NDArray[np.int64]:
        """Return the number of each pair."""
        rows = max(_power_above(first), len(self._table))
        columns = max(_power_above(second), self._table.shape[1])
        flat = first * columns + second
        if rows * columns > _TABLE_CELLS:
            present, where = np.unique(flat, return_inverse=True)
            return self._new(present, columns)[where]
        self._grow(rows, columns)
        table = self._table.reshape(-1)
        found: NDArray[np.int64] = table[flat]
        unknown = np.flatnonzero(found < 0)
        if len(unknown):
            new = np.unique(flat[unknown])
            table[new] = self._new(new, columns)
            found[unknown] = table[flat[unknown]]
        return found

    def _new(self, flat: NDArray[np.int64], columns: int) -> NDArray[np.int64]:
        return np.array([self.codes.number(divmod(pair, columns)) for pair in flat.tolist()], np.int64)

    def _grow(self, rows: int, columns: int) -> None:
        old = self._table
        if (rows, columns) != old.shape:
            self._table = np.full((rows, columns), -1, np.int64)
            self._table[: old.shape[0], : old.shape[1]] = old


def _power_above(codes: NDArray[np.int64] | NDArray[np.uint32]) -> int:
    """Return a power of two above all codes, so that a table rarely grows."""
    return 1 << int(codes.max(initial=0)).bit_length()


class ColumnCoder:
    """Encodes the cells of a column by the predicates that hold for them.

    `codes.pairs[code]` is a pair of bit sets over `predicates`: those that hold, and those that could not be
    parsed. Values are recognized by a 64-bit hash: with a million remembered values and 30 million distinct
    ones, the odds that one is mistaken for another are about 2 in a million, and it matters only if their
    codes differ.
    """

    def __init__(self, column: str, predicates: Sequence[Predicate], clock: Clock) -> None:
        self.column = column
        self.predicates = tuple(predicates)
        self.codes = Codes()
        self.values: list[str] = []
        """The first distinct values, `SAMPLED` at most."""
        self._clock = clock
        self._hashes = np.zeros(0, np.uint64)
        self._codes = _NO_CODE
        self._known = HashIndex(self._hashes)
        self._small = np.full(_SMALL_NUMBERS, _UNKNOWN, np.uint32)

    def encode(self, cells: pl.Series, beside: pl.DataFrame | None = None) -> NDArray[np.uint32]:
        """Return the code of each cell; `beside` contains the column's companions (`frames.companions`)."""
        index = _small(cells) if beside is None else None
        if index is not None:
            return self._of_small(cells, index)
        hashes = _hash(cells, beside).to_numpy()
        place = self._known.find(hashes)
        codes = self._codes[place]
        unknown = np.flatnonzero(place < 0)
        if len(unknown):
            new, first, which = np.unique(hashes[unknown], return_index=True, return_inverse=True)
            rows = pl.Series(unknown[first])
            learned = self._learn(cells.gather(rows), None if beside is None else beside[rows])
            self._remember(new, learned)
            codes[unknown] = learned[which]
        return codes

    def _of_small(self, cells: pl.Series, index: NDArray[np.int64]) -> NDArray[np.uint32]:
        codes = self._small[index]
        unknown = np.flatnonzero(codes == _UNKNOWN)
        if len(unknown):
            new, first = np.unique(index[unknown], return_index=True)
            self._small[new] = self._learn(cells.gather(pl.Series(unknown[first])), None)
            codes[unknown] = self._small[index[unknown]]
        return codes

    def _learn(self, cells: pl.Series, beside: pl.DataFrame | None) -> NDArray[np.uint32]:
        """Evaluate the predicates on distinct cells."""
        frame = cells.to_frame(CELL).select(as_text(pl.col(CELL), cells.dtype).alias(CELL))
        if len(self.values) < SAMPLED:
            values = frame.select(present(pl.col(CELL))).to_series().drop_nulls()
            self.values += values.head(SAMPLED - len(self.values)).to_list()
        if beside is not None:
            frame = frame.hstack(beside)
        bits = evaluate(frame, self.predicates, self._clock).to_numpy().astype(np.uint8)
        rows, inverse = np.unique(np.packbits(bits, axis=1), axis=0, return_inverse=True)
        codes = np.array([self.codes.number(self._sets(row)) for row in rows], np.uint32)
        return codes[inverse.reshape(-1)]

    def _remember(self, hashes: NDArray[np.uint64], codes: NDArray[np.uint32]) -> None:
        if len(self._hashes) + len(hashes) <= REMEMBERED:
            hashes = np.concatenate([self._hashes, hashes])
            known = np.concatenate([self._codes[:-1], codes])
            self._known = HashIndex(hashes)
            self._hashes = hashes[self._known.order]
            self._codes = np.append(known[self._known.order], _NO_CODE)

    def _sets(self, packed: NDArray[np.uint8]) -> tuple[int, int]:
        width = len(self.predicates)
        bits = np.unpackbits(packed)[: 2 * width].tolist()
        return _bitset(bits[:width]), _bitset(bits[width:])


class Signatures:
    """Combines the codes of several columns into one number per row."""

    def __init__(self, predicates: Sequence[Predicate], clock: Clock) -> None:
        self.predicates = tuple(predicates)
        columns = dict.fromkeys(p.column for p in self.predicates)
        self.coders = tuple(
            ColumnCoder(column, [p for p in self.predicates if p.column == column], clock)
            for column in columns
        )
        self._pairs = [PairTable() for _ in self.coders]
        self._places: list[list[int | None]] = [
            [i for i, p in enumerate(self.predicates) if p.column == coder.column] for coder in self.coders
        ]
        self._spread: dict[tuple[int, int], tuple[int, int]] = {}
        self._matching: dict[Hashable, tuple[Matcher, Liveness]] = {}

    def matching(self, streams: Streams) -> tuple[Matcher, Liveness]:
        """Return a matcher from these signatures to streams, and its live sets, cached by streams.

        If twelve scorings look back equally far, they share one matcher (0.16 s each for 2,000 signatures and
        100 rules).
        """
        key = streams.all, streams.ignored
        if key not in self._matching:
            matcher = Matcher(streams, self.of(streams.predicates))
            self._matching[key] = matcher, Liveness(streams.all)
        return self._matching[key]

    def of(self, predicates: Sequence[Predicate]) -> Signatures:
        """Return a view of the signatures restricted to some of their predicates."""
        some = copy(self)
        some.predicates = tuple(predicates)
        place = {predicate: number for number, predicate in enumerate(predicates)}
        some._places = [[place.get(each) for each in coder.predicates] for coder in self.coders]  # noqa: SLF001
        some._spread = {}  # noqa: SLF001 - its own
        return some

    @property
    def count(self) -> int:
        """The number of signatures so far."""
        return len(self._pairs[-1].codes.pairs) if self._pairs else 1

    def encode(
        self, columns: Sequence[tuple[pl.Series, pl.DataFrame | None]], height: int
    ) -> NDArray[np.int64]:
        """Return the signature of each row, from the columns of `coders` in order."""
        out = np.zeros(height, np.int64)
        for coder, pairs, (cells, beside) in zip(self.coders, self._pairs, columns, strict=True):
            out = pairs.numbers(out, coder.encode(cells, beside))
        return out

    def sets(self, signature: int) -> tuple[int, int]:
        """Return bit sets over `predicates` of those that hold, and of those that could not be parsed."""
        holds = unread = 0
        for i in range(len(self.coders) - 1, -1, -1):
            signature, code = self._pairs[i].codes.pairs[signature]
            here = self._sets_of(i, code)
            holds |= here[0]
            unread |= here[1]
        return holds, unread

    def _sets_of(self, coder: int, code: int) -> tuple[int, int]:
        """Return the same for a code of a coder, cached: few codes occur in many signatures."""
        if (coder, code) not in self._spread:
            here, places = self.coders[coder].codes.pairs[code], self._places[coder]
            self._spread[coder, code] = _spread(here[0], places), _spread(here[1], places)
        return self._spread[coder, code]


def _small(cells: pl.Series) -> NDArray[np.int64] | None:
    """Return the table indices of small integers, or None if any cell contains another number."""
    if not cells.dtype.is_integer():
        return None
    low, high = cells.min(), cells.max()
    if low is not None and (low < 0 or high >= _SMALL_NUMBERS - 1):  # type: ignore[operator] # integers
        return None
    places: NDArray[np.int64] = cells.cast(pl.Int64).fill_null(_SMALL_NUMBERS - 1).to_numpy()
    return places


def _hash(cells: pl.Series, beside: pl.DataFrame | None) -> pl.Series:
    if beside is None:
        return cells.hash()
    return beside.with_columns(cells.alias(CELL)).select(pl.struct(pl.all()).hash()).to_series()


def _bitset(bits: list[int]) -> int:
    return sum(1 << i for i, bit in enumerate(bits) if bit)


def _spread(bits: int, places: Sequence[int | None]) -> int:
    return sum(1 << place for i, place in enumerate(places) if place is not None and bits >> i & 1)


class SignatureMatches(Struct, frozen=True):
    """The meaning of signatures in the rule book, by signature."""

    ignored: NDArray[np.bool_]
    reach: NDArray[np.int64]
    """The age from which events are older than every window that needs their type."""
    streams: tuple[tuple[int, ...], ...]
    unread: tuple[int, ...]


class Matcher:
    """Matches each signature to the streams, once."""

    def __init__(self, streams: Streams, signatures: Signatures) -> None:
        self.signatures = signatures
        place = {p: i for i, p in enumerate(signatures.predicates)}
        self._needs = [_needs(stream.where, place) for stream in streams.all]
        self._of_type: dict[int, list[int]] = {}
        for number, stream in enumerate(streams.all):
            self._of_type.setdefault(1 << place[stream.where[0]], []).append(number)
        self._ignored = [_needs(where, place) for where in streams.ignored]
        types = (where[0] for where in (*(s.where for s in streams.all), *streams.ignored))
        self.held = {place[each]: 0 for each in types}
        """For each predicate on the type, by index: all predicates that held for any of its events."""
        self._streams = streams.all
        self._reach = [FOREVER if s.reach is None else s.reach for s in streams.all]
        self.widest = FOREVER if streams.widest is None else streams.widest
        """The longest finite window, as an age in seconds; `FOREVER` if no window ends."""

        self._done: list[tuple[bool, int, tuple[int, ...], int]] = []
        self._matching = SignatureMatches(np.zeros(0, np.bool_), np.zeros(0, np.int64), (), ())
        self.seen = 0
        """The predicates (a bit set) that have held for any event."""

    def update(self) -> SignatureMatches:
        """Match the new signatures, and return all matches."""
        new = range(len(self._done), self.signatures.count)
        if new:
            self._done += [self._match(*self.signatures.sets(signature)) for signature in new]
            ignored, reach, streams, unread = zip(*self._done, strict=True)
            self._matching = SignatureMatches(
                np.array(ignored, np.bool_), np.array(reach, np.int64), streams, unread
            )
        return self._matching

    def _match(self, holds: int, unread: int) -> tuple[bool, int, tuple[int, ...], int]:
        self.seen |= holds
        for kind in self.held:
            if holds >> kind & 1:
                self.held[kind] |= holds
        named = sorted(i for kind, streams in self._of_type.items() if holds & kind for i in streams)
        live = tuple(i for i in named if holds & self._needs[i] == self._needs[i])
        needed = 0
        for i in named:
            needed |= self._needs[i]
        reach = max((self._reach[i] for i in named), default=self.widest)
        ignored = any(holds & need == need for need in self._ignored)
        return ignored, reach, live, unread & needed


class Liveness:
    """Numbers the sets of live streams: `sets[k]` contains the streams of set `k`; set 0 is empty."""

    def __init__(self, streams: Sequence[Stream]) -> None:
        self.edges = np.array(sorted({s.reach for s in streams if s.reach is not None}), np.int64)
        self._reach = [FOREVER if s.reach is None else s.reach for s in streams]
        self._wide = [s.wide for s in streams]
        self.sets: list[tuple[int, ...]] = [()]
        self.sources = [0]
        """The source of the events of each live set, if sources are distinguished."""
        self._index: dict[tuple[tuple[int, ...], int], int] = {((), 0): 0}
        self._rows: dict[tuple[int, ...], list[int]] = {}
        self._numbers: list[list[int]] = []
        self._table = np.zeros((0, len(self.edges) + 1), np.int64)
        self.lengths = np.zeros(1, np.int64)
        """The number of streams of each live set."""
        self.wide = np.zeros(1, np.bool_)
        """Whether each live set contains a stream that needs more of an event than its age."""

    def table(self, matching: SignatureMatches) -> NDArray[np.int64]:
        """Return live set numbers by signature and age bucket (the number of edges at or below the age)."""
        new = matching.streams[len(self._numbers) :]
        if new:
            self._numbers += [self._by_bucket(streams) for streams in new]
            self._table = np.array(self._numbers, np.int64)
            self._measure()
        return self._table

    def of_source(self, live: NDArray[np.int64], source: int) -> NDArray[np.int64]:
        """Return separate live set numbers for a source, so that the source of each kept event is known."""
        found = np.full(len(self.sets), -1, np.int64)
        for each in np.flatnonzero(np.bincount(live, minlength=1)).tolist():
            found[each] = self._number(self.sets[each], source) if each else 0
        self._measure()
        return found[live]

    def _measure(self) -> None:
        if len(self.lengths) < len(self.sets):
            self.lengths = np.array([len(streams) for streams in self.sets], np.int64)
            self.wide = np.array([any(self._wide[i] for i in streams) for streams in self.sets], np.bool_)

    def _by_bucket(self, streams: tuple[int, ...]) -> list[int]:
        """Return the live set of some streams by bucket, cached: many signatures have the same streams."""
        if streams not in self._rows:
            self._rows[streams] = [
                self._number(tuple(i for i in streams if self._reach[i] > gone))
                for gone in (0, *self.edges.tolist())
            ]
        return self._rows[streams]

    def _number(self, live: tuple[int, ...], source: int = 0) -> int:
        if (live, source) not in self._index:
            self._index[live, source] = len(self.sets)
            self.sets.append(live)
            self.sources.append(source)
        return self._index[live, source]


def _needs(where: tuple[Predicate, ...], place: dict[Predicate, int]) -> int:
    bits = 0
    for predicate in where:
        bits |= 1 << place[predicate]
    return bits
