"""Tags stored in a cell as a JSON list of strings, such as `["VIP", "Blog"]`."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable

LIST: Final = pl.List(pl.String())
_BEGINS: Final = r"^\s*\["


def json_lists(cells: pl.Expr) -> pl.Expr:
    """Return the lists (List[String]) in String cells that are JSON lists of strings; null for all others.

    In an export without such cells, only the beginning of each cell is checked.
    """
    return cells.map_batches(_lists, return_dtype=LIST, is_elementwise=True)


def json_items(cells: pl.Expr) -> pl.Expr:
    """Return lists as `json_lists` does, for lists of plain values: numbers as written, nulls dropped."""
    return cells.map_batches(partial(_lists, read=_plain_list), return_dtype=LIST, is_elementwise=True)


def _lists(cells: pl.Series, read: Callable[[str], list[str] | None] | None = None) -> pl.Series:
    read = read or _list
    likely = cells.filter(cells.str.contains(_BEGINS).fill_null(value=False)).unique()
    found = {cell: tags for cell in likely if (tags := read(cell)) is not None}
    if not found:
        return pl.Series(cells.name, [None], dtype=LIST).new_from_index(0, len(cells))
    lists = pl.Series(list(found.values()), dtype=LIST)
    place = cells.replace_strict(
        pl.Series(list(found)), pl.Series(range(len(found)), dtype=pl.UInt32), default=None
    )
    return lists.gather(place.cast(pl.UInt32)).alias(cells.name)


def _list(cell: str) -> list[str] | None:
    try:
        read = json.loads(cell)
    except (ValueError, RecursionError):
        return None
    if not isinstance(read, list) or not all(isinstance(each, str) for each in read):
        return None
    return read


def _plain_list(cell: str) -> list[str] | None:
    try:
        read = json.loads(cell, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    if not isinstance(read, list) or any(isinstance(each, list | dict) for each in read):
        return None
    flags = {True: "true", False: "false"}
    return [flags[each] if isinstance(each, bool) else str(each) for each in read if each is not None]
