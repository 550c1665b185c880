"""The record of a run whose rows are stored elsewhere, built from aggregates instead of rows."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import polars as pl

from flamescore.engine import MANY, bounds_reached, flame_bounds
from flamescore.runs.record import PercentileEntry, RunRecord, ScoreEntry
from flamescore.runs.record_sections import HotEntry
from flamescore.runs.recording import PERCENTS, observed_entry, rule_entries, source_entry, versions
from flamescore.units import POINT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from flamescore.observations import Observations
    from flamescore.rules import RuleBook, Score
    from flamescore.runs.record import RulesFile

TO_CALL = "to_call"
"""The column of standings that counts the contacts at a total that the call list does not leave out."""


def describe_counted(
    book: RuleBook,
    as_of: datetime,
    standings: Sequence[pl.DataFrame],
    observed: Observations,
    *,
    rules: RulesFile,
    started_at: datetime,
    contacts: int,
    excluded: int,
    hot_flames: int,
    run_id: str = "",
) -> RunRecord:
    """Return the record of a run from its `standings`, score by score: `engine.standings` and `TO_CALL`.

    It equals the record that `describe` builds from the same scoring, except for steps and optional sections.
    """
    scores = tuple(
        _score(score, rows, observed, hot_flames) for score, rows in zip(book.scores, standings, strict=True)
    )
    return RunRecord(
        run_id=run_id,
        as_of=as_of.astimezone(UTC),
        timezone=book.zone.key,
        published=bool(run_id),
        started_at=started_at.astimezone(UTC),
        steps=(),
        rules=rules,
        sources=tuple(source_entry(source) for source in observed.sources),
        contacts=contacts,
        excluded=excluded,
        hot_flames=hot_flames,
        scores=scores,
        observed=observed_entry(observed),
        warnings=(),
        versions=versions(),
        findings=(),
        hot=HotEntry(contacts=scores[0].hot(hot_flames), condition=None),
        segments=None,
        state=None,
        write_back=None,
        alerts=None,
        holdout=None,
        routing=None,
    )


def _score(score: Score, rows: pl.DataFrame, observed: Observations, hot_flames: int) -> ScoreEntry:
    """Summarize one score; `rows` has one row per total, highest first."""
    many = dict(rows.group_by("flames").agg(pl.col(MANY).sum()).iter_rows())
    zero, one, two, three, four, five = (many.get(number, 0) for number in range(6))
    rising = rows.reverse().with_columns(reached=pl.col(MANY).cum_sum())
    everyone = int(rows[MANY].sum())
    return ScoreEntry(
        name=score.name,
        title=score.title,
        contacts=everyone,
        flames=(zero, one, two, three, four, five),
        percentiles=tuple(
            PercentileEntry(percent=each, score=_at(rising, everyone, each)) for each in PERCENTS
        ),
        rules=rule_entries(observed.rules, score.name),
        flames_from=_flames_from(score, rows),
        to_call=int(rows.filter(pl.col("flames") >= hot_flames)[TO_CALL].sum()),
    )


def _flames_from(score: Score, rows: pl.DataFrame) -> tuple[float | None, ...]:
    bounds = flame_bounds(score)
    if bounds is not None:
        return tuple(bound / POINT for bound in bounds)
    return bounds_reached(rows)


def _at(rising: pl.DataFrame, everyone: int, percent: int) -> float | None:
    """Return the lowest score that at least `percent` percent of contacts don't exceed; None without any."""
    place = -(-percent * everyone // 100)
    found = rising.filter(pl.col("reached") >= place)["score"]
    return None if not everyone else float(found[0])
