"""Search a run, as it was typed: which scores, which columns, whose contacts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import polars as pl

from flamescore.errors import Problem, UsageError
from flamescore.merged import FILE as MERGED_FILE
from flamescore.runs import changed_ids, has_merged, read, reading_run, scan
from flamescore.searches.query import Query, Term, ranked_contacts, search, why_cold
from flamescore.searches.where import bound
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.project import Project
    from flamescore.runs import Run, RunRecord

_RANGE = re.compile(r"([0-5])(?:-([0-5]))?")
STANDING: Final = ("score", "flames", "percentile", "last_activity_at")


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it was typed."""

    flames: str | None = None
    scores: tuple[str, ...] = ()
    min_score: float | None = None
    min_percentile: float | None = None
    owners: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    text: str | None = None
    columns: tuple[str, ...] | None = None
    everyone: bool = False
    changed: tuple[str, ...] = ()
    """Only contacts that changed in one of these ways since the run before (`changes.KINDS`)."""

    against: Run | None = None
    """Or since this earlier run."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: `rows` with the columns to show, and what a terminal needs to lay them out."""

    rows: pl.DataFrame
    run_id: str
    zone: ZoneInfo
    further: tuple[str, ...]
    """The scores that were searched by beside the first."""

    notes: tuple[str, ...] = ()


def search_run(project: Project, found: Run, asked: Asked) -> Found:
    """Search a run, and return the rows to show.

    Raises:
        UsageError: what was asked is none of the run's: a score, a column, a number of flames.
        DamagedRunError: a file of the run is missing or damaged.
    """
    with reading_run(found):
        return _found(project, found, asked)


def _found(project: Project, found: Run, asked: Asked) -> Found:
    record = found.record
    zone = ZoneInfo(record.timezone)
    scores = scan(found, "scores.parquet")
    contacts = scan(found, "contacts.parquet")
    if asked.min_score is not None and isnan(asked.min_score):
        raise UsageError(Problem("U002", "--min-score must be a number, not `nan`."))
    terms = terms_of(asked.flames, asked.scores, [score.name for score in record.scores])
    where = None
    if asked.where:
        contacts, where = bound(project, asked.where, contacts, record.as_of, zone)
    _check_columns(asked, contacts)
    query = Query(
        terms=terms,
        min_score=asked.min_score,
        min_percentile=asked.min_percentile,
        owners=asked.owners,
        tags=asked.tags,
        where=where,
        text=asked.text,
    )
    excluded = None if asked.everyone else read(found, "excluded.parquet")["contact_id"]
    aliases = scan(found, MERGED_FILE) if has_merged(found) else None
    rows = search(scores, contacts, query, excluded=excluded, merged=aliases)
    notes: tuple[str, ...] = ()
    if asked.changed:
        there, notes = changed_ids(found, terms[0].score_name, asked.changed, asked.against)
        rows = rows.filter(pl.col("contact_id").is_in(there.implode()))
    if terms[0].high == 0:
        points = scan(found, "points.parquet")
        points = points.filter(pl.col("score_name") == terms[0].score_name)
        rows = why_cold(rows, points, _rule_names(record, terms[0].score_name))
    rows = ranked_contacts(rows, contacts, _shown(asked, rows, contacts))
    further = tuple(term.score_name for term in terms[1:])
    return Found(rows, found.run_id, zone, further, notes)


def terms_of(asked_flames: str | None, scores: Sequence[str], names: Sequence[str]) -> tuple[Term, ...]:
    """Return what `--flames` and `--score` ask for, of a run with scores of these names.

    Raises:
        UsageError: there is no such score, or it is no number of flames.
    """
    low, high = (0, 5) if asked_flames is None else _flames(asked_flames, "--flames")
    if not scores:
        return (Term(names[0], low, high),)
    terms = []
    for text in scores:
        name, colon, flames = text.rpartition(":") if ":" in text and text not in names else (text, "", "")
        if name not in names:
            hint = f"Scores in this run: {', '.join(names)}."
            near = nearest(name, names)
            raise UsageError(
                Problem(
                    "U005",
                    f"This run has no score `{name}`.",
                    hint=f"Did you mean `{near}`?" if near else hint,
                )
            )
        bounds = _flames(flames, "--score") if colon else (0, 5)
        terms.append(Term(name, *bounds))
    if asked_flames is not None:
        terms[0] = Term(terms[0].score_name, max(low, terms[0].low), min(high, terms[0].high))
    return tuple(terms)


def _flames(text: str, flag: str) -> tuple[int, int]:
    match = _RANGE.fullmatch(text.strip())
    low, high = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
    if low > high:
        hint = "Use 0 to 5, or a range such as 4-5."
        raise UsageError(Problem("U006", f"{flag}: `{text}` is not a number of flames.", hint=hint))
    return low, high


def _check_columns(asked: Asked, contacts: pl.LazyFrame) -> None:
    names = contacts.collect_schema().names()
    needed = {"--owner": ("owner",) if asked.owners else (), "--tag": ("tags",) if asked.tags else ()}
    for flag, columns in needed.items():
        for column in columns:
            if column not in names:
                hint = f"Map it in the project file: `columns: {{{column}: HEADER}}` of the contacts."
                raise UsageError(
                    Problem(
                        "U007",
                        f"{flag} needs the column `{column}`, which the contacts do not have.",
                        hint=hint,
                    )
                )


def _shown(asked: Asked, rows: pl.DataFrame, contacts: pl.LazyFrame) -> list[str]:
    there = [*rows.columns, *contacts.collect_schema().names()]
    if asked.columns is None:
        extra = [
            name for name in rows.columns if name.endswith(("_score", "_flames")) or name in ("why", "trend")
        ]
        kept = [name for name in rows.columns if name not in _OF_SCORES and name not in extra]
        return ["rank", "contact_id", *kept, *STANDING, *extra]
    for name in asked.columns:
        if name not in there:
            near = nearest(name, there)
            hint = f"Did you mean `{near}`?" if near else f"Columns: {', '.join(dict.fromkeys(there))}."
            raise UsageError(Problem("U008", f"There is no column `{name}`.", hint=hint))
    return list(dict.fromkeys(asked.columns))


def _rule_names(record: RunRecord, score_name: str) -> dict[str, str]:
    return {
        rule.id: rule.name
        for score in record.scores
        if score.name == score_name
        for rule in score.rules
        if rule.entry == "rule"
    }


_OF_SCORES: Final = (
    "contact_id", "score_name", "score", "flames", "percent_of_ideal", "percentile", "rank",
    "last_activity_at",
)  # fmt: skip
