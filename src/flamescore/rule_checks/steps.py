"""Which step of counting leaves an event rule nothing: found by counting with one step more at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from flamescore.engine import run
from flamescore.rules import NO_DECAY, ONCE, Points, Rule, RuleBook, Score
from flamescore.units import POINT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flamescore.engine import Clock
    from flamescore.frames import Exports
    from flamescore.rules import EventMatch, EventRule

SINCE, FOLLOWER, BURST, TIMES = "since", "follower", "burst", "times"
_STEPS: Final = (
    (SINCE, ("since",)),
    (FOLLOWER, ("followed_by", "unless_followed_by")),
    (BURST, ("burst",)),
    (TIMES, ("times",)),
)
"""The steps in their order, and the keys of each."""

_LEFT_OUT: Final = {
    "since": (),
    "followed_by": None,
    "unless_followed_by": None,
    "burst": None,
    "times": ONCE,
}
"""What a rule has that does without a step."""


def emptied_by(
    rules: Sequence[EventRule], exports: Exports, clock: Clock, *, ignore: tuple[EventMatch, ...] = ()
) -> dict[EventRule, str]:
    """Say which step leaves nobody anything, of rules that give nobody anything; the others have no entry.

    A pass over the events. `if` and the population are not looked at, nor what the rules give.

    Raises:
        InputError: a file can't be read any more.
    """
    tried = [(rule, step, some) for rule in dict.fromkeys(rules) for step, some in _step_by_step(rule)]
    if not tried:
        return {}
    asked = tuple(Rule(str(number), "", some) for number, (_, _, some) in enumerate(tried))
    book = RuleBook(clock.zone, (Score("", "", POINT, asked),), ignore)
    results = run(book, exports, clock, ledger=False).results
    contacts = [sum(each.summary.entry_totals[0][number] for each in results) for number in range(len(tried))]
    found: dict[EventRule, str] = {}
    for (rule, step, _), many in zip(tried, contacts, strict=True):
        if not many:
            found.setdefault(rule, step)
    return found


def _step_by_step(rule: EventRule) -> Iterator[tuple[str, EventRule]]:
    """Yield the rule with its first step alone, with two, and so on; each occurrence gives a point."""
    plain = replace(rule, points=Points(fixed=POINT), count=None, decay=NO_DECAY)
    left_out: dict[str, Any] = dict(_LEFT_OUT)
    for step, keys in _STEPS:
        absent = {key: left_out.pop(key) for key in keys}
        if any(getattr(rule, key) != value for key, value in absent.items()):
            yield step, replace(plain, **left_out)
