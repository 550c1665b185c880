"""The observations of a score over all cuts: arrays with a row for each contact-cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from msgspec import Struct
from msgspec.structs import asdict, replace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from flamescore.frames import Exports
    from flamescore.rules import Score

    Integers = NDArray[np.int64]
    SmallIntegers = NDArray[np.int32]
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
    contacts: SmallIntegers
    cuts: SmallIntegers
    totals: Integers
    flames: SmallIntegers
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


def together(parts: list[ScoreOverCuts]) -> ScoreOverCuts:
    """Concatenate the cuts of a score, and empty `parts`.

    Each array of a cut is released once it is in the whole: at a million contacts and twelve cuts, keeping
    both would take another gigabyte.
    """
    starts = np.cumsum([0, *(len(part.contacts) for part in parts)])[:-1].tolist()
    cuts = [asdict(part) for part in parts]
    parts.clear()

    def joined(name: str) -> Any:  # noqa: ANN401 - an array of any type, or None
        arrays = [cut.pop(name) for cut in cuts]
        return None if arrays[0] is None else np.concatenate(arrays)

    def joined_rows(name: str) -> dict[Any, RuleRows]:
        by_rule = [dict(cut.pop(name)) for cut in cuts]
        return {key: rows([each.pop(key) for each in by_rule]) for key in tuple(by_rule[0])}

    def rows(found: Sequence[RuleRows]) -> RuleRows:
        return RuleRows(
            np.concatenate([each.rows + np.int32(start) for each, start in zip(found, starts, strict=True)]),
            np.concatenate([each.rest for each in found]),
            sum(each.points for each in found),
            sum(each.balance for each in found),
        )

    return ScoreOverCuts(
        cuts[0]["score"],
        contacts=joined("contacts"),
        cuts=joined("cuts"),
        totals=joined("totals"),
        flames=joined("flames"),
        outcomes=joined("outcomes"),
        active=joined("active"),
        may_call=joined("may_call"),
        hot=joined("hot"),
        left_out={key: sum(cut["left_out"][key] for cut in cuts) for key in cuts[0]["left_out"]},
        rules=joined_rows("rules"),
        branches=joined_rows("branches"),
        worth=joined("worth"),
        without=joined("without"),
        unvalued=sum(cut["unvalued"] for cut in cuts),
        called=joined("called"),
        held_out=joined("held_out"),
    )


def renumbered(found: ScoreOverCuts, then: Exports, now: Exports, ids: pl.Series) -> ScoreOverCuts:
    """Renumber the contacts of a cut by the ids of all cuts; contacts that don't exist yet are counted."""
    there = then.contacts["contact_id"].sort()
    numbers = ids.search_sorted(there).to_numpy().astype(np.int32)
    missing = now.contacts.filter(~pl.col("contact_id").is_in(there.implode())).height
    left_out = {**found.left_out, "not_yet": found.left_out["not_yet"] + missing}
    return replace(found, contacts=numbers[found.contacts], left_out=left_out)
