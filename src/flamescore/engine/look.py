"""A second pass over the events, without a time bound: how many match which predicates, and their cells.

A scoring needs it only to explain why a rule gives no contact any points or an operand matches nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from msgspec import Struct

from flamescore.cells import as_text, folded, present
from flamescore.email_domain import column_of_contacts
from flamescore.engine.matching import FOREVER, Signatures
from flamescore.engine.predicates import CELL, evaluate
from flamescore.engine.scan import BATCH, cells_of, event_columns
from flamescore.engine.streams import EVENT
from flamescore.frames import AGE, INDEX, ITEM_END, ITEMS, EventQuery, Window, companions
from flamescore.input_errors import reading

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from flamescore.engine.calendar import Clock
    from flamescore.engine.contacts import Contacts
    from flamescore.frames import EventSource
    from flamescore.rules import Predicate

ROWS, TYPE = "rows", "type"

_MANY: Final = 1_000_000
"""Distinct cells that are collected before they are merged."""


class Cells(Struct, frozen=True):
    """Distinct cells of a column: `cell` (String, stripped, null if missing), `rows`, maybe `iso`, `type`.

    `type` is the event's type, folded.
    """

    table: pl.DataFrame

    def of_types(self, types: Collection[str]) -> Cells:
        """Return the cells of events of these (folded) types."""
        return Cells(self.table.filter(pl.col(TYPE).is_in(list(types))))

    @property
    def rows(self) -> int:
        """The number of rows, with or without a cell."""
        return int(self.table[ROWS].sum())

    @property
    def there(self) -> int:
        """The number of rows that have a cell."""
        return int(self.table.filter(pl.col(CELL).is_not_null())[ROWS].sum())

    def fitting(self, predicate: Predicate, clock: Clock) -> int:
        """Return the number of rows for which a predicate holds."""
        return self._rows(evaluate(self.table, (predicate,), clock)["p0"])

    def unread(self, predicate: Predicate, clock: Clock) -> int:
        """Return the number of rows whose cell can't be parsed as the required number or date."""
        return self._rows(evaluate(self.table, (predicate,), clock)["u0"])

    def answers(self, predicates: Sequence[Predicate], clock: Clock) -> list[tuple[bool, bool]]:
        """Return for the first row which predicates hold, and for which ones its cell can't be parsed."""
        row, many = evaluate(self.table, predicates, clock).row(0), len(predicates)
        return list(zip(row[:many], row[many:], strict=True))

    def of_text(self, text: str) -> Cells:
        """Return a single row whose cell is a text."""
        return Cells(pl.DataFrame({CELL: [text], ROWS: [1]}))

    def values(self) -> dict[str, int]:
        """Return the distinct cells with the number of rows that have each."""
        found = self.table.drop_nulls(CELL).group_by(CELL).agg(pl.col(ROWS).sum())
        return dict(found.select(CELL, ROWS).iter_rows())

    def items(self) -> dict[str, int]:
        """Return the distinct items of multi-valued cells, with the number of rows that have each."""
        if ITEMS not in self.table.columns:
            return self.values()
        split = pl.col(ITEMS).str.split(ITEM_END).list.filter(pl.element() != "")
        whole = pl.concat_list(pl.col(CELL))
        held = self.table.select(
            pl.when(pl.col(ITEMS).is_not_null()).then(split).otherwise(whole).list.unique().alias(CELL), ROWS
        )
        each = held.explode(CELL, empty_as_null=False, keep_nulls=False).drop_nulls(CELL)
        return dict(each.group_by(CELL).agg(pl.col(ROWS).sum()).select(CELL, ROWS).iter_rows())

    def _rows(self, holds: pl.Series) -> int:
        return int(self.table[ROWS].filter(holds).sum())


class Fits(Struct, frozen=True):
    """Events for which a set of predicates all hold: their number, and the age of the youngest past event.

    `known` is the same age for events of known contacts. Ages are None if there is no such event.
    """

    rows: int
    youngest: int | None
    known: int | None


class Look(Struct, frozen=True):
    """The result of the pass over the events."""

    predicates: tuple[Predicate, ...]
    sets: tuple[int, ...]
    """For each signature, the predicates that hold, as a bit set."""
    rows: NDArray[np.int64]
    youngest: NDArray[np.int64]
    known: NDArray[np.int64]
    cells: dict[str, Cells]

    def fits(self, where: Sequence[Predicate]) -> Fits:
        """Return the events for which all of these predicates hold."""
        place = {predicate: i for i, predicate in enumerate(self.predicates)}
        need = sum(1 << place[each] for each in dict.fromkeys(where))
        here = np.array([holds & need == need for holds in self.sets], np.bool_)
        return Fits(int(self.rows[here].sum()), _least(self.youngest[here]), _least(self.known[here]))


