"""Numbers that don't parse as a rule requires, or may be misread, and the formats to suggest for them.

A worked example: for the cells `1,250` and `980`, the format `{thousands: ","}` gives 1250 and 980, and
`{decimal: ","}` gives 1.25 and 980. Both parse every cell and they differ, so both are suggested.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec.structs import replace

from flamescore.exports.missing_columns import flow
from flamescore.number_format import NumberFormat

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST: Final = 10_000
"""Maximum number of distinct cells to try; the first ones are used."""

CANDIDATES: Final = (
    NumberFormat(thousands=","),
    NumberFormat(decimal=","),
    NumberFormat(decimal=",", thousands="."),
    NumberFormat(decimal=",", thousands="space"),
    NumberFormat(thousands="'"),
)
AS_THOUSANDS: Final = NumberFormat(decimal=",", thousands=".")
AS_THEY_ARE: Final = NumberFormat()
_WANTED: Final = 2
_GROUPED: Final = r"^[+-]?[1-9][0-9]{0,2}\.[0-9]{3}$"
_WITH_DECIMALS: Final = r"^[+-]?[0-9]*\.([0-9]+)(?:[eE][+-]?[0-9]+)?$"


def suggest(cells: pl.Series) -> list[NumberFormat]:
    """Return the formats to suggest for a column (I120): none, one, or two that parse it differently.

    `cells` are the column's cells as text. Null and blank cells count as missing; of the others, at most the
    first `MOST` distinct ones are tried. For each different result, the suggestion is the first of
    `CANDIDATES` that parses every cell, with `currency`, `percent` and `parentheses` only if a cell needs
    them.
    """
    distinct = _distinct(cells)
    if distinct.is_empty():
        return []
    found: dict[tuple[float, ...], NumberFormat] = {}
    for base in CANDIDATES:
        generous = replace(base, currency=True, percent=True, parentheses=True)
        values = _values(distinct, generous)
        if values is not None:
            found.setdefault(tuple(values), _needed(distinct, generous))
    return list(found.values())[:_WANTED]


def cures(column: str, formats: Sequence[NumberFormat]) -> Iterator[str]:
    """Yield the YAML to paste for each of some formats: `numbers: {amount: {thousands: ","}}`."""
    for form in formats:
        yield f"numbers: {{{flow(column)}: {form.written}}}"


def like_thousands(cell: pl.Expr) -> pl.Expr:
    """Mark cells such as `1.250`, which may mean 1250 (false where a cell is missing)."""
    return cell.str.strip_chars().str.contains(_GROUPED).fill_null(value=False)


def doubtful_thousands(cell: pl.Expr, rows: pl.Expr | None = None) -> pl.Expr:
    """Count the cells of a column like `1.250` (I121); 0 if any number has decimals, but not three.

    The result is an aggregate, UInt64. If the cells are the distinct ones, `rows` is the number of rows with
    each. Only for columns without `numbers`; the cures are `AS_THOUSANDS` and `AS_THEY_ARE`.
    """
    doubtful = like_thousands(cell)
    many = doubtful.sum() if rows is None else rows.filter(doubtful).sum()
    decimals = cell.str.strip_chars().str.extract(_WITH_DECIMALS).str.len_bytes()
    others = (decimals != 3).any().fill_null(value=False)  # noqa: PLR2004 - digits in a group
    return pl.when(~others).then(many.cast(pl.UInt64)).otherwise(pl.lit(0, pl.UInt64))


def _distinct(cells: pl.Series) -> pl.Series:
    trimmed = cells.str.strip_chars()
    return trimmed.filter(trimmed != "").unique(maintain_order=True).head(MOST).alias("cell")


def _values(cells: pl.Series, form: NumberFormat) -> pl.Series | None:
    """Return the values that a format gives for some cells; None if one of them does not parse."""
    read = cells.to_frame().select(form.plain(pl.col("cell")).cast(pl.Float64)).to_series()
    return None if read.null_count() else read


def _needed(cells: pl.Series, generous: NumberFormat) -> NumberFormat:
    """Return a format that parses all of some cells, without the options that none of them needs."""
    form = generous
    without = replace(form, currency=False)
    form = form if _values(cells, without) is None else without
    without = replace(form, percent=False)
    form = form if _values(cells, without) is None else without
    without = replace(form, parentheses=False)
    return form if _values(cells, without) is None else without
