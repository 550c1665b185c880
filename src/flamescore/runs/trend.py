"""The number of hot contacts from run to run: each run's record continues the trend of the previous run.

So the trend can be read from a single stored run, even if all others were deleted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.units import to_local

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from flamescore.runs.record_sections import TrendEntry

DAYS: Final = 14
"""The number of local days in a trend: the newest ones with a run."""


def continued(
    earlier: Sequence[TrendEntry], today: Sequence[TrendEntry], zone: ZoneInfo
) -> tuple[TrendEntry, ...]:
    """Return the trend of a run: that of the previous run, followed by the run's own entries.

    It has the last run of each of the newest `DAYS` local days, oldest first, then in order of the scores.
    """
    last = {(to_local(each.as_of, zone).date(), each.score): each for each in (*earlier, *today)}
    newest = sorted({day for day, _ in last})[-DAYS:]
    return tuple(
        each
        for each in sorted(last.values(), key=lambda each: each.as_of)
        if to_local(each.as_of, zone).date() in newest
    )
