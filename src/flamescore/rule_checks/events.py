"""The second look at the events: for which rules it is made, and what it tells of a type or an empty rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.cells import as_text, folded, present
from flamescore.engine import EVENT, look, operands_of, type_predicate, where_of
from flamescore.findings import Finding, Severity, near
from flamescore.frames import DROP, SUPERSEDED
from flamescore.input_errors import reading
from flamescore.rule_checks.places import place_of, replaced
from flamescore.rule_checks.steps import FOLLOWER, SINCE, TIMES
from flamescore.rule_checks.words import either
from flamescore.rules import ONCE
from flamescore.text import fold
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flamescore.engine import Cells, Clock, Contacts, Fits, Held, Look
    from flamescore.frames import EventSource
    from flamescore.rule_checks.askers import Asker
    from flamescore.rules import Burst, EventMatch, EventRule, Times
    from flamescore.yaml_tree import Path as NodePath

UNSEEN, NOTHING, TONIGHT = "I050", "R120", "R122"
_DAY: Final = 86_400


def is_suspect(match: EventMatch, held: Held) -> bool:
    """Say whether a type, a predicate or an operand of a match fits no event that the scoring has seen."""
    kind = type_predicate(match.types)
    if any(not held.holds(kind, each.alone) for each in operands_of(kind)):
        return True
    return any(
        not held.holds(kind, predicate)
        or any(not held.holds(kind, each.alone) for each in operands_of(predicate))
        for predicate in match.where
    )


@dataclass(frozen=True)
class Events:
    """What a second look at the events says of some matches."""

    looked: Look
    rejected: Mapping[str, int]
    """By folded type, for types that no row has: the rows of it that were rejected."""

    clock: Clock
    most: Mapping[EventMatch, int]
    spared: Mapping[EventRule, bool]
    """Of rules with resets: whether any event that fits, in the window, is after its contact's latest one."""

    emptied: Mapping[EventRule, str] = field(default_factory=dict)
    """By rule with bursts: the step that leaves nobody anything, if it is one (`steps.emptied_by`)."""

    @property
    def types(self) -> Cells:
        """The types that events have."""
        return self.looked.cells[EVENT]

    def knows(self, match: EventMatch) -> bool:
        """Say whether the look was for this match too."""
        return all(each in self.looked.predicates for each in where_of(match))

    def of(self, match: EventMatch, column: str) -> Cells:
        """Return the cells of a column among events of the types of a match."""
        return self.looked.cells[column].of_types([fold(kind) for kind in match.types])

    def has_types(self, match: EventMatch) -> bool:
        """Say whether any event is of its types."""
        return self.of(match, EVENT).rows > 0

    def fits(self, match: EventMatch) -> Fits:
        """Return the events that fit it."""
        return self.looked.fits(where_of(match))

    def unseen(self, asker: Asker, path: NodePath, match: EventMatch) -> Iterator[Finding]:
        """Yield a warning for each of its types that no row has (I050)."""
        known = self.types.values()
        folded_types = {fold(kind) for kind in known}
        for kind in match.types:
            if fold(kind) in folded_types:
                continue
            taken = {fold(each) for each in match.types}
            nearest = near(kind, known, taken=lambda text, taken=taken: fold(text) in taken)  # type: ignore[misc]
            place = place_of(asker.document, path, "event", kind)
            rejected = self.rejected.get(fold(kind), 0)
            said = f"no event is of the type `{kind}`, which {asker.title} names"
            if rejected:
                was = "was" if rejected == 1 else "were"
                said += f"; {count(rejected, 'row')} of type {kind} {was} rejected"
            yield Finding(
                UNSEEN,
                Severity.WARNING,
                f"{asker.subject} event {kind}",
                f"{said}.",
                asker.document.where(place),
                count=0,
                of=self.types.rows,
                nearest=nearest,
                cure=replaced(asker.document, asker.path, place, nearest[0][0]) if nearest else None,
            )

    def reason(self, asker: Asker, match: EventMatch) -> Finding | None:
        """Return why a rule with events of its types, and fitting values, gives nobody anything."""
        fits = self.fits(match)
        if not fits.rows:
            return self._no_combination(asker, match)
        rule = asker.rule
        if rule is None:
            return None
        reach = self.clock.reach(rule.window)
        whose = f"{asker.title} gives nobody anything: "
        if fits.youngest is None:
            said = f"all of {count(fits.rows, 'fitting event')} are after `as_of`"
        elif reach is not None and fits.youngest >= reach:
            said = f"the newest is {count(fits.youngest // _DAY, 'day')} old, the window is {rule.window}"
        elif fits.known is None or (reach is not None and fits.known >= reach):
            said = "events fit, but all in the window are of contacts that are not in the list"
        else:
            said = self._step(asker, match)
        return Finding(
            TONIGHT,
            Severity.NOTE,
            asker.subject,
            f"{whose}{said}.",
            asker.document.where(asker.path),
            count=0,
            of=fits.rows,
        )

    def _no_combination(self, asker: Asker, match: EventMatch) -> Finding:
        many = [
            f"{each.column} {self.of(match, each.column).fitting(each, self.clock):,}" for each in match.where
        ]
        rows = self.of(match, EVENT).rows
        what = "both" if len(many) == 2 else "all"  # noqa: PLR2004 - of two
        return Finding(
            NOTHING,
            Severity.WARNING,
            asker.subject,
            f"{asker.title} matches none of {events(rows, match)}: no event fits {what}: {', '.join(many)}.",
            asker.document.where(place_of(asker.document, asker.path, "where")),
            count=0,
            of=rows,
        )

    def _step(self, asker: Asker, match: EventMatch) -> str:  # noqa: PLR0911 - one a step
        rule = asker.rule
        assert rule is not None
        step, times = self.emptied.get(rule), rule.times
        if rule.burst is not None and step not in (SINCE, FOLLOWER):
            return _passed_on(asker) if step is None else _no_burst(rule.burst, times, step)
        most = self.most.get(match) if rule.burst is None and rule.per is None else None
        if times.least > 1 and most is not None and most < times.least:
            return f"events fit, but a contact has at most {most:,} of the {times.least:,} times"
        if not self.spared.get(rule, True):
            resets = either(tuple(dict.fromkeys(kind for each in rule.since for kind in each.types)))
            return f"events fit, but none is after the latest {resets} of its contact"
        if rule.followed_by is not None:
            return f"events fit, but none of {either(rule.followed_by.match.types)} follows in time"
        if rule.unless_followed_by is not None:
            types = either(rule.unless_followed_by.match.types)
            return f"events fit, but all are followed by {types}, or may be yet"
        if times != ONCE:
            after = ", after `per`" if rule.per is not None or times.most is None else ""
            return f"events fit, but no contact has them {_often(times)}{after}"
        return _passed_on(asker)


