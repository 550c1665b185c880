"""Types that are made of other types: lists, arrays, structs and maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable


def inside(dtype: pl.DataType) -> dict[str, pl.DataType]:
    """Return the types that a type is made of, by the names of its fields; none where it is not nested.

    The items of a list go by the empty name, those of a map by `key` and `value`.
    """
    found: dict[str, object] = {}
    if isinstance(dtype, pl.List | pl.Array):
        found = {"": dtype.inner}
    elif isinstance(dtype, pl.Struct):
        found = {each.name: each.dtype for each in dtype.fields}
    elif isinstance(dtype, pl.Map):
        found = {"key": dtype.key, "value": dtype.value}
    return {name: each for name, each in found.items() if isinstance(each, pl.DataType)}


def rebuilt(dtype: pl.DataType, change: Callable[[pl.DataType], pl.DataType]) -> pl.DataType:
    """Return a type with every type inside changed; one that is not nested, and an array, stays as it is."""
    parts = {name: change(each) for name, each in inside(dtype).items()}
    if isinstance(dtype, pl.List):
        return pl.List(parts[""])
    if isinstance(dtype, pl.Struct):
        return pl.Struct(parts)
    if isinstance(dtype, pl.Map):
        return pl.Map(parts["key"], parts["value"])
    return dtype
