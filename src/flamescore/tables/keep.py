"""The contact columns that are carried into the tables (`keep:` of the project file)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.changes import TREND
from flamescore.tables.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from flamescore.scoring import Scored

MEASURES: Final = ("score", "flames", "percentile", "rank")
"""What `scores.csv` tells of each score, as `<score>_<measure>`."""


def measures_of(scored: Scored) -> tuple[str, ...]:
    """Return `MEASURES`, and what a trend adds to them."""
    return (*MEASURES, *(name for name in TREND if name in scored.scores.columns))


def absent(contacts: pl.DataFrame, keep: Sequence[str]) -> tuple[str, ...]:
    """Return the columns to keep that the contacts don't have: each is worth a warning."""
    return tuple(name for name in keep if name not in contacts.columns)


def public(contacts: pl.DataFrame) -> pl.DataFrame:
    """Return the mapped columns, without those that only the engine reads: their names hold a NUL."""
    return contacts.select(name for name in contacts.columns if "\x00" not in name)


def kept(scored: Scored, keep: Sequence[str]) -> pl.DataFrame:
    """Return `contact_id` and the columns to keep that there are, in order of `keep`.

    One that is called like a column of a table is called `contact_` and its name, the same in every table.
    """
    taken = _taken(scored)
    wanted = [
        name for name in dict.fromkeys(keep) if name in scored.contacts.columns and name != "contact_id"
    ]
    used = {*taken, *wanted}
    columns: dict[str, str] = {}
    for name in wanted:
        columns[name] = _free(name, used) if name in taken else name
        used.add(columns[name])
    return scored.contacts.select("contact_id", *(pl.col(name).alias(new) for name, new in columns.items()))


def with_kept(frame: pl.DataFrame, scored: Scored, keep: Sequence[str]) -> pl.DataFrame:
    """Add the kept columns to `scored.scores`."""
    columns = kept(scored, keep).drop("contact_id")
    return pl.concat([frame, columns.select(pl.all().gather(scored.places))], how="horizontal")


def _taken(scored: Scored) -> set[str]:
    """Return the names of all columns that the tables have of their own."""
    measures = {f"{score.name}_{measure}" for score in scored.book.scores for measure in measures_of(scored)}
    return {*scored.scores.columns, *REASONS, "last_activity"} | measures


def _free(name: str, used: Collection[str]) -> str:
    while name in used:
        name = f"contact_{name}"
    return name
