"""What a report tells: plain frozen values, worked out once; the renderers only lay them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.report.problems import problems
from flamescore.tables.hot import call_list, hot_file
from flamescore.tables.reasons import REASONS, reasons
from flamescore.tables.summary import Flames, Summary, summaries
from flamescore.tables.words import local_time, plain, whole_percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from flamescore.scoring import Scored

PERSON: Final = ("name", "company", "phone", "email", "owner")
"""The canonical contact columns that a report shows, those of them that are kept."""


@dataclass(frozen=True, slots=True)
class Lead:
    """One contact of the ranked list, in words: `standing` is `42 (93%)`, `last_activity` is local time."""

    rank: int
    contact_id: str
    name: str | None
    company: str | None
    phone: str | None
    email: str | None
    owner: str | None
    flames: int
    standing: str
    reasons: tuple[str, ...]
    last_activity: str | None

    @property
    def called(self) -> str:
        """Return its name, else its e-mail, else its id."""
        return self.name or self.email or self.contact_id


@dataclass(frozen=True, slots=True)
class RuleLine:
    """What a rule or limit gave over all contacts; `points` as text."""

    name: str
    entry: str
    contacts: int
    occurrences: int
    points: str


@dataclass(frozen=True, slots=True)
class ScoreView:
    """One score: the headline numbers, contacts by flames, the top of the call list, rules by points given.

    `hot` counts contacts with at least `hot_flames`, `on_list` those of them whom the call list doesn't leave
    out; `leads` is its top, hot or not, in ranked order; `file` is the table that has all who are hot.
    """

    name: str
    title: str
    contacts: int
    hot: int
    on_list: int
    flames: Flames
    percentiles: tuple[tuple[int, str], ...]
    leads: tuple[Lead, ...]
    file: str
    rules: tuple[RuleLine, ...]


@dataclass(frozen=True, slots=True)
class View:
    """A run's report. `scores` has the default one first; `problems` is what was wrong with the input."""

    run_id: str
    as_of: datetime
    hot_flames: int
    contacts: int
    scores: tuple[ScoreView, ...]
    problems: tuple[str, ...]


def view(
    scored: Scored,
    *,
    run_id: str,
    keep: Sequence[str] = PERSON,
    hot_flames: int = 5,
    limit: int = 100,
    warnings: Sequence[str] = (),
) -> View:
    """Work out what a report tells; at most `limit` leads a score, and only kept columns of a person."""
    shown = tuple(name for name in PERSON if name in keep and name in scored.contacts.columns)
    return View(
        run_id=run_id,
        as_of=scored.as_of.astimezone(scored.book.zone),
        hot_flames=hot_flames,
        contacts=scored.contacts.height,
        scores=tuple(
            _score(scored, summary, shown, hot_flames=hot_flames, limit=limit)
            for summary in summaries(scored)
        ),
        problems=problems(scored.observed, warnings),
    )


def _score(
    scored: Scored, summary: Summary, shown: Sequence[str], *, hot_flames: int, limit: int
) -> ScoreView:
    listed = call_list(scored, summary.name)
    return ScoreView(
        name=summary.name,
        title=summary.title,
        contacts=summary.contacts,
        hot=sum(summary.flames[hot_flames:]),
        on_list=listed.filter(pl.col("flames") >= hot_flames).height,
        flames=summary.flames,
        percentiles=tuple((percent, _text(score)) for percent, score in summary.percentiles),
        leads=_leads(scored, summary.name, listed.head(limit), shown),
        file=hot_file(scored, summary.name),
        rules=_rules(scored.observed.rules, summary.name),
    )


def _leads(scored: Scored, score_name: str, rows: pl.DataFrame, shown: Sequence[str]) -> tuple[Lead, ...]:
    why = reasons(scored, score_name, rows["contact_id"])
    people = scored.contacts.select("contact_id", *shown)
    frame = (
        rows.select(
            "rank",
            "contact_id",
            "flames",
            standing=standing(),
            last_activity=local_time(pl.col("last_activity_at"), scored.book.zone),
        )
        .join(why, on="contact_id", how="left", maintain_order="left")
        .join(people, on="contact_id", how="left", maintain_order="left")
    )
    return tuple(_lead(row) for row in frame.iter_rows(named=True))


def standing() -> pl.Expr:
    """Say `score` and `percentile` as `42 (93%)`, rounded down, so that only the best shows 100%."""
    return pl.format("{} ({}%)", plain(pl.col("score")), whole_percent(pl.col("percentile")))


def _lead(row: Mapping[str, object]) -> Lead:
    words = tuple(str(row[name]) for name in REASONS if row[name] is not None)
    person = {name: str(row[name]) if row.get(name) else None for name in PERSON}
    last = row["last_activity"]
    return Lead(
        rank=int(str(row["rank"])),
        contact_id=str(row["contact_id"]),
        flames=int(str(row["flames"])),
        standing=str(row["standing"]),
        reasons=words,
        last_activity=None if last is None else str(last),
        **person,
    )


def _rules(rules: pl.DataFrame, score_name: str) -> tuple[RuleLine, ...]:
    """Return the rules and limits by points given, most first; ties in order of the rule file."""
    rows = (
        rules.filter(pl.col("score_name") == score_name)
        .sort("points", descending=True, maintain_order=True)
        .select("name", "entry", "contacts", "occurrences", plain(pl.col("points")))
    )
    return tuple(RuleLine(*row) for row in rows.iter_rows())


def _text(score: float | None) -> str:
    return "-" if score is None else str(pl.select(plain(pl.lit(score))).item())
