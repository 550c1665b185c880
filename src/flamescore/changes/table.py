"""Two runs side by side: what changed for each contact under each score, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl
from msgspec import Struct

from flamescore.points import as_published, difference_type, in_points, ten_thousandths

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FILE: Final = "changes.parquet"

OLD_RULES, NEW_RULES, LATER = "old_rules", "new_rules", "later"
TREND: Final = ("trend_score", "trend")
"""The earlier score, and by how many points the current score is above it."""

NEWLY_HOT, COOLED_OFF, UP, DOWN = "newly_hot", "cooled_off", "up", "down"
NEW, VANISHED, SAME = "new", "vanished", "same"
KINDS: Final = (NEWLY_HOT, COOLED_OFF, UP, DOWN, NEW, VANISHED, SAME)
"""In display order; `new` contacts who are hot are listed with the newly hot."""

PARTS: Final = ("by_activity", "by_time", "by_data", "by_rules")

CHANGES: Final = pl.Schema(
    {
        "contact_id": pl.String(),
        "score_name": pl.String(),
        "change": pl.String(),
        "previous_score": pl.Float64(),
        "previous_flames": pl.Int32(),
        "score": pl.Float64(),
        "flames": pl.Int32(),
        "difference": pl.Float64(),
        **dict.fromkeys(PARTS, pl.Float64()),
    }
)
"""One row per contact and score. The four parts add up to `difference`, in ten-thousandths of a point.

For scores that no float represents exactly (past 2^53 ten-thousandths), the published floats are compared.
"""

MOVES: Final = pl.Schema({"contact_id": pl.String(), "change": pl.Float64(), "newly_hot": pl.Boolean()})
"""One row per contact: its change in points under a score, null if new, and whether it became hot."""

_FOUND: Final = ("contact_id", "score", "flames")
_NOW, _THEN = "\x00now", "\x00then"
"""The scores in ten-thousandths."""


class HotInBoth(Struct, frozen=True):
    """Who is hot in a run and who was hot in the previous one: with `flames` or more under each score.

    If a condition decides, `flames` is None, and `now` and `then` are contact ids, for the rows of the score
    `name`. `then` is None if it is unknown: no contact then counts as newly hot or cooled off.
    """

    flames: int | None = None
    name: str = ""
    now: pl.Series | None = None
    then: pl.Series | None = None

    def is_hot(self, score_name: str) -> pl.Expr:
        """Mark the rows of `CHANGES` whose contacts are hot."""
        if self.flames is not None:
            return pl.col("flames") >= self.flames
        return _among(self.now if score_name == self.name else None)

    def turned(self, score_name: str) -> tuple[pl.Expr, pl.Expr]:
        """Mark the rows whose contacts became hot, and those whose contacts cooled off."""
        now = self.is_hot(score_name)
        if self.flames is not None:
            then = pl.col("previous_flames") >= self.flames
            return now & ~then, ~now & then
        if self.then is None or score_name != self.name:
            return _among(None), _among(None)
        then = _among(self.then)
        return now & ~then, ~now & then

    def newly_hot(self, score_name: str) -> pl.Expr:
        """Mark the rows of `CHANGES` whose contacts became hot, or are new and hot."""
        kind = pl.col("change")
        return (kind == NEWLY_HOT) | ((kind == NEW) & self.is_hot(score_name)).fill_null(value=False)


def moves(changes: pl.LazyFrame, score_name: str, hot: HotInBoth) -> pl.LazyFrame:
    """Return `MOVES` for a score's rows of `CHANGES`; vanished contacts have no row."""
    mine = (pl.col("score_name") == score_name) & (pl.col("change") != VANISHED)
    return changes.filter(mine).select(
        "contact_id", pl.col("difference").alias("change"), hot.newly_hot(score_name).alias("newly_hot")
    )


def _among(ids: pl.Series | None) -> pl.Expr:
    return pl.lit(value=False) if ids is None else pl.col("contact_id").is_in(ids.implode())


def compared(
    scores: pl.DataFrame,
    previous: pl.DataFrame,
    totals: pl.DataFrame | None,
    *,
    names: Sequence[str],
    hot: HotInBoth,
) -> pl.DataFrame:
    """Return `CHANGES`: score by score, newly hot first, then by the size of the change, then by id.

    `scores` and `previous` are `frames.SCORES` of two runs. `totals` is the result of `what_if`, or None if
    the parts are unknown. The parts are null then, and for contacts that only one of the runs has a score of.
    """
    known = () if totals is None else [totals[each] for each in (OLD_RULES, NEW_RULES, LATER)]
    kind = difference_type(scores["score"], previous["score"], *known)
    if totals is not None:
        totals = totals.with_columns(as_published(each, kind) for each in known)
    frames = [
        _side_by_side(scores, previous, name, kind)
        .pipe(_with_parts, totals, name)
        .pipe(with_kind, *hot.turned(name))
        .pipe(_in_order, hot.is_hot(name))
        .pipe(_in_points)
        .select(pl.col(column).cast(kind) for column, kind in CHANGES.items())
        for name in names
    ]
    return pl.concat([pl.DataFrame(schema=CHANGES), *frames])


