"""Convert columns without a plain type to JSON, text or UUIDs, and find those that can't be read at all.

Parquet has nested types (lists, maps, structs), bytes that may mean text or a UUID, and some types that
Polars can't read (decimals past 38 digits, intervals). Only columns that are needed are examined, and only
they can cause an error.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec.structs import replace
from polars.exceptions import ComputeError

from flamescore.cells import as_text, in_years, json_text
from flamescore.errors import InputError, Problem
from flamescore.exports.nested import inside, rebuilt
from flamescore.exports.plan import plan_of
from flamescore.exports.source_findings import LEFT_OUT, Note
from flamescore.input_errors import UNREADABLE, reading
from flamescore.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flamescore.columns import NamedColumns
    from flamescore.exports.opening import OpenSource
    from flamescore.exports.plan import Plan
    from flamescore.exports.table import Table

    Steps = tuple[str, ...]
    """The path to bytes inside a type: the fields that lead to them."""

_MOST_DIGITS: Final = 38
_UUID_BYTES: Final = 16
_UUID_PARTS: Final = ((0, 8), (8, 4), (12, 4), (16, 4), (20, 12))
_CONTROL: Final = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}]"
_INTERVAL: Final = pl.Struct({"months": pl.Int32, "days": pl.Int32, "nanoseconds": pl.Duration("ns")})
"""The type that Polars gives an interval; it can't read the values."""
_TEXT_KEYS: Final = (pl.String, pl.Categorical, pl.Enum)
_CARRIED: Final = ("contacts", "opportunities")
"""The kinds whose columns are all read, whether anything names them or not."""


class Bytes(Enum):
    """What the bytes of a column mean, judged by all of its values together."""

    TEXT = "text"
    UUID = "uuid"
    OTHER = "other"


def plain_types(sources: Sequence[OpenSource], named: NamedColumns | None) -> tuple[OpenSource, ...]:
    """Return the sources with tables whose columns are plain values or text, except for lists of tags.

    `named` are the columns that rules and the project file refer to, in addition to those that the sources'
    own keys name. None means that any column may be needed. A column that can't be read is left out; for
    contacts a note reports it.

    Raises:
        InputError: a column that is named can't be read.
    """
    keys = frozenset(key for each in sources if (key := getattr(each.spec, "contact_key", None)) is not None)
    named_by_kind = {
        "contacts": None if named is None else named.contacts,
        "events": None if named is None else named.events,
    }
    found: list[OpenSource] = []
    problems: list[Problem] = []
    for source in sources:
        kind = source.spec.KIND
        names: frozenset[str] | None = named_by_kind.get(kind, frozenset())
        whole = kind in _CARRIED or names is None
        wanted = (names or frozenset()) | (keys if kind == "contacts" else frozenset())
        try:
            found.append(_plain_source(source, wanted, whole=whole))
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return tuple(found)


def _plain_source(source: OpenSource, wanted: frozenset[str], *, whole: bool) -> OpenSource:
    plans: list[Plan] = []
    problems: list[Problem] = []
    notes: dict[Note, None] = {}
    for plan in source.plans:
        table, named = plan.table, _named_headers(plan, wanted)
        plain, unread = _plain_table(plan, None if whole else named)
        plans.append(plan if plain is table else plan_of(plain, source.spec))
        for header, type_name in unread.items():
            if header in named:
                problems.append(_problem(header, type_name, table))
            elif source.spec.KIND == "contacts":
                text = f"the column `{printable(header)}` can't be read ({type_name}); it is left out"
                notes[Note(text, LEFT_OUT)] = None
    if problems:
        raise InputError(problems)
    return replace(source, plans=tuple(plans), own_notes=(*source.own_notes, *notes))


def _problem(header: str, type_name: str, table: Table) -> Problem:
    text = f"`{table.found.shown}`: the column `{printable(header)}` can't be read: its type is {type_name}."
    cure = "Export it as text, or name it nowhere in the rules and the project file."
    return Problem(UNREADABLE, text, None, cure)


