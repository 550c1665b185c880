"""Load tag histories and opportunities: small exports whose rows belong to contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flamescore.cells import folded
from flamescore.exports.audit import guarded, id_column, time_column, timed
from flamescore.exports.mapping import column, mapped
from flamescore.exports.model import OpportunitiesSource, TagHistorySource
from flamescore.exports.people import owner_of
from flamescore.frames import TAG_HISTORY

if TYPE_CHECKING:
    from flamescore.exports.examine import Examined, Terms
    from flamescore.exports.model import Source
    from flamescore.exports.tables import Table
    from flamescore.frames import SourceRecord


def load_history(
    examined: Examined, terms: Terms, contacts: pl.DataFrame
) -> tuple[pl.DataFrame, SourceRecord]:
    """Return a tag history in order (`frames.TAG_HISTORY`), rows of unknown contacts left out."""
    spec = examined.spec
    assert isinstance(spec, TagHistorySource)
    parts = [_history(table, spec, terms) for table in examined.tables]
    return _owned(pl.concat(parts), examined, contacts, spec.contact_key)


def load_opportunities(examined: Examined, contacts: pl.DataFrame) -> tuple[pl.DataFrame, SourceRecord]:
    """Return opportunities as text, those of unknown contacts left out."""
    spec = examined.spec
    assert isinstance(spec, OpportunitiesSource)
    parts = [_opportunities(table, spec) for table in examined.tables]
    return _owned(pl.concat(parts, how="diagonal"), examined, contacts, spec.contact_key)


def _history(table: Table, spec: TagHistorySource, terms: Terms) -> pl.DataFrame:
    has_action = "action" in mapped(table, spec).names
    action = folded(id_column("action", table, spec)) if has_action else pl.lit(None, pl.String())
    rows = timed(table.scan(), table, spec, terms.clock(spec))
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
    rest = [
        name for name in mapped(table, spec).names if name not in ("opportunity_id", "contact_id", "contact")
    ]
    frame = table.scan().select(
        _key(table, spec),
        id_column("opportunity_id", table, spec).alias("opportunity_id"),
        *(column(name, table, spec).alias(name) for name in rest),
    )
    return guarded(
        frame.filter(pl.col("contact_id").is_not_null() & pl.col("opportunity_id").is_not_null()), table
    )


def _key(table: Table, spec: Source) -> pl.Expr:
    key = getattr(spec, "contact_key", None)
    text = id_column("contact" if key else "contact_id", table, spec)
    return (folded(text) if key and key != "contact_id" else text).alias("contact_id")


def _owned(
    frame: pl.DataFrame, examined: Examined, contacts: pl.DataFrame, key: str | None
) -> tuple[pl.DataFrame, SourceRecord]:
    owners = owner_of(contacts, key or "contact_id")
    joined = frame.join(owners, left_on="contact_id", right_on="key", how="left", maintain_order="left")
    known = joined.filter(pl.col("owner").is_not_null()).with_columns(contact_id="owner").drop("owner")
    record = examined.record(kept=known.height, orphans=frame.height - known.height)
    first = (
        list(TAG_HISTORY)
        if "tag" in known.columns and "at" in known.columns
        else ["opportunity_id", "contact_id"]
    )
    return known.select(*first, pl.exclude(first)), record
