"""Cells that a spreadsheet would run as a formula, made harmless."""

from __future__ import annotations

from typing import Final

import polars as pl

_RISKY: Final = r"^[=+\-@\t\r\n]"
_NUMBER: Final = r"^[+-]?([0-9]+(\.[0-9]+)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_PHONE: Final = r"^\+\(?[0-9][0-9 ().\-/]{4,}( ?(x|ext\.?) ?[0-9]+)?$"


def guard(frame: pl.DataFrame) -> pl.DataFrame:
    """Lead each text that starts with `= + - @`, a tab or a line end by `'`; numbers and phone numbers aside.

    Headers are cells too. Columns that are no text stay as they are.
    """
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    headers = pl.Series("header", frame.columns, dtype=pl.String).to_frame().select(_guarded("header"))
    names = dict(zip(frame.columns, headers.to_series().to_list(), strict=True))
    return frame.with_columns(_guarded(name) for name in texts).rename(names)


def _guarded(name: str) -> pl.Expr:
    cell = pl.col(name)
    harmless = cell.str.contains(_NUMBER) | cell.str.contains(_PHONE)
    risky = cell.str.contains(_RISKY) & ~harmless
    return pl.when(risky).then(pl.lit("'") + cell).otherwise(cell).alias(name)
