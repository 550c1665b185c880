"""A scoring becomes the run's record."""

from __future__ import annotations

import platform
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

import polars as pl

from flamescore._version import __version__
from flamescore.runs.record import (
    ChangedEntry,
    ChangesEntry,
    FileEntry,
    GivenEntry,
    Observed,
    PercentileEntry,
    RuleEntry,
    RulesFile,
    RunRecord,
    ScoreEntry,
    SourceEntry,
    StepEntry,
    UnreadEntry,
    UnvaluedEntry,
    Versions,
)
from flamescore.tables import Summary, summaries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from flamescore.changes import Changes
    from flamescore.frames import SourceRecord
    from flamescore.project import Project
    from flamescore.scoring import Observations, Scored
    from flamescore.steps import Step


def describe(
    scored: Scored,
    *,
    run_id: str,
    rules: RulesFile,
    started_at: datetime,
    steps: Sequence[Step] = (),
    warnings: Sequence[str] = (),
    hot_flames: int = 5,
    given: GivenEntry | None = None,
) -> RunRecord:
    """Return the record of a published run; the engine's own steps follow `steps`."""
    timed = (*steps, *(replace(step, name=f"score: {step.name}") for step in scored.observed.steps))
    return RunRecord(
        run_id=run_id,
        as_of=scored.as_of.astimezone(UTC),
        timezone=scored.book.zone.key,
        published=True,
        started_at=started_at.astimezone(UTC),
        steps=tuple(StepEntry(step=s.name, seconds=round(s.seconds, 6), rows=s.rows) for s in timed),
        rules=rules,
        sources=tuple(_source(source) for source in scored.observed.sources),
        contacts=scored.contacts.height,
        excluded=scored.excluded.height,
        hot_flames=hot_flames,
        given=given,
        scores=tuple(_score(summary, scored.observed.rules) for summary in summaries(scored)),
        observed=_observed(scored.observed),
        warnings=tuple(warnings),
        versions=Versions(program=__version__, polars=pl.__version__, python=platform.python_version()),
    )


def describe_given(project: Project) -> GivenEntry:
    """Return what a record says of the flags and variables that a project was settled with."""
    given, settings = project.given, project.settings
    return GivenEntry(
        contacts=tuple(source.path for source in settings.contacts) if "contacts" in given else None,
        events=tuple(source.path for source in settings.events) if "events" in given else None,
        max_rejects=settings.max_rejects.written if "max_rejects" in given else None,
    )


def describe_changes(changes: Changes, scored: Scored) -> ChangesEntry:
    """Return what a record says of the changes since the run before."""
    names = [score.name for score in scored.book.scores]
    return ChangesEntry(
        run_id=changes.run_id,
        as_of=changes.as_of.astimezone(UTC),
        scores=tuple(ChangedEntry(name=name, **changes.counts(name)) for name in names),
        notes=changes.notes,
    )


def _source(source: SourceRecord) -> SourceEntry:
    counts = source.counts
    return SourceEntry(
        kind=source.kind,
        path=source.path,
        bytes=sum(size for _, size, _ in source.files),
        modified=max((modified for _, _, modified in source.files), default=None),
        rows=counts.rows,
        pruned=0,
        old=counts.old,
        rejected=counts.rejected,
        later=counts.later,
        ignored=counts.ignored,
        duplicates=counts.duplicates,
        superseded=counts.superseded,
        orphans=counts.orphans,
        kept=counts.kept,
        files=tuple(
            FileEntry(path=path, bytes=size, modified=modified) for path, size, modified in source.files
        ),
        notes=source.notes,
    )


def _score(summary: Summary, rules: pl.DataFrame) -> ScoreEntry:
    own = rules.filter(pl.col("score_name") == summary.name)
    return ScoreEntry(
        name=summary.name,
        title=summary.title,
        contacts=summary.contacts,
        flames=summary.flames,
        percentiles=tuple(PercentileEntry(percent=p, score=score) for p, score in summary.percentiles),
        rules=tuple(
            RuleEntry(
                entry=entry, id=rule_id, name=name, contacts=contacts, occurrences=counted, points=points
            )
            for entry, rule_id, name, contacts, counted, points in own.select(
                "entry", "rule_id", "name", "contacts", "occurrences", "points"
            ).iter_rows()
        ),
    )


def _observed(observed: Observations) -> Observed:
    return Observed(
        unread=tuple(
            UnreadEntry(kind=kind, column=column, cells=cells) for kind, column, cells in observed.unread
        ),
        unvalued=tuple(
            UnvaluedEntry(score=score, rule=rule, occurrences=counted)
            for score, rule, counted in observed.unvalued
        ),
        unseen=observed.unseen,
        undated=observed.undated,
        tags_disagree=observed.tags_disagree,
        ambiguous_contacts=observed.ambiguous_contacts,
    )
