"""What changed in a run since the one before it: rows to show, and a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import polars as pl

from flamescore.changes import CHANGES, FILE, KINDS, SAME
from flamescore.errors import Problem, UsageError
from flamescore.runs.contents import scan
from flamescore.tables import with_why
from flamescore.units import to_local
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from flamescore.runs.catalog import Run
    from flamescore.runs.record import RunRecord

NONE_BEFORE: Final = "has no changes: it is the first, or `changes: false` is set in the project file"


def changed_contacts(run: Run, score: str | None, *, everyone: bool) -> pl.DataFrame:
    """Return what changed under one score: `CHANGES`, `why`, and the kept columns; newly hot first.

    `everyone` keeps those who stayed the same, and whom the call list leaves out. A run that was held against
    no other has no rows.
    """
    name = _score_meant(run.record, score)
    if run.record.changes is None:
        return pl.DataFrame(schema=CHANGES).pipe(with_why)
    rows = scan(run, FILE).filter(pl.col("score_name") == name)
    if not everyone:
        excluded = scan(run, "excluded.parquet")
        rows = rows.filter(pl.col("change") != SAME).join(
            excluded, on="contact_id", how="anti", maintain_order="left"
        )
    found = rows.collect().pipe(with_why)
    return found.select(*CHANGES, "why", *(each for each in found.columns if each not in {*CHANGES, "why"}))


def changed_ids(run: Run, name: str, kinds: tuple[str, ...]) -> pl.Series:
    """Return the ids of contacts that changed in these ways under a score, none where none is known."""
    if run.record.changes is None:
        return pl.Series("contact_id", [], pl.String)
    rows = scan(run, FILE)
    rows = rows.filter(pl.col("score_name") == name, pl.col("change").is_in(kinds))
    return rows.select("contact_id").collect().to_series()


def _score_meant(record: RunRecord, score: str | None) -> str:
    """Return the score's name, by default that of the first; `UsageError` where the run has no such score."""
    names = [each.name for each in record.scores]
    if score is None:
        return names[0]
    if score not in names:
        near = nearest(score, names)
        hint = f"Did you mean `{near}`?" if near else f"Scores in this run: {', '.join(names)}."
        raise UsageError(Problem("U005", f"This run has no score `{score}`.", hint=hint))
    return score


def changes_summary(record: RunRecord, score: str | None) -> str:
    """Say in a line what the run was held against, and what it comes to; the call list is not looked at."""
    if record.changes is None:
        return f"Run {record.run_id} {NONE_BEFORE}."
    name = _score_meant(record, score)
    zone = ZoneInfo(record.timezone)
    days = (f"{to_local(at, zone):%Y-%m-%d %H:%M}" for at in (record.as_of, record.changes.as_of))
    counts = next(each for each in record.changes.scores if each.name == name)
    said = ", ".join(f"{getattr(counts, kind):,} {kind.replace('_', ' ')}" for kind in KINDS)
    return f"{name}, {' against '.join(days)}: {said}"