def _plain_table(plan: Plan, needed: frozenset[str] | None) -> tuple[Table, dict[str, str]]:
    """Return the table with only plain columns, and the types of those that can't be read, by header.

    Bytes are examined only in `needed` columns (None: all); other columns of bytes are left out.
    """
    table = plan.table
    done = table.texts.keys() - table.added
    if not any(header not in done and _special(dtype) for header, dtype in table.schema.items()):
        return table, {}
    schema, texts = dict(table.schema), dict(table.texts)
    unread: dict[str, str] = {}
    lists = set(table.listed)
    inner = dict(zip(table.headers, table.inner, strict=True))
    for header, dtype in table.schema.items():
        if (header in texts and header not in table.added) or not _special(dtype):
            continue
        unreadable, leaves = _unreadable(dtype), dict(_leaves(pl.col(header), dtype))
        meaning: dict[Steps, Bytes] = {}
        if unreadable is None and (needed is None or header in needed):
            meaning = {steps: _meaning(leaf, table) for steps, leaf in leaves.items()}
            unreadable = "binary" if meaning.get(()) is Bytes.OTHER else None
        if unreadable is not None or len(meaning) < len(leaves):
            del schema[header]
            unread |= {} if unreadable is None else {header: unreadable}
            continue
        cells = _plain(texts.get(header, pl.col(inner[header])), dtype, meaning)
        listed = isinstance(dtype, pl.List) and header == _tags_of(plan)
        schema[header] = _plain_type(dtype) if listed or dtype.is_numeric() else pl.String()
        texts[header] = json_text(cells) if dtype.is_nested() and not listed else cells
        if isinstance(dtype, pl.List | pl.Array) and not listed and not _is_nested_inside(dtype):
            lists.add(header)
    return replace(table, schema=schema, texts=texts, listed=frozenset(lists)), unread


def _is_nested_inside(dtype: pl.DataType) -> bool:
    return any(each.is_nested() for each in inside(dtype).values())


def _named_headers(plan: Plan, wanted: frozenset[str]) -> frozenset[str]:
    """Return the headers that a source's keys, its kind or rules name, directly or through a mapping."""
    spec = plan.source
    merged = getattr(spec, "merged", None)
    numbers = () if spec.numbers is None else (name for name, _ in spec.numbers.columns)
    names = {*wanted, *spec.CANONICAL, *spec.columns, *spec.rename, *spec.dates, *numbers}
    names |= {*spec.leave_out, *spec.cut, *getattr(spec, "lists", ())}
    names |= set() if merged is None else {merged.named}
    return frozenset(
        header for name, each in plan.headers.items() for header in each if name in names or header in names
    )


def _tags_of(plan: Plan) -> str | None:
    """Return the header of the contacts' tags, which may be a list, if it is the only one mapped to them."""
    headers = plan.headers.get("tags", ())
    return headers[0] if plan.source.KIND == "contacts" and len(headers) == 1 else None


def _special(dtype: pl.DataType) -> bool:
    return dtype.is_nested() or isinstance(dtype, pl.Binary | pl.Float16) or _unreadable(dtype) is not None


def _unreadable(dtype: pl.DataType) -> str | None:
    """Return the name of a type that can't be read or contains such a type; None for all others."""
    if dtype == _INTERVAL:
        return "interval"
    if isinstance(dtype, pl.Decimal) and dtype.precision > _MOST_DIGITS:
        return f"decimal({dtype.precision}, {dtype.scale})"
    if isinstance(dtype, pl.Object | pl.Unknown):
        return "unknown"
    held = next((name for each in inside(dtype).values() if (name := _unreadable(each))), None)
    return held and f"{type(dtype).__name__.lower()} with {held} inside"


def _leaves(cells: pl.Expr, dtype: pl.DataType, steps: Steps = ()) -> Iterator[tuple[Steps, pl.Expr]]:
    """Yield the columns of bytes inside a column, with their cells flattened."""
    if isinstance(dtype, pl.Binary):
        yield steps, cells
        return
    if isinstance(dtype, pl.List):
        cells = cells.list.explode()
    elif isinstance(dtype, pl.Array):
        cells = cells.arr.explode()
    elif isinstance(dtype, pl.Map):
        cells = cells.map.entries().list.explode()
    for name, inner in inside(dtype).items():
        part = cells if isinstance(dtype, pl.List | pl.Array) else cells.struct.field(name)
        yield from _leaves(part, inner, (*steps, name))


