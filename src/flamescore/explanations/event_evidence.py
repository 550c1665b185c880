"""Evidence for a rule or condition from a contact's events: how many count, or the step that left none.

The steps are those of the rule language. For each occurrence, `engine.Traced.outcomes` has the step that
rejected it. For example, under a rule with `expires: 4w` and `times: 4`, visits

    100 days ago are `expired`       12, 5 and 2 days ago are `times`

The furthest step reached is `times`, so the evidence is `3 of the 4 needed`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from flamescore.engine import AT, BOTS, DAY, EVENT, MISSING
from flamescore.explanations.contact_events import STEPS, ContactEvents
from flamescore.explanations.evidence import Evidence
from flamescore.explanations.predicate_words import describe, format_number, is_number, no_number, quoted
from flamescore.rules import EventRule
from flamescore.units import POINT, clamped, iso_instant, show_points

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from flamescore.rules import EventMatch, Follower, Happened, Per, SumIs, SumOrder

_UNITS: Final = ((DAY, "d"), (3_600, "h"), (60, "min"), (1, "s"))
_SUMS: Final = {
    "at_least": "less than",
    "more_than": "not more than",
    "at_most": "more than",
    "less_than": "not less than",
}


class EventEvidence(Struct, frozen=True):
    """Evidence for rules and conditions from the events of one contact."""

    events: ContactEvents

    # --- conditions in words ---------------------------------------------------------------------------

    def _label(self, criterion: EventRule | Happened) -> str:
        """Describe the events that match: `link_click, url contains "/sales"`."""
        parts = [self._of(criterion.match)]
        if criterion.followed_by is not None:
            parts.append(f"followed by {self._of(criterion.followed_by.match)}")
        if criterion.unless_followed_by is not None:
            parts.append(f"not followed by {self._of(criterion.unless_followed_by.match)}")
        if criterion.burst is not None:
            parts.append(f"bursts of {criterion.burst.times:,} within {criterion.burst.within}")
        return ", ".join(parts)

    def _of(self, match: EventMatch) -> str:
        where = describe(match.where, self.events.ready.clock.zone)
        return f"{_types(match)}, {where}" if where else _types(match)

    def _whose(self, match: EventMatch) -> str:
        where = describe(match.where, self.events.ready.clock.zone)
        return f"{_types(match)} whose {where}" if where else _types(match)

    def _count(self, criterion: EventRule | Happened, many: int, latest: datetime | None, stream: int) -> str:
        """Describe how many count: `call, seconds at least 60: 1 in the last 30d, latest 2026-11-05`."""
        least = _least(criterion)
        text = f"{self._label(criterion)}: {many:,}"
        text += f" of the {least:,} needed" if many < least else ""
        text += f" in the last {criterion.window}" if criterion.window is not None else ""
        text += f", one per {_per(criterion.per)}" if criterion.per is not None else ""
        text += self._after_reset(stream)
        return text if latest is None else f"{text}, latest {self.events.local_day(latest).isoformat()}"

    def _after_reset(self, stream: int) -> str:
        reset = self.reset_on(self.events.ready.streams.all[stream].resets)
        return "" if reset is None else f" after {reset}"

    def reset_on(self, streams: Sequence[int]) -> str | None:
        """Return the event that reset a rule or condition, and when: `won on 2026-11-05`."""
        row = self.events.reset(streams)
        return None if row is None else f"{self.events.cells[EVENT][row]} on {self.events.day(row)}"

    # --- conditions that hold --------------------------------------------------------------------------

    def given(self, rule: EventRule) -> list[Evidence]:
        """Return how many events count under a rule that gave something, and what followed the latest."""
        stream = self.events.ready.streams.of_rule[rule]
        rows = self.events.counted(stream)
        many, latest = self.events.enough(stream), self.events.cells[AT][rows[0]]
        found = self._enough(rule, stream, many, latest)
        for follower, number, wanted in self.events.links(rule, stream):
            after = self.events.after(rows[0], follower, number)
            found.append(self._followed(follower, after, holds=True, wanted=wanted))
        return found

    def happened(self, condition: Happened) -> list[Evidence]:
        """Return the evidence that a condition on events holds."""
        streams = self.events.ready.streams.of_condition[condition]
        many, latest = self.events.how_many(streams[0])
        text = self._count(condition, many, latest, streams[0])
        totals = [self.events.total(stream) for stream in streams[: len(condition.sums)]]
        for total, required in zip(totals, condition.sums, strict=True):
            bounds = " and ".join(f"{_words(b)} {_points(b.operand)}" for b in required.bounds)
            text += f", {required.column} comes to {_points(total)} ({bounds})"
        found = [each.with_sentence(text) for each in self._enough(condition, streams[0], many, latest)]
        for total, required in zip(totals, condition.sums, strict=True):
            found += [
                self._sum(condition, required, bound, total, text, holds=True) for bound in required.bounds
            ]
        return found

    def _enough(
        self, criterion: EventRule | Happened, stream: int, many: int, latest: datetime | None
    ) -> list[Evidence]:
        text, most = self._count(criterion, many, latest, stream), criterion.times.most
        text += "" if most is None else f" (at most {most:,})"
        found = [self._times(criterion, many, latest, text, holds=True)]
        return found if most is None else [*found, self._too_many(criterion, many, latest, text, holds=True)]

    def _times(
        self, criterion: EventRule | Happened, many: int, latest: datetime | None, text: str, *, holds: bool
    ) -> Evidence:
        return Evidence(
            kind="event",
            subject=self._label(criterion),
            operator="at_least",
            operand=_least(criterion),
            holds=holds,
            count=many,
            needed=_least(criterion),
            latest_at=latest,
            sentence=text,
        )

    def _too_many(
        self, criterion: EventRule | Happened, many: int, latest: datetime | None, text: str, *, holds: bool
    ) -> Evidence:
        return Evidence(
            kind="event",
            subject=self._label(criterion),
            operator="at_most",
            operand=criterion.times.most,
            holds=holds,
            count=many,
            latest_at=latest,
            sentence=text,
        )

    def _sum(
        self, criterion: Happened, of: SumIs, bound: SumOrder, total: int, text: str, *, holds: bool
    ) -> Evidence:
        return Evidence(
            kind="event",
            subject=f"{self._label(criterion)}: {of.column}",
            value=_plain(total),
            operator=bound.how,
            operand=_plain(bound.operand),
            holds=holds,
            sentence=text,
        )

    # --- conditions that do not hold -------------------------------------------------------------------

    def not_happened(self, condition: Happened) -> Evidence:
        """Return why a condition on events does not hold."""
        streams, times = self.events.ready.streams.of_condition[condition], condition.times
        many, latest = self.events.how_many(streams[0])
        text = self._count(condition, many, latest, streams[0])
        if many < times.least:
            if many:
                return self._times(condition, many, latest, text, holds=False)
            return self._none(condition, streams[0], of_condition=True)
        if times.most is not None and many > times.most:
            return self._too_many(condition, many, latest, f"{text}, more than {times.most:,}", holds=False)
        for stream, required in zip(streams, condition.sums, strict=False):
            total = self.events.total(stream)
            for bound in required.bounds:
                if not _holds(bound, total):
                    missed = f"{_SUMS[bound.how]} {_points(bound.operand)}"
                    what = f"{text}, {required.column} comes to {_points(total)}, {missed}"
                    return self._sum(condition, required, bound, total, what, holds=False)
        msg = f"{condition} holds"
        raise AssertionError(msg)

    def nothing(self, rule: EventRule) -> Evidence | None:
        """Return the step that left no occurrence of a rule; None if any count."""
        stream = self.events.ready.streams.of_rule[rule]
        many, _ = self.events.how_many(stream)
        return None if many else self._none(rule, stream, of_condition=False)

    def _none(self, criterion: EventRule | Happened, stream: int, *, of_condition: bool) -> Evidence:
        """Return the evidence for the furthest step that the events reached."""
        there = self.events.there(stream)
        label, types = self._label(criterion), _types(criterion.match)
        if not there:
            return self._times(criterion, 0, None, self._unmatched(criterion.match, stream), holds=False)
        steps = [self.events.step(stream, row) for row in there]
        furthest = max(steps)
        rows = [row for row, step in zip(there, steps, strict=True) if step == furthest]
        row, latest = rows[0], self.events.cells[AT][rows[0]]
        match STEPS[furthest]:
            case "old" | "expired":
                text = f"latest {self.events.day(row)}, older than {criterion.window}"
                if of_condition:
                    whose, day = self._whose(criterion.match), self.events.day(row)
                    text = f"no {whose} in the last {criterion.window} (latest {day})"
                return self._times(criterion, 0, latest, text, holds=False)
            case "since":
                reset = self._after_reset(stream).removeprefix(" ")
                text = f"latest {self.events.day(row)}, not {reset}"
            case "follower":
                evidence = self._follower(criterion, stream, row)
                return evidence.with_sentence(f"{label}: {evidence.sentence}") if of_condition else evidence
            case "burst":
                assert criterion.burst is not None
                most = self.events.nearest(rows, criterion.burst)
                text = (
                    f"at most {most:,} of the {criterion.burst.times:,} needed "
                    f"within {criterion.burst.within}"
                )
                text = f"{types}: {text}" if of_condition else text
                return Evidence(
                    kind="event",
                    subject=_types(criterion.match),
                    operator="at_least",
                    operand=criterion.burst.times,
                    holds=False,
                    count=most,
                    needed=criterion.burst.times,
                    latest_at=latest,
                    sentence=text,
                )
            case _:
                return self._wrong_number(criterion, len(rows), latest)
        return self._times(criterion, 0, latest, f"{types}: {text}" if of_condition else text, holds=False)

    def _wrong_number(self, rule: EventRule | Happened, many: int, latest: datetime) -> Evidence:
        """Return evidence of too few or too many events under `times` of a rule."""
        if many < _least(rule):
            text = f"{many:,} of the {_least(rule):,} needed"
            return self._times(rule, many, latest, text, holds=False)
        text = f"{many:,} {_types(rule.match)}, more than {rule.times.most:,}"
        return self._too_many(rule, many, latest, text, holds=False)

    def _unmatched(self, match: EventMatch, stream: int) -> str:
        """Describe why there are no events: none of the types, none that matches, or none left."""
        types = _types(match)
        rows = self.events.of_types(match)
        here = rows - self.events.traced.gone
        if here and match.where:
            return f"{len(here):,} {types}, none whose {describe(match.where, self.events.ready.clock.zone)}"
        if rows and not here:
            removed = any(self.events.traced.outcomes.get((stream, row)) == BOTS for row in rows)
            return f"{len(rows):,} {types}, removed by {'bots' if removed else 'ignore'}"
        return f"no {types}"

    # --- followers and bursts --------------------------------------------------------------------------

    def _follower(self, criterion: EventRule | Happened, stream: int, row: int) -> Evidence:
        """Return why an event's followers do not satisfy the rule or condition."""
        for follower, number, wanted in self.events.links(criterion, stream):
            after = self.events.after(row, follower, number)
            if wanted != bool(after):
                return self._followed(follower, after, holds=False, wanted=wanted)
        wait = criterion.unless_followed_by
        assert wait is not None
        ends = clamped(self.events.ready.clock.now - self.events.ages[row] + wait.within)
        text = f"within {_length(wait.within)} is not over until {self.events.local_day(ends).isoformat()}"
        return Evidence(
            kind="follower",
            subject=self._of(wait.match),
            value=iso_instant(ends),
            operator="at_most",
            operand=iso_instant(self.events.ready.clock.as_of),
            holds=False,
            sentence=text,
        )

    def _followed(self, follower: Follower, after: Sequence[int], *, holds: bool, wanted: bool) -> Evidence:
        """Return evidence of whether something followed; `wanted`: it is required."""
        if after:
            text = f"{_types(follower.match)} on {self.events.day(after[0])} followed"
        else:
            same = "" if follower.same is None else f" with the same {follower.same}"
            within = _length(follower.within)
            span = f"within {within}" if follower.after <= 1 else f"{_length(follower.after)} to {within}"
            text = f"no {self._whose(follower.match)}{same} {span} after it"
        return Evidence(
            kind="follower",
            subject=self._of(follower.match),
            operator="at_least" if wanted else "less_than",
            operand=1,
            holds=holds,
            count=len(after),
            needed=1 if wanted else None,
            latest_at=self.events.cells[AT][after[0]] if after else None,
            sentence=text,
        )

    # --- rules that give nothing -----------------------------------------------------------------------

    def worthless(self, rule: EventRule) -> Evidence:
        """Return why the events that count under a rule give nothing."""
        stream = self.events.ready.streams.of_rule[rule]
        rows = self.events.counted(stream)
        row, column = rows[0], rule.points.column
        if any(self.events.traced.worth.get((stream, each)) for each in rows):
            return worth_nothing(f"{len(rows):,} {_types(rule.match)} come to 0")
        if column is None:
            return faded(self.events.ages[row] // DAY if rule.points.fixed else None)
        text = self.events.cell(row, column)
        amount = self.events.traced.kept.amounts[self.events.ready.streams.amount_columns.index(column)][row]
        if amount == MISSING or text is None:
            return no_number(column, text)
        shown = format_number(text) if is_number(text) else quoted(text)
        return worth_nothing(f"{column} is {shown}, worth 0")


def worth_nothing(sentence: str) -> Evidence:
    """Return evidence that something gives no points."""
    return Evidence(
        kind="event",
        subject="points",
        value=0,
        operator="not_equals",
        operand=0,
        holds=False,
        sentence=sentence,
    )


def faded(days: int | None) -> Evidence:
    """Return evidence that something is worth 0 after this many full days; None if it always is."""
    after = "" if days is None else f" after {days:,} full {'day' if days == 1 else 'days'}"
    return worth_nothing(f"worth 0{after}")


def _least(criterion: EventRule | Happened) -> int:
    """Return the minimum number of events; at least 1 for a rule, which gives nothing without an event."""
    return max(criterion.times.least, 1) if isinstance(criterion, EventRule) else criterion.times.least


def _types(match: EventMatch) -> str:
    return " or ".join(match.types)


def _per(per: Per) -> str:
    return per.column if per.column is not None else str(per.unit)


def _length(seconds: int) -> str:
    """Format a length in its largest whole unit, up to days: `7d`, `36h`."""
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return f"{seconds // size}{unit}"


def _words(bound: SumOrder) -> str:
    return bound.how.replace("_", " ")


def _points(ten_thousandths: int) -> str:
    return format_number(show_points(ten_thousandths))


def _plain(ten_thousandths: int) -> int | float:
    return ten_thousandths // POINT if ten_thousandths % POINT == 0 else ten_thousandths / POINT


def _holds(bound: SumOrder, total: int) -> bool:
    match bound.how:
        case "at_least":
            return total >= bound.operand
        case "at_most":
            return total <= bound.operand
        case "more_than":
            return total > bound.operand
        case "less_than":
            return total < bound.operand
