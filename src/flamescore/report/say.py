"""Numbers, times and reasons, each said in one way, whoever says it.

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

import polars as pl

from flamescore.columns import REASONS
from flamescore.tables import given_by_rules
from flamescore.units import POINT, nearest_points, to_local

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from flamescore.scoring import Scored

_DIGITS: Final = 4
"""Decimals that ten-thousandths have."""

_DAYS: Final = 60
"""So many days ago at most are said as days."""

_DAYS_A_MONTH: Final = (304_375, 10_000)
_MONTHS: Final = 24
"""From so many months on they are said as years."""

_MONTHS_A_YEAR: Final = 12
_REASONS_AT_ONCE: Final = 2_000
"""Contacts whose whole ledger is held as a frame at once: it may have some hundred rows for each."""


# --- points


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


def percentile(number: float) -> str:
    """Say a percentile, rounded down, so that only the best of a list shows 100: `93%`."""
    return f"{int(number // 1)}%"


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


# --- times


def ago(day: date, today: date) -> str:
    """Say how long ago a local day was: `yesterday`, `60 days ago`, `2 months ago`; one to come is a date.

    Counted are calendar days. A month has 30.4375 of them, and a year twelve months; both are rounded down.
    """
    days = (today - day).days
    if days < 0:
        return day.isoformat()
    if days <= 1:
        return "yesterday" if days else "today"
    if days <= _DAYS:
        return f"{days} days ago"
    length, parts = _DAYS_A_MONTH
    months = days * parts // length
    if months < _MONTHS:
        return f"{months} months ago"
    return f"{months // _MONTHS_A_YEAR} years ago"


_MONTH_NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def short_day(day: date, today: date) -> str:
    """Say a day as the page and the workbook do: `20 Nov`, with the year where it is not that of `today`."""
    said = f"{day.day} {_MONTH_NAMES[day.month - 1]}"
    return said if day.year == today.year else f"{said} {day.year}"


# --- reasons


def reason(name: str, occurrences: int, when: str | None, points: int, decimals: int = 1) -> str:
    """Say why a contact has points: `Talked with a rep ×2, 4 days ago (+18.4)`. `when` is as it is said."""
    times = f" ×{occurrences:,}" if occurrences > 1 else ""
    return f"{name}{times}{f', {when}' if when else ''} ({given(points, decimals)})"


def worded_reasons(
    scored: Scored, score_name: str, contact_ids: pl.Series, *, decimals: int = 1
) -> pl.DataFrame:
    """Return `contact_id` and `REASONS` of some contacts, with local dates; null where there are fewer.

    They are the rules that gave most under a score after their own limit: by points, then the latest first,
    one without a date last, then in order of the rule file. Contacts to whom no rule gave anything have no
    row.
    """
    ids = contact_ids.sort()  # in the order of the ledger, which then is gone through once
    rows = [
        row
        for first in range(0, len(ids), _REASONS_AT_ONCE)
        for row in _worded(scored, score_name, ids.slice(first, _REASONS_AT_ONCE), decimals)
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(("contact_id", *REASONS), pl.String()), orient="row")


def _worded(
    scored: Scored, score_name: str, ids: pl.Series, decimals: int
) -> Iterator[tuple[str | None, ...]]:
    zone = scored.book.zone
    rules = scored.observed.rules.filter(pl.col("score_name") == score_name, pl.col("entry") == "rule")
    names = dict(rules.select("rule_id", "name").iter_rows())
    strongest = (
        scored.ledger.of(ids)
        .filter(pl.col("score_name") == score_name)
        .pipe(given_by_rules)
        .sort(
            pl.col("contact_id").rle_id(),
            "points",
            "last_at",
            descending=[False, True, True],
            nulls_last=True,
            maintain_order=True,
        )
        .group_by("contact_id", maintain_order=True)
        .head(len(REASONS))
    )
    said: dict[str, list[str]] = {}
    for row in strongest.iter_rows(named=True):
        name, points = names.get(row["rule_id"]) or row["rule_id"], nearest_points(row["points"])
        when = None if row["last_at"] is None else _day(row["last_at"], zone)
        said.setdefault(row["contact_id"], []).append(
            reason(name, row["occurrences"], when, points, decimals)
        )
    for contact_id, words in said.items():
        yield (contact_id, *words, *[None] * (len(REASONS) - len(words)))


def _day(instant: datetime, zone: ZoneInfo) -> str:
    return to_local(instant, zone).date().isoformat()
