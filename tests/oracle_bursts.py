"""Bursts, straight from their definition: each sum is counted from scratch. Rule-language-2.md, section 7."""

from collections.abc import Sequence
from datetime import datetime, timedelta

Occurrence = tuple[datetime, object]
"""An instant and, under `per`, a value (otherwise None)."""


def number(occurrences: Sequence[Occurrence], start: datetime, end: datetime, *, distinct: bool) -> int:
    """Return `n(s, t)`: the number of occurrences from s to t, or under `per` of distinct values."""
    values = [value for at, value in occurrences if start <= at <= end]
    return len(set(values)) if distinct else len(values)


def bursts(
    occurrences: Sequence[Occurrence], times: int, within: timedelta, *, distinct: bool
) -> list[tuple[datetime, datetime]]:
    """Return the instants at which each burst begins and is complete, the latest burst first."""
    found: list[tuple[datetime, datetime]] = []
    left = list(occurrences)
    while True:
        instants = sorted({at for at, _ in left})
        complete = [t for t in instants if number(left, t - within, t, distinct=distinct) >= times]
        if not complete:
            return found
        end = complete[-1]
        start = max(s for s in instants if number(left, s, end, distinct=distinct) >= times)
        found.append((start, end))
        left = [(at, value) for at, value in left if at < start]
