"""Routing of a scoring: everyone in ranked order, the team on the day of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from flamescore.cells import fold, folded, present
from flamescore.email_domain import column_of_contacts
from flamescore.routing.book import Rep, Routed
from flamescore.routing.decide import route
from flamescore.routing.merging import of_survivors
from flamescore.units import to_local

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from flamescore.project import Days, Member, Route
    from flamescore.scoring import Scored


def routed(
    scored: Scored,
    asked: Route,
    team: Sequence[Member],
    *,
    wanted: NDArray[np.bool_],
    territories: Sequence[NDArray[np.bool_] | None],
    away: Mapping[str, Iterable[Days]],
    before: pl.DataFrame,
    aliases: pl.DataFrame | None,
) -> Routed:
    """Route the leads of a scoring.

    `wanted` marks those of `scored.contacts` for whom the condition of `route` holds; excluded and held-out
    ones among them get nobody. `territories` are by member masks of the same rows, None where a member has
    none; `away` has by name the days of the file beside the team's own. `before` are the routes of the state
    (`frames.ROUTES`), `aliases` those of the exports. A column of `same` that contacts don't have holds
    nobody together.
    """
    order = _ranked(scored)
    contacts = scored.contacts
    ids = contacts["contact_id"]
    held_out = ids.is_in(_held_out(scored).implode())
    callable_ones = pl.Series(wanted) & ~ids.is_in(scored.uncalled["contact_id"].implode())
    everyone = pl.DataFrame([ids, _owners(contacts, asked).alias("owner")]).with_columns(
        wanted=callable_ones, held_out=held_out
    )
    day = to_local(scored.as_of, scored.book.zone).date()
    reps = [
        Rep(
            name=member.name,
            weight=member.weight,
            a_day=member.a_day,
            is_away=_is_away(day, (*member.away, *away.get(member.name, ()))),
            fits=None if mask is None else mask[order],
        )
        for member, mask in zip(team, territories, strict=True)
    ]
    return route(
        everyone[order],
        {name: cells.gather(order) for name, cells in _together(contacts, asked.same)},
        reps,
        of_survivors(before, aliases),
        as_of=scored.as_of,
        zone=scored.book.zone,
    )


def _ranked(scored: Scored) -> NDArray[np.int64]:
    """Return the rows of contacts as the default score ranks them, then those outside it, by id."""
    mine = scored.scores["score_name"] == scored.book.scores[0].name
    ranked = scored.places.filter(mine).to_numpy().astype(np.int64)
    others = np.ones(scored.contacts.height, np.bool_)
    others[ranked] = False
    return np.concatenate([ranked, np.flatnonzero(others)])


def _held_out(scored: Scored) -> pl.Series:
    empty = pl.Series("contact_id", [], pl.String)
    return empty if scored.holdout is None else scored.holdout["contact_id"].unique()


def _owners(contacts: pl.DataFrame, asked: Route) -> pl.Series:
    """Return the owners, null where there is none or one that means nobody."""
    if "owner" not in contacts.columns:
        return pl.Series("owner", [None] * contacts.height, pl.String)
    nobody = [fold(name) for name in asked.unowned]
    owner = present(pl.col("owner").cast(pl.String))
    return contacts.select(pl.when(~folded(owner).is_in(nobody)).then(owner).alias("owner")).to_series()


def _together(contacts: pl.DataFrame, names: Iterable[str]) -> Iterable[tuple[str, pl.Series]]:
    for name in names:
        try:
            yield name, column_of_contacts(contacts, name)
        except pl.exceptions.ColumnNotFoundError:
            continue


def _is_away(day: date, days: Iterable[Days]) -> bool:
    return any(each.first <= day <= each.last for each in days)
