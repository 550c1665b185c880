"""Which contacts a report lists, in which order, and at which place of which call list.

two scores, three contacts on the call list of `interest`, two on that of `fit`, room for three
interest      1 ann   2 bob   3 cyd
fit           1 dan   2 ann
taken         ann (1st of interest), dan (1st of fit), bob (2nd of interest)
on the page   ann, bob, dan: as ranked by `interest`; contacts outside its population come last, by id
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

LISTED: Final = 500
"""The maximum number of contacts that a report lists."""


class Listing(Struct, frozen=True):
    """The contacts of a report, in its order, out of `total` candidates.

    `places` has `contact_id, score_name, place` of every contact on the call list of a score: it has a flame
    or more, or is hot, and is neither excluded nor held out. Places count from 1 without gaps; ties get
    different places.
    """

    ids: pl.Series
    total: int
    places: pl.DataFrame


def listing(
    scores: pl.DataFrame,
    uncalled: pl.DataFrame,
    names: Sequence[str],
    *,
    hot: pl.Series | None = None,
    limit: int = LISTED,
) -> Listing:
    """Choose the contacts of a report: from the call lists of the scores `names` in parallel, up to `limit`.

    `scores` are `frames.SCORES`, ranked; `uncalled` has the `contact_id` of contacts on no call list. `hot`
    are the ids of contacts that are hot by a condition: these are on the first score's list even without a
    flame.
    """
    callable_rows = scores.join(uncalled, on="contact_id", how="anti", maintain_order="left")
    lists = []
    for name in names:
        on_list = pl.col("flames") > 0
        if hot is not None and name == names[0]:
            on_list |= pl.col("contact_id").is_in(hot.implode())
        mine = callable_rows.filter(pl.col("score_name") == name, on_list)
        lists.append(mine.select("contact_id", "score_name").with_row_index("place", 1))
    places = pl.concat(lists)
    taken = (
        pl.concat([each.head(limit) for each in lists])
        .sort("place", maintain_order=True)
        .unique("contact_id", keep="first", maintain_order=True)
        .head(limit)["contact_id"]
    )
    ranked = callable_rows.filter(
        pl.col("score_name") == names[0], pl.col("contact_id").is_in(taken.implode())
    )["contact_id"]
    others = taken.filter(~taken.is_in(ranked.implode())).sort()
    return Listing(pl.concat([ranked, others]), places["contact_id"].n_unique(), places)
