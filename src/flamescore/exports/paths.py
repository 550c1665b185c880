"""Values inside objects (NDJSON) and structs (Parquet), named by path: `properties.page.url`.

A worked example, a line of NDJSON:

    {"id": 7, "properties": {"page.url": "/a", "page": {"title": "A"}, "topics": ["x"]}}

It has the paths `properties.page.url` (whose last step is `page.url`, the longest name at that level that the
rest of the path begins with), `properties.page`, `properties.page.title` and `properties.topics`, which is a
list. Only paths that a rule or the project file refers to become columns of the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl
from msgspec import Struct, field
from msgspec.structs import replace

from flamescore.exports.nested import inside

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from flamescore.exports.table import Table

MOST_PATHS: Final = 5_000
"""Maximum number of paths known of a file; objects with more are not tables of properties."""


class Names(Struct):
    """The names at one level of the contents of a file, each with those below it.

    `listed`: whether any row has a list of plain values here; `dtype` is its type in Parquet.
    """

    below: dict[str, Names] = field(default_factory=dict)
    listed: bool = False
    dtype: pl.DataType | None = None

    def steps(self, path: str) -> tuple[str, ...] | None:
        """Return the names along a path: at each level the longest one that the rest begins with."""
        if path in self.below:
            return (path,)
        parts = path.split(".")
        for many in range(len(parts) - 1, 0, -1):
            first = ".".join(parts[:many])
            if first in self.below:
                rest = self.below[first].steps(".".join(parts[many:]))
                return None if rest is None else (first, *rest)
        return None

    def at(self, steps: tuple[str, ...]) -> Names:
        """Return the node at the end of some steps."""
        found = self
        for step in steps:
            found = found.below[step]
        return found

    def paths(self) -> Iterator[tuple[str, Names]]:
        """Yield each path of two steps or more that resolves to its own steps, with the node at its end."""
        for steps, names in self._walk(()):
            path = ".".join(steps)
            if len(steps) > 1 and self.steps(path) == steps:
                yield path, names

    def note(self, value: dict[str, Any], room: int = MOST_PATHS) -> int:
        """Add the names of an object, and return how many more there is room for."""
        for name, inner in value.items():
            if name not in self.below:
                if not room:
                    continue
                self.below[name], room = Names(), room - 1
            known = self.below[name]
            if isinstance(inner, dict):
                room = known.note(inner, room)
            elif isinstance(inner, list) and not known.listed:
                known.listed = not any(isinstance(each, list | dict) for each in inner)
        return room

    def _walk(self, steps: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Names]]:
        for name, names in self.below.items():
            yield (*steps, name), names
            yield from names._walk((*steps, name))  # noqa: SLF001 - same class


def names_of_schema(schema: Mapping[str, pl.DataType]) -> Names:
    """Return the names of a Parquet file or a frame."""
    below = {name: _names_of(dtype) for name, dtype in schema.items()}
    return Names(below)


def _names_of(dtype: pl.DataType) -> Names:
    parts = inside(dtype)
    listed = isinstance(dtype, pl.List | pl.Array) and not any(each.is_nested() for each in parts.values())
    below = {name: _names_of(each) for name, each in parts.items()} if isinstance(dtype, pl.Struct) else {}
    return Names(below, listed, dtype)


def with_paths(table: Table, wanted: Collection[str]) -> Table:
    """Return a table with a column for each of the wanted paths that is not yet a column."""
    added = {
        path: steps
        for path in dict.fromkeys(wanted)
        if path not in table.schema and (steps := table.names.steps(path)) is not None and len(steps) > 1
    }
    if not added:
        return table
    inner = dict(zip(table.headers, table.inner, strict=True))
    schema, texts, listed = dict(table.schema), dict(table.texts), set(table.listed)
    for path, steps in added.items():
        end = table.names.at(steps)
        cells = pl.col(inner[steps[0]])
        if end.dtype is None:
            texts[path] = cells.map_batches(_reader(steps[1:]), return_dtype=pl.String(), is_elementwise=True)
            schema[path] = pl.String()
            if end.listed:
                listed.add(path)
        else:
            for step in steps[1:]:
                cells = cells.struct.field(step)
            texts[path], schema[path] = cells, end.dtype
    return replace(
        table,
        schema=schema,
        texts=texts,
        listed=frozenset(listed),
        inner=(*table.inner, *(inner[steps[0]] for steps in added.values())),
        headers=(*table.headers, *added),
        added=table.added | added.keys(),
    )


def _reader(steps: tuple[str, ...]) -> Callable[[pl.Series], pl.Series]:
    """Return a function that reads the values at the end of some steps from JSON text."""
    from flamescore.exports.ndjson import value_at  # noqa: PLC0415 - circular

    def read(cells: pl.Series) -> pl.Series:
        distinct = cells.unique().drop_nulls()
        found = pl.Series([value_at(each, steps) for each in distinct], dtype=pl.String())
        return cells.replace_strict(distinct, found, default=None, return_dtype=pl.String())

    return read
