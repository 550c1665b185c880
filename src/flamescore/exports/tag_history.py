"""Load tag histories and opportunities: small exports whose rows belong to contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, cast

import polars as pl
from msgspec.structs import replace

from flamescore.cells import folded, keyed
from flamescore.exports.cell_checks import id_column
from flamescore.exports.contacts import owners_of
from flamescore.exports.odd_times import EARLY, early_times, later_times
from flamescore.exports.orphans import orphans_of
from flamescore.exports.plan import key_column
from flamescore.exports.seen_days import SeenDays
from flamescore.frames import TAG_HISTORY, Window
from flamescore.project import OpportunitiesSource, TagHistorySource

AGE: Final = "\0age"

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from flamescore.exports.contacts import LoadedContacts
    from flamescore.exports.plan import Plan
    from flamescore.exports.validate import LoadOptions, Validated
    from flamescore.findings import Finding
    from flamescore.frames import SourceRecord


class History(NamedTuple):
    """The rows of a tag history, its source record, and the latest timestamp of all rows."""

    rows: pl.DataFrame
    record: SourceRecord
    latest: datetime | None


def load_history(validated: Validated, options: LoadOptions, loaded: LoadedContacts) -> History:
    """Return a tag history in order (`frames.TAG_HISTORY`), without rows of unknown contacts."""
    spec = validated.spec
    assert isinstance(spec, TagHistorySource)
    seen = SeenDays()
    parts = [history_of_file(plan, options, seen) for plan in validated.plans]
    early = any((part["at"].dt.epoch("s") < EARLY).any() for part in parts)
    owners = owners_of(loaded, spec.contact_key or "contact_id").unique(
        "key", keep="first", maintain_order=True
    )
    rows = pl.concat(parts)
    known, record = _owned(rows, validated, owners)
    odd = (
        *seen.findings(spec),
        *validated.noticed(options),
        *_orphans(rows, validated, owners, loaded),
        *(early_times(validated, options, None) if early else ()),
    )
    record = replace(record, findings=(*record.findings, *odd))
    return History(known.select(*TAG_HISTORY), record, cast("datetime | None", rows["at"].max()))


def load_opportunities(
    validated: Validated, options: LoadOptions, loaded: LoadedContacts
) -> tuple[pl.DataFrame, SourceRecord]:
    """Return opportunities as text: one row per contact of each, without those of unknown contacts.

    If an opportunity appears in several files, the rows of the newest file are kept.
    """
    spec = validated.spec
    assert isinstance(spec, OpportunitiesSource)
    order = sorted(validated.plans, key=lambda plan: plan.table.found.age_key)
    parts = [_opportunities(plan).with_columns(pl.lit(i).alias(AGE)) for i, plan in enumerate(order)]
    every = pl.concat(parts, how="diagonal")
    newest = every.filter(pl.col(AGE) == pl.col(AGE).max().over("opportunity_id")).drop(AGE)
    owners = owners_of(loaded, spec.contact_key or "contact_id")
    known, record = _owned(newest, validated, owners, superseded=every.height - newest.height)
    odd = (*validated.noticed(options), *_orphans(newest, validated, owners, loaded))
    record = replace(record, findings=(*record.findings, *odd))
    return known.select("opportunity_id", "contact_id", pl.exclude("opportunity_id", "contact_id")), record


def _orphans(
    rows: pl.DataFrame, validated: Validated, owners: pl.DataFrame, loaded: LoadedContacts
) -> Iterator[Finding]:
    """Yield a finding on what would match rows without a contact to contacts."""
    keys = rows.join(owners, left_on="contact_id", right_on="key", how="anti")["contact_id"]
    return orphans_of(keys, validated.spec, loaded)


def later_rows(
    sources: Sequence[Validated], options: LoadOptions, latest: Sequence[datetime | None], as_of: datetime
) -> Iterator[Finding]:
    """Yield findings on tag history rows after `as_of` that are later than their file can contain.

    `latest` has the latest timestamp of each source, so that a source without such rows is not read again.
    """
    for source, last in zip(sources, latest, strict=True):
        if last is not None and last > as_of:
            yield from later_times(source, options, Window(int(as_of.timestamp())))


def history_of_file(plan: Plan, options: LoadOptions, seen: SeenDays) -> pl.DataFrame:
    """Return the valid rows of a file, in order; `contact_id` has the keys of their contacts."""
    action = folded(id_column("action", plan)) if "action" in plan else pl.lit(None, pl.String())
    at = options.times(plan, seen)
    frame = at.staged(plan.counted(plan.table.scan())).select(
        _key(plan), tag=id_column("tag", plan), at=at.instants(), action=action.fill_null("applied")
    )
    whole, known = pl.all_horizontal(pl.all().is_not_null()), pl.col("action").is_in(["applied", "removed"])
    return plan.table.collect(frame.filter(whole, known))


def _opportunities(plan: Plan) -> pl.DataFrame:
    rest = [name for name in plan.names if name not in ("opportunity_id", "contact_id", "contact")]
    frame = plan.counted(plan.table.scan()).select(
        _key(plan),
        id_column("opportunity_id", plan).alias("opportunity_id"),
        *(plan.column(name).alias(name) for name in rest),
    )
    return plan.table.collect(
        frame.filter(pl.col("contact_id").is_not_null() & pl.col("opportunity_id").is_not_null())
    )


def _key(plan: Plan) -> pl.Expr:
    text = id_column(key_column(plan.source), plan)
    return keyed(text, getattr(plan.source, "contact_key", None) or "contact_id").alias("contact_id")


def _owned(
    frame: pl.DataFrame, validated: Validated, owners: pl.DataFrame, *, superseded: int = 0
) -> tuple[pl.DataFrame, SourceRecord]:
    """Assign rows to their contacts. A row with several contacts becomes several rows, but counts once."""
    known = frame.join(owners, left_on="contact_id", right_on="key", how="inner", maintain_order="left")
    kept = frame.join(owners, left_on="contact_id", right_on="key", how="semi").height
    record = validated.record(kept=kept, orphans=frame.height - kept, superseded=superseded)
    return known.with_columns(contact_id="owner").drop("owner"), record
