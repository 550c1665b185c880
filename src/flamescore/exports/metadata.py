"""Read what the footer of a Parquet file holds, as it is stored: some columns, and their statistics.

The structs and the numbers of their fields are those of parquet.thrift in apache/parquet-format. Whatever is
not as it says there raises a ValueError or a LookupError. Columns nobody asks for are passed over unseen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, NoReturn

from flamescore.exports.thrift import BINARY, STRUCT, Reader, ThriftError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from flamescore.exports.thrift import Fields

INT32, INT64, BYTE_ARRAY = 1, 2, 6
TEXT, ENUM, DATE, MILLIS, MICROS, UNSIGNED, SIGNED, JSON, NANOS, OTHER = 0, 4, 6, 9, 10, 14, 18, 19, -1, -2
"""What the values of a column stand for: numbers of ConvertedType, and two that it lacks."""
_LOGICAL: Final = {1: TEXT, 4: ENUM, 6: DATE, 12: JSON}
_TIMESTAMP, _INTEGER = 8, 10
_UNITS: Final = {1: MILLIS, 2: MICROS, 3: NANOS}
_REPEATED: Final = 2
_MOST_GROUPS: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Column:
    """A column at the top of the schema: its type, and what it stands for (None where that is not said)."""

    name: bytes
    kind: int
    meaning: int | None


@dataclass(frozen=True, slots=True)
class Schema:
    """How many columns each row group has, nested ones too, and those asked for by their place."""

    width: int
    asked: Mapping[int, Column]


@dataclass(frozen=True, slots=True)
class Statistics:
    """What is said of a column in a row group; None where it is not said."""

    low: bytes | None = None
    high: bytes | None = None
    nulls: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A row group: its rows, and the statistics of the columns asked for, by their place."""

    rows: int
    statistics: Mapping[int, Statistics]


