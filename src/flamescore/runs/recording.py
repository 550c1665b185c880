"""The record of a run, built from its scoring. It is built first, because the report is built from it."""

from __future__ import annotations

import json
import platform
from datetime import UTC
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from msgspec.structs import replace

from flamescore._version import __version__
from flamescore.findings import as_line, in_order
from flamescore.rules import Hot
from flamescore.runs.record import (
    ChangedEntry,
    ChangesEntry,
    FeedEntry,
    FileEntry,
    FindingEntry,
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
from flamescore.runs.record_sections import (
    AccountsEntry,
    BotPatternEntry,
    BotScoreEntry,
    BotsEntry,
    HoldOutEntry,
    HotEntry,
    LabelEntry,
    LabelValue,
    NearAccountsEntry,
    TrendEntry,
)
from flamescore.runs.trend import continued
from flamescore.units import show_points

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from flamescore.account_frames import FoundAccounts
    from flamescore.bots import BotsFound
    from flamescore.changes import Changes
    from flamescore.findings import Finding
    from flamescore.frames import SourceRecord
    from flamescore.project import HoldOut, Project
    from flamescore.rules import Score
    from flamescore.runs.record import RunFile
    from flamescore.scoring import Observations, Scored
    from flamescore.steps import Step

_BY_FLAMES: Final = Hot()
PERCENTS: Final = (50, 75, 90, 99)
"""The percentiles for which a record has the score."""


def describe(
    scored: Scored,
    *,
    run_id: str,
    rules: RulesFile,
    started_at: datetime,
    findings: Sequence[Finding] = (),
    hot: Hot = _BY_FLAMES,
    given: GivenEntry | None = None,
    changes: Changes | None = None,
    holdout: HoldOut | None = None,
    trend: Sequence[TrendEntry] = (),
    acting: Mapping[str, Any] = MappingProxyType({}),
) -> RunRecord:
    """Return the record of a run before any of it is written; `finished` adds what is known only afterwards.

    `run_id` is empty if nothing is published. `findings` are all that are known so far. `holdout` is the
    setting by which contacts were held out. `trend` is that of the previous run. `acting` has the sections
    that follow the scores, such as `state`.
    """
    scores = tuple(_score(score, scored, hot) for score in scored.book.scores)
    return RunRecord(
        run_id=run_id,
        as_of=scored.as_of.astimezone(UTC),
        timezone=scored.book.zone.key,
        published=bool(run_id),
        started_at=started_at.astimezone(UTC),
        steps=(),
        rules=rules,
        sources=tuple(source_entry(source) for source in scored.observed.sources),
        contacts=scored.contacts.height,
        excluded=scored.excluded.height,
        hot_flames=hot.by_flames,
        given=given,
        scores=scores,
        observed=observed_entry(scored.observed),
        warnings=tuple(as_line(each) for each in in_order(findings)),
        versions=versions(),
        changes=None if changes is None else _changes(changes, scored),
        accounts=None if scored.accounts is None else _accounts(scored.accounts),
        findings=tuple(FindingEntry.of_finding(each) for each in in_order(findings)),
        labels=_labels(scored),
        hot=HotEntry(contacts=scored.hot.height, condition=hot.written),
        bots=None if scored.bots is None else _bots(scored.bots, hot.by_flames),
        holdout=None if holdout is None or scored.holdout is None else _holdout(scored.holdout, holdout),
        trend=continued(trend, _today(scored, scores, hot, rules.hash), scored.book.zone),
        **acting,
    )


def _today(scored: Scored, scores: Sequence[ScoreEntry], hot: Hot, rules_hash: str) -> tuple[TrendEntry, ...]:
    """Return what this run adds to the trend: an entry for each score that has a `to_call` count."""
    return tuple(
        TrendEntry(
            as_of=scored.as_of.astimezone(UTC),
            score=score.name,
            hot=scored.hot.height if hot.by_flames is None else score.hot(hot.by_flames),
            to_call=score.to_call,
            rules_hash=rules_hash,
        )
        for score in scores
        if score.to_call is not None
    )


def _holdout(held_out: pl.DataFrame, holdout: HoldOut) -> HoldOutEntry:
    """Count the contacts held out by the default score's rows, which come first and include all of them."""
    mine = held_out.filter(pl.col("score_name") == held_out["score_name"].first())
    return HoldOutEntry(share=holdout.written, contacts=mine.height, hot=int(mine["hot"].sum()))


def _labels(scored: Scored) -> tuple[LabelEntry, ...]:
    """Count the contacts by each label."""
    if scored.labels is None:
        return ()
    columns = scored.labels.drop("contact_id").get_columns()
    entries = []
    for label, column in zip(scored.book.labels, columns, strict=True):
        many = dict(column.value_counts().iter_rows())
        values = tuple(LabelValue(label=text, contacts=many.get(text, 0)) for text in (*label.texts, None))
        entries.append(LabelEntry(name=label.name, title=label.title, values=values))
    return tuple(entries)


def finished(
    record: RunRecord, scored: Scored, *, steps: Sequence[Step], files: Sequence[RunFile] = ()
) -> RunRecord:
    """Return the record with the run's steps, followed by the engine's own, and the files written."""
    timed = (*steps, *(replace(step, name=f"score: {step.name}") for step in scored.observed.steps))
    entries = tuple(
        StepEntry(step=step.name, seconds=round(step.seconds, 6), rows=step.rows) for step in timed
    )
    return record.but(steps=entries, files=tuple(files))


def versions() -> Versions:
    """Return the versions of the software that makes the run."""
    return Versions(program=__version__, polars=pl.__version__, python=platform.python_version())


def describe_given(project: Project) -> GivenEntry:
    """Return the record entry for the flags and variables that override a project file."""
    given, settings = project.given, project.settings
    return GivenEntry(
        contacts=tuple(source.path for source in settings.contacts) if "contacts" in given else None,
        events=tuple(source.path for source in settings.events) if "events" in given else None,
        max_rejects=settings.max_rejects.written if "max_rejects" in given else None,
    )


def _bots(bots: BotsFound, hot_flames: int | None) -> BotsEntry:
    return BotsEntry(
        action=bots.action,
        contacts=bots.contacts,
        events=bots.events,
        patterns=tuple(
            BotPatternEntry(pattern=json.loads(written), events=events) for written, events in bots.patterns
        ),
        scores=tuple(
            BotScoreEntry(
                name=each.name,
                contacts=each.contacts,
                points_lost=Decimal(show_points(each.points_lost)),
                hot_lost=None if hot_flames is None else each.flames_lost[hot_flames],
            )
            for each in bots.scores
        ),
    )


def _changes(changes: Changes, scored: Scored) -> ChangesEntry:
    names = [score.name for score in scored.book.scores]
    return ChangesEntry(
        run_id=changes.run_id,
        as_of=changes.as_of.astimezone(UTC),
        scores=tuple(ChangedEntry(name=name, **changes.counts(name)) for name in names),
        notes=changes.notes,
    )


def _accounts(found: FoundAccounts) -> AccountsEntry:
    return AccountsEntry(
        accounts=found.all.height,
        contacts=found.contacts,
        without=found.without,
        free_mail=found.free_mail,
        spellings=found.spellings,
        near=tuple(
            NearAccountsEntry(kind=each.kind, accounts=each.accounts, contacts=each.contacts)
            for each in found.near
        ),
    )


def source_entry(source: SourceRecord) -> SourceEntry:
    """Return the record entry of a source."""
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
        newest=source.newest,
        feeds=tuple(FeedEntry(**each.record()) for each in source.feeds),
    )


