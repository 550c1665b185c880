"""What changed in a run since an earlier one: rows to show, and a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias
from zoneinfo import ZoneInfo

import polars as pl
from msgspec import Struct

from flamescore.changes import CHANGES, FILE, KINDS, PARTS, SAME, HotInBoth, compared, hot_not_compared
from flamescore.errors import Problem, UsageError
from flamescore.labels import HOT_FILE
from flamescore.runs.contents import has_table, read, reading_run, scan, uncalled
from flamescore.tables import with_people_of_run, with_why, with_why_of_ledgers
from flamescore.units import to_local
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from flamescore.runs.catalog import Run
    from flamescore.runs.record import RunRecord

NONE_BEFORE: Final = "has no changes: it is the first, or `changes: false` is set in the project file"


WORDS_OF_CHANGES: Final = {kind: kind.replace("_", " ") for kind in KINDS} | {
    "vanished": "gone",
    SAME: "unchanged",
}
"""The kinds of change in the order in which they are told, and what people read of each."""


class ChangedContacts(Struct, frozen=True):
    """Who changed under one score: `rows` are `CHANGES`, `why` and the kept columns, newly hot first.

    `summary` says in a line what it comes to, whoever is shown. `notes` say what could not be told. A run
    that was held against no other has no rows, and `known` is false.
    """

    rows: pl.DataFrame
    summary: str
    notes: tuple[str, ...] = ()
    known: bool = True


class OnlyScores(Struct, frozen=True):
    """What is left of a run that is no longer kept: its id, its `as_of` (UTC), and what it published.

    `scores` has the columns `contact_id, score_name, score, flames` of `frames.SCORES`.
    """

    run_id: str
    as_of: datetime
    scores: pl.DataFrame


EarlierRun: TypeAlias = "Run | OnlyScores"


def changed_contacts(
    run: Run, score: str | None, *, everyone: bool, against: EarlierRun | None = None
) -> ChangedContacts:
    """Return what changed under a score (by default the first) since the run before, or an earlier one.

    `everyone` keeps those who stayed the same, whom the call list leaves out, and who is held out. The parts
    of a change are known of the run that this one was held against; of another earlier one they are null, and
    `why` names rules instead, by the ledgers of both. Of a run that is no longer kept there is no ledger, and
    no `why`.
    """
    record = run.record
    name = score_meant(record, score)
    if against is None or _was_held_against(record, against):
        if record.changes is None:
            none = pl.DataFrame(schema=CHANGES).pipe(with_why)
            return ChangedContacts(none, f"Run {record.run_id} {NONE_BEFORE}.", known=False)
        rows = scan(run, FILE).filter(pl.col("score_name") == name)
        counts = next(each for each in record.changes.scores if each.name == name).as_dict()
        said = _summary(record, name, record.changes.as_of, counts)
        notes = record.changes.notes
    else:
        all_rows, hot_note = _since(run, against, name)
        rows = all_rows.lazy()
        said = _summary(record, name, against.as_of, dict(all_rows["change"].value_counts().iter_rows()))
        notes = (*_of_score(against, name), *hot_note, _of_causes(record, against))
    if not everyone:
        rows = rows.filter(pl.col("change") != SAME).join(
            uncalled(run), on="contact_id", how="anti", maintain_order="left"
        )
    found = rows.collect().pipe(with_why)
    if against is not None and not isinstance(against, OnlyScores):
        found = _with_rules(found, run, against, name)
    others = (each for each in found.columns if each not in {*CHANGES, "why"})
    return ChangedContacts(found.select(*CHANGES, "why", *others), said, notes)


def changes_under(
    run: Run, name: str, against: EarlierRun | None = None
) -> tuple[pl.LazyFrame | None, tuple[str, ...]]:
    """Return `CHANGES` under a score since the run before, or an earlier one, and what could not be told.

    The rows are None where the run was held against no other, and none is named.
    """
    record, mine = run.record, pl.col("score_name") == name
    if against is not None and not _was_held_against(record, against):
        since, hot_note = _since(run, against, name)
        return since.lazy().filter(mine), (*_of_score(against, name), *hot_note)
    if record.changes is None:
        return None, (f"Run {record.run_id} {NONE_BEFORE}.",)
    return scan(run, FILE).filter(mine), ()


def hot_now(run: Run) -> HotInBoth:
    """Return what says of rows of `CHANGES` who is hot in a run, and newly so."""
    record = run.record
    ids = None if record.hot_condition is None else read(run, HOT_FILE)["contact_id"]
    return HotInBoth(record.hot_flames, record.scores[0].name, ids)


def _was_held_against(record: RunRecord, earlier: EarlierRun) -> bool:
    return record.changes is not None and record.changes.run_id == earlier.run_id


def _since(run: Run, earlier: EarlierRun, name: str) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Hold the published scores of two runs side by side, the parts null; say where hot can't be compared."""
    record = run.record
    now = None if record.hot_condition is None else read(run, HOT_FILE)["contact_id"]
    scores = read(run, "scores.parquet")
    if isinstance(earlier, OnlyScores):
        previous, then, condition = earlier.scores, None, None
    else:
        with reading_run(earlier):
            previous = read(earlier, "scores.parquet")
            known = now is not None and has_table(earlier, HOT_FILE)
            then = read(earlier, HOT_FILE)["contact_id"] if known else None
            condition = earlier.record.hot_condition
    names = [name] if _has(earlier, name) else []
    both = HotInBoth(record.hot_flames, record.scores[0].name, now, then)
    rows = compared(scores, previous, None, names=names, hot=both)
    said = hot_not_compared(record.hot_condition, then, condition)
    return with_people_of_run(rows, scores, previous), () if said is None else (said,)


