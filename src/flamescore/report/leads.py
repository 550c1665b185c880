"""The leads of a report: one contact each, in words, from the frames of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from flamescore.report.run_data import PERSON
from flamescore.report.words import Reason, difference, number, reason, signed
from flamescore.tables import local_time, strongest, whole_percent
from flamescore.units import to_local

if TYPE_CHECKING:
    from datetime import datetime

    from flamescore.report.run_data import RunData
    from flamescore.runs import ScoreEntry


@dataclass(frozen=True, slots=True)
class Lead:
    """One contact of the ranked list: `standing` is `42 (93%)`, `last_activity` is local time.

    `change` is by how many points it moved since the run before, None where that is not known, `new` for a
    new contact; `labels` are those that it has, each with its title.
    """

    rank: int
    contact_id: str
    name: str | None
    company: str | None
    phone: str | None
    email: str | None
    owner: str | None
    flames: int
    score: str
    percent: int
    reasons: tuple[Reason, ...]
    last_activity: str | None
    change: str | None = None
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def called(self) -> str:
        """Return its name, else its e-mail, else its id."""
        return self.name or self.email or self.contact_id

    @property
    def standing(self) -> str:
        """Return score and percentile as `42 (93%)`, rounded down, so that only the best shows 100%."""
        return f"{self.score} ({self.percent}%)"


def leads(run: RunData, score: ScoreEntry, rows: pl.DataFrame) -> tuple[Lead, ...]:
    """Tell some rows of a score, in their order."""
    why = _reasons(run, score, rows["contact_id"])
    moved = _moved(run, score.name, rows["contact_id"])
    titles = [label.title for label in run.record.labels]
    frame = rows.select(
        "rank",
        "contact_id",
        "flames",
        "score",
        whole_percent(pl.col("percentile")),
        local_time(pl.col("last_activity_at"), run.zone).alias("last_activity"),
    ).pipe(_with_people, run.people)
    texts = label_texts(run, rows["contact_id"])
    return tuple(
        Lead(
            rank=row["rank"],
            contact_id=row["contact_id"],
            flames=row["flames"],
            score=number(row["score"]),
            percent=row["percentile"],
            reasons=why.get(row["contact_id"], ()),
            last_activity=row["last_activity"],
            change=moved.get(row["contact_id"]),
            labels=tuple(
                (title, text) for title, text in zip(titles, of_lead, strict=True) if text is not None
            ),
            **{name: str(row[name]) if row.get(name) else None for name in PERSON},
        )
        for row, of_lead in zip(frame.iter_rows(named=True), texts.iter_rows(), strict=True)
    )


def routes_of(run: RunData, ids: pl.Series) -> dict[str, tuple[str | None, str]]:
    """Return by contact the rep and the reason, of those of some contacts who are routed or got nobody."""
    if run.routed is None:
        return {}
    rows = run.routed.filter(pl.col("contact_id").is_in(ids.implode()))
    return {who: (rep, reason) for who, rep, reason in rows.iter_rows()}


def label_texts(run: RunData, ids: pl.Series) -> pl.DataFrame:
    """Return a column a label of the run, of some contacts in their order."""
    if run.labels is None:
        return pl.DataFrame(height=len(ids))
    rows = ids.alias("contact_id").to_frame().pipe(_with_people, run.labels)
    return rows.drop("contact_id")


def _with_people(rows: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Add what is known of people, by contact id; for a few rows only theirs are looked at."""
    if rows.height < people.height:
        people = people.filter(pl.col("contact_id").is_in(rows["contact_id"].implode()))
    return rows.join(people, on="contact_id", how="left", maintain_order="left")


def _reasons(run: RunData, score: ScoreEntry, ids: pl.Series) -> dict[str, tuple[Reason, ...]]:
    names = {rule.id: rule.name for rule in score.rules if rule.entry == "rule"}
    today = run.as_of.date()
    found: dict[str, tuple[Reason, ...]] = {}
    given = run.ledger(ids).filter(pl.col("score_name") == score.name).pipe(strongest)
    for row in given.iter_rows(named=True):
        last: datetime | None = row["last_at"]
        said = reason(
            names.get(row["rule_id"]) or row["rule_id"],
            points=row["points"],
            occurrences=row["occurrences"],
            last=None if last is None else to_local(last, run.zone).date(),
            today=today,
        )
        found[row["contact_id"]] = (*found.get(row["contact_id"], ()), said)
    return found


def _moved(run: RunData, score_name: str, ids: pl.Series) -> dict[str, str]:
    if run.changes is None:
        return {}
    mine = (pl.col("score_name") == score_name) & pl.col("contact_id").is_in(ids.to_list())
    rows = run.changes.filter(mine).select("contact_id", "score", "previous_score")
    return {who: _by(now, then) for who, now, then in rows.iter_rows() if now is not None}


def _by(now: float, then: float | None) -> str:
    return "new" if then is None else signed(difference(now, then))
