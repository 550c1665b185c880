"""The call lists: hot contacts in ranked order, each with the rules that gave it most."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.columns import REASONS
from flamescore.frames import INSTANT
from flamescore.tables.columns import (
    HOT_SINCE,
    ROUTED,
    kept,
    local_day,
    local_time,
    points_as_text,
    whole_percent,
    with_account,
)
from flamescore.tables.labels import labels_beside

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from flamescore.scoring import Scored

_PLACE: Final = "\x00place"
_PLAIN_NAME: Final = re.compile(r"[\w-][\w.-]*")
_AT_ONCE: Final = 2_000
"""Contacts whose whole ledger is held as a frame at once: it may have some hundred rows for each."""


def hot_list(
    scored: Scored,
    score_name: str,
    *,
    keep: Sequence[str],
    hot_flames: int | None,
    since: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return the call list of a score: contacts with at least `hot_flames`, ranked.

    Without `hot_flames` these are `scored.hot`, those without a row under the score last, by contact id.
    Whom `call_list.exclude` leaves out, and who is held out, is not on it. Columns: `rank`,
    `contact_id`, the kept ones, `account_key` where there are accounts, `flames`, `score`, `percentile`
    (whole, rounded down), a column a label, `reason_1` to `reason_3`, `last_activity` and `hot_since` (local
    time, to the minute; by `since`, which is `contact_id, since`), with routes `routed_to` and
    `routed_reason`. Nobody hot: no rows.
    """
    columns, labels = kept(scored, keep).pipe(with_account, scored), labels_beside(scored, keep)
    rows = scored.scores.with_columns(scored.places.alias(_PLACE)).filter(pl.col("score_name") == score_name)
    by_flames = pl.col("flames") >= (0 if hot_flames is None else hot_flames)
    hot = _by_condition(rows, scored) if hot_flames is None else rows.filter(by_flames)
    hot = hot.join(scored.uncalled, on="contact_id", how="anti", maintain_order="left")
    why = reasons(scored, score_name, hot["contact_id"])
    beside = (columns.drop("contact_id"), *((labels,) if labels.columns else ()))
    people = [each.select(pl.all().gather(hot[_PLACE])) for each in beside]
    listed: pl.DataFrame = pl.concat([hot, *people], how="horizontal")
    known = pl.DataFrame(schema={"contact_id": pl.String(), "since": INSTANT}) if since is None else since
    listed = listed.join(known, on="contact_id", how="left", maintain_order="left")
    if scored.routed is not None:
        listed = listed.join(scored.routed, on="contact_id", how="left", maintain_order="left")
    return listed.join(why, on="contact_id", how="left", maintain_order="left").select(
        "rank",
        *columns.columns,
        "flames",
        "score",
        whole_percent(pl.col("percentile")),
        *labels.columns,
        *(name for name in ("trend",) if name in hot.columns),
        *REASONS,
        local_time(pl.col("last_activity_at"), scored.book.zone).alias("last_activity"),
        local_time(pl.col("since"), scored.book.zone).alias(HOT_SINCE),
        *(() if scored.routed is None else ROUTED),
    )


def _by_condition(rows: pl.DataFrame, scored: Scored) -> pl.DataFrame:
    """Return those of a score's rows who are hot, then a row with a place alone for each other who is."""
    listed = rows.join(scored.hot, on="contact_id", how="semi", maintain_order="left")
    others = scored.hot.join(listed, on="contact_id", how="anti", maintain_order="left")["contact_id"]
    place = scored.contacts["contact_id"].search_sorted(others).cast(rows.schema[_PLACE])
    outside = pl.DataFrame([others, place.alias(_PLACE)])
    return pl.concat([listed, outside], how="diagonal")


def list_file(score_name: str, *, default: bool) -> str:
    """Return the file name of a call list, by the score's name and whether it is the default one."""
    if default:
        return "hot_leads.csv"
    safe = score_name if _PLAIN_NAME.fullmatch(score_name) else sha256(score_name.encode()).hexdigest()[:12]
    return f"hot_leads-{safe}.csv"


