"""Conditions, for all contacts of a partition at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING

import numpy as np

from flamescore.rules import AllOf, AnyOf, FieldIs, Happened, HasTag, Not

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from flamescore.engine.aggregate import Sums
    from flamescore.rules import Condition, Predicate, TagMatch


@dataclass(frozen=True)
class Known:
    """What holds for every contact whatever its events: predicates on its columns, and tags."""

    fields: dict[Predicate, NDArray[np.bool_]]
    tags: dict[TagMatch, NDArray[np.bool_]]
    since: dict[TagMatch, NDArray[np.int64]]
    happened: dict[Happened, int]
    """The stream that counts for each condition on events."""


@dataclass(frozen=True)
class Judge:
    """Answers conditions for the contacts from `first` up to `last`."""

    known: Known
    first: int
    last: int
    sums: tuple[Sums, ...]

    @property
    def count(self) -> int:
        """How many contacts there are."""
        return self.last - self.first

    def holds(self, condition: Condition | None) -> NDArray[np.bool_]:  # noqa: PLR0911 - one a kind
        """Say for whom a condition holds; no condition holds for all."""
        match condition:
            case None:
                return np.ones(self.count, np.bool_)
            case HasTag(tag=tag):
                return self.known.tags[tag][self.first : self.last]
            case FieldIs(where=where):
                return reduce(and_, (self.known.fields[p][self.first : self.last] for p in where))
            case Happened():
                out = np.zeros(self.count, np.bool_)
                out[self.sums[self.known.happened[condition]].contact] = True
                return out
            case AllOf(parts=parts):
                return reduce(and_, map(self.holds, parts))
            case AnyOf(parts=parts):
                return reduce(or_, map(self.holds, parts))
            case Not(part=part):
                return ~self.holds(part)