def _score(score: Score, scored: Scored, hot: Hot) -> ScoreEntry:
    """Summarize one score: contacts by flames, the score at `PERCENTS`, what each rule gave or took."""
    rows = scored.scores.filter(pl.col("score_name") == score.name)
    flames = dict(rows["flames"].value_counts().iter_rows())
    zero, one, two, three, four, five = (flames.get(number, 0) for number in range(6))
    rising = rows["score"].sort()
    return ScoreEntry(
        name=score.name,
        title=score.title,
        contacts=rows.height,
        flames=(zero, one, two, three, four, five),
        percentiles=tuple(PercentileEntry(percent=each, score=_at(rising, each)) for each in PERCENTS),
        rules=rule_entries(scored.observed.rules, score.name),
        flames_from=scored.flames_from(score),
        to_call=_to_call(rows, scored, hot, is_default=score is scored.book.scores[0]),
    )


def rule_entries(rules: pl.DataFrame, score: str) -> tuple[RuleEntry, ...]:
    """Return what each rule and limit of a score gave or took, from `Observations.rules`."""
    return tuple(
        RuleEntry(
            entry=rule["entry"],
            id=rule["rule_id"],
            name=rule["name"],
            contacts=rule["contacts"],
            occurrences=rule["occurrences"],
            points=rule["points"],
        )
        for rule in rules.filter(pl.col("score_name") == score).iter_rows(named=True)
    )


def _to_call(rows: pl.DataFrame, scored: Scored, hot: Hot, *, is_default: bool) -> int | None:
    """Count the hot contacts of a score that may be called.

    Under a `hot` condition, return None for any score but the default.
    """
    if hot.by_flames is not None:
        who = rows.filter(pl.col("flames") >= hot.by_flames)
    elif is_default:
        who = scored.hot
    else:
        return None
    return who.join(scored.uncalled, on="contact_id", how="anti").height


def _at(rising: pl.Series, percent: int) -> float | None:
    """Return the lowest score that at least `percent` percent of contacts don't exceed; None without any."""
    if rising.is_empty():
        return None
    return float(rising[-(-percent * len(rising) // 100) - 1])


def observed_entry(observed: Observations) -> Observed:
    """Return the record entry of the observations."""
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
