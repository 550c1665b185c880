"""From the headers of a file to canonical columns and properties, as expressions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from flamescore.cells import as_text, fold, folded, present

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flamescore.exports.table import Table
    from flamescore.project import Source


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a file's columns are called: each name with its headers (several are joined), or its constant.

    `hidden` headers are not there, since another column goes by their name.
    """

    headers: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, str]
    hidden: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return every name, those that the project file maps first."""
        return (*self.headers, *self.constants)


def mapped(table: Table, source: Source) -> Mapped:
    """Work out the names of a file's columns. Headers of a list that are missing are left out of it.

    A header that is mapped alone goes by its new name only; one of a list keeps its own as well.
    """
    there = {
        name: tuple(each for each in headers if each in table.schema)
        for name, headers in source.columns.items()
    }
    headers = {name: found for name, found in there.items() if found}
    moved = {each[0] for name, each in headers.items() if len(source.columns[name]) == 1}
    taken = {*headers, *source.constants}
    rest = {each: (each,) for each in table.schema if each not in moved and each not in taken}
    own = {name for name, found in headers.items() if name in found}
    hidden = tuple(each for each in table.schema if each in taken and each not in moved | own)
    return Mapped({**headers, **rest}, source.constants, hidden)


def key_column(source: Source) -> str:
    """Return the canonical column that says whose a row is."""
    return "contact" if getattr(source, "contact_key", None) else "contact_id"


def column(
    name: str, table: Table, source: Source, *, text: bool = True, plan: Mapped | None = None
) -> pl.Expr:
    """Return a column by its name: null values out, headers joined, values renamed.

    With `text` it is String whatever its type was; otherwise one that needs none of this keeps its type.
    Who asks for many columns of a file hands over its `plan`, which is long work where there are thousands.
    """
    plan = plan or mapped(table, source)
    if name in plan.constants:
        return pl.lit(plan.constants[name], pl.String)
    headers = plan.headers[name]
    as_it_is = len(headers) == 1 and not text and name not in source.rename and name not in source.cut
    cells = [_cell(each, table, source, text=not as_it_is) for each in headers]
    joined = cells[0] if len(cells) == 1 else _joined(cells, name, source)
    if name in source.cut:
        joined = joined.str.strip_chars_start().str.strip_prefix(source.cut[name])
    return _renamed(joined, source.rename[name]) if name in source.rename else joined


def left_out(table: Table, source: Source) -> pl.Expr | None:
    """Return which rows `leave_out` names, by headers or mapped names; None where it names none.

    Values compare as the rule language does; the empty one is a missing cell. A row that says whom it was
    merged into is never among them: it tells whose its events are.
    """
    tests = []
    for name, values in source.leave_out.items():
        cell = _by_either_name(name, table, source)
        if cell is not None:
            wanted = [fold(value) for value in values if fold(value)]
            tests.append(folded(cell).is_in(wanted).fill_null(any(not fold(value) for value in values)))
    if not tests:
        return None
    merged = getattr(source, "merged", None)
    into = None if merged is None or merged.into is None else _by_either_name(merged.into, table, source)
    return pl.any_horizontal(tests) & (True if into is None else into.is_null())


def _by_either_name(name: str, table: Table, source: Source) -> pl.Expr | None:
    """Return a column by its header or mapped name, trimmed; None where there is none."""
    if name in table.schema:
        return present(_cell(name, table, source, text=True))
    return present(column(name, table, source)) if name in mapped(table, source).names else None


def counted(frame: pl.LazyFrame, table: Table, source: Source) -> pl.LazyFrame:
    """Take the rows that `leave_out` names out of a frame of the table's own columns."""
    left = left_out(table, source)
    return frame if left is None else frame.filter(~left)


def _cell(header: str, table: Table, source: Source, *, text: bool) -> pl.Expr:
    dtype = table.schema[header]
    cell = as_text(header, dtype) if text else pl.col(header)
    if source.null_values and (text or dtype == pl.String()):
        missing = cell.str.strip_chars().is_in([each.strip() for each in source.null_values])
        return pl.when(~missing).then(cell)
    return cell


def _joined(cells: list[pl.Expr], name: str, source: Source) -> pl.Expr:
    tags = getattr(source, "tags", None) if name == "tags" else None
    separator = tags.separator if tags else " "
    return present(pl.concat_str([present(cell) for cell in cells], separator=separator, ignore_nulls=True))


def _renamed(cells: pl.Expr, values: Mapping[str, str]) -> pl.Expr:
    """Give values their new names; they are compared as the rule language compares texts."""
    wanted = {fold(old): new for old, new in values.items()}

    def rename(batch: pl.Series) -> pl.Series:
        distinct = batch.unique().drop_nulls()
        new = [wanted.get(fold(each), each) for each in distinct]
        return batch.replace(distinct, pl.Series(new, dtype=pl.String))

    return cells.map_batches(rename, return_dtype=pl.String(), is_elementwise=True)
