"""Examine the files of a source: count their rows, set their rejects apart, stop where there are too many."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from flamescore.cells import fold
from flamescore.exports import times
from flamescore.exports.csv_records import scan_records
from flamescore.exports.mapping import column
from flamescore.exports.records import KEPT, RawTexts
from flamescore.exports.rejects import NONE_BAD, Rejected, check_limit
from flamescore.exports.rounded import rounded_ids
from flamescore.exports.shapes import unread_times
from flamescore.exports.times import Clock
from flamescore.exports.validate import Audit, audit, guarded, time_type
from flamescore.frames import REJECTS, Counts, SourceRecord
from flamescore.input_errors import EMPTY, fault
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from flamescore.columns import DateColumns
    from flamescore.exports.opening import OpenSource
    from flamescore.exports.table import Table
    from flamescore.exports.tempfiles import Spool
    from flamescore.frames import Window
    from flamescore.project import RejectLimit, Source


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms exports are loaded. `limit` overrides the sources' own; `zone` is the rule file's.

    Of each source's rejects the first `keep` are told as rows.
    """

    dates: DateColumns
    zone: ZoneInfo
    spool: Spool
    fallback: RejectLimit
    limit: RejectLimit | None = None
    strict: bool = False
    keep: int = KEPT

    def clock(self, source: Source) -> Clock:
        """Return how the times of a source are read."""
        form = getattr(source, "at", None)
        return Clock(source.timezone or self.zone, form.format if form else ())


@dataclass(frozen=True, slots=True)
class Examined:
    """A source whose rows are accounted for. `tables` read sound records; `files` has each one's rejects.

    Of events these are damaged records alone, until somebody asks for what their cells lack (`with_cells`).
    """

    source: OpenSource
    tables: tuple[Table, ...]
    files: tuple[Rejected, ...]
    keep: int
    notes: tuple[str, ...]
    left_out: int = 0

    @property
    def spec(self) -> Source:
        """Return the source as authored."""
        return self.source.spec

    @property
    def rejects(self) -> pl.DataFrame:
        """Return the rejects of the source, the first `keep` of them (`frames.REJECTS`)."""
        left, raws = self.keep, RawTexts()
        frames = [pl.DataFrame(schema=REJECTS)]
        for each in self.files:
            if each.count and left:
                frames.append(each.frame(left, raws))
                left -= frames[-1].height
        return pl.concat(frames)

    def record(self, **counts: int) -> SourceRecord:
        """Return the source's record: `rows` and `rejected`, and what else is known."""
        known = Counts(
            rows=sum(each.rows for each in self.files),
            rejected=sum(each.count for each in self.files),
            ignored=self.left_out,
        )
        told = tuple(table.found.told for table in self.tables)
        notes = self.notes if known.rejected <= self.keep else (*self.notes, _first_kept(self.keep, known))
        return SourceRecord(self.spec.KIND, self.spec.path, told, replace(known, **counts), notes)


def examine(source: OpenSource, terms: Terms) -> Examined:
    """Look at every row of a source once, at its bytes and at the cells that it needs."""
    return with_cells(with_bytes(source, terms), terms)


def with_bytes(source: OpenSource, terms: Terms) -> Examined:
    """Look at the bytes of text files alone: damaged records are set apart, cells not looked at."""
    tables: tuple[Table, ...] = ()
    files: tuple[Rejected, ...] = ()
    room = terms.keep
    for each in source.tables:
        table, rejected = _sound(each, terms.spool, room)
        tables, files = (*tables, table), (*files, rejected)
        room = max(0, room - rejected.count)
    if not sum(each.rows for each in files):
        raise fault(EMPTY, f"{source.spec.KIND}: `{source.spec.path}` has a header and no row.")
    return Examined(source, tables, files, terms.keep, (*source.notes(), *_time_notes(source, tables, [])))


