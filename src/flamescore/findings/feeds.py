"""Feeds: whether a source of events, or one type in it, has gone silent.

A worked example, with days as `Fri 13`:

    a feed with events on each Mon to Fri of twelve weeks, newest Fri 13
    reference   the 84 days up to Fri 13; Mon to Fri are usual, Sat and Sun are not
    longest     0: between Fri and the next Mon no usual day is without events
    as of       Mon 16: gap 0.  Tue 17: Mon, 1.  Wed 18: 2.  Thu 19: Mon to Wed, 3 > 2 * 0 + 2: reported

With one holiday inside the reference, `longest` is 1, and a silence is reported from 5 days on.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from flamescore.findings.cure import mapping
from flamescore.findings.finding import Finding, InExport, Severity
from flamescore.units import count, to_local

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from flamescore.units import Period

SILENT: Final = "I150"
OVERDUE: Final = "I053"

REFERENCE: Final = 84
"""Days from which the rhythm of a feed is derived: twelve weeks."""

LEAST_SPAN: Final = 28
"""Minimum span of a reference in days for its feed to be judged."""

LEAST_DAYS: Final = 10
"""Minimum number of distinct days with events in a reference for its feed to be judged."""

_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EVERY_DAY: Final = frozenset(range(7))
_RANGE: Final = 3


class Feed(Struct, frozen=True):
    """The state of a feed.

    Attributes:
        event: Its type, None for the whole source.
        newest: Its last day with events, None if it has none.
        usual: Its usual weekdays, Monday 0; all if it is not judged.
        per_day: Events per usual day of the reference; None if it is not judged.
        longest: The longest run of usual days without events; None if it is not judged.
        silence: Usual days without events since `newest`; None if it is not judged.
        is_silent: Whether it has been silent for longer than its rhythm explains.
    """

    event: str | None
    newest: date | None
    usual: frozenset[int] = _EVERY_DAY
    per_day: float | None = None
    longest: int | None = None
    silence: int | None = None
    is_silent: bool = False

    @property
    def judged(self) -> bool:
        """Return whether its reference is long and full enough."""
        return self.silence is not None

    def record(self) -> dict[str, Any]:
        """Return the object of `sources[].feeds[]` in the record of a run, with `newest` as a day."""
        return {
            "event": self.event,
            "newest": None if self.newest is None else self.newest.isoformat(),
            "per_day": None if self.per_day is None else round(self.per_day, 4),
            "longest": self.longest,
            "silence": self.silence,
            "judged": self.judged,
            "told": self.is_silent,
        }


def feed(days: Mapping[date, int], today: date, event: str | None = None) -> Feed:
    """Return the state of a feed as of a day.

    `days` maps its calendar days with events, in the rule file's time zone, to the number of events: of rows
    that parse and are not after `as_of`, whatever else happens to them. Days with 0 are ignored. The 84 days
    up to the newest one are needed; more do no harm.
    """
    active = sorted(day for day, many in days.items() if many > 0)
    if not active:
        return Feed(event, None)
    newest = active[-1]
    reference = [day for day in active if (newest - day).days < REFERENCE]
    span = (newest - reference[0]).days + 1
    if span < LEAST_SPAN or len(reference) < LEAST_DAYS:
        return Feed(event, newest)
    usual = _usual(reference)
    longest = max(gap(earlier, later, usual) for earlier, later in pairwise(reference))
    silence = gap(newest, today, usual)
    dates = sum((reference[0] + timedelta(each)).weekday() in usual for each in range(span))
    per_day = sum(days[day] for day in reference) / dates
    return Feed(event, newest, usual, per_day, longest, silence, is_silent=silence > 2 * longest + 2)


def gap(earlier: date, later: date, usual: Collection[int]) -> int:
    """Return the number of usual weekdays strictly between two dates; 0 if the second is not later."""
    between = max(0, (later - earlier).days - 1)
    weeks, rest = divmod(between, 7)
    first = earlier.weekday() + 1
    return weeks * len(usual) + sum((first + each) % 7 in usual for each in range(rest))


def silent(
    source: InExport,
    whole: Feed,
    types: Sequence[Feed],
    today: date,
    *,
    without_rhythm: Collection[str] | None = (),
) -> tuple[Finding, ...]:
    """Return a warning (I150) for a source that is silent, or else one for each of its silent types.

    `without_rhythm` are the types in `newest_within`; None if that is set for the source as a whole, so that
    nothing is judged by its rhythm.
    """
    if without_rhythm is None:
        return ()
    if whole.is_silent:
        return (_warning(source, whole, today),)
    return tuple(
        _warning(source, each, today) for each in types if each.is_silent and each.event not in without_rhythm
    )


def overdue(
    source: InExport,
    newest: datetime | None,
    as_of: datetime,
    within: Period,
    zone: ZoneInfo,
    *,
    event: str | None = None,
) -> Finding | None:
    """Return an error (I053) if the newest event is before `as_of` minus the period of `newest_within`.

    Timestamps are in UTC. A feed without any event is overdue; one exactly at the bound is not.
    """
    if newest is not None and newest >= within.before(as_of, zone):
        return None
    what = _named(event)
    if newest is None:
        so = f"it has no {'event' if event is None else f'event of type `{event}`'}"
    else:
        day = to_local(newest, zone).date()
        so = f"{what} is {_old(day, to_local(as_of, zone).date())} ({day})"
    return Finding(
        OVERDUE,
        Severity.ERROR,
        _subject(source, event),
        f"{so}; `newest_within` allows {within}. Is the export still running?",
        source,
        do="--accept publishes it all the same, once",
    )


def rhythm(each: Feed) -> str:
    """Return the usual weekdays of a feed: `Mon-Fri`, `Mon, Wed, Fri`."""
    runs: list[list[int]] = []
    for day in sorted(each.usual):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(_spelled(runs))


def pace(per_day: float) -> str:
    """Return how often events occur: `43 a day`, rounded half up; below 1 `one in 4 days`."""
    if per_day < 1 and (days := _rounded(1 / per_day)) > 1:
        return f"one in {days} days"
    return f"{_rounded(per_day):,} a day"


def _usual(reference: Sequence[date]) -> frozenset[int]:
    """Return the weekdays with events on at least half of their dates; all seven if there are none."""
    span = (reference[-1] - reference[0]).days + 1
    dates, with_events = [0] * 7, [0] * 7
    for each in range(span):
        dates[(reference[0].weekday() + each) % 7] += 1
    for day in reference:
        with_events[day.weekday()] += 1
    return frozenset(day for day in range(7) if 2 * with_events[day] >= dates[day]) or _EVERY_DAY


def _warning(source: InExport, each: Feed, today: date) -> Finding:
    assert each.newest is not None
    assert each.per_day is not None
    age = (today - each.newest).days
    allowed = f"{-(-age * 3 // 20) * 10}d"  # half as much again, rounded up to tens of days
    return Finding(
        SILENT,
        Severity.WARNING,
        _subject(source, each.event),
        f"{_named(each.event)} is {_old(each.newest, today)} ({each.newest}); it used to bring"
        f" {pace(each.per_day)} and was never silent for {_longest(each)}. Is the export still running?",
        source,
        cure=f"newest_within: {allowed if each.event is None else mapping({each.event: allowed})}",
    )


def _longest(each: Feed) -> str:
    daily = each.usual == _EVERY_DAY
    if not each.longest:
        return "a day" if daily else f"one of its usual days ({rhythm(each)})"
    if daily:
        return f"more than {count(each.longest, 'day')}"
    return f"more than {each.longest:,} of its usual days ({rhythm(each)})"


def _named(event: str | None) -> str:
    return "the newest event" if event is None else f"the newest event of type `{event}`"


def _subject(source: InExport, event: str | None) -> str:
    return str(source) if event is None else f"{source} event {event}"


def _old(day: date, today: date) -> str:
    return f"{count((today - day).days, 'day')} old"


def _rounded(number: float) -> int:
    return int(number + 0.5)


def _spelled(runs: Iterable[list[int]]) -> Iterator[str]:
    for run in runs:
        if len(run) < _RANGE:
            yield from (_WEEKDAYS[day] for day in run)
        else:
            yield f"{_WEEKDAYS[run[0]]}-{_WEEKDAYS[run[-1]]}"
