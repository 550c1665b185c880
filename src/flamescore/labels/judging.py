"""Labels, who is hot, whom the call list leaves out: in this order, each from those before it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from flamescore.labels.everyone import Everyone, Standing
from flamescore.units import POINT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from flamescore.rules import Condition, Label
    from flamescore.scoring import Scored

LABELS_FILE: Final = "labels.parquet"
HOT_FILE: Final = "hot.parquet"


@dataclass(frozen=True, slots=True)
class Hot:
    """Who is hot: for whom the condition holds, else who has so many flames under the default score."""

    flames: int = 5
    condition: Condition | None = None


def judged(scored: Scored, *, hot: Hot | None = None, exclude: Condition | None = None) -> Scored:
    """Return the scoring with labels, with who is hot, and with whom the call list leaves out.

    The conditions must be among those that the scoring answered (`score_exports`).
    """
    hot = hot or Hot()
    everyone = everyone_of(scored)
    ids = scored.contacts["contact_id"]
    is_hot = _hot(scored, hot) if hot.condition is None else everyone.fitting(hot.condition)
    none = np.zeros(len(ids), np.bool_)
    left_out = none if exclude is None else everyone.fitting(exclude)
    labels = pl.DataFrame([ids, *everyone.labels.values()]) if everyone.labels else None
    return replace(
        scored,
        labels=labels,
        hot=ids.filter(pl.Series(is_hot)).to_frame(),
        excluded=ids.filter(pl.Series(left_out)).to_frame(),
    )


def everyone_of(scored: Scored) -> Everyone:
    """Return what conditions are asked of: everyone scored, with all labels, in the order of `contacts`."""
    standings = {score.name: _standing(scored, score.name) for score in scored.book.scores}
    everyone = Everyone(scored.contacts.height, scored.answers, standings, {})
    for label in scored.book.labels:
        column = _joined(label, everyone) if label.join else _first_of(label, everyone)
        everyone = replace(everyone, labels={**everyone.labels, label.name: column})
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
    # Of n who are scored, those below are all who come after the last one of the same rank.
    lower = rows.height - rank.rank("max").cast(pl.Int64)
    totals = scored.totals.get(name)
    points = _ten_thousandths(scored.scores.filter(mine)["score"]) if totals is None else totals[place]
    return Standing(
        place, points, rows["flames"].cast(pl.Int64).to_numpy(), rank.to_numpy(), lower.to_numpy()
    )


def _ten_thousandths(points: pl.Series) -> NDArray[np.int64]:
    return (points * POINT).round(0).cast(pl.Int64).to_numpy()


def _first_of(label: Label, everyone: Everyone) -> pl.Series:
    """Return the text of the first branch that holds, contact by contact; null where none does."""
    taken = np.full(everyone.count, -1, np.int32)
    for number, branch in enumerate(label.branches):
        taken[(taken < 0) & everyone.fitting(branch.condition)] = number
    texts = pl.Series(label.name, [branch.label for branch in label.branches], pl.String)
    place = pl.Series(taken)
    return texts.gather(place.set(place < 0, None)).rename(label.name)


def _joined(label: Label, everyone: Everyone) -> pl.Series:
    """Return the texts of the parts one after another; null where one of them is."""
    parts = [everyone.labels[name].alias(str(number)) for number, name in enumerate(label.join)]
    return pl.DataFrame(parts).select(pl.concat_str(pl.all()).alias(label.name)).to_series()