def with_cells(examined: Examined, terms: Terms, window: Window | None = None) -> Examined:
    """Look at the cells that each row needs too; of events that are old by the `window` nothing is told."""
    source, clock = examined.source, terms.clock(examined.spec)
    audits: list[Audit] = []
    files: tuple[Rejected, ...] = ()
    room = terms.keep
    for table, rejected in zip(examined.tables, examined.files, strict=True):
        audits.append(audit(table, source.spec, clock, room, window))
        files = (*files, replace(rejected, bad=audits[-1].bad, room=room))
        room = max(0, room - files[-1].count)
    notes = (*source.notes(), *_time_notes(source, examined.tables, audits))
    left_out = sum(each.left_out for each in audits)
    return replace(examined, files=files, notes=notes, left_out=left_out)


def enforce(examined: Examined, terms: Terms, files: Iterable[Rejected] | None = None) -> None:
    """Stop where a source has more rejects than it may."""
    limit = terms.limit or examined.spec.max_rejects or terms.fallback
    name = f"{examined.spec.KIND} `{examined.spec.path}`"
    kept = examined.files if files is None else tuple(files)
    check_limit(
        name,
        list(kept),
        limit=limit,
        strict=terms.strict,
        shapes=lambda: (
            unread_times(examined.tables, kept, examined.spec, terms.clock(examined.spec))
            + rounded_ids(examined.tables, kept, examined.spec)
        ),
        left_out=examined.left_out,
    )


def types_in(table: Table, spec: Source, spool: Spool) -> frozenset[str]:
    """Return the types of the events that a file has, folded."""
    if "event" in spec.constants:
        return frozenset({fold(spec.constants["event"])})
    sound, _ = _sound(table, spool, 0)
    types = guarded(sound.scan().select(column("event", table, spec).unique().alias("event")), table)
    return frozenset(fold(each) for each in types["event"].drop_nulls())


def _first_kept(keep: int, counts: Counts) -> str:
    return f"I131 rejects.csv holds the first {keep:,} of {counts.rejected:,} rejects; the others are counted"


def _sound(table: Table, spool: Spool, room: int) -> tuple[Table, Rejected]:
    """Return a table of the sound records, and the damaged ones, of which `room` are told by their place."""
    if table.csv is None:
        rows = table.swept.records if table.swept else table.rows()
        return table, Rejected(table, rows, NONE_BAD, table.swept, room)
    swept, copy = scan_records(table.csv, spool, room)
    sound = table if copy is None else table.sound_copy(copy)
    return sound, Rejected(table, swept.records, NONE_BAD, swept, room)


def _time_notes(source: OpenSource, tables: Iterable[Table], audits: list[Audit]) -> Iterable[str]:
    spec = source.spec
    if "at" not in spec.CANONICAL:
        return
    units = dict.fromkeys(unit for table in tables for unit in _units(table, spec))
    if getattr(spec, "at", None) is None and units:
        size = " or ".join(units)
        yield f"times have no declared format: whole numbers are read as {size} since 1970, by their size"
    for many, text in (
        (sum(each.repeated for each in audits), "in an hour that the clock repeats: the earlier is taken"),
        (sum(each.skipped for each in audits), "in an hour that the clock skips: moved forward"),
        (sum(each.lossy for each in audits), "written like 1.54111E+12: precision is lost"),
    ):
        if many:
            yield f"{count(many, 'cell')} with a time {text}"


def _units(table: Table, spec: Source) -> list[str]:
    """Return which epochs the first cells of `at` are, by their size."""
    dtype = time_type(table, spec)
    if not (dtype.is_numeric() or dtype == pl.String()):
        return []
    first = table.scan().select(column("at", table, spec, text=False).alias("at")).head(1000)
    cells = guarded(first, table)["at"]
    read = Clock(spec.timezone or times.UTC_ZONE).read(cells)
    numbers = cells.filter(((read.flags & times.NUMBERED) != 0) & read.at.is_not_null())
    sizes = numbers.cast(pl.Float64, strict=False).drop_nulls()
    limits = ((1e9, "seconds"), (1e12, "milliseconds"), (1e15, "microseconds"))
    return [unit for low, unit in limits if sizes.is_between(low, low * 10, closed="left").any()]