@dataclass(frozen=True, slots=True)
class Metadata:
    """All of a footer that matters. `orders`: by which order the bounds of each column were found."""

    schema: Schema
    groups: tuple[Group, ...]
    orders: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class _Node:
    """A node of the schema: a column, or where it has no type a group of so many nodes."""

    name: bytes = b""
    kind: int | None = None
    repetition: int = 0
    children: int = 0
    converted: int | None = None
    logical: int | None = None

    @property
    def meaning(self) -> int | None:
        """Return what its values stand for, by the newer of the two ways to say it if it is there."""
        return self.converted if self.logical is None else self.logical


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A column in a row group."""

    kind: int = -1
    path: tuple[bytes, ...] = ()
    values: int = -1
    statistics: Statistics = Statistics()


def metadata(data: bytes, names: Collection[bytes]) -> Metadata:
    """Return what a footer says of the columns with these names."""
    reader = Reader(data)
    schema, rows, groups, orders = Schema(0, {}), -1, None, None
    for field, kind in reader.fields(STRUCT):
        match field:
            case 2:
                schema = _schema(reader, kind, names)
            case 3:
                rows = reader.integer(kind)
            case 4:
                groups = _groups(reader, kind, schema)
            case 7:
                orders = tuple(reader.union(STRUCT) for _ in reader.items(kind, STRUCT))
            case 8:
                _refuse(reader, kind)
            case _:
                reader.skip(kind)
    if groups is None or rows != sum(group.rows for group in groups) or reader.at != len(data):
        raise ThriftError("rows do not add up")
    if orders is not None and len(orders) != schema.width:
        raise ThriftError("orders do not fit the schema")
    return Metadata(schema, groups, orders)


def _schema(reader: Reader, kind: int, names: Collection[bytes]) -> Schema:
    """Go through the nodes of the schema, each of which stands before its children."""
    lacking: list[int] = []  # how many nodes of each open group are still to come
    asked: dict[int, Column] = {}
    width = 0
    for _ in reader.items(kind, STRUCT):
        node, depth = _Node(**reader.struct(STRUCT, _NODE)), len(lacking)
        if lacking:
            lacking[-1] -= 1
        if node.kind is None:
            lacking.append(node.children)
        else:
            if depth == 1 and node.name in names and node.repetition != _REPEATED:
                asked[width] = Column(node.name, node.kind, node.meaning)
            width += 1
        while lacking and not lacking[-1]:
            lacking.pop()
    if lacking or len({column.name for column in asked.values()}) < len(asked):
        raise ThriftError("the schema is no tree, or has a name twice")
    return Schema(width, asked)


def _logical(reader: Reader, kind: int) -> int:
    """Return what a LogicalType stands for."""
    meaning = OTHER
    for field, held in reader.fields(kind):
        if field == _TIMESTAMP:
            unit = reader.struct(held, {2: ("unit", Reader.union)}).get("unit", 0)
            meaning = _UNITS.get(unit, OTHER)
        elif field == _INTEGER:
            signed = reader.struct(held, {2: ("signed", Reader.truth)}).get("signed")
            meaning = SIGNED if signed else UNSIGNED
        else:
            meaning = _LOGICAL.get(field, OTHER)
            reader.skip(held)
    return meaning


def _groups(reader: Reader, kind: int, schema: Schema) -> tuple[Group, ...]:
    turns = reader.items(kind, STRUCT)
    if len(turns) > _MOST_GROUPS:
        raise ThriftError("too many row groups")
    return tuple(_group(reader, schema) for _ in turns)


def _group(reader: Reader, schema: Schema) -> Group:
    wanted: Fields = {1: ("chunks", partial(_chunks, schema)), 3: ("rows", Reader.integer)}
    group = reader.struct(STRUCT, wanted)
    rows, chunks = group["rows"], group["chunks"]
    if rows < 0 or any(chunk.values != rows for chunk in chunks.values()):
        raise ThriftError("a column has not one value a row")
    return Group(rows, {place: chunk.statistics for place, chunk in chunks.items()})


def _chunks(schema: Schema, reader: Reader, kind: int) -> dict[int, _Chunk]:
    turns = reader.items(kind, STRUCT)
    if len(turns) != schema.width:
        raise ThriftError("columns do not fit the schema")
    chunks = {}
    for place in turns:
        if column := schema.asked.get(place):
            chunks[place] = chunk = reader.struct(STRUCT, _COLUMN)["chunk"]
            if (chunk.kind, chunk.path) != (column.kind, (column.name,)):
                raise ThriftError("columns are not in the schema's order")
        else:
            reader.skip(STRUCT)
    return chunks


def _refuse(_reader: Reader, _kind: int) -> NoReturn:
    raise ThriftError("encrypted, or in another file")


def _path(reader: Reader, kind: int) -> tuple[bytes, ...]:
    return tuple(reader.binary(BINARY) for _ in reader.items(kind, BINARY))


def _statistics(reader: Reader, kind: int) -> Statistics:
    return Statistics(**reader.struct(kind, _STATISTICS))


def _chunk(reader: Reader, kind: int) -> _Chunk:
    return _Chunk(**reader.struct(kind, _CHUNK))


_NODE: Final[Fields] = {
    1: ("kind", Reader.integer),
    3: ("repetition", Reader.integer),
    4: ("name", Reader.binary),
    5: ("children", Reader.integer),
    6: ("converted", Reader.integer),
    10: ("logical", _logical),
}
_COLUMN: Final[Fields] = {
    1: ("file", _refuse),
    3: ("chunk", _chunk),
    8: ("key", _refuse),
    9: ("sealed", _refuse),
}
_CHUNK: Final[Fields] = {
    1: ("kind", Reader.integer),
    3: ("path", _path),
    5: ("values", Reader.integer),
    12: ("statistics", _statistics),
}
# Fields 1 and 2 are bounds too, which older writers found by an order that nobody tells.
_STATISTICS: Final[Fields] = {
    3: ("nulls", Reader.integer),
    5: ("high", Reader.binary),
    6: ("low", Reader.binary),
}
