"""Cells that a rule reads as numbers or dates but that don't parse, and what would parse them.

A worked example: a rule reads `size` of contacts as a number, and 2 of 300 cells are `1,250` and `1,300`.
Scoring only counts them. The column is then read a second time for the report: 2 of 300 cells are not
numbers, and `numbers: {size: {thousands: ","}}` or `{decimal: ","}` parses them all.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct

from flamescore.cells import fold, folded, present
from flamescore.exports.apostrophes import apostrophes_in
from flamescore.exports.date_columns import IsoText, formats_of
from flamescore.exports.number_columns import json_number, number_format
from flamescore.exports.numbers import AS_THEY_ARE, AS_THOUSANDS, MOST, cures, doubtful_thousands, suggest
from flamescore.exports.times import UTC_ZONE, TimeFormat
from flamescore.findings import Finding, InExport, Severity, samples_of
from flamescore.frames import TypedColumnUse
from flamescore.number_format import NumberFormat
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

    from flamescore.exports.plan import Plan
    from flamescore.exports.validate import Validated

UNVALUED: Final = "I118"
UNREAD: Final = "I120"
THOUSANDS: Final = "I121"
_LARGEST: Final = 1e12
_PLAINLY: Final = NumberFormat()
_CELL, _ROWS, _NUMBER = "cell", "rows", "number"


class OddCells(Struct, frozen=True):
    """A second reading of the cells of sources; `zone` is the rule file's time zone."""

    sources: tuple[Validated, ...]
    zone: ZoneInfo

    def unread(self, use: TypedColumnUse) -> Iterator[Finding]:
        """Yield a finding for each source in which cells of a column don't parse as the rule requires."""
        found = [each for source in self._having(use) if (each := self._of(source, use)) is not None]
        for each in found:
            many = use.occurrences if use.occurrences is not None and len(found) == 1 else each.many
            yield each.finding(use, many)

    def doubtful(self, use: TypedColumnUse) -> Iterator[Finding]:
        """Yield a finding for each source whose decimal numbers are all written like `1.250`."""
        for source in self._having(use):
            found = doubtful_in(source, use.column)
            if found is not None:
                yield found

    def quoted(self, kind: str, column: str) -> Iterator[Finding]:
        """Yield a finding for each source with an apostrophe before at least half of a column's cells."""
        for source in self._having(TypedColumnUse(kind, column, "")):
            found = apostrophes_in(source, column)
            if found is not None:
                yield found

    def _having(self, use: TypedColumnUse) -> Iterator[Validated]:
        for source in self.sources:
            if use.kind == source.spec.KIND and any(use.column in plan for plan in source.plans):
                yield source

    def _of(self, source: Validated, use: TypedColumnUse) -> _Unread | None:
        cells: Counter[str] = Counter()
        of, first = 0, [pl.Series(_CELL, [], dtype=pl.String)]
        for plan in _plans(source, use.column):
            rows = _cells(plan, use)
            odd = rows.filter(~self._reads(plan, use)).group_by(_CELL, maintain_order=True)
            cells.update(dict(plan.table.collect(odd.len(_ROWS)).iter_rows()))
            of += int(plan.table.collect(rows.select(pl.len())).item())
            if cells:
                texts = rows.filter(~pl.col(_NUMBER)).select(_CELL)
                some = plan.table.collect(texts.unique(maintain_order=True).head(MOST))
                first.append(some[_CELL])
        return _Unread(source, cells, of, pl.concat(first)) if cells else None

    def _reads(self, plan: Plan, use: TypedColumnUse) -> pl.Expr:
        """Return a mask of the cells that parse as numbers, or as dates."""
        if use.numeric:
            form = number_format(use.column, plan) or _PLAINLY
            plain = pl.when(_NUMBER).then(_CELL).otherwise(form.plain(pl.col(_CELL)))
            return (plain.cast(pl.Float64, strict=False).abs() <= _LARGEST).fill_null(value=False)
        formats = formats_of(use.column, plan)
        iso = IsoText(plan.source.timezone or self.zone, formats, shifted=False)

        def reads(batch: pl.Series) -> pl.Series:
            return TimeFormat(UTC_ZONE).iso(iso(batch)).at.is_not_null()

        return pl.col(_CELL).map_batches(reads, return_dtype=pl.Boolean(), is_elementwise=True)


