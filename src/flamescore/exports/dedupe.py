"""Mark events that don't count: those superseded by event id, and exact duplicates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct, field

from flamescore.cells import present
from flamescore.exports.cell_checks import check_floats, counting, id_column, with_reasons
from flamescore.exports.validate import times_of
from flamescore.frames import DUPLICATE, SUPERSEDED
from flamescore.project import EventsSource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flamescore.exports.opening import OpenSource
    from flamescore.exports.plan import Plan
    from flamescore.exports.validate import LoadOptions, Validated

_SEEDS = (0, 1)
_ID = [f"id{seed}" for seed in _SEEDS]
_ALL = [f"all{seed}" for seed in _SEEDS]
_HAS: Final = "has "
_OWN: Final = frozenset({"contact_id", "contact", "event", "at", "event_id"})
"""Columns without which a row does not count at all."""


class Repeated(Struct, frozen=True):
    """The repeated rows of a source.

    `marks` has a mark for each row of each file, by the file's index (`frames.DROP`): duplicate, superseded
    or 0. `lost` is, for each column that rules name, the number of event ids whose kept row has no cell in it
    although a superseded row had one.
    """

    marks: Mapping[int, pl.Series] = field(default_factory=dict)
    lost: Mapping[str, int] = field(default_factory=dict)


class Keys(Struct, frozen=True):
    """How repeated rows of a source are found; falsy if it requires no deduplication.

    `ids`: for each event id the last row of the newest file is kept; rows without an event id are not
    affected. `distinct`: of rows that are equal in every mapped column one is kept. `named` are the columns
    for which lost cells are counted (`Repeated.lost`).
    """

    ids: bool
    distinct: bool
    named: tuple[str, ...] = ()

    @classmethod
    def of(cls, source: OpenSource, options: LoadOptions) -> Keys:
        """Return the keys of a source, based on the columns of all its files."""
        spec = source.spec
        assert isinstance(spec, EventsSource)
        ids = any("event_id" in plan for plan in source.plans)
        named = sorted(options.named.events & {*source.names} - _OWN) if ids else ()
        return cls(ids, spec.distinct, tuple(named))

    def __bool__(self) -> bool:
        return self.ids or self.distinct


def repeated_rows(validated: Validated, options: LoadOptions) -> Repeated:
    """Return which rows of a source are repeated, according to its `Keys`.

    Rows that are rejected or left out take no part; old ones do. Rows are compared by 128-bit hashes: at most
    32 bytes per row, with odds of a mistake below 1e-18 for 100 M rows.
    """
    keys, plans = Keys.of(validated.source, options), validated.plans
    if not keys:
        return Repeated()
    order = sorted(range(len(plans)), key=lambda index: plans[index].table.found.age_key)
    names = validated.source.names
    every = pl.concat(
        keys_of_file(plans[index], names, options, keys).with_columns(file=pl.lit(index, pl.UInt32()))
        for index in order
    )
    dropped = marks_of(every, keys)
    sound = [each.rows - each.damaged for each in validated.files]
    marks = {index: _marks(dropped.filter(pl.col("file") == index), rows) for index, rows in enumerate(sound)}
    return Repeated(marks, _lost(every, keys.named) if keys.named and not dropped.is_empty() else {})


def marks_of(every: pl.DataFrame, keys: Keys) -> pl.DataFrame:
    """Return `file, row` and the `mark` (`frames.DROP`) of the rows that don't count.

    `every` has the keys of all files of a source, oldest file first, in row order within each.
    """
    mark = pl.lit(0, pl.UInt8())
    if keys.ids:
        later = pl.col(_ID[0]).is_not_null() & ~pl.struct(_ID).is_last_distinct()
        mark = pl.when(later).then(pl.lit(SUPERSEDED, pl.UInt8())).otherwise(mark)
    if keys.distinct:
        mark = (
            pl.when(~pl.struct(_ALL).is_first_distinct()).then(pl.lit(DUPLICATE, pl.UInt8())).otherwise(mark)
        )
    return every.select("file", "row", mark=mark).filter(pl.col("mark") > 0)


def _lost(every: pl.DataFrame, named: Sequence[str]) -> dict[str, int]:
    """Count, for each column, the ids whose last row is missing a cell that another row has.

    In the rows `A 50`, `A -`, `B -` and `B 7`, order A lost its cell, and B did not.
    """
    later = pl.col(_ID[0]).is_not_null() & ~pl.struct(_ID).is_last_distinct()
    repeated = every.join(every.filter(later).select(_ID).unique(), on=_ID, how="semi", maintain_order="left")
    has = [f"{_HAS}{name}" for name in named]
    lost = [(pl.col(each).any() & ~pl.col(each).last()).alias(each) for each in has]
    counts = repeated.group_by(_ID).agg(lost).select(pl.col(has).sum()).row(0)
    return {name: int(many or 0) for name, many in zip(named, counts, strict=True)}


def _marks(dropped: pl.DataFrame, rows: int) -> pl.Series:
    return pl.zeros(rows, pl.UInt8, eager=True).scatter(dropped["row"], dropped["mark"])


def keys_of_file(plan: Plan, names: Sequence[str], options: LoadOptions, keys: Keys) -> pl.DataFrame:
    """Return `row` and the hashes of a file's sound rows, and which columns have a cell in them.

    `names` are the columns of all files of the source; columns that a file does not have are null.
    """
    spec = plan.source
    table = plan.table
    assert isinstance(spec, EventsSource)
    hashes = []
    if keys.ids:
        event_id = id_column("event_id", plan) if "event_id" in plan else pl.lit(None, pl.String())
        hashes += [
            pl.when(event_id.is_not_null()).then(event_id.hash(seed)).alias(name)
            for seed, name in zip(_SEEDS, _ID, strict=True)
        ]
    if keys.distinct:
        row = pl.struct(_mapped_cells(plan, names))
        hashes += [row.hash(seed).alias(name) for seed, name in zip(_SEEDS, _ALL, strict=True)]
    hashes += [_has(plan, name).alias(f"{_HAS}{name}") for name in keys.named]
    check_floats(plan)
    rows = with_reasons(table.scan().with_row_index("row"), plan, times_of(plan, options)).filter(counting())
    return table.collect(rows.select("row", *hashes))


def _has(plan: Plan, name: str) -> pl.Expr:
    return present(plan.column(name)).is_not_null() if name in plan else pl.lit(value=False)


def _mapped_cells(plan: Plan, names: Sequence[str]) -> list[pl.Expr]:
    """Return the columns that the project file maps and the canonical ones, over all files of the source."""
    spec, nothing = plan.source, pl.lit(None, pl.String())
    wanted = (
        each for each in names if each in spec.columns or each in spec.CANONICAL or each in spec.constants
    )
    return [(plan.column(name) if name in plan else nothing).alias(name) for name in wanted]
