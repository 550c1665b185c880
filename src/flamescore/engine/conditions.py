"""Evaluates conditions for all contacts of a partition at once."""

from __future__ import annotations

from functools import reduce
from operator import and_, ge, gt, le, lt, or_
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from flamescore.rules import (
    AllOf,
    AnyOf,
    FieldIs,
    Happened,
    HasTag,
    InSegment,
    LabelIs,
    Not,
    RuleIs,
    ScoreIs,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from flamescore.engine.aggregate import StreamSums
    from flamescore.rules import Condition, Predicate, TagMatch

_HOLDS: Final[dict[str, Callable[[Any, int], Any]]] = {
    "at_least": ge,
    "at_most": le,
    "more_than": gt,
    "less_than": lt,
}
"""Comparisons of a sum, or sums, with an operand, in ten-thousandths."""


class ContactFacts(Struct, frozen=True):
    """Facts about every contact that don't depend on counting events: predicates on its columns, and tags."""

    fields: dict[Predicate, NDArray[np.bool_]]
    tags: dict[TagMatch, NDArray[np.bool_]]
    tagged_at: dict[TagMatch, NDArray[np.int64]]
    """When the latest of the tags was applied, in epoch seconds; `tags.UNDATED` if no date is known."""
    streams_of: dict[Happened, tuple[int, ...]]
    """The streams that count for each condition on events: one for each of its sums, and at least one."""

    def only(self, contacts: NDArray[np.int64]) -> ContactFacts:
        """Return the facts of some contacts, renumbered in this order."""
        return replace(
            self,
            fields={each: holds[contacts] for each, holds in self.fields.items()},
            tags={each: has[contacts] for each, has in self.tags.items()},
            tagged_at={each: at[contacts] for each, at in self.tagged_at.items()},
        )


class ConditionEvaluator(Struct, frozen=True):
    """Evaluates conditions for the contacts from `first` up to but excluding `last`; `sums` is by stream."""

    facts: ContactFacts
    first: int
    last: int
    sums: tuple[StreamSums, ...]

    @property
    def count(self) -> int:
        """The number of contacts."""
        return self.last - self.first

    def evaluate(self, condition: Condition | None) -> NDArray[np.bool_]:
        """Mark the contacts for which a condition is true; None is true for all."""
        return np.ones(self.count, np.bool_) if condition is None else combined(condition, self._leaf)

    def _leaf(self, leaf: Condition) -> NDArray[np.bool_]:
        match leaf:
            case HasTag(tag=tag):
                return self.facts.tags[tag][self.first : self.last]
            case FieldIs(where=where):
                return reduce(and_, (self.facts.fields[p][self.first : self.last] for p in where))
            case Happened():
                return self._happened(leaf)
            case ScoreIs() | LabelIs() | RuleIs() | InSegment() | AllOf() | AnyOf() | Not():
                msg = f"{type(leaf).__name__} can't be answered while contacts are scored"
                raise TypeError(msg)

    def _happened(self, condition: Happened) -> NDArray[np.bool_]:
        """Mark the contacts whose number and sums of events match; both are 0 for contacts without events."""
        streams, times = self.facts.streams_of[condition], condition.times
        some = self.sums[streams[0]]
        within = some.occurrences >= times.least
        if times.most is not None:
            within &= some.occurrences <= times.most
        of_none = times.least == 0
        for stream, total in zip(streams, condition.sums, strict=False):
            within &= reduce(and_, (_HOLDS[b.how](self.sums[stream].points, b.operand) for b in total.bounds))
            of_none &= all(_HOLDS[b.how](0, b.operand) for b in total.bounds)
        out = np.full(self.count, of_none, np.bool_)
        out[some.contact] = within
        return out


def combined(condition: Condition, leaf: Callable[[Condition], NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Combine the results for the leaves of a condition, contact by contact."""
    match condition:
        case AllOf(parts=parts):
            return reduce(and_, (combined(part, leaf) for part in parts))
        case AnyOf(parts=parts):
            return reduce(or_, (combined(part, leaf) for part in parts))
        case Not(part=part):
            return ~combined(part, leaf)
        case _:
            return leaf(condition)
