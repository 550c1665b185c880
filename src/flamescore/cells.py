"""Cells: the one text that a value of any type stands for, and how texts are trimmed and folded."""

from __future__ import annotations

import unicodedata
from typing import Final

import polars as pl

WHITE_SPACE: Final = (
    "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""Unicode White_Space: what Polars' `strip_chars()` takes away (`str.strip()` takes more)."""

_EXACT_FLOATS: Final = 1e18


def trim(text: str) -> str:
    """Cut Unicode white space from both ends."""
    return text.strip(WHITE_SPACE)


def fold(text: str) -> str:
    """Return a text as the rule language compares it: trimmed, NFC, lower case."""
    return unicodedata.normalize("NFC", trim(text)).lower()


def folded(column: pl.Expr) -> pl.Expr:
    """Do the same to a String column; null stays null."""
    return column.str.strip_chars().str.normalize("NFC").str.to_lowercase()


def present(column: pl.Expr) -> pl.Expr:
    """Trim a String column; what is empty or white space becomes null."""
    trimmed = column.str.strip_chars()
    return pl.when(trimmed != "").then(trimmed)


def maybe_blank(column: pl.Expr) -> pl.Expr:
    """Mark cells of a String column that may be missing, by comparisons that cost next to nothing.

    Marked are nulls, and what begins below `!` or past `~`: all white space does, and much that is no ASCII.
    """
    return column.is_null() | (column < "!") | (column > "~")


def keyed(cell: pl.Expr, key: str) -> pl.Expr:
    """Bring a cell of the key column to the form in which keys compare: e-mail is folded, ids are not."""
    return folded(present(cell)) if key == "email" else present(cell)


def as_text(column: str | pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return the canonical text of a column of a type, as String; null stays null.

    Integers are their digits. Floats and decimals that are whole are digits without a point, others the
    shortest text that reads back; NaN is null. Booleans are `true` and `false`. Dates and times are ISO
    8601, with `Z` (as UTC) where they carry a zone. Lists are their items joined with a comma, structs JSON.
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
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone is None:
            return expr.dt.strftime("%Y-%m-%dT%H:%M:%S%.f")
        return expr.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ")
    return expr.dt.to_string("iso") if isinstance(dtype, pl.Duration) else expr.cast(pl.String)


def _other_text(expr: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.List | pl.Array):
        items = expr.arr.to_list() if isinstance(dtype, pl.Array) else expr
        inner = dtype.inner
        assert isinstance(inner, pl.DataType)
        return items.list.eval(as_text(pl.element(), inner)).list.join(",")
    if isinstance(dtype, pl.Struct):
        return pl.when(expr.is_not_null()).then(expr.struct.json_encode())
    if isinstance(dtype, pl.Binary):
        return expr.map_batches(_decoded, return_dtype=pl.String(), is_elementwise=True)
    return expr.cast(pl.String, strict=False)


def _decoded(cells: pl.Series) -> pl.Series:
    """Read bytes as UTF-8, what some writers mean by them; what is none is null."""
    texts = (None if cell is None else cell.decode("utf-8", "replace") for cell in cells)
    read = pl.Series(cells.name, list(texts), dtype=pl.String)
    return read.set(read.str.contains("\ufffd", literal=True), None)