def _passed_on(asker: Asker) -> str:
    """Say why what counts gives nobody anything."""
    if asker.parts:
        return "events fit, but none is of a contact that passes `if`"
    return "events fit, but none is of a contact that the score is for, or has a number for the points"


def _no_burst(burst: Burst, times: Times, step: str) -> str:
    """Say what no contact has enough of: events in one burst, or bursts."""
    if step == TIMES:
        return f"events fit, but no contact has bursts of them {_often(times)}"
    what = "of them"
    if burst.per is not None:
        unit = burst.per.unit
        what = f"different values of `{burst.per.column}`" if unit is None else f"different {unit}s"
    return f"events fit, but no contact has {burst.times:,} {what} within {burst.within} (`burst`)"


def _often(times: Times) -> str:
    if times.most is None:
        return f"{times.least:,} times"
    return f"at most {times.most:,} times" if times.least <= 1 else f"{times.least:,} to {times.most:,} times"


def events(rows: int, match: EventMatch) -> str:
    """Return how many events of which types there are: ``4,120 `link_click` events``."""
    return f"{rows:,} {either(match.types)} event{'' if rows == 1 else 's'}"


def look_again(
    matches: Sequence[EventMatch],
    counted: Sequence[tuple[EventMatch, int | None]],
    sources: Sequence[EventSource],
    people: Contacts,
    clock: Clock,
    *,
    reset: Sequence[EventRule],
) -> Events:
    """Look at all events that read, for these matches.

    `counted` are those of rules with `times`, `reset` are rules with resets.
    """
    predicates = [predicate for match in matches for predicate in where_of(match)]
    wheres = [(where_of(match), reach) for match, reach in counted]
    resets = [
        (where_of(rule.match), clock.reach(rule.window), [where_of(each) for each in rule.since])
        for rule in reset
    ]
    looked = look(sources, people, clock, predicates, counted=wheres, resets=resets)
    known = {fold(kind) for kind in looked.cells[EVENT].values()}
    missing = {fold(kind) for match in matches for kind in match.types} - known
    return Events(
        looked,
        _rejected(missing, sources) if missing else {},
        clock,
        {match: looked.most[number] for number, (match, _) in enumerate(counted) if number in looked.most},
        {rule: looked.spared[number] for number, rule in enumerate(reset) if number in looked.spared},
    )


def _rejected(types: set[str], sources: Sequence[EventSource]) -> dict[str, int]:
    """Count the rejected rows of some (folded) types: those that lack a contact or a time."""
    found: dict[str, int] = {}
    for source in sources:
        with reading(source.file_at_fault):
            schema = source.frame.collect_schema()
            key = "contact_id" if source.key == "contact_id" else "contact"
            lacks = pl.col("at").is_null() | present(as_text(key, schema[key])).is_null()
            lacks = lacks & (pl.col(DROP) <= SUPERSEDED) if DROP in schema else lacks
            kind = folded(as_text(EVENT, schema[EVENT])).alias(EVENT)
            rows = source.frame.filter(lacks).select(kind).filter(pl.col(EVENT).is_in(list(types)))
            for name, many in rows.group_by(EVENT).len().collect().iter_rows():
                found[name] = found.get(name, 0) + many
    return found
