"""Find contacts in a run: by flames, score, owner, tag, fields and text, in ranked order."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct

from flamescore.cells import fold, folded
from flamescore.frames import ISO_SUFFIX, NUMBER_SUFFIX
from flamescore.searches.words import has_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flamescore.searches.accounts import AccountSearchRequest
    from flamescore.searches.terms import Term
    from flamescore.searches.where import Where

UNASSIGNED: Final = "Unassigned"
"""The name that stands for contacts without an owner."""

NOTHING: Final = "nothing in the window"


class Query(Struct, frozen=True):
    """The conditions of a search; all must hold. The first term's score determines ranking and bounds."""

    terms: tuple[Term, ...]
    min_score: float | None = None
    max_score: float | None = None
    min_percentile: float | None = None
    owners: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    where: Where | None = None
    texts: tuple[str, ...] = ()
    """Each must be found: see `words.has_text`."""

    labels: tuple[tuple[str, tuple[str | None, ...]], ...] = ()
    """The accepted texts of labels, by column; None means no label."""


def search(
    scores: pl.LazyFrame,
    contacts: pl.LazyFrame,
    query: Query,
    *,
    excluded: pl.Series | None = None,
    merged: pl.LazyFrame | None = None,
    labels: pl.LazyFrame | None = None,
    hot: pl.Series | None = None,
    held_out: pl.Series | None = None,
    routed: pl.DataFrame | None = None,
    members: pl.Series | None = None,
) -> pl.DataFrame:
    """Return the matching contacts, ranked.

    `scores` is `frames.SCORES` with the kept columns, `contacts` every mapped column (text; `tags` a list).
    The result has the columns of `scores` for the first term; every further term adds `<name>_score` and
    `<name>_flames`. `excluded` are ids to leave out; `hot`, `held_out` and `members` limit the result to
    their ids. With `labels` (`labels.parquet`) each match gets its labels, one column per label after
    `percentile`. Owners and tags compare as in rules: trimmed, NFC, lower case. Ids and labels compare
    exactly. Values that `merged` (`merged_table`) has for old contacts are found as if they were the
    survivor's. `routed` (`routing.ASSIGNMENTS`) adds its columns; for contacts without an owner, its reps
    count as the owners.
    """
    first, *more = query.terms
    found = scores.filter(_fits(first), *bounds(query)).collect()
    for term in more:
        theirs = scores.filter(_fits(term)).select(
            "contact_id",
            pl.col("score").alias(f"{term.score_name}_score"),
            pl.col("flames").alias(f"{term.score_name}_flames"),
        )
        found = found.join(theirs.collect(), on="contact_id", how="inner", maintain_order="left")
    if excluded is not None:
        found = found.filter(~pl.col("contact_id").is_in(excluded.implode()))
    for only in (each for each in (hot, held_out, members) if each is not None):
        found = found.filter(pl.col("contact_id").is_in(only.implode()))
    if labels is not None:
        found = _with_labels(found, labels, query.labels)
    if routed is not None:
        found = found.join(routed, on="contact_id", how="left", maintain_order="left")
        if query.owners:
            contacts = contacts.join(routed.lazy(), on="contact_id", how="left").with_columns(
                pl.coalesce("routed_to", "owner").alias("owner")
            )
    return found.pipe(_among, contacts, query, merged=merged)


def _with_labels(
    found: pl.DataFrame, labels: pl.LazyFrame, accepted: Sequence[tuple[str, tuple[str | None, ...]]]
) -> pl.DataFrame:
    columns = [name for name in labels.collect_schema().names() if name != "contact_id"]
    mine = labels.filter(pl.col("contact_id").is_in(found["contact_id"].implode()), *map(_labelled, accepted))
    joined = found.join(mine.collect(), on="contact_id", how="inner", maintain_order="left")
    place = found.columns.index("percentile") + 1
    return joined.select(*found.columns[:place], *columns, *found.columns[place:])


