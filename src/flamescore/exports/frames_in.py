"""Frames that a user hands over, put through the same checks as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.columns import DateColumns
from flamescore.exports.column_types import plain_types
from flamescore.exports.examine import Terms
from flamescore.exports.loading import load_sources
from flamescore.exports.opening import OpenSource
from flamescore.exports.table import frame_table
from flamescore.exports.tempfiles import Spool
from flamescore.exports.times import UTC_ZONE
from flamescore.exports.unmapped import missing_columns
from flamescore.input_errors import FRAME, fault
from flamescore.project import DEFAULT_LIMIT, ContactsSource, EventsSource, TagHistorySource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from flamescore.columns import NamedColumns
    from flamescore.frames import Exports
    from flamescore.project import RejectLimit, Source

Frame = pl.DataFrame | pl.LazyFrame

_SPECS: Final[tuple[Source, ...]] = (
    ContactsSource(path="contacts"), EventsSource(path="events"), TagHistorySource(path="tag_history"),
)  # fmt: skip


def from_frames(
    contacts: Frame,
    events: Frame | None = None,
    tag_history: Frame | None = None,
    *,
    zone: ZoneInfo | None = None,
    max_rejects: RejectLimit | None = None,
    strict: bool = False,
    named: NamedColumns | None = None,
) -> Exports:
    """Return frames as clean exports, under canonical column names; rows that don't fit become rejects.

    Needed are `contact_id`; of events `contact_id`, `event` and `at`; of a tag history `contact_id`, `tag`
    and `at`. `at` is a Datetime, a Date, text or an epoch; naive times are in `zone` (default UTC).
    `named` are the columns that rules ask for; None: any may be asked for.
    """
    terms = Terms(DateColumns(), zone or UTC_ZONE, Spool(), max_rejects or DEFAULT_LIMIT, None, strict)
    sources = tuple(_sources(contacts, events, tag_history))
    return load_sources(plain_types(sources, named), terms)


def _sources(*frames: Frame | None) -> Iterator[OpenSource]:
    for spec, frame in zip(_SPECS, frames, strict=True):
        if frame is None:
            continue
        table = frame_table(frame.lazy(), spec.path)
        missing = missing_columns(table, spec)
        if missing:
            names = ", ".join(f"`{name}`" for name in missing)
            raise fault(
                FRAME, f"The frame of {spec.KIND} has no column {names}.", "Rename its columns to these."
            )
        yield OpenSource(spec, (table,), (spec.KIND, 0))