def _side_by_side(scores: pl.DataFrame, previous: pl.DataFrame, name: str, kind: pl.DataType) -> pl.DataFrame:
    mine = pl.col("score_name") == name
    then = previous.filter(mine).select(
        "contact_id", pl.col("score").alias("previous_score"), pl.col("flames").alias("previous_flames")
    )
    now = scores.filter(mine).select(*_FOUND)
    both = now.join(then, on="contact_id", how="full", coalesce=True).with_columns(
        ten_thousandths(pl.col("score"), kind).alias(_NOW),
        ten_thousandths(pl.col("previous_score"), kind).alias(_THEN),
    )
    moved = pl.col(_NOW) - pl.col(_THEN)
    return both.with_columns(pl.lit(name).alias("score_name"), moved.alias("difference"))


def _with_parts(both: pl.DataFrame, totals: pl.DataFrame | None, name: str) -> pl.DataFrame:
    if totals is None:
        return both.with_columns(pl.lit(None, pl.Int64).alias(part) for part in PARTS)
    mine = totals.filter(pl.col("score_name") == name).drop("score_name")
    steps = {
        "by_data": pl.col(OLD_RULES) - pl.col(_THEN),
        "by_rules": pl.col(NEW_RULES) - pl.col(OLD_RULES),
        "by_time": pl.col(LATER) - pl.col(NEW_RULES),
        "by_activity": pl.col(_NOW) - pl.col(LATER),
    }
    known = pl.col("difference").is_not_null()
    joined = both.join(mine, on="contact_id", how="left")
    return joined.with_columns(pl.when(known).then(step).alias(part) for part, step in steps.items())


def with_kind(both: pl.DataFrame, got_hot: pl.Expr, cooled: pl.Expr) -> pl.DataFrame:
    """Add `change`, one of `KINDS`, to rows of `previous_flames`, `flames` and the `difference` in points.

    Flames are null if there is no score; a contact without a score in both runs is `NEW`. `got_hot` and
    `cooled` mark the rows whose contacts became hot or cooled off.
    """
    was, now = pl.col("previous_flames"), pl.col("flames")
    rose = (now > was) | ((now == was) & (pl.col("difference") > 0))
    fell = (now < was) | ((now == was) & (pl.col("difference") < 0))
    return both.with_columns(
        pl.when(was.is_null()).then(pl.lit(NEW))
        .when(now.is_null()).then(pl.lit(VANISHED))
        .when(got_hot).then(pl.lit(NEWLY_HOT))
        .when(cooled).then(pl.lit(COOLED_OFF))
        .when(rose).then(pl.lit(UP))
        .when(fell).then(pl.lit(DOWN))
        .otherwise(pl.lit(SAME))
        .alias("change")
    )  # fmt: skip


def _in_order(both: pl.DataFrame, is_hot: pl.Expr) -> pl.DataFrame:
    place = pl.col("change").replace_strict(list(KINDS), list(range(len(KINDS))), return_dtype=pl.Int32)
    hot_at_once = (pl.col("change") == NEW) & is_hot
    size = pl.coalesce(pl.col("difference").abs(), _NOW, _THEN)
    return both.sort(
        pl.when(hot_at_once).then(0).otherwise(place), size, "contact_id", descending=[False, True, False]
    )


def _in_points(both: pl.DataFrame) -> pl.DataFrame:
    return both.with_columns(in_points(both[name]) for name in ("difference", *PARTS))


def hot_not_compared(
    condition: Mapping[str, Any] | None, then: pl.Series | None, condition_then: Mapping[str, Any] | None
) -> str | None:
    """Return why hot contacts can't be compared with the previous run; None if they can.

    Conditions are given as JSON. Hot by flames can always be compared.
    """
    if condition is None:
        return None
    if then is None:
        return "the previous run does not say who was hot, so nobody is newly hot"
    if condition != condition_then:
        was = "by the number of flames" if condition_then is None else "by another condition"
        text = f"the previous run decided {was} who was hot"
        return f"{text}, so some contacts may be newly hot for that reason alone"
    return None
