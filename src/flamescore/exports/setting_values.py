"""Values in a source's `rename`, `leave_out` and `cut` that no cell of its files has."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final, Literal

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from flamescore.cells import fold, folded, one_of, present
from flamescore.invisible import bare_ends

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from flamescore.cells import Scalar
    from flamescore.exports.plan import Plan

_COMMONEST: Final = 1_000
"""Number of distinct cells of a file to compare a misspelled value with."""


class SettingValue(Struct, frozen=True):
    """A value that a key of a source lists for a column: `rename`, `event`, `clicked`."""

    key: Literal["rename", "leave_out", "cut"]
    column: str
    value: Scalar

    def cells(self, plan: Plan) -> pl.Expr | None:
        """Return the cells to compare the value with, before the key is applied; None if there are none."""
        if self.key == "leave_out":
            return plan.by_either_name(self.column)
        if self.column not in plan.headers:
            return None
        source = plan.source
        rename = {name: each for name, each in source.rename.items() if name != self.column}
        cut = source.cut
        if self.key == "cut":
            cut = {name: each for name, each in cut.items() if name != self.column}
        undone = dataclasses.replace(source, rename=rename, cut=cut)
        return present(replace(plan, source=undone).column(self.column))

    def fits(self, cell: pl.Expr) -> pl.Expr:
        """Mark the (trimmed) cells that the value matches."""
        value = bare_ends(self.value) if isinstance(self.value, str) else self.value
        if self.key == "leave_out":
            return one_of(cell, (value,))
        if self.key == "cut":
            return cell.str.starts_with(str(self.value))
        return folded(cell) == fold(str(value))


class Unused(Struct, frozen=True):
    """A value that no cell has; `cells` are the most common cells with their row counts."""

    setting: SettingValue
    cells: Mapping[str, int]


def unused_values(plans: Sequence[Plan], settings: Iterable[SettingValue]) -> tuple[Unused, ...]:
    """Return the settings that match no cell of any file. Reading stops once each has matched a cell."""
    left = list(settings)
    for plan in plans:
        if left:
            left = _unfitting(plan, left)
    return tuple(Unused(setting, _commonest(plans, setting)) for setting in left)


def _unfitting(plan: Plan, settings: list[SettingValue]) -> list[SettingValue]:
    left = list(settings)
    known = {f"{number}": (each, each.cells(plan)) for number, each in enumerate(settings)}
    there = {name: cells for name, (_, cells) in known.items() if cells is not None}
    if not there:
        return left
    rows = plan.table.scan().select(cells.alias(name) for name, cells in there.items())
    for batch in plan.table.batches(rows):
        fitting = batch.select(
            known[name][0].fits(pl.col(name).unique()).any().alias(name) for name in batch.columns
        )
        hit = {known[name][0] for name in fitting.columns if fitting[name].any()}
        left = [each for each in left if each not in hit]
        if not any(known[name][0] in left for name in there):
            break
    return left


def _commonest(plans: Sequence[Plan], setting: SettingValue) -> dict[str, int]:
    found: dict[str, int] = {}
    for plan in plans:
        for cell, many in _counted(plan, setting):
            found[cell] = found.get(cell, 0) + many
    return found


def _counted(plan: Plan, setting: SettingValue) -> Iterator[tuple[str, int]]:
    cells = setting.cells(plan)
    if cells is None:
        return
    counted = plan.table.scan().group_by(cells.alias("cell")).len().drop_nulls("cell")
    yield from plan.table.collect(counted.top_k(_COMMONEST, by="len")).iter_rows()
