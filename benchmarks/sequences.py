"""Rules on events in sequence: resets, bursts, sums, followers with the same value, idleness.

They are the broad mix with these keys added to some of its rules, and the same rules without the keys, so
that a ratio shows what the keys cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SEQUENCES: Final = "sequences"
"""Of 100 rules, 20 have `since`, 10 `burst`, 10 a condition with `sum`, and 5 a follower with `same`."""

WITHOUT: Final = "sequences_left_out"
"""The rules of `SEQUENCES` without these keys. Conditions and followers remain."""

QUARTER: Final = "quarter"
"""One in four rules is of a new kind."""

MIXES: Final = (SEQUENCES, WITHOUT, QUARTER)
IDLE: Final = {"linear": "10%", "every": "30d"}

_KINDS: Final = 10
"""The number of kinds of rules in the broad mix, which rotate (`rules.rules`)."""

Words = dict[str, Any]


def idle_of(mix: str) -> Words | None:
    """Return the `idle` of the score, if the mix has one."""
    return IDLE if mix == SEQUENCES else None


def put_to(book: Sequence[Words], mix: str) -> list[Words]:
    """Return the broad mix with the keys of another mix added."""
    return [_with(words, number, mix) for number, words in enumerate(book)]


def _with(words: Words, number: int, mix: str) -> Words:
    kind, turn = number % _KINDS, number // _KINDS
    if mix == QUARTER:
        add = _QUARTER.get(kind) if number % 4 == 3 else None
        return words if add is None else words | add(turn)
    add = _SEQUENCES.get(kind)
    if add is None or (add is _same and turn >= 5):
        return words
    found = words | add(turn)
    return found if mix == SEQUENCES else _left_out(found)


def _left_out(words: Words) -> Words:
    """Return a rule without the new keys, at any depth."""
    return {
        key: _left_out(value) if isinstance(value, dict) else value
        for key, value in words.items()
        if key not in ("since", "burst", "sum", "same")
    }


def _since(_turn: int) -> Words:
    return {"since": {"event": "purchase"}}


def _burst(turn: int) -> Words:
    burst: Words = {"times": 2 + turn % 3, "within": f"{7 + turn % 4 * 7}d"}
    return {"burst": burst | {"per": "url"} if turn % 2 else burst}


def _sum(turn: int) -> Words:
    return {"if": {"event": "purchase", "last": "1y", "sum": {"amount": {"at_least": 50 + 10 * turn}}}}


def _same(turn: int) -> Words:
    return {"followed_by": {"event": "link_click", "within": f"{1 + turn % 7}d", "same": "url"}}


_SEQUENCES: Final[dict[int, Callable[[int], Words]]] = {0: _burst, 2: _since, 3: _sum, 6: _same, 9: _since}
_QUARTER: Final[dict[int, Callable[[int], Words]]] = {1: _since, 3: _sum, 5: _burst, 7: _sum, 9: _same}
"""The keys to add, by the kind of rule."""
