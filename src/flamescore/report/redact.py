"""A report that may be shared: without e-mails, phones and names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from flamescore.report.material import Changes, Material

_TELLING: Final = ("name", "email", "phone")
_NEEDED: Final = (
    "contact_id",
    "score_name",
    "change",
    "previous_score",
    "previous_flames",
    "score",
    "flames",
)
_PARTS: Final = "by_"


def redacted(material: Material) -> Material:
    """Leave out names, companies, e-mails and phones, and number the owners: what is made of it has none.

    Contact ids stay, but for those that are an e-mail, or the contact's own name or phone: they are numbered.
    """
    ids = _ids(material.people)
    people = material.people.select("contact_id", *_owners(material.people))

    def shown(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(pl.col("contact_id").replace(ids)) if ids else frame

    def ledger(contact_ids: pl.Series) -> pl.DataFrame:
        return shown(material.ledger(contact_ids.replace({new: old for old, new in ids.items()})))

    changes = material.changes
    return replace(
        material,
        people=shown(people),
        scores=shown(material.scores),
        excluded=shown(material.excluded),
        ledger=ledger,
        changes=None if changes is None else _without_people(changes, ids),
        redacted=True,
    )


def _owners(people: pl.DataFrame) -> list[pl.Expr]:
    if "owner" not in people.columns:
        return []
    owners = people["owner"].cast(pl.String).replace("", None).drop_nulls().unique().sort().to_list()
    numbered = {owner: f"Owner {number}" for number, owner in enumerate(owners, 1)}
    return [pl.col("owner").cast(pl.String).replace(numbered)]


def _ids(people: pl.DataFrame) -> dict[str, str]:
    """Return the ids that tell who a contact is, and what stands for them."""
    there = [name for name in _TELLING if name in people.columns]
    same = [pl.col("contact_id") == pl.col(name).cast(pl.String) for name in there]
    telling = pl.any_horizontal(pl.col("contact_id").str.contains("@", literal=True), *same)
    found = people.filter(telling)["contact_id"].sort().to_list()
    taken = set(people["contact_id"].to_list()) if found else set()
    stand_ins = (
        name for number in range(1, len(taken) * 2 + 1) if (name := f"contact {number}") not in taken
    )
    return dict(zip(found, stand_ins, strict=False))


def _without_people(changes: Changes, ids: dict[str, str]) -> Changes:
    rows = changes.rows.select(
        name for name in changes.rows.columns if name in _NEEDED or name.startswith(_PARTS)
    )
    return replace(changes, rows=rows.with_columns(pl.col("contact_id").replace(ids)) if ids else rows)
