"""Labels, hot contacts, call list exclusions and the holdout, each derived from the previous ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from msgspec.structs import replace

from flamescore.labels.context import ConditionContext, Standing
from flamescore.labels.files import columns_of_labels
from flamescore.labels.holdout import drawn, holdout_table
from flamescore.rules import Hot

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from flamescore.project import HoldOut
    from flamescore.rules import Condition, Label
    from flamescore.scoring import Scored

_BY_FLAMES: Final = Hot()


def judged(
    scored: Scored, *, hot: Hot = _BY_FLAMES, exclude: Condition | None = None, holdout: HoldOut | None = None
) -> Scored:
    """Return the scoring with labels, the hot contacts, the call list's exclusions, and the holdout.

    The conditions must be among those that the scoring answered (`score_exports`). Contacts that the call
    list excludes are not held out.
    """
    everyone = condition_context(scored)
    ids = scored.contacts["contact_id"]
    is_hot = _hot(scored, hot) if hot.condition is None else everyone.fitting(hot.condition)
    none = np.zeros(len(ids), np.bool_)
    left_out = none if exclude is None else everyone.fitting(exclude)
    labels = None
    if everyone.labels:
        columns = columns_of_labels(everyone.labels)
        labels = pl.DataFrame([ids, *(each.alias(columns[name]) for name, each in everyone.labels.items())])
    found = replace(
        scored,
        labels=labels,
        branches_taken=everyone.taken,
        hot=ids.filter(pl.Series(is_hot)).to_frame(),
        excluded=ids.filter(pl.Series(left_out)).to_frame(),
    )
    if holdout is None:
        return found
    held_out = ids.filter(pl.Series(drawn(scored.contacts, holdout) & ~left_out))
    return replace(found, holdout=holdout_table(found, held_out, hot))


def condition_context(scored: Scored) -> ConditionContext:
    """Return what conditions are evaluated on: all contacts with all labels, in the order of `contacts`."""
    standings = {score.name: _standing(scored, score.name) for score in scored.book.scores}
    everyone = ConditionContext(scored.contacts.height, scored.answers, standings, {})
    return with_labels(everyone, scored.book.labels)


def with_labels(everyone: ConditionContext, labels: Iterable[Label]) -> ConditionContext:
    """Compute labels in order; each may refer to those before it."""
    for label in labels:
        column, taken = _joined(label, everyone) if label.join else _first_of(label, everyone)
        everyone = replace(
            everyone,
            labels={**everyone.labels, label.name: column},
            taken={**everyone.taken, label.name: taken},
        )
    return everyone


def _hot(scored: Scored, hot: Hot) -> NDArray[np.bool_]:
    out = np.zeros(scored.contacts.height, np.bool_)
    mine = scored.scores["score_name"] == scored.book.scores[0].name
    out[scored.places.filter(mine & (scored.scores["flames"] >= hot.flames)).to_numpy()] = True
    return out


def _standing(scored: Scored, name: str) -> Standing:
    mine = scored.scores["score_name"] == name
    rows = scored.scores.filter(mine).select("flames", "rank")
    place = scored.places.filter(mine).to_numpy().astype(np.int64)
    rank = rows["rank"].cast(pl.Int64)
    # Rows are ranked, so the lower scores are all rows after the last one of the same rank.
    lower = rows.height - rank.rank("max").cast(pl.Int64)
    totals = scored.totals.get(name)
    points = scored.whole_points(name) if totals is None else totals[place]
    return Standing(
        place, points, rows["flames"].cast(pl.Int64).to_numpy(), rank.to_numpy(), lower.to_numpy()
    )


def _first_of(label: Label, everyone: ConditionContext) -> tuple[pl.Series, tuple[int, ...]]:
    """Return the text of the first branch that holds, or null, and how often each branch was taken."""
    taken = everyone.first_fitting(branch.condition for branch in label.branches)
    texts = pl.Series(label.name, [branch.label for branch in label.branches], pl.String)
    place = pl.Series(taken)
    many = np.bincount(taken[taken >= 0], minlength=len(label.branches))
    return texts.gather(place.set(place < 0, None)).rename(label.name), tuple(many.tolist())


def _joined(label: Label, everyone: ConditionContext) -> tuple[pl.Series, tuple[int, ...]]:
    """Return the concatenated texts of the parts, null if any part is null; there are no branches."""
    parts = [everyone.labels[name].alias(str(number)) for number, name in enumerate(label.join)]
    return pl.DataFrame(parts).select(pl.concat_str(pl.all()).alias(label.name)).to_series(), ()
