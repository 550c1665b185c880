"""Points as people read them, rounded so that they never show a threshold that was not reached.

All arithmetic uses integer ten-thousandths, never floats: 62.628 points are 626,280.

points      shown with 1 decimal           why
62.628      score "62.6"                   a score is rounded down: it never shows a bound it is below
19.96       score "19.9"
-0.04       score "-0.1"
18.389      given "+18.4"                  what a rule gave is rounded half away from zero, with its sign
2.01        missing "2.1"                  what is missing is rounded up
0.0437      score "0.04"                   above zero is never shown as 0 but as its first nonzero digit
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.units import POINT

if TYPE_CHECKING:
    import polars as pl

_DIGITS: Final = 4
"""The number of decimals of ten-thousandths."""


def score(points: int, decimals: int = 1, *, commas: bool = True) -> str:
    """Return a score, in ten-thousandths, as text, rounded down."""
    unit = _unit(decimals)
    return _shown(points // unit * unit, points, commas=commas)


def given(points: int, decimals: int = 1, *, commas: bool = True) -> str:
    """Return what a rule gave, a difference or a limit, as text with its sign: `+18.4`, `-3`, `0`."""
    unit = _unit(decimals)
    size = (2 * abs(points) + unit) // (2 * unit) * unit
    text = _shown(size if points >= 0 else -size, points, commas=commas)
    return f"+{text}" if points > 0 else text


def missing(points: int, decimals: int = 1, *, commas: bool = True) -> str:
    """Return how many points are missing, as text, rounded up."""
    unit = _unit(decimals)
    return _shown(-(-points // unit) * unit, points, commas=commas)


def alike_as_scores(points: pl.Expr, decimals: int = 1) -> pl.Expr:
    """Map ten-thousandths to values that `score` shows alike, with as few distinct ones as possible."""
    return _or_exact(points // _unit(decimals) * _unit(decimals), points)


def canonical_given(points: pl.Expr, decimals: int = 1) -> pl.Expr:
    """Map ten-thousandths to values that `given` shows alike, with as few distinct ones as possible."""
    unit = _unit(decimals)
    size = (2 * points.abs() + unit) // (2 * unit) * unit
    return _or_exact(size * points.sign(), points)


def _or_exact(rounded: pl.Expr, points: pl.Expr) -> pl.Expr:
    import polars as pl  # noqa: PLC0415 - most callers format single values, without Polars

    return pl.when((rounded == 0) & (points > 0)).then(points).otherwise(rounded)


def _unit(decimals: int) -> int:
    return int(10 ** (_DIGITS - decimals))


def _shown(rounded: int, exact: int, *, commas: bool) -> str:
    """Format ten-thousandths without trailing zeros; a value above zero shows a nonzero digit."""
    if rounded == 0 and exact > 0:
        first = 10 ** (len(str(exact)) - 1)
        rounded = exact // first * first
    whole, part = divmod(abs(rounded), POINT)
    digits = f"{part:0{_DIGITS}}".rstrip("0")
    sign = "-" if rounded < 0 else ""
    return f"{sign}{whole:{',' if commas else ''}}{'.' if digits else ''}{digits}"
