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
    for name, asked in _asked(book):
        types, burst = asked.match.types, asked.burst
        reach = clock.reach(asked.window, 0 if burst is None else burst.seconds)
        said = str(asked.window) if burst is None else f"{asked.window}, and {burst.within} before it"
        known = found.get((name, types))
        if known is None or (known.seconds is not None and (reach is None or reach > known.seconds)):
            found[name, types] = Reach(name, types, reach, said)
    for score in book.scores:
        for group, idle in score.idles:
            days = fade_end(idle.decay)
            name = f"idle of {group or score.name}"
            for match in () if days is None else idle.activity:
                found[name, match.types] = Reach(name, match.types, (days or 0) * _DAY, f"{days}d")
    return tuple(found.values())


def _asked(book: RuleBook) -> Iterator[tuple[str, EventRule | Happened]]:
    for score in book.scores:
        asked: list[tuple[str, tuple[Condition, ...]]] = []
        if score.population is not None:
            asked.append((f"population of {score.name}", (score.population,)))
        for rule in score.rules:
            asked.append((rule.name, tuple(conditions_of(rule))))
            if isinstance(rule.subject, EventRule):
                yield rule.name, rule.subject
        for name, conditions in asked:
            yield from _in_conditions(name, conditions)
    for label in book.labels:
        conditions = tuple(branch.condition for branch in label.branches if branch.condition is not None)
        yield from _in_conditions(f"label {label.name}", conditions)


def _in_conditions(name: str, conditions: tuple[Condition, ...]) -> Iterator[tuple[str, Happened]]:
    for leaf in (leaf for condition in conditions for leaf in leaves(condition)):
        if isinstance(leaf, Happened):
            yield name, leaf