def _meaning(leaf: pl.Expr, table: Table) -> Bytes:
    """Return what the bytes of a column mean: text if all are printable UTF-8, UUIDs if all have 16 bytes."""
    rows = table.scan()
    with reading(table.found.shown):
        try:
            printable_text = (
                not rows.select(leaf.cast(pl.String).str.contains(_CONTROL).any()).collect().item()
            )
        except ComputeError as error:
            if "utf8" not in str(error):
                raise
            printable_text = False
    if printable_text:
        return Bytes.TEXT
    uuids = table.collect(rows.select((leaf.bin.size() == _UUID_BYTES).all())).item()
    return Bytes.UUID if uuids else Bytes.OTHER


def _plain(cells: pl.Expr, dtype: pl.DataType, meaning: Mapping[Steps, Bytes], steps: Steps = ()) -> pl.Expr:
    """Return cells with bytes and keys as text, at any depth; times out of range become null."""
    if not dtype.is_nested():
        return _plain_value(cells, dtype, meaning.get(steps, Bytes.TEXT))
    if _plain_type(dtype) == dtype and not _dated(dtype):
        return cells
    if isinstance(dtype, pl.Map):
        return _plain_map(cells, dtype, meaning, steps)
    if isinstance(dtype, pl.Struct):
        parts = (
            _plain(cells.struct.field(name), inner, meaning, (*steps, name)).alias(name)
            for name, inner in inside(dtype).items()
        )
        return pl.when(cells.is_not_null()).then(pl.struct(parts))
    listed = cells.arr.to_list() if isinstance(dtype, pl.Array) else cells
    return listed.list.eval(_plain(pl.element(), inside(dtype)[""], meaning, (*steps, "")))


def _plain_value(cells: pl.Expr, dtype: pl.DataType, meaning: Bytes) -> pl.Expr:
    if isinstance(dtype, pl.Binary):
        return _bytes_text(cells, meaning)
    if isinstance(dtype, pl.Date | pl.Datetime):
        return in_years(cells, dtype)
    # Polars considers 1.5 equal to 1 if both are Float16.
    return cells.cast(pl.Float32) if isinstance(dtype, pl.Float16) else cells


def _plain_map(cells: pl.Expr, dtype: pl.Map, meaning: Mapping[Steps, Bytes], steps: Steps) -> pl.Expr:
    fields = {
        name: _plain(pl.element().struct.field(name), inner, meaning, (*steps, name))
        for name, inner in inside(dtype).items()
    }
    key = inside(dtype)["key"]
    if not isinstance(key, (*_TEXT_KEYS, pl.Binary)):
        fields["key"] = as_text(fields["key"], key)
    entries = pl.struct(each.alias(name) for name, each in fields.items())
    return cells.map.entries().list.eval(entries).cast(_plain_type(dtype))


def _plain_type(dtype: pl.DataType) -> pl.DataType:
    """Return the type of the cells that `_plain` returns."""
    if isinstance(dtype, pl.Binary):
        return pl.String()
    if isinstance(dtype, pl.Float16):
        return pl.Float32()
    if isinstance(dtype, pl.Map):
        key, value = inside(dtype).values()
        return pl.Map(key if isinstance(key, _TEXT_KEYS) else pl.String(), _plain_type(value))
    if isinstance(dtype, pl.Array):
        return pl.List(_plain_type(inside(dtype)[""]))
    return rebuilt(dtype, _plain_type)


def _dated(dtype: pl.DataType) -> bool:
    return isinstance(dtype, pl.Date | pl.Datetime) or any(_dated(each) for each in inside(dtype).values())


def _bytes_text(cells: pl.Expr, meaning: Bytes) -> pl.Expr:
    if meaning is Bytes.TEXT:
        return cells.cast(pl.String)
    digits = cells.bin.encode("hex")
    if meaning is Bytes.OTHER:
        return digits
    return pl.concat_str(*(digits.str.slice(at, length) for at, length in _UUID_PARTS), separator="-")
