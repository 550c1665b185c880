"""The changes in a run since an earlier one: rows to show, and a summary."""

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
"""The kinds of change in display order, and the words for each."""


class ChangedContacts(Struct, frozen=True):
    """The contacts that changed under one score: `rows` are `CHANGES`, `why` and the kept columns.

    Newly hot contacts come first. `summary` sums up all changes in one line, including rows that are not
    shown. `notes` list what could not be determined. If the run was not compared with another, there are no
    rows and `known` is false.
    """

    rows: pl.DataFrame
    summary: str
    notes: tuple[str, ...] = ()
    known: bool = True


class OnlyScores(Struct, frozen=True):
    """The remains of a run that is no longer kept: its id, its `as_of` (UTC), and its published scores.

    `scores` has the columns `contact_id, score_name, score, flames` of `frames.SCORES`.
    """

    run_id: str
    as_of: datetime
    scores: pl.DataFrame


EarlierRun: TypeAlias = "Run | OnlyScores"


def changed_contacts(
    run: Run, score: str | None, *, everyone: bool, against: EarlierRun | None = None
) -> ChangedContacts:
    """Return the changes under a score (by default the first) since the previous run, or an earlier one.

    With `everyone`, include contacts that did not change, that are excluded from the call list, or that are
    held out. The parts of a change are known only relative to the run that this one was compared with when it
    was made. Relative to another earlier run they are null, and `why` names rules instead, from the ledgers
    of both runs. A run that is no longer kept has no ledger, so there is no `why`.
    """
    record = run.record
    name = score_meant(record, score)
    if against is None or _was_held_against(record, against):
        if record.changes is None:
            none = pl.DataFrame(schema=CHANGES).pipe(with_why)
            return ChangedContacts(none, f"Run {record.run_id} {NONE_BEFORE}.", known=False)
        rows = scan(run, FILE).filter(pl.col("score_name") == name)
        counts = next(each for each in record.changes.scores if each.name == name).as_dict()
        summary = _summary(record, name, record.changes.as_of, counts)
        notes = record.changes.notes
    else:
        all_rows, hot_note = _since(run, against, name)
        rows = all_rows.lazy()
        summary = _summary(record, name, against.as_of, dict(all_rows["change"].value_counts().iter_rows()))
        notes = (*_of_score(against, name), *hot_note, _of_causes(record, against))
    if not everyone:
        rows = rows.filter(pl.col("change") != SAME).join(
            uncalled(run), on="contact_id", how="anti", maintain_order="left"
        )
    found = rows.collect().pipe(with_why)
    if against is not None and not isinstance(against, OnlyScores):
        found = _with_rules(found, run, against, name)
    others = (each for each in found.columns if each not in {*CHANGES, "why"})
    return ChangedContacts(found.select(*CHANGES, "why", *others), summary, notes)


def changes_under(
    run: Run, name: str, against: EarlierRun | None = None
) -> tuple[pl.LazyFrame | None, tuple[str, ...]]:
    """Return `CHANGES` under a score since the previous run, or an earlier one, and notes on what is unknown.

    The rows are None if the run was not compared with another and `against` is None.
    """
    record, mine = run.record, pl.col("score_name") == name
    if against is not None and not _was_held_against(record, against):
        since, hot_note = _since(run, against, name)
        return since.lazy().filter(mine), (*_of_score(against, name), *hot_note)
    if record.changes is None:
        return None, (f"Run {record.run_id} {NONE_BEFORE}.",)
    return scan(run, FILE).filter(mine), ()


def hot_now(run: Run) -> HotInBoth:
    """Return the `HotInBoth` that marks rows of `CHANGES` as hot, and newly hot, in a run."""
    record = run.record
    ids = None if record.hot_condition is None else read(run, HOT_FILE)["contact_id"]
    return HotInBoth(record.hot_flames, record.scores[0].name, ids)


def _was_held_against(record: RunRecord, earlier: EarlierRun) -> bool:
    return record.changes is not None and record.changes.run_id == earlier.run_id


def _since(run: Run, earlier: EarlierRun, name: str) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Compare the published scores of two runs, with null parts; add a note if hot can't be compared."""
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
    note = hot_not_compared(record.hot_condition, then, condition)
    return with_people_of_run(rows, scores, previous), () if note is None else (note,)


def _with_rules(rows: pl.DataFrame, run: Run, earlier: Run, name: str) -> pl.DataFrame:
    """Fill in, for rows without parts, the rules and limits that moved most between two runs."""
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
    """Yield kind, id and name of everything that can appear in a score's ledger, in rule file order."""
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
    """Return a note on the causes of a change that are not known."""
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
    """Return the score's name, by default the first; raise `UsageError` if the run has no such score."""
    names = [each.name for each in record.scores]
    if score is None:
        return names[0]
    if score not in names:
        near = nearest(score, names)
        hint = f"Did you mean `{near}`?" if near else f"Scores in this run: {', '.join(names)}."
        raise UsageError(Problem("U005", f"This run has no score `{score}`.", hint=hint))
    return score


def _summary(record: RunRecord, name: str, before: datetime, counts: Mapping[str, int]) -> str:
    """Return a one-line summary: since when, and the counts by kind, regardless of the call list.

    "Since" is the day of the earlier run, with its time if both runs are of the same day.
    """
    zone = ZoneInfo(record.timezone)
    now, then = to_local(record.as_of, zone), to_local(before, zone)
    since = f"{then:%Y-%m-%d}" if now.date() != then.date() else f"{then:%Y-%m-%d %H:%M}"
    listed = ", ".join(f"{counts.get(kind, 0):,} {word}" for kind, word in WORDS_OF_CHANGES.items())
    return f"{name} since {since}: {listed}"
