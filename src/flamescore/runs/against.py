"""Which earlier run a run is compared with: `changes --against`.

the newer run is of Friday 2026-11-20 02:00, preceded by one run a night at that time
7d            2026-11-13 02:00, the last at least seven days earlier
yesterday     2026-11-19 02:00
last-monday   2026-11-16 02:00          last-friday   2026-11-13 02:00
2026-11-12    the last run of that day
2026-11-12T   the last run whose id begins with this
"""

from __future__ import annotations

from datetime import date, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, TypeVar

from flamescore.errors import NotFoundError, Problem
from flamescore.runs.keep_runs import Dated
from flamescore.units import parse_period, to_local

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

NO_RUN: Final = "O004"
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NEAREST: Final = 2

R = TypeVar("R", bound=Dated)


def run_against(runs: Iterable[R], words: str, newer: Dated, zone: ZoneInfo) -> R:
    """Return the run to compare a newer one with, always one with an earlier `as_of`.

    `words` are a run's id or the start of one, a day, a period, `yesterday`, or `last-monday` to
    `last-sunday`. Days are those of `as_of` in `zone`, the rule file's time zone. Raise `NotFoundError`
    (O004) if no run matches; it names the nearest two.
    """
    earlier = sorted(
        (run for run in runs if run.as_of < newer.as_of), key=lambda run: (run.as_of, run.run_id)
    )
    day = _day_meant(words, to_local(newer.as_of, zone).date())
    period = parse_period(words)
    if day is not None:
        fitting = [run for run in earlier if to_local(run.as_of, zone).date() == day]
    elif period is not None:
        bound = period.before(newer.as_of, zone)
        fitting = [run for run in earlier if run.as_of <= bound]
    else:
        name = words.strip().replace(":", "").removesuffix("+0000")
        fitting = [run for run in earlier if name and run.run_id.startswith(name)]
    if fitting:
        return fitting[-1]
    raise _no_such(words, newer, _nearest(words, earlier, newer, zone))


def _day_meant(words: str, today: date) -> date | None:
    """Return the day of `2026-11-12`, `yesterday` or `last-monday`; None for other words."""
    word = words.strip().lower()
    if word == "yesterday":
        return today - timedelta(1)
    if word.startswith("last-") and word.removeprefix("last-") in _WEEKDAYS:
        back = (today.weekday() - _WEEKDAYS.index(word.removeprefix("last-")) - 1) % 7 + 1
        return today - timedelta(back)
    try:
        return date.fromisoformat(word) if len(word) == len("2026-01-01") else None
    except ValueError:
        return None


def _nearest(words: str, earlier: Sequence[Dated], newer: Dated, zone: ZoneInfo) -> list[str]:
    """Return the ids of the two runs that match best: by day, by time, or by spelling."""
    day = _day_meant(words, to_local(newer.as_of, zone).date())
    period = parse_period(words)
    latest_first = list(reversed(earlier))
    if day is not None:
        by_days = sorted(latest_first, key=lambda run: abs(to_local(run.as_of, zone).date() - day))
        return [run.run_id for run in by_days[:_NEAREST]]
    if period is not None:
        bound = period.before(newer.as_of, zone)
        by_time = sorted(latest_first, key=lambda run: abs(run.as_of - bound))
        return [run.run_id for run in by_time[:_NEAREST]]
    return get_close_matches(words, [run.run_id for run in latest_first], n=_NEAREST, cutoff=0)


def _no_such(words: str, newer: Dated, nearest: Sequence[str]) -> NotFoundError:
    if not nearest:
        return NotFoundError(
            Problem(NO_RUN, f"There is no run before {newer.run_id}.", hint="Score on another day first.")
        )
    text = f"There is no run `{words}` before {newer.run_id}."
    return NotFoundError(Problem(NO_RUN, text, hint=f"Name one of the nearest: {', '.join(nearest)}."))
