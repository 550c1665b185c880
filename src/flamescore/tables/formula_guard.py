"""Escape cells that a spreadsheet would run as a formula."""

from __future__ import annotations

from typing import Final

import polars as pl

_ENDS: Final = r";\t\n\x0B\x0C\r\x{85}\x{2028}\x{2029}"
"""What a spreadsheet may treat as the end of a cell or line, so that a new cell begins after it."""
_UNSEEN: Final = rf'[[\s\p{{Cc}}\p{{Cf}}"]--[{_ENDS}]]*'
"""What a spreadsheet may strip from the front of a cell."""
_SIGNS: Final = r"=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}\x{FE66}\x{FE62}\x{FE63}\x{FE6B}"
"""What a formula begins with, also in full width, as East Asian spreadsheets accept it, and in small form."""
_RISKY: Final = rf"(^|[{_ENDS}])({_UNSEEN}[{_SIGNS}])"
_LED: Final = "${1}'${2}"
_BREAK: Final = r"^[\t\r\n]"
_NUMBER: Final = r"^ *[+-]?([0-9]+(\.[0-9]+)?|\.[0-9]+)([eE][+-]?[0-9]+)? *$"
_PHONE: Final = r"^ *\+\(?[0-9][0-9 ().\-/]{4,}( ?(x|ext\.?) ?[0-9]+)?$"
_TEXTS: Final = (pl.String, pl.Categorical, pl.Enum)


def guard(frame: pl.DataFrame) -> pl.DataFrame:
    """Put `'` before what a spreadsheet would run: `= + - @` at the start of a cell or after a break in it.

    A break is `;`, a tab or a line end; blanks and quotes may be in between. Text that starts with a tab or a
    line end is prefixed with `'` too. Cells that are a number or a phone number are left unchanged, and so
    are columns that are not text. Headers are treated like cells. Removing each inserted `'` restores a cell.
    """
    texts = [name for name, kind in frame.schema.items() if isinstance(kind, _TEXTS)]
    return frame.with_columns(_guarded(frame[name]) for name in texts).rename(_headers(frame.columns))


def _guarded(cells: pl.Series) -> pl.Series:
    texts = cells.cast(pl.String)
    risky = texts.str.contains(f"{_RISKY}|{_BREAK}")
    if not risky.any():  # most columns need no further checks
        return cells
    risky &= ~(texts.str.contains(_NUMBER) | texts.str.contains(_PHONE))
    led = texts.str.replace_all(_RISKY, _LED).str.replace(_BREAK, "'${0}")
    return led.zip_with(risky.fill_null(value=False), texts)


def _headers(names: list[str]) -> dict[str, str]:
    """Return the new name of each header; one that would collide with another gets a further `'`."""
    guarded = _guarded(pl.Series("header", names, dtype=pl.String)).to_list()
    taken = {name for name, led in zip(names, guarded, strict=True) if name == led}
    found = {}
    for name, led in zip(names, guarded, strict=True):
        while led != name and led in taken:
            led = f"'{led}"  # noqa: PLW2901 - until it is unique
        found[name] = led
        taken.add(led)
    return found