class _Unread(Struct, frozen=True):
    """The distinct cells of a source that don't parse, with row counts; `first` are the column's first."""

    source: Validated
    cells: Counter[str]
    of: int
    first: pl.Series

    @property
    def many(self) -> int:
        return self.cells.total()

    def finding(self, use: TypedColumnUse, many: int) -> Finding:
        """Return the finding, with the cures that would parse every cell of the column."""
        spec = self.source.spec
        place = InExport(spec.KIND, spec.path)
        odd = pl.Series(_CELL, list(self.cells), dtype=pl.String)
        details: tuple[str, ...] = ()
        if use.numeric:
            some = suggest(pl.concat([odd, self.first]))
            found: list[str] = [*cures(use.column, some)]
            what = "is not a number" if many == 1 else "are not numbers"
        else:
            from flamescore.exports.time_suggestions import UnreadTimes, cure, lines  # noqa: PLC0415 - only if times don't parse

            unread = UnreadTimes()
            unread.add(odd.repeat_by(pl.Series(self.cells.values())).explode())
            shapes = unread.shapes()
            declared = formats_of(use.column, *self.source.plans)
            known = cure(shapes, declared=declared, column=use.column)
            found = [] if known is None else [known]
            details, what = tuple(lines(shapes)), "is not a date" if many == 1 else "are not dates"
        if use.occurrences is not None:
            text = f"{count(many, 'occurrence')} of {use.who} gave no points: "
            text += f'"{use.column}" is not a number.'
        else:
            text = f'{many:,} of {count(self.of, "cell")} of "{use.column}" {what}; {use.who} leaves '
            text += "it out." if many == 1 else "them out."
        return Finding(
            UNREAD if use.occurrences is None else UNVALUED,
            Severity.WARNING,
            f"{place} {use.column}",
            text,
            place,
            count=many,
            of=self.of,
            samples=samples_of(self.cells, use.column),
            cure=found[0] if found else None,
            others=tuple(found[1:]),
            details=details,
        )


def doubtful_in(source: Validated, column: str) -> Finding | None:
    """Return a finding on the cells of a column like `1.250`; None if some decimals are written otherwise."""
    plans = [plan for plan in _plans(source, column) if number_format(column, plan) is None]
    texts = [plan for plan in plans if not _is_typed(plan, column)]
    if not texts:
        return None
    counted = [
        plan.table.collect(
            plan.counted(plan.table.scan())
            .select(present(plan.column(column)).alias(_CELL), _numbers(plan, column))
            .filter(pl.col(_CELL).str.contains(".", literal=True))
            .group_by(_CELL)
            .agg((~pl.col(_NUMBER)).sum().alias(_ROWS))
        )
        for plan in texts
    ]
    cells = pl.concat(counted)
    many = int(cells.select(doubtful_thousands(pl.col(_CELL), pl.col(_ROWS))).item() or 0)
    if not many:
        return None
    spec = source.spec
    place = InExport(spec.KIND, spec.path)
    first, second = cures(column, (AS_THOUSANDS, AS_THEY_ARE))
    are = "cell" if many == 1 else "cells"
    text = (
        f'{many:,} {are} of "{column}" {"is" if many == 1 else "are"} written like 1.250 and '
        f"{'was' if many == 1 else 'were'} read as 1.25; if that is 1250, say so."
    )
    return Finding(
        THOUSANDS,
        Severity.WARNING,
        f"{place} {column}",
        text,
        place,
        count=many,
        samples=samples_of(Counter(dict(cells.filter(pl.col(_ROWS) > 0).sort(_CELL).iter_rows())), column),
        cure=first,
        others=(second,),
    )


def _plans(source: Validated, column: str) -> Iterator[Plan]:
    return (plan for plan in source.plans if column in plan)


def _is_typed(plan: Plan, column: str) -> bool:
    return any(plan.table.schema[each].is_numeric() for each in plan.headers.get(column, ()))


def _cells(plan: Plan, use: TypedColumnUse) -> pl.LazyFrame:
    """Return the cells of a column that are not missing, for events only those of `use.types`."""
    rows = plan.counted(plan.table.scan())
    if use.types and "event" in plan:
        types: Sequence[str] = [fold(each) for each in use.types]
        rows = rows.filter(folded(plan.column("event")).is_in(types))
    cells = present(plan.column(use.column)).alias(_CELL)
    return rows.select(cells, _numbers(plan, use.column)).drop_nulls(_CELL)


def _numbers(plan: Plan, column: str) -> pl.Expr:
    """Mark the cells of a column that are JSON numbers, which are unambiguous."""
    marks = json_number(column, plan)
    return (pl.lit(value=False) if marks is None else marks.fill_null(value=False)).alias(_NUMBER)
