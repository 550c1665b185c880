"""Who got hot and who cooled since the run before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.report.words import difference, number, signed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flamescore.report.material import Changes, Material

LISTED: Final = 12
PARTS: Final = {
    "by_activity": "new activity",
    "by_time": "time passing",
    "by_data": "late or altered data",
    "by_rules": "changed rules",
}
"""The parts of a change, in the order in which they are told."""
_COLUMNS: Final = frozenset(
    {"contact_id", "change", "previous_score", "previous_flames", "score", "flames", "difference", *PARTS}
)


@dataclass(frozen=True, slots=True)
class Move:
    """One contact whose score moved: `before` and `now` are points, None where it was not there."""

    contact_id: str
    called: str
    company: str | None
    flames_before: int | None
    flames: int | None
    before: str | None
    now: str | None
    by: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moves:
    """What changed under a score: the first who got hot, the first who cooled, and how many there are."""

    hot: tuple[Move, ...]
    cooled: tuple[Move, ...]
    newly_hot: int
    cooled_off: int
    up: int
    down: int
    new: int
    vanished: int


def moves(material: Material, score_name: str) -> Moves | None:
    """Tell what changed under a score; None where that is not known. Contacts not to be called don't show."""
    if material.changes is None:
        return None
    rows = _of_score(material.changes, score_name)
    counts = dict(rows["change"].value_counts().iter_rows())
    callable_rows = rows.join(material.excluded, on="contact_id", how="anti", maintain_order="left")
    hot = callable_rows.filter(
        (pl.col("change") == "newly_hot")
        | ((pl.col("change") == "new") & (pl.col("flames") >= material.hot_flames))
    )
    cooled = callable_rows.filter(pl.col("change") == "cooled_off")
    return Moves(
        hot=tuple(_moves(material, hot.sort("score", descending=True, maintain_order=True).head(LISTED))),
        cooled=tuple(
            _moves(material, cooled.sort("previous_score", descending=True, maintain_order=True).head(LISTED))
        ),
        newly_hot=hot.height,
        cooled_off=cooled.height,
        up=counts.get("up", 0) + counts.get("newly_hot", 0),
        down=counts.get("down", 0) + counts.get("cooled_off", 0),
        new=counts.get("new", 0),
        vanished=counts.get("vanished", 0),
    )


def _of_score(changes: Changes, score_name: str) -> pl.DataFrame:
    rows = changes.rows.filter(pl.col("score_name") == score_name)
    return rows.select(name for name in rows.columns if name in _COLUMNS)


def _moves(material: Material, rows: pl.DataFrame) -> Iterator[Move]:
    people = rows.join(material.people, on="contact_id", how="left", maintain_order="left")
    for row in people.iter_rows(named=True):
        before, now = row["previous_score"], row["score"]
        yield Move(
            contact_id=row["contact_id"],
            called=row.get("name") or row.get("email") or row["contact_id"],
            company=row.get("company") or None,
            flames_before=row["previous_flames"],
            flames=row["flames"],
            before=None if before is None else number(before),
            now=None if now is None else number(now),
            by="new" if before is None else signed(difference(now or 0, before)),
            parts=tuple(_parts(row)),
        )


def _parts(row: Mapping[str, float | None]) -> Iterator[str]:
    for column, what in PARTS.items():
        value = row.get(column)
        if value:
            yield f"{signed(value)} {what}"
