"""Current members compared with those in the state: who entered, who left, and since when others are in.

state    a since 19th, b since 19th held, c since null, d since 18th, m since 17th
now      a, b, e, n         m was merged into n; as of the 21st
rows     a since 19th, b since 19th, e since 21st, n since 17th
entered  e                  b was held, so it never left
left     c, d

If a feed is stale, nobody leaves: c and d become rows with `held` set, and `left` is empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct

from flamescore.acting_frames import SEGMENTS
from flamescore.frames import INSTANT, SURVIVOR

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

_KEY: Final = ("segment", "contact_id")
_PAIRS: Final = pl.Schema({"segment": pl.String(), "contact_id": pl.String()})


class Followed(Struct, frozen=True):
    """Members with their history: `rows` are `SEGMENTS` rows, each segment's members, then held contacts.

    `entered` and `left` have the columns `segment, contact_id`, in the order of members and of the state's
    rows.
    """

    rows: pl.DataFrame
    entered: pl.DataFrame
    left: pl.DataFrame


def merged_into(rows: pl.DataFrame, aliases: pl.DataFrame | None) -> pl.DataFrame:
    """Return the state's rows (`SEGMENTS`) with merged contacts replaced by their survivors.

    If several rows of a segment become one, it is held if all of them were, and `since` is the earliest; null
    counts as earlier than any time. `aliases` are those of `frames.Exports`.
    """
    if aliases is None or aliases.is_empty() or rows.is_empty():
        return rows
    now = aliases.select("contact_id", pl.col(SURVIVOR).alias("survivor"))
    since = pl.when(pl.col("since").is_null().any()).then(None).otherwise(pl.col("since").min())
    return (
        rows.join(now, on="contact_id", how="left", maintain_order="left")
        .with_columns(pl.coalesce("survivor", "contact_id").alias("contact_id"))
        .group_by(_KEY, maintain_order=True)
        .agg(since.alias("since"), pl.col("held").all())
        .select(SEGMENTS.names())
        .cast(SEGMENTS)
    )


def unfollowed(members: pl.DataFrame) -> Followed:
    """Return members (`segment, contact_id`) without any earlier state."""
    nobody = pl.DataFrame(schema=_PAIRS)
    since = pl.lit(None, INSTANT).alias("since")
    return Followed(members.with_columns(since, held=pl.lit(value=False)), nobody, nobody)


def followed(
    members: pl.DataFrame, before: pl.DataFrame, names: Collection[str], *, as_of: datetime, stale: bool
) -> Followed:
    """Compare members (`segment, contact_id`) with the state's rows, in which merges have been resolved.

    `names` are the existing segments, with or without members; state rows of other segments are ignored, so
    nobody leaves or is held in those. `as_of` becomes `since` for new members; `stale` is whether a feed has
    gone stale.
    """
    mine = before.filter(pl.col("segment").is_in(list(names)))
    known = mine.select(*_KEY, pl.col("since").alias("stood"), pl.lit(value=True).alias("was_in"))
    held_against = members.join(known, on=_KEY, how="left", maintain_order="left")
    is_new = pl.col("was_in").is_null()
    rows = held_against.select(
        *_KEY,
        pl.when(is_new).then(pl.lit(as_of, INSTANT)).otherwise(pl.col("stood")).alias("since"),
        pl.lit(value=False).alias("held"),
    )
    gone = mine.join(members, on=_KEY, how="anti", maintain_order="left")
    entered = held_against.filter(is_new).select(_KEY)
    if not stale:
        return Followed(rows, entered, gone.select(_KEY))
    held = gone.with_columns(held=pl.lit(value=True))
    return Followed(pl.concat([rows, held]), entered, pl.DataFrame(schema=_PAIRS))


def in_file_order(rows: pl.DataFrame, names: Collection[str]) -> pl.DataFrame:
    """Return `SEGMENTS` rows in segment order, then by contact id; `names` lists all the segments."""
    place = pl.col("segment").replace_strict(
        {name: number for number, name in enumerate(names)}, return_dtype=pl.Int64
    )
    return rows.sort(place, "contact_id", maintain_order=True)
