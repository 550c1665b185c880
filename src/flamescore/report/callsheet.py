"""The call list of a report as a workbook: who is hot, why, and when they were last active."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.report.leads import leads
from flamescore.report.material import PERSON
from flamescore.report.xlsx import Sheet, workbook

if TYPE_CHECKING:
    from flamescore.report.leads import Lead
    from flamescore.report.material import Material, ScoreFacts

REASONS: Final = 3
HEADERS: Final = {
    "rank": "Rank",
    "name": "Name",
    "company": "Company",
    "phone": "Phone",
    "email": "E-mail",
    "owner": "Owner",
    "flames": "Flames",
    "score": "Score",
    "percentile": "Better than %",
    **{f"reason_{number}": f"Why {number}" for number in range(1, REASONS + 1)},
    "last_activity": "Last activity",
    "change": "Change",
    "contact_id": "Contact id",
}
"""The columns in order, and what each is called; those that the contacts don't have are left out."""


def call_list(material: Material) -> bytes:
    """Return the hot leads of the default score by owner, and those of other scores on a sheet each.

    Whom the call list leaves out is not there. Nobody hot: only headers.
    """
    default, *others = material.facts
    return workbook(
        hot(material, default),
        zone=material.zone,
        made=material.as_of,
        headers=HEADERS,
        further=[Sheet(facts.title, hot(material, facts)) for facts in others],
    )


def hot(material: Material, facts: ScoreFacts) -> pl.DataFrame:
    """Return the columns of `HEADERS` for the hot leads of a score, ranked."""
    mine = (pl.col("score_name") == facts.name) & (pl.col("flames") >= material.hot_flames)
    rows = material.scores.filter(mine).join(
        material.excluded, on="contact_id", how="anti", maintain_order="left"
    )
    told = [name for name in PERSON if name in material.people.columns]
    measures = ("rank", "flames", "score", "percentile")
    found = [_row(lead) for lead in leads(material, facts, rows)]
    frame = pl.DataFrame(found, schema=dict.fromkeys((*told, *_WORDS), pl.String)).with_columns(
        *(rows[name] for name in measures), rows["last_activity_at"].alias("last_activity")
    )
    if material.changes is None:
        frame = frame.drop("change")
    return frame.select(name for name in HEADERS if name in frame.columns)


_WORDS: Final = ("contact_id", "change", *(f"reason_{number}" for number in range(1, REASONS + 1)))


def _row(lead: Lead) -> dict[str, str | None]:
    reasons = {f"reason_{number}": str(each) for number, each in enumerate(lead.reasons, 1)}
    person = {name: getattr(lead, name) for name in PERSON}
    return {"contact_id": lead.contact_id, "change": lead.change} | person | reasons
