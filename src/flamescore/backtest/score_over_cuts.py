"""The observations of a score over all cuts: arrays with a row for each contact-cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from flamescore.frames import Exports
    from flamescore.rules import Score

    Integers = NDArray[np.int64]
    Marks = NDArray[np.bool_]

NEVER: Final = -1
"""Placeholder for a missing timestamp."""


class RuleRows(Struct, frozen=True):
    """The contact-cuts to which a rule, or a branch of one, gave points.

    `rows` are sorted indexes into the arrays of `ScoreOverCuts`, `rest` the flames that these contact-cuts
    have without the rule. `points` is the sum of the absolute points that it gave, `balance` the sum of the
    signed points, both in ten-thousandths.
    """

    rows: NDArray[np.int32]
    rest: NDArray[np.int8]
    points: float
    balance: float


class ScoreOverCuts(Struct, frozen=True):
    """A score over all cuts: arrays of equal length with a row for each contact-cut that is included.

    `contacts` and `cuts` are indexes, `totals` are in ten-thousandths, `active` is the last activity in
    seconds since 1970, or `NEVER`. `may_call` marks contacts that the call list does not exclude. `worth` is
    in ten-thousandths (None: not requested), `without` has the totals of the second score. `left_out` has
    counts by reason.
    """

    score: Score
    contacts: Integers
    cuts: Integers
    totals: Integers
    flames: Integers
    outcomes: Marks
    active: Integers
    may_call: Marks
    hot: Marks
    left_out: Mapping[str, int]
    rules: Mapping[str, RuleRows]
    branches: Mapping[tuple[str, int], RuleRows]
    worth: Integers | None = None
    without: Integers | None = None
    unvalued: int = 0
    called: Marks | None = None
    held_out: Marks | None = None


def together(parts: Sequence[ScoreOverCuts]) -> ScoreOverCuts:
    """Concatenate the cuts of a score."""
    first = parts[0]
    starts = np.cumsum([0, *(len(part.contacts) for part in parts)])[:-1].tolist()

    def joined(name: str) -> NDArray[np.int64]:
        return np.concatenate([getattr(part, name) for part in parts])

    def rows(found: Sequence[RuleRows]) -> RuleRows:
        return RuleRows(
            np.concatenate([each.rows + np.int32(start) for each, start in zip(found, starts, strict=True)]),
            np.concatenate([each.rest for each in found]),
            sum(each.points for each in found),
            sum(each.balance for each in found),
        )

    return ScoreOverCuts(
        first.score,
        contacts=joined("contacts"),
        cuts=joined("cuts"),
        totals=joined("totals"),
        flames=joined("flames"),
        outcomes=joined("outcomes").astype(np.bool_),
        active=joined("active"),
        may_call=joined("may_call").astype(np.bool_),
        hot=joined("hot").astype(np.bool_),
        left_out={key: sum(part.left_out[key] for part in parts) for key in first.left_out},
        rules={key: rows([part.rules[key] for part in parts]) for key in first.rules},
        branches={key: rows([part.branches[key] for part in parts]) for key in first.branches},
        worth=None if first.worth is None else joined("worth"),
        without=None if first.without is None else joined("without"),
        unvalued=sum(part.unvalued for part in parts),
        called=None if first.called is None else joined("called").astype(np.bool_),
        held_out=None if first.held_out is None else joined("held_out").astype(np.bool_),
    )


def renumbered(found: ScoreOverCuts, then: Exports, now: Exports, ids: pl.Series) -> ScoreOverCuts:
    """Renumber the contacts of a cut by the ids of all cuts; contacts that don't exist yet are counted."""
    there = then.contacts["contact_id"].sort()
    numbers = ids.search_sorted(there).to_numpy().astype(np.int64)
    missing = now.contacts.filter(~pl.col("contact_id").is_in(there.implode())).height
    left_out = {**found.left_out, "not_yet": found.left_out["not_yet"] + missing}
    return replace(found, contacts=numbers[found.contacts], left_out=left_out)
