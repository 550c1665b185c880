"""Convert tables passed in from Python to Polars frames, by Arrow or from columns or rows of plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias, cast

import polars as pl

from flamescore.errors import MisuseError
from flamescore.input_errors import GIVEN, fault

if TYPE_CHECKING:
    from flamescore.errors import InputError


class ArrowTable(Protocol):
    """Any object that exports its rows through Arrow's C stream interface."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


Table: TypeAlias = (
    pl.DataFrame | pl.LazyFrame | ArrowTable | Mapping[str, Iterable[object]] | Sequence[Mapping[str, object]]
)
"""The types that are accepted as a table."""

_ARROW: Final = "__arrow_c_stream__"


def as_frame(kind: str, given: object) -> pl.DataFrame | pl.LazyFrame:
    """Return a table as a Polars frame; a Polars frame is returned unchanged.

    `given` is anything with `__arrow_c_stream__` (pandas, pyarrow, DuckDB, Ibis), a mapping of column names
    to values, or a sequence of mappings, one per row, in which missing keys are null. Categories become text;
    NaN and NaT of pandas become null, and its index is dropped. `kind` is the kind of table, for messages.

    Raises:
        InputError: I070: a column has values of several types, columns differ in length, two have the same
            name, or pandas is used without pyarrow.
        MisuseError: `given` is not a table; it carries the `TypeError` to raise.
    """
    if isinstance(given, pl.DataFrame | pl.LazyFrame):
        return given
    if _is_of_pandas(given):
        return _of_pandas(kind, given).pipe(_plain)
    if hasattr(given, _ARROW):
        return pl.DataFrame(given).pipe(_plain)
    if isinstance(given, Mapping):
        return _of_columns(kind, given)
    if isinstance(given, Sequence) and not isinstance(given, str | bytes | bytearray):
        rows = list(given)
        if all(isinstance(row, Mapping) for row in rows):
            names = dict.fromkeys(name for row in rows for name in row)
            return _of_columns(kind, {name: [row.get(name) for row in rows] for name in names})
    name = type(given).__name__
    raise MisuseError(TypeError(f"{kind} must be a frame or an Arrow table, not {name}"))


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    kinds = [name for name, kind in frame.schema.items() if kind in (pl.Categorical, pl.Enum)]
    return frame.with_columns(pl.col(name).cast(pl.String) for name in kinds)


# --- pandas


def _is_of_pandas(given: object) -> bool:
    kind = type(given)
    return kind.__module__.partition(".")[0] == "pandas" and kind.__name__ == "DataFrame"


def _of_pandas(kind: str, given: Any) -> pl.DataFrame:  # noqa: ANN401 - pandas may not be installed
    try:
        import pyarrow as pa  # noqa: F401, PLC0415 - not a dependency
    except ImportError:
        raise fault(GIVEN, "A pandas frame needs pyarrow: pip install pyarrow.") from None
    names = [str(name) for name in given.columns]
    _check_names(kind, names)
    return pl.DataFrame(
        [_series_of_pandas(kind, name, given.iloc[:, place]) for place, name in enumerate(names)]
    )


def _series_of_pandas(kind: str, name: str, column: Any) -> pl.Series:  # noqa: ANN401
    """Return a column; one of Python objects that are not text is converted value by value."""
    objects = str(column.dtype) == "object"
    try:
        made = cast("pl.Series", pl.from_pandas(column, nan_to_null=True))
    except (TypeError, ValueError, OverflowError):  # errors of pyarrow derive from these
        if not objects:
            raise
    else:
        if not objects or made.dtype == pl.String:
            return made.alias(name)
    gone = column.isna().tolist()
    values = [None if missing else value for value, missing in zip(column.tolist(), gone, strict=True)]
    return _series(kind, name, values)


# --- columns of values


def _of_columns(kind: str, columns: Mapping[Any, Any]) -> pl.DataFrame:
    names = [str(name) for name in columns]
    _check_names(kind, names)
    made = [
        each.alias(name) if isinstance(each, pl.Series) else _series(kind, name, _values(kind, name, each))
        for name, each in zip(names, columns.values(), strict=True)
    ]
    if len({len(each) for each in made}) > 1:
        lengths = ", ".join(f'"{each.name}" has {len(each):,}' for each in made)
        raise fault(GIVEN, f"Columns of {kind} differ in length: {lengths}.", "Give each as many values.")
    return pl.DataFrame(made).pipe(_plain)


def _values(kind: str, name: str, given: object) -> list[Any]:
    if isinstance(given, str | bytes) or not hasattr(given, "__iter__"):
        text = f'column "{name}" of {kind} must be a list, not {type(given).__name__}'
        raise MisuseError(TypeError(text))
    values = given.tolist() if hasattr(given, "tolist") else list(given)
    return list(values)


def _series(kind: str, name: str, values: list[Any]) -> pl.Series:
    """Return values of one type as a column; integers among floats become floats."""
    if _mixed(values):
        raise _several_types(kind, name)
    try:
        return pl.Series(name, _floats(values))
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
        raise _several_types(kind, name) from None


def _mixed(values: Iterable[Any]) -> bool:
    """Return whether values have several types that Polars would silently combine.

    It combines Booleans with numbers, and naive times with zoned ones.
    """
    kinds = {type(value) for value in values if value is not None}
    if bool in kinds and len(kinds) > 1:
        return True
    zoned = {value.tzinfo is None for value in values if isinstance(value, datetime)}
    return len(zoned) > 1


def _floats(values: list[Any]) -> list[Any]:
    """Convert integers to floats if both occur and no value changes."""
    kinds = {type(value) for value in values if value is not None}
    if kinds != {int, float}:
        return values
    floats = [None if value is None else float(value) for value in values]
    return floats if all(a is None or a == b for a, b in zip(values, floats, strict=True)) else values


def _several_types(kind: str, name: str) -> InputError:
    text = f'Column "{name}" of {kind} holds values of several types; make it text first.'
    return fault(GIVEN, text)


def _check_names(kind: str, names: Sequence[str]) -> None:
    twice = next((name for number, name in enumerate(names) if name in names[:number]), None)
    if twice is not None:
        raise fault(GIVEN, f'Two columns of {kind} are called "{twice}".', "Rename one of them.")
