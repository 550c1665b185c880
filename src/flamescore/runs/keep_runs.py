"""Which runs are kept: a number of them, or fewer the older they are.

{all: 1d, daily: 3}, runs at 06:00, 12:00 and 18:00 every day up to the 20th
all      less than a day before 20th 18:00:  20th 18:00, 20th 12:00, 20th 06:00
daily    the last one of three days:         20th 18:00, 19th 18:00, 18th 18:00
kept     these five
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from flamescore.findings import Finding, Severity
from flamescore.units import count, to_local

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from flamescore.project import KeepRuns


TOO_SHORT: Final = "A026"
_SHORT: Final = timedelta(days=2)
_BETTER: Final = "{all: 2d, daily: 60, monthly: 24}"


def reaches_back(runs: Iterable[Dated], rule: int | KeepRuns) -> Finding | None:
    """Return a note if `rule` is a number and its runs span less than two days; else None.

    `runs` are the remaining runs. There is no note for the number 1, which asks for no past runs, or if there
    are fewer runs than the number, since none has been deleted yet.
    """
    times = sorted(run.as_of for run in runs)
    if not isinstance(rule, int) or rule == 1 or len(times) < rule:
        return None
    span = times[-1] - times[0]
    if span >= _SHORT:
        return None
    hours, minutes = span // timedelta(hours=1), span // timedelta(minutes=1)
    back = count(hours, "hour") if hours else count(minutes, "minute")
    text = f"keep_runs: {rule} now reaches back {back}; write {_BETTER}"
    return Finding(TOO_SHORT, Severity.NOTE, "runs", text)


class Dated(Protocol):
    """The parts of a run that matter here: its id, and its `as_of` in UTC."""

    @property
    def run_id(self) -> str:
        """Return its id."""

    @property
    def as_of(self) -> datetime:
        """Return its instant."""


R = TypeVar("R", bound=Dated)


def kept(
    runs: Iterable[R], rule: int | KeepRuns, zone: ZoneInfo, spared: Collection[str] = ()
) -> tuple[R, ...]:
    """Return the runs to keep, sorted by `as_of`, then by id. Runs whose id is in `spared` are always kept.

    A number keeps this many of the latest runs, including spared ones. Days, weeks and months are those of
    `as_of` in the rule file's time zone; those without a run don't count. Runs with the same `as_of` count
    separately: superseded ones have to be deleted first.
    """
    ordered = sorted(runs, key=lambda run: (run.as_of, run.run_id))
    if isinstance(rule, int):
        free = [run.run_id for run in ordered if run.run_id not in spared]
        gone = set(free[: max(0, len(ordered) - rule)])
    else:
        gone = {run.run_id for run in ordered} - _thinned(ordered, rule, zone) - set(spared)
    return tuple(run for run in ordered if run.run_id not in gone)


def _thinned(ordered: Sequence[Dated], rule: KeepRuns, zone: ZoneInfo) -> set[str]:
    if not ordered:
        return set()
    found = _last_of_each(ordered, rule.daily, lambda run: _day(run, zone))
    found |= _last_of_each(ordered, rule.weekly, lambda run: _day(run, zone).isocalendar()[:2])
    found |= _last_of_each(ordered, rule.monthly, lambda run: (_day(run, zone).year, _day(run, zone).month))
    if rule.all is not None:
        bound = rule.all.before(ordered[-1].as_of, zone)
        found |= {run.run_id for run in ordered if run.as_of > bound}
    return found


def _last_of_each(ordered: Sequence[Dated], most: int | None, span: Callable[[Dated], Hashable]) -> set[str]:
    """Return the last run of each of the latest `most` spans that have a run."""
    last = {span(run): run.run_id for run in ordered}
    return set(list(last.values())[-most:]) if most else set()


def _day(run: Dated, zone: ZoneInfo) -> date:
    return to_local(run.as_of, zone).date()
