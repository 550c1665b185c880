"""The predicates of `search --where`, bound to the contacts of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flamescore.columns import Columns
from flamescore.engine import Clock
from flamescore.exports import IsoText
from flamescore.frames import ISO_SUFFIX
from flamescore.rules import bind_predicates, date_columns, load_predicates

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from flamescore.project import Project
    from flamescore.rules import Predicate


def bound(
    project: Project, texts: Sequence[str], contacts: pl.LazyFrame, as_of: datetime, zone: ZoneInfo
) -> tuple[pl.LazyFrame, tuple[Predicate, ...], Clock]:
    """Bind the predicates, and give the contacts the companions of dates in declared formats."""
    loaded = load_predicates(texts)
    names = tuple(contacts.collect_schema().names())
    where = bind_predicates(loaded, Columns(contacts=names, has_tags="tags" in names), zone)
    for name in sorted(date_columns(loaded).contacts):
        formats = _formats(project, name)
        if formats:
            reader = IsoText(zone, formats, shifted=False)
            iso = pl.col(name).map_batches(reader, return_dtype=pl.String(), is_elementwise=True)
            contacts = contacts.with_columns(iso.alias(name + ISO_SUFFIX))
    return contacts, where, Clock(as_of, zone)


def _formats(project: Project, name: str) -> tuple[str, ...]:
    """Return the formats that the project declares for a contacts' column, of any source."""
    found: list[str] = []
    for source in project.settings.contacts:
        headers = source.columns.get(name, ())
        for key in (name, *headers):
            found += source.dates.get(key, ())
    return tuple(dict.fromkeys(found))
