"""Conditions, for all contacts of a partition at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING

import numpy as np

from flamescore.rules import AllOf, AnyOf, FieldIs, Happened, HasTag, LabelIs, Not, ScoreIs

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from flamescore.engine.aggregate import StreamSums
    from flamescore.rules import Condition, Predicate, TagMatch


@dataclass(frozen=True)
class ContactFacts:
    """What is known of every contact before an event is counted: predicates on its columns, and tags."""

    fields: dict[Predicate, NDArray[np.bool_]]
    tags: dict[TagMatch, NDArray[np.bool_]]
    tagged_at: dict[TagMatch, NDArray[np.int64]]
    """When the latest of the tags was applied, in epoch seconds; `tags.UNDATED` where no date is known."""
    stream_of: dict[Happened, int]
    """The stream that counts for each condition on events."""


@dataclass(frozen=True)
class ConditionEvaluator:
    """Evaluates conditions for the contacts from `first` up to `last`; `sums` has an entry a stream."""

    facts: ContactFacts
    first: int
    last: int
    sums: tuple[StreamSums, ...]

    @property
    def count(self) -> int:
        """How many contacts there are."""
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
                out = np.zeros(self.count, np.bool_)
                out[self.sums[self.facts.stream_of[leaf]].contact] = True
                return out
            case ScoreIs() | LabelIs() | AllOf() | AnyOf() | Not():
                msg = f"{type(leaf).__name__} can't be answered while contacts are scored"
                raise TypeError(msg)


def combined(condition: Condition, leaf: Callable[[Condition], NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Put the answers to the leaves of a condition together, contact by contact."""
    match condition:
        case AllOf(parts=parts):
            return reduce(and_, (combined(part, leaf) for part in parts))
        case AnyOf(parts=parts):
            return reduce(or_, (combined(part, leaf) for part in parts))
        case Not(part=part):
            return ~combined(part, leaf)
        case _:
            return leaf(condition)
