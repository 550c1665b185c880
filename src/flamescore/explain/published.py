"""What a published run says of a contact, and whether working it out afresh says the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from flamescore.explain.contact import with_ranks
from flamescore.units import nearest_points, show_points

if TYPE_CHECKING:
    from flamescore.explain.explanation import Explanation

CHANGED = "The exports have changed since the run"


def held_against(explanation: Explanation, run_id: str, scores: pl.LazyFrame) -> Explanation:
    """Take rank and percentile from a run's `scores`, and note where the run has other scores."""
    rows = scores.filter(pl.col("contact_id") == explanation.contact_id).collect().to_dicts()
    standing = {row["score_name"]: (row["rank"], row["percentile"]) for row in rows}
    told = {s.score_name: s.score for s in explanation.scores if s.in_population}
    then = {row["score_name"]: row["score"] for row in rows}
    notes = list(explanation.notes)
    for name in dict.fromkeys((*told, *then)):
        if told.get(name) != then.get(name):
            was = "is not in it" if name not in then else f"has {_points(then[name])} there"
            now = "is not scored now" if name not in told else f"{_points(told[name])} now"
            notes.append(f"{CHANGED}: under {name} the contact {was}, and {now}.")
    return replace(with_ranks(explanation, standing), run_id=run_id, notes=tuple(notes))


def _points(score: float) -> str:
    return show_points(nearest_points(score))
