"""Why a contact has its rank: the rules that gave it the most points, and their wording.

rule               points  latest      shown
Talked with a rep    18.4  2026-11-17  1st: Talked with a rep ×2, 2026-11-17 (+18.4)
Opened an e-mail      8    2026-11-19  2nd: as many points as the next, but later
Submitted a form      8    2026-11-05  3rd
Owns a dog            8    none        not shown: among ties, a rule without a date comes last
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.columns import REASONS
from flamescore.points import difference_type, in_points, ten_thousandths
from flamescore.shown_points import canonical_given, given
from flamescore.tables.columns import format_column, format_points, local_day

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from flamescore.scoring import Scored

_OF_RULE: Final = ("contact_id", "rule_id", "points", "occurrences", "last_at")


# --- which rules


def given_by_rules(entries: pl.DataFrame) -> pl.DataFrame:
    """Return `contact_id, rule_id, points, occurrences, last_at` of the rules that gave a contact points.

    `entries` are the ledger's rows of one score, contact by contact, in order of the rule file; the order is
    kept. A rule's own limit is subtracted. The limits of groups and the score are not, as they belong to no
    rule.
    """
    rows = entries.select(_OF_RULE)
    limited = entries["entry"] == "rule_limit"
    if limited.any():
        kind = difference_type(entries["points"])  # exact; equal sums of floats may differ in a digit
        rows = (
            rows.with_columns(ten_thousandths(pl.col("points"), kind))
            .filter(limited | (entries["entry"] == "rule"))
            .group_by("contact_id", "rule_id", maintain_order=True)
            .agg(pl.col("points", "occurrences").sum(), pl.col("last_at").max())
        )
        rows = rows.with_columns(in_points(rows["points"]))
    else:
        rows = rows.filter(entries["entry"] == "rule")
    return rows.filter(pl.col("points") > 0)


def strongest(entries: pl.DataFrame) -> pl.DataFrame:
    """Return `contact_id, rule_id, points, occurrences, last_at` of each contact's three strongest rules.

    `entries` are as for `given_by_rules`. Rules with the most points come first. Among ties the latest comes
    first and a rule without a date last; remaining ties are in order of the rule file.
    """
    who = pl.col("contact_id").rle_id()
    ordered = given_by_rules(entries).sort(
        who, "points", "last_at", descending=[False, True, True], nulls_last=True, maintain_order=True
    )
    return ordered.filter((who != who.shift(len(REASONS))).fill_null(value=True))


def strongest_of(scored: Scored, score_name: str, contact_ids: pl.Series) -> pl.DataFrame:
    """Return `strongest` of the given contacts under a score, by contact id, with the `name` of each rule."""
    rows = scored.ledger.strongest(score_name, contact_ids, len(REASONS)).select(_OF_RULE)
    mine = scored.observed.rules.filter(pl.col("score_name") == score_name, pl.col("entry") == "rule")
    return with_names(rows, dict(mine.select("rule_id", "name").iter_rows()))


def with_names(rows: pl.DataFrame, names: Mapping[str, str | None]) -> pl.DataFrame:
    """Add `name`, the name of each rule by its id; the id if a rule has no name."""
    known = {rule: name for rule, name in names.items() if name is not None}
    return rows.with_columns(pl.col("rule_id").replace(known).alias("name"))


# --- wording


def reason(name: str, occurrences: int, when: str | None, points: int, decimals: int = 1) -> str:
    """Describe why a contact has points: `Talked with a rep ×2, 4 days ago (+18.4)`.

    `when` is already worded, and left out if empty. `points` are ten-thousandths. A single occurrence gets
    no count.
    """
    times = f" ×{occurrences:,}" if occurrences > 1 else ""
    return f"{name}{times}{f', {when}' if when else ''} ({given(points, decimals)})"


def as_reasons(rows: pl.DataFrame, zone: ZoneInfo, decimals: int = 1) -> pl.DataFrame:
    """Return `contact_id` and `REASONS`, worded as by `reason`, with local dates.

    `rows` are those of `strongest`, with `name`. If there are fewer than three, the rest is null.
    """
    times = format_column(rows["occurrences"], lambda number: f" ×{number:,}" if number > 1 else "")
    gave = format_points(
        rows["points"],
        lambda points: f" ({given(points, decimals)})",
        partial(canonical_given, decimals=decimals),
    )
    when = (", " + local_day(rows["last_at"], zone)).fill_null("")
    words = rows.select(pl.concat_str("name", pl.lit(times), pl.lit(when), pl.lit(gave))).to_series()
    contacts = rows["contact_id"].rle().struct
    lengths = contacts.field("len").cast(pl.Int64)
    starts = lengths.cum_sum() - lengths
    each = (words.gather((starts + n).set(lengths <= n, None)).alias(name) for n, name in enumerate(REASONS))
    return pl.DataFrame([contacts.field("value").alias("contact_id"), *each])


def worded_reasons(
    scored: Scored, score_name: str, contact_ids: pl.Series, *, decimals: int = 1
) -> pl.DataFrame:
    """Return `contact_id` and `REASONS` of the given contacts of a scoring, worded as by `as_reasons`.

    Contacts to whom no rule gave anything have no row.
    """
    return strongest_of(scored, score_name, contact_ids).pipe(as_reasons, scored.book.zone, decimals)
