"""Points as people read them, rounded so that none shows what it has not reached.

It works on whole ten-thousandths, never on floats: 62.628 points are 626,280.

points      said with 1 decimal            why
62.628      score "62.6"                   a score is rounded down: none shows a bound it has not reached
19.96       score "19.9"
-0.04       score "-0.1"
18.389      given "+18.4"                  what a rule gave is rounded half away from zero, with its sign
2.01        missing "2.1"                  what is missing is rounded up
0.0437      score "0.04"                   above zero is never shown as 0: its first digit that is not zero
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.units import POINT

if TYPE_CHECKING:
    import polars as pl

_DIGITS: Final = 4
"""Decimals that ten-thousandths have."""


def score(points: int, decimals: int = 1, *, commas: bool = True) -> str:
    """Say a score, in ten-thousandths, rounded down."""
    unit = _unit(decimals)
    return _shown(points // unit * unit, points, commas=commas)


def given(points: int, decimals: int = 1, *, commas: bool = True) -> str:
    """Say what a rule gave, a difference or a limit, with its sign: `+18.4`, `-3`, `0`."""
    unit = _unit(decimals)
    size = (2 * abs(points) + unit) // (2 * unit) * unit
    said = _shown(size if points >= 0 else -size, points, commas=commas)
    return f"+{said}" if points > 0 else said


def missing(points: int, decimals: int = 1, *, commas: bool = True) -> str:
    """Say how many points are missing, rounded up."""
    unit = _unit(decimals)
    return _shown(-(-points // unit) * unit, points, commas=commas)


def alike_as_scores(points: pl.Expr, decimals: int = 1) -> pl.Expr:
    """Return whole ten-thousandths that `score` says the same of, and as few different ones as can be."""
    return _or_exact(points // _unit(decimals) * _unit(decimals), points)


def alike_as_given(points: pl.Expr, decimals: int = 1) -> pl.Expr:
    """Return whole ten-thousandths that `given` says the same of, and as few different ones as can be."""
    unit = _unit(decimals)
    size = (2 * points.abs() + unit) // (2 * unit) * unit
    return _or_exact(size * points.sign(), points)


def _or_exact(rounded: pl.Expr, points: pl.Expr) -> pl.Expr:
    import polars as pl  # noqa: PLC0415 - most who say points say one by one, and have no Polars yet

    return pl.when((rounded == 0) & (points > 0)).then(points).otherwise(rounded)


def _unit(decimals: int) -> int:
    return int(10 ** (_DIGITS - decimals))


def _shown(rounded: int, exact: int, *, commas: bool) -> str:
    """Write ten-thousandths without needless zeros; what is above zero shows a digit that is not."""
    if rounded == 0 and exact > 0:
        first = 10 ** (len(str(exact)) - 1)
        rounded = exact // first * first
    whole, part = divmod(abs(rounded), POINT)
    digits = f"{part:0{_DIGITS}}".rstrip("0")
    sign = "-" if rounded < 0 else ""
    return f"{sign}{whole:{',' if commas else ''}}{'.' if digits else ''}{digits}"
