"""`changes.parquet`, and the wording of changes in reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec.structs import replace

from flamescore.changes import CHANGES, FILE, TREND
from flamescore.frames import SCORES, conform
from flamescore.points import difference_type, in_points, ten_thousandths
from flamescore.tables.columns import free_name, kept, points_as_text
from flamescore.tables.write import write_parquet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from flamescore.changes import Changes
    from flamescore.scoring import Scored

PARTS: Final = {
    "by_activity": "new activity",
    "by_time": "time passing",
    "by_data": "late or altered data",
    "by_rules": "changed rules",
}
"""The parts of a change: their columns, in the order in which they are listed, and the wording of each."""

NAMED: Final = 3
"""How many rules and limits are named if the parts of a change are not known."""

_ENTRY: Final = ("entry", "rule_id")


def with_people(found: Changes, scored: Scored, previous: pl.DataFrame, keep: Sequence[str]) -> Changes:
    """Add the kept columns to the rows; for contacts that are gone, the ones that the previous run kept.

    `previous` is that run's `scores.parquet`; columns that have another type there are left out. A column
    whose name is one of `CHANGES` gets the prefix `contact_`.
    """
    return replace(found, rows=_of_people(found.rows, kept(scored, keep), previous))


def with_people_of_run(rows: pl.DataFrame, scores: pl.DataFrame, previous: pl.DataFrame) -> pl.DataFrame:
    """Add to `CHANGES` the columns that a run kept, as `with_people` does.

    `scores` is its `scores.parquet`, `previous` that of the earlier run. For contacts that the run no longer
    scored, the columns are the ones that the earlier run kept.
    """
    own = {*SCORES, *TREND} - {"contact_id"}
    mine = scores.select(name for name in scores.columns if name not in own)
    return _of_people(rows, mine.unique("contact_id", keep="first"), previous)


def _of_people(rows: pl.DataFrame, mine: pl.DataFrame, previous: pl.DataFrame) -> pl.DataFrame:
    columns = [name for name in mine.columns if name != "contact_id"]
    there = [name for name in columns if previous.schema.get(name) == mine.schema[name]]
    gone = previous.filter(~pl.col("contact_id").is_in(mine["contact_id"].implode()))
    gone = gone.select("contact_id", *there).unique("contact_id", keep="first")
    renamed = {
        name: free_name(name, {*columns, *CHANGES}, prefix="contact_") for name in columns if name in CHANGES
    }
    everyone = pl.concat([mine, gone], how="diagonal_relaxed").rename(renamed)
    return rows.join(everyone, on="contact_id", how="left", maintain_order="left")


def write_changes(folder: Path, found: Changes) -> None:
    """Write the changes into a run's folder."""
    conform(found.rows, CHANGES, name="changes").pipe(write_parquet, folder / FILE)


def with_why(rows: pl.DataFrame) -> pl.DataFrame:
    """Add `why`: the parts that are not 0, in words: `new activity +8, time passing -0.5`.

    It is null if the parts are not known, and empty if nothing had any effect.
    """
    listed = [_format_part(part, words) for part, words in PARTS.items()]
    known = pl.col("by_activity").is_not_null()
    return rows.with_columns(
        pl.when(known).then(pl.concat_str(listed, separator=", ", ignore_nulls=True)).alias("why")
    )


def _format_part(part: str, words: str) -> pl.Expr:
    """Format one part; null if it is 0."""
    points = pl.col(part)
    return pl.when(points != 0).then(_signed(points, pl.lit(words)))


def _signed(points: pl.Expr, words: pl.Expr) -> pl.Expr:
    """Format points with their sign after some words: `new activity +8`."""
    plus = pl.when(points > 0).then(pl.lit("+")).otherwise(pl.lit(""))
    return pl.concat_str(words, pl.lit(" "), plus, points_as_text(points))


def with_why_of_ledgers(
    rows: pl.DataFrame, now: pl.DataFrame, then: pl.DataFrame, entries: Iterable[tuple[str, str, str]]
) -> pl.DataFrame:
    """Fill `why` where the parts are not known: `Talked with a rep +4, Opened an e-mail -1`.

    It names the rules and limits whose points differ most between two ledgers, `NAMED` at most, and is empty
    if none differs; all that differ add up to the difference. `now` and `then` are `frames.POINTS` of one
    score. `entries` are kind, id and name of the entries in order of the rule file, which breaks ties. For
    duplicate entries the first name is used.
    """
    kind = difference_type(now["points"], then["points"])
    sides = (
        side.select("contact_id", *_ENTRY, ten_thousandths(pl.col("points"), kind).alias(name))
        for name, side in (("now", now), ("then", then))
    )
    moved = pl.col("now").fill_null(0) - pl.col("then").fill_null(0)
    differences = (
        next(sides)
        .join(next(sides), on=["contact_id", *_ENTRY], how="full", coalesce=True)
        .select("contact_id", *_ENTRY, moved.alias("moved"))
        .filter(pl.col("moved") != 0)
    )
    most = (
        differences.join(_in_order(entries), on=_ENTRY, how="left")
        .sort("contact_id", pl.col("moved").abs(), "place", descending=[False, True, False])
        .group_by("contact_id", maintain_order=True)
        .head(NAMED)
    )
    points = in_points(most["moved"])
    named = most.select("contact_id", _signed(pl.lit(points), pl.col("said")).alias("said"))
    by_contact = named.group_by("contact_id", maintain_order=True).agg(pl.col("said").str.join(", "))
    unknown = pl.col("by_activity").is_null()
    return (
        rows.join(by_contact, on="contact_id", how="left", maintain_order="left")
        .with_columns(pl.when(unknown).then(pl.col("said").fill_null("")).otherwise("why").alias("why"))
        .drop("said")
    )


def _in_order(entries: Iterable[tuple[str, str, str]]) -> pl.DataFrame:
    """Return `entry, rule_id, said, place` of entries; a limit has its kind after its name."""
    rows = [
        (entry, rule, name if entry == "rule" else f"{name} ({entry.replace('_', ' ')})")
        for entry, rule, name in entries
    ]
    frame = pl.DataFrame(rows, schema=dict.fromkeys((*_ENTRY, "said"), pl.String()), orient="row")
    return frame.unique(_ENTRY, keep="first", maintain_order=True).with_row_index("place")
