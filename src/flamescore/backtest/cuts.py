"""The days as of which scores are computed, and which of them can't be used.

A worked example: outcomes are known until 20 November 12:00, the horizon is 30 days, the exports begin on 20
August and the longest window is 28 days. The last cut is the midnight of 21 October; cuts every 30 days go
back to 21 September. 22 August is short: its 28 days would begin on 25 July.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from flamescore.engine import Clock
from flamescore.errors import Problem
from flamescore.rule_windows import reaches
from flamescore.units import start_of_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from flamescore.rules import RuleBook
    from flamescore.units import Period

_DAY: Final = timedelta(days=1)
Skipped = Literal["censored", "short", "unknown"]


class Cut(Struct, frozen=True):
    """An instant (UTC) as of which scores are computed; `skipped` and `reason` are set if it is left out."""

    as_of: datetime
    skipped: Skipped | None = None
    reason: str | None = None


class Source(Struct, frozen=True):
    """A source of events: its oldest and newest event (UTC) up to `as_of`, and the types found in it.

    `types` are the lists of event types, as rules name them, that the source has events of.
    """

    path: str
    oldest: datetime
    newest: datetime
    types: frozenset[tuple[str, ...]]


class Knowledge(Struct, frozen=True):
    """The time span that is known: until when outcomes are known, and how far back each source goes."""

    until: datetime
    outcome_sources: tuple[Source, ...]
    sources: tuple[Source, ...]
    book: RuleBook
    horizon: Period
    short_cuts: bool = False

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that days are in."""
        return self.book.zone

    def judged(self, as_of: datetime) -> Cut:
        """Return the cut at an instant, with the first reason to leave it out, if any."""
        day = shown(as_of, self.zone)
        ends = self.horizon.after(as_of, self.zone)
        if ends > self.until:
            reason = (
                f"{day} is left out: its {format_period(self.horizon)} end on {shown(ends, self.zone)}, "
                f"outcomes are known until {shown(self.until, self.zone)}."
            )
            return Cut(as_of, "censored", reason)
        for source in self.outcome_sources:
            if source.oldest - as_of > _DAY:
                begins = shown(source.oldest, self.zone)
                reason = f"{day} is left out: {source.path}, which has the outcome, begins on {begins}."
                return Cut(as_of, "unknown", reason)
        lacks = None if self.short_cuts else self._lacking(as_of)
        return Cut(as_of) if lacks is None else Cut(as_of, "short", f"{day} is left out: {lacks}.")

    def _lacking(self, as_of: datetime) -> str | None:
        """Return a clause about the first rule that looks further back than its events go, or None."""
        clock = Clock(as_of, self.zone)
        for reach in reaches(self.book, clock):
            having = [source for source in self.sources if reach.types in source.types]
            if not having:
                continue
            source = min(having, key=lambda each: each.oldest)
            if reach.seconds is None:
                if source.oldest > as_of:
                    return (
                        f'"{reach.name}" looks back for ever, {source.path} begins on {self._begins(source)}'
                    )
            elif source.oldest - (as_of - timedelta(seconds=reach.seconds)) > _DAY:
                begins = self._begins(source)
                return f'"{reach.name}" looks back {reach.written}, {source.path} begins on {begins}'
        return None

    def _begins(self, source: Source) -> str:
        return shown(source.oldest, self.zone)


def chosen(
    known: Knowledge,
    *,
    every: Period,
    many: int,
    first: datetime | None = None,
    last: datetime | None = None,
) -> tuple[Cut, ...]:
    """Return the latest usable cuts, and the unusable one that ended the search, in chronological order.

    The last cut is the last midnight whose horizon is known, or `last` if that is earlier; the others precede
    it at intervals of `every`.
    """
    newest = _last(known) if last is None else min(_last(known), last)
    found: list[Cut] = []
    for as_of in islice(_back(newest, every, known.zone), many):
        if first is not None and as_of < first:
            break
        cut = known.judged(as_of)
        found.append(cut)
        if cut.skipped is not None:
            break
    return tuple(reversed(found))


def no_cut(known: Knowledge, cuts: Sequence[Cut], opening: str = "No cut can be looked at.") -> Problem:
    """Return the problem that no cut is usable, with the reasons and the range of usable cuts, if any."""
    reasons = " ".join(dict.fromkeys(cut.reason for cut in cuts if cut.reason))
    last = _last(known)
    why_not = known.judged(last)
    if why_not.skipped is None:
        first, until = shown(_first(known, last), known.zone), shown(last, known.zone)
        would = f"The first cut that would do is {first}, the last one {until}."
    else:
        would = "" if why_not.reason is None or why_not.reason in reasons else why_not.reason
    return Problem(
        "B005",
        " ".join(each for each in (opening, reasons, would) if each),
        hint="Shorten the horizon, export a longer history, or allow cuts with less history: --short-cuts.",
    )


def _last(known: Knowledge) -> datetime:
    """Return the last midnight whose horizon is known."""
    latest = known.horizon.before(known.until, known.zone)
    return start_of_day(latest.astimezone(known.zone).date(), known.zone)


def _first(known: Knowledge, last: datetime) -> datetime:
    """Return the first usable midnight, given that the last one is usable; so are all between them."""
    day = last.astimezone(known.zone).date()
    oldest = min((source.oldest for source in known.sources), default=last).astimezone(known.zone).date()
    low, high = 0, max(0, (day - oldest).days + 2)  # days before the last one: usable, not usable
    while high - low > 1:
        middle = (low + high) // 2
        usable = known.judged(start_of_day(day - timedelta(days=middle), known.zone)).skipped is None
        low, high = (middle, high) if usable else (low, middle)
    return start_of_day(day - timedelta(days=low), known.zone)


def named(known: Knowledge, instants: Sequence[datetime]) -> tuple[Cut, ...]:
    """Return the cuts at these instants, deduplicated and in chronological order."""
    return tuple(known.judged(as_of) for as_of in sorted(set(instants)))


def _back(newest: datetime, every: Period, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield instants backward in steps of a period, each computed from the newest one."""
    number = 0
    while True:
        step = type(every)(every.count * number, every.unit) if number else None
        as_of = newest if step is None else step.before(newest, zone)
        if number and as_of >= newest:
            return
        yield as_of
        number += 1


def shown(instant: datetime, zone: ZoneInfo) -> str:
    """Return an instant as a day, with the time unless it is the first instant of that day."""
    local = instant.astimezone(zone)
    return f"{local:%Y-%m-%d}" if start_of_day(local.date(), zone) == instant else f"{local:%Y-%m-%d %H:%M}"


def format_period(period: Period) -> str:
    """Return a period in words: `30 days`."""
    words = {"h": "hours", "d": "days", "w": "weeks", "min": "minutes", "s": "seconds"}
    return f"{period.count} {words[period.unit]}" if period.count != 1 else f"1 {words[period.unit][:-1]}"
