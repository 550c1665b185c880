"""Cells: the canonical text of a value of any type, and how text is trimmed and folded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.text import fold, trim

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    Scalar = str | bool | int | Decimal

__all__ = [
    "FALSE",
    "LARGEST",
    "NUMBER",
    "TRUE",
    "as_text",
    "fold",
    "folded",
    "in_years",
    "is_rounded",
    "json_text",
    "keyed",
    "maybe_blank",
    "number",
    "one_of",
    "present",
    "rounded",
    "trim",
]

NUMBER: Final = r"^[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
LARGEST: Final = 1e12
"""Numbers with a larger absolute value do not parse."""

TRUE: Final = ("true", "yes", "y", "1", "t")
FALSE: Final = ("false", "no", "n", "0", "f")

_EXACT_FLOATS: Final = 1e18
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896
"""0001-01-01 and 9999-12-31, as days since 1970-01-01."""
_PER_DAY: Final = {"ms": 86_400_000, "us": 86_400_000_000}
_ROUNDED: Final = r"^[0-9](?:\.[0-9]+)?[eE]\+[0-9]{2,3}$"


def folded(column: pl.Expr) -> pl.Expr:
    """Fold a String column as `text.fold` does; null stays null."""
    return column.str.strip_chars().str.normalize("NFC").str.to_lowercase()


def present(column: pl.Expr) -> pl.Expr:
    """Trim a String column; empty or blank cells become null."""
    trimmed = column.str.strip_chars()
    return pl.when(trimmed != "").then(trimmed)


def maybe_blank(column: pl.Expr) -> pl.Expr:
    """Mark cells of a String column that may be missing, using comparisons that cost almost nothing.

    Nulls are marked, and cells that begin below `!` or past `~`: all white space does, and much non-ASCII
    text.
    """
    return column.is_null() | (column < "!") | (column > "~")


def keyed(cell: pl.Expr, key: str) -> pl.Expr:
    """Normalize a cell of the key column for comparison: e-mail addresses are folded, ids are not."""
    return folded(present(cell)) if key == "email" else present(cell)


def rounded(column: pl.Expr) -> pl.Expr:
    """Mark cells of a String column that a spreadsheet rounded to a few digits, such as `1.00216E+11`."""
    return column.str.strip_chars().str.contains(_ROUNDED)


def is_rounded(text: str) -> bool:
    """Return whether a spreadsheet rounded a text, as in `rounded`."""
    return "+" in text and re.search(_ROUNDED, trim(text)) is not None


def number(cell: pl.Expr) -> pl.Expr:
    """Parse a trimmed cell as the nearest Float64; null if it is not a number or too large."""
    value = pl.when(cell.str.contains(NUMBER)).then(cell).cast(pl.Float64, strict=False)
    return pl.when(value.abs() <= LARGEST).then(value)


def one_of(cell: pl.Expr, values: Sequence[Scalar]) -> pl.Expr:
    """Mark trimmed cells that equal one of some values, as the rule language compares them; never null.

    A boolean matches the words for it (`true yes y 1 t`), a number the cells that parse as it, a text those
    that are equal when folded, and the empty text a missing cell.
    """
    tests = []
    texts = [fold(value) for value in values if isinstance(value, str)]
    flags = [word for value in values if isinstance(value, bool) for word in (TRUE if value else FALSE)]
    numbers = [float(value) for value in values if not isinstance(value, str) and not isinstance(value, bool)]
    words = [*(text for text in texts if text), *flags]
    if words:
        tests.append(folded(cell).is_in(words).fill_null(value=False))
    if numbers:
        tests.append(number(cell).is_in(numbers).fill_null(value=False))
    if "" in texts:
        tests.append(cell.is_null())
    return pl.any_horizontal(tests) if tests else pl.lit(value=False)


def in_years(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Replace values outside the years 1 to 9999 in a Date or Datetime column by null.

    A Parquet file may contain any integer there, and Polars panics at those that are not a date.
    """
    per = 1 if isinstance(dtype, pl.Date) else _PER_DAY.get(getattr(dtype, "time_unit", "ns"))
    if per is None:  # 64-bit nanoseconds only cover 1677 to 2262
        return column
    inside = column.to_physical().is_between(_FIRST_DAY * per, (_LAST_DAY + 1) * per - 1)
    return pl.when(inside).then(column)


def json_text(column: pl.Expr) -> pl.Expr:
    """Encode a column of lists, maps or structs as JSON, one text per cell; null stays null."""
    boxed = pl.struct(column.alias("_")).struct.json_encode()
    return pl.when(column.is_not_null()).then(boxed.str.strip_prefix('{"_":').str.strip_suffix("}"))


def as_text(column: str | pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return the canonical text of a column of a given type, as String; null stays null.

    Integers are their digits. Whole floats and decimals are digits without a point, others the shortest text
    that round-trips; NaN is null. Booleans are `true` and `false`. Dates and times are ISO 8601, with `Z` (as
    UTC) if they have a time zone; outside the years 1 to 9999 they are the stored number and its unit
    (`9223372036854775807us`), which does not parse. Lists and structs are JSON.
    """
    expr = pl.col(column) if isinstance(column, str) else column
    if isinstance(dtype, pl.String):
        return expr
    if dtype.is_float():
        return _float_text(expr)
    if isinstance(dtype, pl.Decimal):
        return _decimal_text(expr)
    if dtype.is_temporal():
        return _temporal_text(expr, dtype)
    return _other_text(expr, dtype)


def _float_text(expr: pl.Expr) -> pl.Expr:
    whole = expr.is_finite() & (expr == expr.floor()) & (expr.abs() < _EXACT_FLOATS)
    digits = expr.cast(pl.Int64, strict=False).cast(pl.String)
    return pl.when(whole).then(digits).when(expr.is_not_nan()).then(expr.cast(pl.String))


def _decimal_text(expr: pl.Expr) -> pl.Expr:
    text = expr.cast(pl.String)
    return pl.when(text.str.contains(".", literal=True)).then(text.str.replace(r"\.?0+$", "")).otherwise(text)


def _temporal_text(expr: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Duration):
        return expr.dt.to_string("iso")
    if isinstance(dtype, pl.Time):
        return expr.cast(pl.String)
    inside = in_years(expr, dtype)
    if not isinstance(dtype, pl.Datetime):
        return pl.coalesce(inside.cast(pl.String), pl.format("{}d", expr.to_physical()))
    if dtype.time_zone is None:
        text = inside.dt.strftime("%Y-%m-%dT%H:%M:%S%.f")
    else:
        text = inside.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ")
    return pl.coalesce(text, pl.format(f"{{}}{dtype.time_unit}", expr.to_physical()))


def _other_text(expr: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    return json_text(expr) if dtype.is_nested() else expr.cast(pl.String, strict=False)