def reasons(scored: Scored, score_name: str, contact_ids: pl.Series) -> pl.DataFrame:
    """Return `contact_id` and `REASONS`: the three rules that gave most under a score, in words, else null.

    A rule's own limit is taken off what it gave; those of groups and the score are not, being no rule's.
    Ties stand in order of the rule file. Contacts to whom no rule gave anything have no row.
    """
    ids = contact_ids.sort()  # in the order of the ledger, which then is gone through once
    some = (ids.slice(first, _AT_ONCE) for first in range(0, max(len(ids), 1), _AT_ONCE))
    given = pl.concat(
        scored.ledger.of(ids).filter(pl.col("score_name") == score_name).pipe(strongest) for ids in some
    )
    return given.pipe(_named, scored, score_name).pipe(_worded, scored.book.zone)


def strongest(entries: pl.DataFrame) -> pl.DataFrame:
    """Return `contact_id, rule_id, points, occurrences, last_at` of the three rules that gave each most.

    `entries` are the ledger's rows of one score, contact by contact, in order of the rule file.
    """
    return entries.pipe(given_by_rules).pipe(_most)


def given_by_rules(entries: pl.DataFrame) -> pl.DataFrame:
    """Return `contact_id, rule_id, points, occurrences, last_at` of the rules that gave a contact points.

    `entries` are as for `strongest`, and their order stays; a rule's own limit is taken off.
    """
    rows = entries.select("contact_id", "rule_id", "points", "occurrences", "last_at")
    limited = entries["entry"] == "rule_limit"
    if limited.any():
        rows = (
            rows.filter(limited | (entries["entry"] == "rule"))
            .group_by("contact_id", "rule_id", maintain_order=True)
            .agg(pl.col("points", "occurrences").sum(), pl.col("last_at").max())
        )
    else:
        rows = rows.filter(entries["entry"] == "rule")
    return rows.filter(pl.col("points") > 0)


def _most(given: pl.DataFrame) -> pl.DataFrame:
    """Keep the first rows of each contact by points; contacts stand together."""
    who = pl.col("contact_id").rle_id()
    ordered = given.sort(who, "points", descending=[False, True], maintain_order=True)
    return ordered.filter((who != who.shift(len(REASONS))).fill_null(value=True))


def _named(given: pl.DataFrame, scored: Scored, score_name: str) -> pl.DataFrame:
    names = scored.observed.rules.filter(pl.col("score_name") == score_name, pl.col("entry") == "rule")
    return given.join(names.select("rule_id", "name"), on="rule_id", how="left", maintain_order="left")


def _worded(given: pl.DataFrame, zone: ZoneInfo) -> pl.DataFrame:
    words = given.select("contact_id", _words(zone).alias("words"))
    listed = words.group_by("contact_id", maintain_order=True).agg("words")
    each = (pl.col("words").list.get(n, null_on_oob=True).alias(name) for n, name in enumerate(REASONS))
    return listed.select("contact_id", *each)


def _words(zone: ZoneInfo) -> pl.Expr:
    """Word a row: `Submitted a web form: +2 (2026-11-18)`, `Visited: +6, 3 times (last 2026-11-18)`."""
    many = pl.col("occurrences") > 1
    times = pl.when(many).then(pl.format(", {} times", "occurrences")).otherwise(pl.lit(""))
    last = pl.when(many).then(pl.lit("last ")).otherwise(pl.lit(""))
    day = pl.concat_str(pl.lit(" ("), last, local_day(pl.col("last_at"), zone), pl.lit(")"))
    return pl.concat_str(
        pl.coalesce("name", "rule_id"),
        pl.lit(": +"),
        points_as_text(pl.col("points")),
        times,
        day.fill_null(""),
    )