def _labelled(label: tuple[str, tuple[str | None, ...]]) -> pl.Expr:
    """Match contacts that have one of the texts of a label; with None, also those without the label."""
    name, texts = label
    there = pl.col(name).is_in([text for text in texts if text is not None]).fill_null(value=False)
    return there | pl.col(name).is_null() if None in texts else there


def with_columns_of(frame: pl.DataFrame, contacts: pl.LazyFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Add contact columns and their companions to rows, by contact id; existing columns stay unchanged."""
    names = contacts.collect_schema().names()
    wanted = [name for name in dict.fromkeys(columns) if name in names and name not in frame.columns]
    beside = [name + end for name in columns for end in (ISO_SUFFIX, NUMBER_SUFFIX) if name + end in names]
    if not (wanted or beside):
        return frame
    ids = pl.col("contact_id").is_in(frame["contact_id"].implode())
    theirs = contacts.select("contact_id", *wanted, *beside).filter(ids).collect()
    return frame.join(theirs, on="contact_id", how="left", maintain_order="left")


def why_cold(frame: pl.DataFrame, points: pl.LazyFrame, names: Mapping[str, str]) -> pl.DataFrame:
    """Add `why`: the rule that took the most from a contact, or that nothing is in the window.

    `points` is `frames.POINTS` of one score; `names` are the rules' names by id.
    """
    ids = frame["contact_id"].implode()
    rows = points.filter(pl.col("contact_id").is_in(ids), pl.col("entry") == "rule").collect()
    # Ties go to the first rule in the file, because rows are in its order.
    worst = rows.sort("points", maintain_order=True).unique("contact_id", keep="first", maintain_order=True)
    name = pl.col("rule_id").replace_strict(names, default=pl.col("rule_id"), return_dtype=pl.String)
    took = pl.when(pl.col("points") < 0).then(name).otherwise(pl.lit("too few points for a flame"))
    why = worst.select("contact_id", why=took)
    return frame.join(why, on="contact_id", how="left", maintain_order="left").with_columns(
        pl.col("why").fill_null(NOTHING)
    )


def _fits(term: Term) -> pl.Expr:
    return (pl.col("score_name") == term.score_name) & pl.col("flames").is_between(term.low, term.high)


def bounds(query: Query | AccountSearchRequest) -> list[pl.Expr]:
    """Return the conditions on score and percentile."""
    out = []
    if query.min_score is not None:
        out.append(pl.col("score") >= query.min_score)
    if query.max_score is not None:
        out.append(pl.col("score") <= query.max_score)
    if query.min_percentile is not None:
        out.append(pl.col("percentile") >= query.min_percentile)
    return out


def _among(
    found: pl.DataFrame,
    contacts: pl.LazyFrame,
    query: Query,
    *,
    merged: pl.LazyFrame | None,
) -> pl.DataFrame:
    if not (query.owners or query.tags or query.where or query.texts):
        return found
    people = contacts.filter(pl.col("contact_id").is_in(found["contact_id"].implode()))
    people = people.filter(*_of_people(query), *(has_text(contacts, text, merged) for text in query.texts))
    frame = people.collect()
    if query.where is not None:
        frame = query.where.among(frame)
    return found.join(frame.select("contact_id"), on="contact_id", how="semi", maintain_order="left")


def _of_people(query: Query) -> list[pl.Expr]:
    out = []
    if query.owners:
        out.append(reduce(or_, (_owner(owner) for owner in query.owners)))
    out += [pl.col("tags").list.eval(folded(pl.element()) == fold(tag)).list.any() for tag in query.tags]
    return out


def _owner(owner: str) -> pl.Expr:
    """Match an owner; `Unassigned` also matches contacts without one."""
    same = (folded(pl.col("owner")) == fold(owner)).fill_null(value=False)
    if fold(owner) != fold(UNASSIGNED):
        return same
    return same | pl.col("owner").is_null() | (folded(pl.col("owner")) == "")
