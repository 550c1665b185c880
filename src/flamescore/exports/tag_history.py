"""Load tag histories and opportunities: small exports whose rows belong to contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.cells import folded, keyed
from flamescore.exports.contacts import owners_of
from flamescore.exports.mapping import column, counted, key_column, mapped
from flamescore.exports.validate import guarded, id_column, time_column, timed
from flamescore.frames import TAG_HISTORY
from flamescore.project import OpportunitiesSource, TagHistorySource

AGE: Final = "\0age"

if TYPE_CHECKING:
    from flamescore.exports.contacts import People
    from flamescore.exports.examine import Examined, Terms
    from flamescore.exports.table import Table
    from flamescore.frames import SourceRecord
    from flamescore.project import Source


def load_history(examined: Examined, terms: Terms, people: People) -> tuple[pl.DataFrame, SourceRecord]:
    """Return a tag history in order (`frames.TAG_HISTORY`), rows of unknown contacts left out."""
    spec = examined.spec
    assert isinstance(spec, TagHistorySource)
    parts = [_history(table, spec, terms) for table in examined.tables]
    owners = owners_of(people, spec.contact_key or "contact_id").unique(
        "key", keep="first", maintain_order=True
    )
    known, record = _owned(pl.concat(parts), examined, owners)
    return known.select(*TAG_HISTORY), record


def load_opportunities(examined: Examined, people: People) -> tuple[pl.DataFrame, SourceRecord]:
    """Return opportunities as text: a row for each contact of one, those of unknown contacts left out.

    Of an opportunity that stands in several files the newest one's rows stand.
    """
    spec = examined.spec
    assert isinstance(spec, OpportunitiesSource)
    order = sorted(examined.tables, key=lambda table: table.found.age_key)
    parts = [_opportunities(table, spec).with_columns(pl.lit(i).alias(AGE)) for i, table in enumerate(order)]
    every = pl.concat(parts, how="diagonal")
    newest = every.filter(pl.col(AGE) == pl.col(AGE).max().over("opportunity_id")).drop(AGE)
    owners = owners_of(people, spec.contact_key or "contact_id")
    known, record = _owned(newest, examined, owners, superseded=every.height - newest.height)
    return known.select("opportunity_id", "contact_id", pl.exclude("opportunity_id", "contact_id")), record


def _history(table: Table, spec: TagHistorySource, terms: Terms) -> pl.DataFrame:
    has_action = "action" in mapped(table, spec).names
    action = folded(id_column("action", table, spec)) if has_action else pl.lit(None, pl.String())
    rows = timed(counted(table.scan(), table, spec), table, spec, terms.clock(spec))
    frame = rows.select(
        _key(table, spec),
        tag=id_column("tag", table, spec),
        at=time_column(table, spec, terms.clock(spec)),
        action=action.fill_null("applied"),
    )
    return guarded(
        frame.filter(
            pl.all_horizontal(pl.all().is_not_null()), pl.col("action").is_in(["applied", "removed"])
        ),
        table,
    )


def _opportunities(table: Table, spec: OpportunitiesSource) -> pl.DataFrame:
    plan = mapped(table, spec)
    rest = [name for name in plan.names if name not in ("opportunity_id", "contact_id", "contact")]
    frame = counted(table.scan(), table, spec).select(
        _key(table, spec),
        id_column("opportunity_id", table, spec).alias("opportunity_id"),
        *(column(name, table, spec, plan=plan).alias(name) for name in rest),
    )
    return guarded(
        frame.filter(pl.col("contact_id").is_not_null() & pl.col("opportunity_id").is_not_null()), table
    )


def _key(table: Table, spec: Source) -> pl.Expr:
    text = id_column(key_column(spec), table, spec)
    return keyed(text, getattr(spec, "contact_key", None) or "contact_id").alias("contact_id")


def _owned(
    frame: pl.DataFrame, examined: Examined, owners: pl.DataFrame, *, superseded: int = 0
) -> tuple[pl.DataFrame, SourceRecord]:
    """Give rows their contacts. One that has several becomes several rows, and counts once."""
    known = frame.join(owners, left_on="contact_id", right_on="key", how="inner", maintain_order="left")
    kept = frame.join(owners, left_on="contact_id", right_on="key", how="semi").height
    record = examined.record(kept=kept, orphans=frame.height - kept, superseded=superseded)
    return known.with_columns(contact_id="owner").drop("owner"), record