def look(
    sources: Sequence[EventSource],
    people: Contacts,
    clock: Clock,
    predicates: Sequence[Predicate],
    *,
    batch: int = BATCH,
) -> Look:
    """Evaluate these predicates on all readable events, whatever their time.

    At least one of the predicates must be on the type.
    """
    seeing = _Seeing(predicates, clock)
    for source in sources:
        window = Window(clock.now)
        with reading(source.file_at_fault):
            columns = tuple(event_columns(source, seeing.columns, window))
        for rows in source.read(EventQuery(window, columns, people.finder(source.key).place, batch)):
            seeing.add(rows)
    return seeing.done()


class _Seeing:
    def __init__(self, predicates: Sequence[Predicate], clock: Clock) -> None:
        self.signatures = Signatures(tuple(dict.fromkeys(predicates)), clock)
        self.columns = tuple(dict.fromkeys(p.column for p in self.signatures.predicates))
        self._rows = np.zeros(0, np.int64)
        self._youngest = self._known = np.zeros(0, np.int64)
        self._cells: dict[str, list[pl.DataFrame]] = {column: [] for column in self.columns}

    def add(self, batch: pl.DataFrame) -> None:
        cells = [cells_of(batch, coder.column) for coder in self.signatures.coders]
        signature = self.signatures.encode(cells, batch.height)
        age, contact = batch[AGE].to_numpy(), batch[INDEX].to_numpy()
        count = self.signatures.count
        self._rows = _wider(self._rows, count, 0) + np.bincount(signature, minlength=count)
        past = age >= 0
        self._youngest = _wider(self._youngest, count, FOREVER)
        np.minimum.at(self._youngest, signature[past], age[past])
        known = past & (contact >= 0)
        self._known = _wider(self._known, count, FOREVER)
        np.minimum.at(self._known, signature[known], age[known])
        for column, (series, beside) in zip(self.columns, cells, strict=True):
            self._gather(column, batch, series, beside)

    def _gather(
        self, column: str, batch: pl.DataFrame, series: pl.Series, beside: pl.DataFrame | None
    ) -> None:
        frame = pl.DataFrame([series.alias(CELL), batch[EVENT].alias(TYPE)])
        frame = frame if beside is None else frame.hstack(beside)
        counted = frame.group_by(frame.columns).agg(pl.len().cast(pl.Int64).alias(ROWS))
        kind = as_text(TYPE, frame.schema[TYPE])
        parts = self._cells[column]
        parts.append(
            counted.with_columns(present(as_text(CELL, series.dtype)).alias(CELL), folded(kind).alias(TYPE))
        )
        if len(parts) > 1 and sum(part.height for part in parts) > _MANY:
            parts[:] = [_together(parts)]

    def done(self) -> Look:
        count = self.signatures.count if len(self._rows) else 0
        return Look(
            self.signatures.predicates,
            tuple(self.signatures.sets(each)[0] for each in range(count)),
            self._rows,
            self._youngest,
            self._known,
            {column: Cells(_together(parts)) for column, parts in self._cells.items()},
        )


def cells_of_column(frame: pl.DataFrame, column: str) -> Cells:
    """Return the distinct cells of a column of contacts."""
    cells = column_of_contacts(frame, column).alias(CELL).to_frame()
    beside = companions(frame, column)
    parts = cells if beside is None else cells.hstack(beside)
    counted = parts.group_by(parts.columns).agg(pl.len().cast(pl.Int64).alias(ROWS))
    return Cells(counted.with_columns(present(as_text(CELL, parts.schema[CELL])).alias(CELL)))


def _together(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    if not parts:
        return pl.DataFrame(schema={CELL: pl.String, TYPE: pl.String, ROWS: pl.Int64})
    whole = pl.concat(parts, how="diagonal")
    return whole.group_by([name for name in whole.columns if name != ROWS]).agg(pl.col(ROWS).sum())


def _wider(known: NDArray[np.int64], count: int, fill: int) -> NDArray[np.int64]:
    return np.concatenate([known, np.full(count - len(known), fill, np.int64)])


def _least(ages: NDArray[np.int64]) -> int | None:
    least = int(ages.min(initial=FOREVER))
    return None if least == FOREVER else least
