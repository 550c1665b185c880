"""A published run, read back as what a report is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from flamescore.changes import FILE as CHANGES_FILE
from flamescore.errors import FlamescoreError
from flamescore.frames import POINTS, SCORES
from flamescore.report import PERSON, Changes, Material, RuleFacts, ScoreFacts, bounds_of
from flamescore.rules import load_rules_text
from flamescore.runs import read, scan
from flamescore.tables import list_file
from flamescore.units import to_local

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flamescore.runs import Run, RunRecord, ScoreEntry


def material_of(run: Run) -> Material:
    """Read what a report of a run needs; the report is the one that the run itself wrote.

    The ledger is read when it is asked for: use the material within `contents.reading_run`.

    Raises:
        DamagedRunError: a file of the run is missing or damaged.
    """
    record = run.record
    zone = ZoneInfo(record.timezone)
    bounds = _bounds(record)
    scores, points = scan(run, "scores.parquet"), scan(run, "points.parquet").select(POINTS.names())
    kept = scores.collect_schema().names()
    person = [name for name in PERSON if name in kept]
    return Material(
        run_id=record.run_id,
        as_of=to_local(record.as_of, zone),
        zone=zone,
        rules_hash=record.rules.hash,
        hot_flames=record.hot_flames,
        contacts=record.contacts,
        facts=tuple(
            _facts(score, bounds.get(score.name), default=number == 0)
            for number, score in enumerate(record.scores)
        ),
        scores=scores.select(SCORES.names()).collect(),
        people=scan(run, "contacts.parquet").select("contact_id", *person).collect(),
        ledger=lambda ids: points.filter(pl.col("contact_id").is_in(ids.implode())).collect(),
        excluded=read(run, "excluded.parquet"),
        problems=record.warnings,
        changes=_changes(run, record),
    )


def _changes(run: Run, record: RunRecord) -> Changes | None:
    if record.changes is None:
        return None
    return Changes(record.changes.run_id, record.changes.as_of, read(run, CHANGES_FILE))


def _facts(score: ScoreEntry, bounds: tuple[float, ...] | None, *, default: bool) -> ScoreFacts:
    return ScoreFacts(
        name=score.name,
        title=score.title,
        contacts=score.contacts,
        flames=score.flames,
        percentiles=tuple((each.percent, each.score) for each in score.percentiles),
        bounds=bounds,
        file=list_file(score.name, default=default),
        rules=tuple(
            RuleFacts(rule.id, rule.name, rule.entry, rule.contacts, rule.occurrences, rule.points)
            for rule in score.rules
        ),
    )


def _bounds(record: RunRecord) -> Mapping[str, tuple[float, ...]]:
    """Return from how many points on each score has its flames; none where the rules don't load any more."""
    try:
        book = load_rules_text(record.rules.text).book
    except FlamescoreError:
        return {}
    return {score.name: bounds_of(score.ideal, score.flames) for score in book.scores}
