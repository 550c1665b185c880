"""How many were hot from run to run: each run's record takes up the trend of the run before.

So a stored run tells its trend when all other runs are gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.units import to_local

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from flamescore.runs.record_sections import TrendEntry

DAYS: Final = 14
"""Local days that have a run, of which a trend tells; the newest ones."""


def continued(
    earlier: Sequence[TrendEntry], today: Sequence[TrendEntry], zone: ZoneInfo
) -> tuple[TrendEntry, ...]:
    """Return the trend of a run: that of the run before, and the run's own entries.

    Of each local day it has the last run, and the newest `DAYS` days; oldest first, then in order of the
    scores.
    """
    last = {(to_local(each.as_of, zone).date(), each.score): each for each in (*earlier, *today)}
    newest = sorted({day for day, _ in last})[-DAYS:]
    return tuple(
        each
        for each in sorted(last.values(), key=lambda each: each.as_of)
        if to_local(each.as_of, zone).date() in newest
    )
