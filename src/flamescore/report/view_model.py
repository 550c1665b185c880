"""What a report tells: plain frozen values, worked out once; the renderers only lay them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.report.leads import Lead, leads, with_owner
from flamescore.report.moves import moves
from flamescore.report.words import number
from flamescore.units import to_local

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from flamescore.report.material import Material, RuleFacts, ScoreFacts
    from flamescore.report.moves import Moves
    from flamescore.tables import Flames

LISTED: Final = 500
"""Leads that a report lists, of all scores together."""
NEAREST: Final = 9
"""Those closest to hot that are told."""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """What a rule or limit gave over all contacts; `points` as text, `amount` as a number for a chart."""

    name: str
    entry: str
    contacts: int
    occurrences: int
    points: str
    amount: float


@dataclass(frozen=True, slots=True)
class OwnerView:
    """An owner's leads on the call list with a flame or more: how many, how many hot, and those listed."""

    owner: str
    leads: int
    hot: int
    listed: tuple[Lead, ...]


@dataclass(frozen=True, slots=True)
class ScoreView:
    """One score: the headline numbers, contacts by flames, the top of the call list, rules by points given.

    `hot` counts contacts with at least `hot_flames`, `on_list` those of them whom the call list doesn't leave
    out, `warm` those on the call list with a flame or more; `leads` is its top, hot or not, in ranked order;
    `nearest` are those next to get hot; `file` is the table that has all who are hot. `moves` is None where
    no earlier run is known.
    """

    name: str
    title: str
    contacts: int
    hot: int
    on_list: int
    warm: int
    flames: Flames
    percentiles: tuple[tuple[int, str], ...]
    leads: tuple[Lead, ...]
    nearest: tuple[Lead, ...]
    owners: tuple[OwnerView, ...]
    hot_from: str | None
    file: str
    rules: tuple[RuleLine, ...]
    moves: Moves | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """Contacts by the flames of two scores: `counts[flames of the first][flames of the second]`."""

    first: str
    second: str
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class View:
    """A run's report. `scores` has the default one first; `problems` is what was wrong with the input.

    `since` is the instant of the run that changes are told against, None where there is none.
    """

    run_id: str
    as_of: datetime
    rules_hash: str
    hot_flames: int
    contacts: int
    scores: tuple[ScoreView, ...]
    grids: tuple[Grid, ...]
    problems: tuple[str, ...]
    since: datetime | None = None
    redacted: bool = False


def view(material: Material, *, limit: int = LISTED) -> View:
    """Work out what a report tells; at most `limit` leads of all scores together are listed."""
    each = limit // max(len(material.facts), 1)
    changes = material.changes
    return View(
        run_id=material.run_id,
        as_of=material.as_of,
        rules_hash=material.rules_hash,
        hot_flames=material.hot_flames,
        contacts=material.contacts,
        scores=tuple(_score(material, facts, each) for facts in material.facts),
        grids=tuple(_grid(material, facts) for facts in material.facts[1:]),
        problems=material.problems,
        since=None if changes is None else to_local(changes.as_of, material.zone),
        redacted=material.redacted,
    )


def _score(material: Material, facts: ScoreFacts, limit: int) -> ScoreView:
    rows = material.scores.filter(pl.col("score_name") == facts.name)
    listed = rows.join(material.excluded, on="contact_id", how="anti", maintain_order="left")
    hot = pl.col("flames") >= material.hot_flames
    top = leads(material, facts, listed.head(limit))
    return ScoreView(
        name=facts.name,
        title=facts.title,
        contacts=facts.contacts,
        hot=sum(facts.flames[material.hot_flames :]),
        on_list=listed.filter(hot).height,
        warm=listed.filter(pl.col("flames") > 0).height,
        flames=facts.flames,
        percentiles=tuple((percent, number(score)) for percent, score in facts.percentiles),
        leads=top,
        nearest=leads(material, facts, listed.filter(~hot, pl.col("score") > 0).head(NEAREST)),
        owners=_owners(material, listed, top),
        hot_from=None if facts.bounds is None else number(facts.bounds[material.hot_flames - 1]),
        file=facts.file,
        rules=_rules(facts.rules),
        moves=moves(material, facts.name),
    )


def _owners(material: Material, listed: pl.DataFrame, top: Sequence[Lead]) -> tuple[OwnerView, ...]:
    """Return the owners by their hot leads, then by name; without a column for them there are none."""
    if "owner" not in material.people.columns:
        return ()
    owned = with_owner(material, listed.filter(pl.col("flames") > 0))
    counts = (
        owned.group_by("owner")
        .agg(pl.len(), (pl.col("flames") >= material.hot_flames).sum().alias("hot"))
        .sort("hot", "owner", descending=[True, False])
    )
    own = with_owner(material, listed.head(len(top)).select("contact_id"))["owner"].to_list()
    mine: dict[str, list[Lead]] = {}
    for owner, lead in zip(own, top, strict=True):
        if lead.flames:
            mine.setdefault(owner, []).append(lead)
    return tuple(
        OwnerView(owner, many, hot, tuple(mine.get(owner, ()))) for owner, many, hot in counts.iter_rows()
    )


def _grid(material: Material, other: ScoreFacts) -> Grid:
    first = material.facts[0]
    flames = ("contact_id", "flames")
    one = material.scores.filter(pl.col("score_name") == first.name).select(flames)
    two = material.scores.filter(pl.col("score_name") == other.name).select(flames)
    pairs = one.join(two, on="contact_id").group_by("flames", "flames_right").len()
    counts = {(mine, its): many for mine, its, many in pairs.iter_rows()}
    rows = tuple(tuple(counts.get((mine, its), 0) for its in range(6)) for mine in range(6))
    return Grid(first.title, other.title, rows)


def _rules(rules: Sequence[RuleFacts]) -> tuple[RuleLine, ...]:
    """Return the rules and limits by points given, most first; ties in order of the rule file."""
    by_points = sorted(rules, key=lambda rule: -rule.points)
    return tuple(
        RuleLine(
            rule.name or rule.id,
            rule.entry,
            rule.contacts,
            rule.occurrences,
            number(rule.points),
            float(rule.points),
        )
        for rule in by_points
    )
