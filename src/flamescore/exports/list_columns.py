"""List columns, whose cells contain several values: their items, in addition to the cells themselves.

A column is a list column if the project file declares a separator for it (`lists`), or if its cells are lists
in the file: a list column in Parquet, or arrays of plain values in NDJSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.cells import as_text, present
from flamescore.exports.invisible_ends import with_bare_ends
from flamescore.exports.json_tags import json_items, json_lists
from flamescore.exports.nested import inside
from flamescore.frames import ITEM_END, LIST_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.exports.plan import Plan

_CUT: Final = "\x1f"


def list_columns(names: frozenset[str], plan: Plan) -> Iterator[pl.Expr]:
    """Yield the companions of a file's columns: items, named after the column with `LIST_SUFFIX`."""
    for name in held_lists(plan):
        if name in names:
            cell = plan.column(name)
            joined = _items(name, cell, plan).list.join(ITEM_END)
            yield pl.when(present(cell).is_not_null()).then(joined).alias(name + LIST_SUFFIX)


def held_lists(plan: Plan) -> Iterator[str]:
    """Yield the columns of a file whose cells contain several values, except the contacts' `tags`."""
    declared = getattr(plan.source, "lists", {})
    for name in plan.names:
        if name in declared or (_is_listed(name, plan) and not (name == "tags" and _has_tags(plan))):
            yield name


def stored_items(cells: pl.Expr, separator: str | None) -> pl.Expr:
    """Return the items of cells of a run's table, in the form of `LIST_SUFFIX` columns, split at a separator.

    Without a separator, cells are lists only if they are JSON, as a file's lists are in such a table.
    """
    parsed = json_items(cells)
    listed = pl.when(parsed.is_not_null()).then(cleaned(parsed))
    items = listed if separator is None else items_of_text(cells, separator)
    return pl.when(present(cells).is_not_null()).then(items.list.join(ITEM_END))


def distinct_items(cells: pl.Expr, separator: str, *, bare: bool = False) -> pl.Expr:
    """Return the same as `items_of_text`, for whole columns: each distinct cell is split once.

    Among a million contacts with 30 tags, few have a unique cell; splitting all took four times as long.
    """

    def items(column: pl.Series) -> pl.Series:
        cell = column.unique()
        parted = cell.to_frame("cell").select(items_of_text(pl.col("cell"), separator, bare=bare)).to_series()
        place = column.replace_strict(cell, pl.Series(range(len(cell)), dtype=pl.UInt32))
        return parted.gather(place.cast(pl.UInt32))  # without rows they would be String

    return cells.map_batches(items, return_dtype=pl.List(pl.String()))


def items_of_text(cells: pl.Expr, separator: str, *, bare: bool = False) -> pl.Expr:
    """Split String cells at a separator into List[String]: stripped items in order, none of them empty.

    Quotes around an item are removed, and a quoted item may contain the separator. A cell that is a JSON list
    of strings is read as that list. A missing cell has no items. `bare`: whether items may begin or end with
    invisible characters.
    """
    separator = separator.strip() or separator
    text = cells.str.replace_all(separator, _CUT, literal=True)
    pieces = text.str.extract_all(rf'\s*"[^"]*"\s*|[^{_CUT}]+')
    parted = pieces.list.eval(_unquoted(pl.element(), separator))
    return cleaned(pl.coalesce(json_lists(cells), parted), bare=bare)


def cleaned(items: pl.Expr, *, bare: bool = False) -> pl.Expr:
    """Strip the items of lists, and drop empty ones; null becomes an empty list."""
    item = with_bare_ends(pl.element()) if bare else pl.element()
    return items.list.eval(present(item)).list.drop_nulls().fill_null([])


def _unquoted(piece: pl.Expr, separator: str) -> pl.Expr:
    inner = piece.str.strip_chars().str.strip_prefix('"').str.strip_suffix('"')
    return inner.str.replace_all(_CUT, separator, literal=True)


def _items(name: str, cell: pl.Expr, plan: Plan) -> pl.Expr:
    if _is_listed(name, plan):
        parsed = json_items(cell)
        return pl.when(parsed.is_not_null()).then(cleaned(parsed, bare=plan.bare))
    return items_of_text(cell, plan.source.lists[name], bare=plan.bare)  # type: ignore[attr-defined] # `lists` is declared


def _is_listed(name: str, plan: Plan) -> bool:
    """Return whether the cells of a column are lists of plain values in the file."""
    headers = plan.headers.get(name, ())
    if len(headers) != 1:
        return False
    [header] = headers
    dtype = plan.table.schema[header]
    if isinstance(dtype, pl.List | pl.Array):
        return not any(each.is_nested() for each in inside(dtype).values())
    return header in plan.table.listed


def _has_tags(plan: Plan) -> bool:
    return "tags" in plan.source.CANONICAL


def list_text(cells: pl.Expr, dtype: pl.List, *, bare: bool = False) -> pl.Expr:
    """Return the items of a column of lists as text, cleaned."""
    inner = dtype.inner
    assert isinstance(inner, pl.DataType)
    return cleaned(cells.list.eval(as_text(pl.element(), inner)), bare=bare)
