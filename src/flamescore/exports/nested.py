"""Nested types: lists, arrays, structs and maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable


def inside(dtype: pl.DataType) -> dict[str, pl.DataType]:
    """Return the types inside a type, by field name; empty if it is not nested.

    The item type of a list has the empty name, those of a map are named `key` and `value`.
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
    """Return a type with every inner type changed; arrays and types that are not nested are unchanged."""
    parts = {name: change(each) for name, each in inside(dtype).items()}
    if isinstance(dtype, pl.List):
        return pl.List(parts[""])
    if isinstance(dtype, pl.Struct):
        return pl.Struct(parts)
    if isinstance(dtype, pl.Map):
        return pl.Map(parts["key"], parts["value"])
    return dtype
