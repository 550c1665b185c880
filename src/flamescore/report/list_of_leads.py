"""The list of leads on a screen: who, how hot, and why, fitted to the width of the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct

from flamescore.report import wording
from flamescore.report.leads import label_texts
from flamescore.report.run_data import PERSON
from flamescore.screen import Column, Span, table
from flamescore.tables import strongest
from flamescore.units import nearest_points, to_local

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from flamescore.report.run_data import RunData
    from flamescore.screen import Cell, Screen

LONGEST_TITLE: Final = 10
"""The maximum width of the title of a score or label above its column."""

NEW: Final = "new"
"""The marker after the flames of a newly hot lead."""


class Leads(Struct, frozen=True):
    """The contacts to list, in their order; `places` are their places on the call list, from 1, or None.

    `scores` are the names of the scores to show; the first determines the list and the reasons. `cold` is why
    contacts have no flames, shown instead of the reasons.
    """

    run: RunData
    ids: Sequence[str]
    places: Sequence[int | None]
    scores: tuple[str, ...]
    cold: Mapping[str, str | None] | None = None


def lead_table(leads: Leads, screen: Screen, *, titled: bool = False) -> list[str]:
    """Lay out leads, one per line; a column without any values is left out.

    `titled` shows every score as a column of flames and points under its title, not only the further ones.
    """
    first, *further = leads.scores
    people = _in_order(leads, leads.run.people)
    flames, points = _standings(leads, first)
    hot = newly_hot(leads.run, first)
    marks = [f" {NEW}" if who in hot else "" for who in leads.ids]
    drawn = [f"{screen.flames(each)}{mark}" for each, mark in zip(flames, marks, strict=True)]
    columns = [Column("#", ["" if place is None else f"{place:,}" for place in leads.places], right=True)]
    if titled:
        columns.append(_pair(leads, first, drawn, points, screen))
    else:
        columns += [Column("Flames", drawn, style="red"), Column("Score", points, right=True)]
    for name in further:
        flames, points = _standings(leads, name)
        columns.append(_pair(leads, name, [screen.flames(each) for each in flames], points, screen))
    own = (
        *_labels(leads, screen),
        Column("Name", _texts(people, "name"), least=12, style="bold"),
        Column("Company", _texts(people, "company"), least=12, goes=3),
        Column("Phone", _texts(people, "phone"), goes=6),
        Column("E-mail", _texts(people, "email"), goes=2),
        Column("Why", _why(leads, first, screen), least=24, goes=5),
        Column("Owner", _texts(people, "owner"), least=10, goes=1, style="dim"),
    )
    columns += [each for each in own if not each.is_empty]
    columns.append(Column("Id", leads.ids, style="dim"))
    return table(columns, screen)


def newly_hot(run: RunData, score_name: str) -> frozenset[str]:
    """Return the ids of contacts that became hot under a score since the previous run, or are new and hot.

    Empty if the run was not compared with another.
    """
    if run.changes is None or not run.counts_hot(score_name):
        return frozenset()
    kind = pl.col("change")
    rows = run.changes.filter(
        pl.col("score_name") == score_name, (kind == "newly_hot") | ((kind == "new") & run.is_hot())
    )
    return frozenset(rows["contact_id"])


def _in_order(leads: Leads, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the leads, in their order; null if a lead has none."""
    ids = pl.DataFrame({"contact_id": leads.ids}, schema={"contact_id": pl.String()})
    return ids.join(frame, on="contact_id", how="left", maintain_order="left")


def _standings(leads: Leads, name: str) -> tuple[list[int | None], list[str]]:
    """Return the flames and the points under a score."""
    scores = leads.run.scores.filter(pl.col("score_name") == name)
    rows = _in_order(leads, scores.select("contact_id", "flames", "score"))
    points = [None if each is None else nearest_points(each) for each in rows["score"]]
    texts = ["-" if each is None else wording.score(each, leads.run.decimals) for each in points]
    return rows["flames"].to_list(), texts


def _pair(leads: Leads, name: str, drawn: Sequence[str], points: Sequence[str], screen: Screen) -> Column:
    """Return flames and points as one column under the title of the score."""
    title = next((score.title for score in leads.run.record.scores if score.name == name), name)
    wide, widest = max(map(len, drawn), default=0), max(map(len, points), default=0)
    cells = [
        (Span(flames, "red"), Span(f"{number:>{wide - len(flames) + 1 + widest}}"))
        for flames, number in zip(drawn, points, strict=True)
    ]
    return Column(_heading(title, screen), cells)


def _heading(title: str, screen: Screen) -> str:
    return screen.cut(screen.shown(title), LONGEST_TITLE)


def _labels(leads: Leads, screen: Screen) -> list[Column]:
    titles = [label.title for label in leads.run.record.labels]
    texts = label_texts(leads.run, pl.Series(leads.ids, dtype=pl.String))
    return [
        Column(_heading(title, screen), [each or "" for each in column], least=6, goes=4)
        for title, column in zip(titles, texts.iter_columns(), strict=True)
    ]


def _texts(people: pl.DataFrame, name: str) -> list[Cell]:
    assert name in PERSON
    if name not in people.columns:
        return [""] * people.height
    return ["" if each is None else str(each) for each in people[name]]


def _why(leads: Leads, score_name: str, screen: Screen) -> list[Cell]:
    """Return each lead's strongest reason; truncation shortens the name, never the age."""
    if leads.cold is not None:
        return [leads.cold.get(who) or "" for who in leads.ids]
    run = leads.run
    names = {
        rule.id: rule.called
        for score in run.record.scores
        if score.name == score_name
        for rule in score.rules
        if rule.entry == "rule"
    }
    entries = run.ledger(pl.Series(leads.ids, dtype=pl.String)).filter(pl.col("score_name") == score_name)
    found = {}
    for row in (
        strongest(entries).unique("contact_id", keep="first", maintain_order=True).iter_rows(named=True)
    ):
        end = f" {screen.marks('×')}{row['occurrences']:,}" if row["occurrences"] > 1 else ""
        last: datetime | None = row["last_at"]
        if last is not None:
            end += f", {wording.ago(to_local(last, run.zone).date(), run.as_of.date())}"
        name = names.get(row["rule_id"]) or row["rule_id"]
        found[row["contact_id"]] = (Span(name), Span(end, whole=True)) if end else (Span(name),)
    return [found.get(who, "") for who in leads.ids]
