"""How far back rules look: the widest window of each rule, and the event types it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from flamescore.engine import fade_end
from flamescore.rules import EventRule, Happened, conditions_of, leaves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.engine import Clock
    from flamescore.rules import Condition, RuleBook

_DAY: Final = 86_400


class Reach(Struct, frozen=True):
    """How far back a rule looks at events of some types, in seconds (None: no limit), and as written."""

    name: str
    types: tuple[str, ...]
    seconds: int | None
    written: str


def reaches(book: RuleBook, clock: Clock) -> tuple[Reach, ...]:
    """Return the furthest reach of each rule, condition or inactivity rule for each list of types it names.

    A burst in the window may begin before it.
    """
    found: dict[tuple[str, tuple[str, ...]], Reach] = {}
    for name, part in _event_parts(book):
        types, burst = part.match.types, part.burst
        reach = clock.reach(part.window, 0 if burst is None else burst.seconds)
        written = str(part.window) if burst is None else f"{part.window}, and {burst.within} before it"
        known = found.get((name, types))
        if known is None or (known.seconds is not None and (reach is None or reach > known.seconds)):
            found[name, types] = Reach(name, types, reach, written)
    for score in book.scores:
        for group, idle in score.idles:
            days = fade_end(idle.decay)
            name = f"idle of {group or score.name}"
            for match in () if days is None else idle.activity:
                found[name, match.types] = Reach(name, match.types, (days or 0) * _DAY, f"{days}d")
    return tuple(found.values())


def _event_parts(book: RuleBook) -> Iterator[tuple[str, EventRule | Happened]]:
    for score in book.scores:
        conditions_by_name: list[tuple[str, tuple[Condition, ...]]] = []
        if score.population is not None:
            conditions_by_name.append((f"population of {score.name}", (score.population,)))
        for rule in score.rules:
            conditions_by_name.append((rule.name, tuple(conditions_of(rule))))
            if isinstance(rule.subject, EventRule):
                yield rule.name, rule.subject
        for name, conditions in conditions_by_name:
            yield from _in_conditions(name, conditions)
    for label in book.labels:
        conditions = tuple(branch.condition for branch in label.branches if branch.condition is not None)
        yield from _in_conditions(f"label {label.name}", conditions)


def _in_conditions(name: str, conditions: tuple[Condition, ...]) -> Iterator[tuple[str, Happened]]:
    for leaf in (leaf for condition in conditions for leaf in leaves(condition)):
        if isinstance(leaf, Happened):
            yield name, leaf
