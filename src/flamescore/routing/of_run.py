"""Routing for a scoring: all contacts in ranked order, the team on the day of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from flamescore.cells import fold, folded, present
from flamescore.email_domain import column_of_contacts
from flamescore.project import HOT_SEGMENT
from flamescore.routing.book import Rep, Routed
from flamescore.routing.decide import route
from flamescore.routing.merging import of_survivors
from flamescore.units import to_local

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from flamescore.project import Days, Member, Project, Route
    from flamescore.routing.away import Away
    from flamescore.rules import Condition
    from flamescore.scoring import Scored
    from flamescore.segments import Segments
    from flamescore.yaml_tree import Path


def routed_in_run(
    scored: Scored,
    project: Project,
    segments: Segments,
    conditions: Mapping[Path, Condition],
    *,
    away: Away,
    before: pl.DataFrame,
    aliases: pl.DataFrame | None,
) -> Routed:
    """Route the leads of a scoring, by the `route` and the `team` of a project file.

    `conditions` are those of `route` and territories by place, which the segments can evaluate. `away` are
    the days of the file, in addition to the team's own. `before` are the routes of the state
    (`acting_frames.ROUTES`), `aliases` those of the exports. A column of `same` that contacts don't have
    groups no contacts.
    """
    route_settings, contacts, order = project.settings.route, scored.contacts, segments.order
    assert route_settings is not None
    everyone = pl.DataFrame([contacts["contact_id"], _owners(contacts, route_settings)]).with_columns(
        wanted=pl.Series(_wanted(segments, conditions.get(("route", "if"))) & segments.callable),
        held_out=contacts["contact_id"].is_in(_held_out(scored).implode()),
    )
    return route(
        everyone[order],
        {name: cells.gather(order) for name, cells in _together(contacts, route_settings.same)},
        tuple(_reps(scored, project.settings.team, segments, conditions, away)),
        of_survivors(before, aliases),
        as_of=scored.as_of,
        zone=scored.book.zone,
    )


def _wanted(segments: Segments, condition: Condition | None) -> NDArray[np.bool_]:
    """Mark the leads that should have a rep, by default the hot ones."""
    if condition is not None:
        return segments.fitting(condition)
    hot = np.zeros(len(segments.order), np.bool_)
    hot[segments.members[HOT_SEGMENT].places] = True
    return hot


def _reps(
    scored: Scored,
    team: Iterable[Member],
    segments: Segments,
    conditions: Mapping[Path, Condition],
    away: Away,
) -> Iterator[Rep]:
    """Yield the team on the local day of the run, with territories in ranked order."""
    day = to_local(scored.as_of, scored.book.zone).date()
    for number, member in enumerate(team):
        territory = conditions.get(("team", number, "where"))
        days: Iterable[Days] = (*member.away, *away.get(member.name, ()))
        yield Rep(
            name=member.name,
            weight=member.weight,
            a_day=member.a_day,
            is_away=any(each.first <= day <= each.last for each in days),
            fits=None if territory is None else segments.fitting(territory)[segments.order],
        )


def _held_out(scored: Scored) -> pl.Series:
    empty = pl.Series("contact_id", [], pl.String)
    return empty if scored.holdout is None else scored.holdout["contact_id"].unique()


def _owners(contacts: pl.DataFrame, route_settings: Route) -> pl.Series:
    """Return the owners; null if there is none, or if the name means unowned."""
    if "owner" not in contacts.columns:
        return pl.Series("owner", [None] * contacts.height, pl.String)
    nobody = [fold(name) for name in route_settings.unowned]
    owner = present(pl.col("owner").cast(pl.String))
    return contacts.select(pl.when(~folded(owner).is_in(nobody)).then(owner).alias("owner")).to_series()


def _together(contacts: pl.DataFrame, names: Iterable[str]) -> Iterator[tuple[str, pl.Series]]:
    for name in names:
        try:
            yield name, column_of_contacts(contacts, name)
        except pl.exceptions.ColumnNotFoundError:
            continue