def _with_rules(rows: pl.DataFrame, run: Run, earlier: Run, name: str) -> pl.DataFrame:
    """Say of rows without parts which rules and limits moved most between two runs."""
    who = rows.filter(pl.col("by_activity").is_null())["contact_id"]
    if who.is_empty():
        return rows
    now, then = (_ledger(each, name, who) for each in (run, earlier))
    return with_why_of_ledgers(rows, now, then, (*_entries(run, name), *_entries(earlier, name)))


def _ledger(run: Run, name: str, who: pl.Series) -> pl.DataFrame:
    with reading_run(run):
        mine = (pl.col("score_name") == name) & pl.col("contact_id").is_in(who.implode())
        return scan(run, "points.parquet").filter(mine).collect()


def _entries(run: Run, name: str) -> Iterator[tuple[str, str, str]]:
    """Yield the kind, id and name of what can stand in the ledger of a score, in order of the rule file."""
    for score in run.record.scores:
        if score.name == name:
            yield from ((rule.entry, rule.id, rule.called) for rule in score.rules)


def _has(run: EarlierRun, name: str) -> bool:
    if isinstance(run, OnlyScores):
        return name in run.scores["score_name"]
    return name in {score.name for score in run.record.scores}


def _of_score(earlier: EarlierRun, name: str) -> tuple[str, ...]:
    if _has(earlier, name):
        return ()
    return (f"Run {earlier.run_id} had no score {name}, so nothing is compared.",)


def _of_causes(record: RunRecord, earlier: EarlierRun) -> str:
    """Say which causes of a change can't be told."""
    if isinstance(earlier, OnlyScores):
        day = to_local(earlier.as_of, ZoneInfo(record.timezone)).date()
        return f"the run of {day} is no longer kept: only its scores are."
    return _of_parts(record)


def _of_parts(record: RunRecord) -> str:
    *most, last = PARTS
    parts = f"{', '.join(most)} and {last}"
    if record.changes is None:
        return f"{parts} are not known: run {record.run_id} was compared with no other when it was made."
    return (
        f"{parts} are only known since {record.changes.run_id}, "
        f"the run that {record.run_id} was compared with when it was made."
    )


def score_meant(record: RunRecord, score: str | None) -> str:
    """Return the score's name, by default that of the first; `UsageError` where the run has no such score."""
    names = [each.name for each in record.scores]
    if score is None:
        return names[0]
    if score not in names:
        near = nearest(score, names)
        hint = f"Did you mean `{near}`?" if near else f"Scores in this run: {', '.join(names)}."
        raise UsageError(Problem("U005", f"This run has no score `{score}`.", hint=hint))
    return score


def _summary(record: RunRecord, name: str, before: datetime, counts: Mapping[str, int]) -> str:
    """Say in a line since when, and what it comes to; the call list is not looked at.

    The day of the earlier run tells since when; of two runs of one day the time does too.
    """
    zone = ZoneInfo(record.timezone)
    now, then = to_local(record.as_of, zone), to_local(before, zone)
    since = f"{then:%Y-%m-%d}" if now.date() != then.date() else f"{then:%Y-%m-%d %H:%M}"
    said = ", ".join(f"{counts.get(kind, 0):,} {word}" for kind, word in WORDS_OF_CHANGES.items())
    return f"{name} since {since}: {said}"
