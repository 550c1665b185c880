"""Who is in which segment, computed from one scoring: nothing here depends on earlier runs.

Segments are evaluated in order, the built-in ones first, and each may refer to earlier ones. `hot` contains
the hot contacts, `hot-NAME` those under a further score, and a declared segment those that match its `if`.
Then contacts that the call list excludes or that are held out are removed, unless the segment has `everyone`.
Finally `limit` keeps the first in ranked order.

score        a 9 points, b 7, c 7, d 2; a is left out by the call list
best         {if: {score: s, points: {at_least: 5}}, limit: 1}       b: a is left out, c comes after b
rest         {if: {not: {segment: best}}, everyone: true}            a, c, d
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from msgspec import Struct, field
from msgspec.structs import replace

from flamescore.labels import condition_context
from flamescore.rules import InSegment, RuleIs, leaves
from flamescore.segments.definitions import definition, definition_of_hot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from flamescore.labels import ConditionContext
    from flamescore.project import Project
    from flamescore.rules import Condition, Hot
    from flamescore.scoring import Scored
    from flamescore.yaml_tree import Path


class Members(Struct, frozen=True):
    """A segment of a run: `places` are its contacts, as row indices into `Scored.contacts`, in ranked order.

    `everyone` is whether contacts that may not be called can be members. `declared` is whether the segment is
    declared in the project file.
    """

    name: str
    title: str
    definition: str
    places: NDArray[np.int64]
    everyone: bool = False
    declared: bool = True


class Segments(Struct, frozen=True):
    """The segments of a scoring, by name in order, and the data that further conditions are evaluated on.

    `order` contains all contacts in the ranked order of the default score; contacts without a rank come last,
    by id. `callable` marks the contacts that the call list does not exclude and that are not held out.
    """

    ids: pl.Series
    order: NDArray[np.int64]
    callable: NDArray[np.bool_]
    everyone: ConditionContext
    members: Mapping[str, Members] = field(default_factory=dict)

    def fitting(self, condition: Condition | None) -> NDArray[np.bool_]:
        """Mark the contacts for which a condition holds, as rows of `Scored.contacts`; None holds for all.

        The condition must be one that the segments were computed with: a condition of a segment, alert or
        route.
        """
        return self.everyone.fitting(condition)

    def called(self, condition: Condition | None) -> NDArray[np.int64]:
        """Return the contacts for which a condition holds and that may be called, in ranked order."""
        return self._ranked(self.fitting(condition) & self.callable)

    def ids_of(self, places: NDArray[np.int64]) -> pl.Series:
        """Return the contact ids of some contacts, in the same order."""
        return self.ids.gather(places)

    def frame(self) -> pl.DataFrame:
        """Return `segment, contact_id`, one row per member, by segment, then in ranked order."""
        empty = pl.DataFrame(schema={"segment": pl.String(), "contact_id": pl.String()})
        rows = (
            pl.select(pl.lit(each.name).alias("segment"), pl.lit(self.ids_of(each.places)))
            for each in self.members.values()
        )
        return pl.concat([empty, *(row.rename({row.columns[1]: "contact_id"}) for row in rows)])

    def with_segment(
        self,
        name: str,
        title: str,
        digest: str,
        fits: NDArray[np.bool_],
        *,
        everyone: bool,
        limit: int | None,
    ) -> Segments:
        """Return the segments with one added, which later conditions may refer to."""
        places = self._ranked(fits if everyone else fits & self.callable)[:limit]
        made = Members(name, title, digest, places, everyone)
        mask = np.zeros(len(self.ids), np.bool_)
        mask[places] = True
        answers = {**self.everyone.answers, InSegment(name): mask}
        return replace(
            self,
            members={**self.members, name: made},
            everyone=replace(self.everyone, answers=answers),
        )

    def _ranked(self, fits: NDArray[np.bool_]) -> NDArray[np.int64]:
        return self.order[fits[self.order]]


def segments_of(scored: Scored, project: Project, hot: Hot, conditions: Mapping[Path, Condition]) -> Segments:
    """Compute the segments of a scoring: the built-in ones, then those of the project file.

    `conditions` are those of segments, alerts and routes, by their path in the project file; the scoring must
    have answered them (`score_exports`).
    """
    ids = scored.contacts["contact_id"]
    may_be_called = np.ones(len(ids), np.bool_)
    may_be_called[ids.search_sorted(scored.uncalled["contact_id"]).to_numpy()] = False
    everyone = condition_context(scored)
    everyone = replace(everyone, answers={**everyone.answers, **_of_rules(scored, conditions.values())})
    segments = _with_hot(Segments(ids, scored.in_ranked_order(), may_be_called, everyone), scored, hot)
    for name, declared in project.settings.segments.items():
        written = None if project.document is None else project.document.root.at(("segments", name, "if"))
        named = {
            leaf.segment: segments.members[leaf.segment].definition
            for leaf in leaves(conditions["segments", name, "if"])
            if isinstance(leaf, InSegment)
        }
        assert written is not None
        segments = segments.with_segment(
            name,
            declared.title,
            definition(written.json(), everyone=declared.everyone, limit=declared.limit, named=named),
            segments.fitting(conditions["segments", name, "if"]),
            everyone=declared.everyone,
            limit=declared.limit,
        )
    return segments


def _with_hot(segments: Segments, scored: Scored, hot: Hot) -> Segments:
    """Add `hot` and, if it is defined by flames, `hot-NAME` for each further score."""
    digest = definition_of_hot(hot)
    is_hot = np.zeros(len(segments.ids), np.bool_)
    is_hot[segments.ids.search_sorted(scored.hot["contact_id"]).to_numpy()] = True
    masks = {"hot": is_hot}
    for score in scored.book.scores[1:] if hot.by_flames is not None else ():
        rows = (scored.scores["score_name"] == score.name) & (scored.scores["flames"] >= hot.flames)
        mask = np.zeros(len(segments.ids), np.bool_)
        mask[scored.places.filter(rows).to_numpy()] = True
        masks[f"hot-{score.name}"] = mask
    for name, mask in masks.items():
        segments = segments.with_segment(name, name, digest, mask, everyone=False, limit=None)
    declared = {name: replace(each, declared=False) for name, each in segments.members.items()}
    return replace(segments, members=declared)


def _of_rules(scored: Scored, conditions: Iterable[Condition]) -> dict[Condition, NDArray[np.bool_]]:
    """Evaluate the conditions on rules."""
    on_rules = {leaf for each in conditions for leaf in leaves(each) if isinstance(leaf, RuleIs)}
    default = scored.book.scores[0].name
    rules = {leaf: (leaf.score or default, leaf.rule) for leaf in on_rules}
    found = scored.ledger.counting(rules.values(), scored.contacts.height)
    return {leaf: found[rule] for leaf, rule in rules.items()}
