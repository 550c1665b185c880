"""The alerts of a run, one after another: what rang, what the state has to record, and what to send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct, field

from flamescore.acting_frames import SEGMENTS
from flamescore.alerts.notices import NOTICES, Rings, notices_of
from flamescore.alerts.ringing import (
    RUNG_FOR,
    SEEN,
    AlertBefore,
    AlertNow,
    latest_rung,
    latest_seen,
    ring,
    surviving,
)
from flamescore.alerts.rung import ALERT, REARM
from flamescore.frames import INSTANT
from flamescore.runs import AlertEntry
from flamescore.state import Kind as RunKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from flamescore.alerts.ringing import Kind, Ringing
    from flamescore.segments import Followed
    from flamescore.state import Before
    from flamescore.units import Period


class Subscription(Struct, frozen=True):
    """An alert for contacts, as a run computes it.

    `segment` is the name of its segment in `acting_frames.SEGMENTS`, None for all contacts. If only the alert
    defines the segment, `unnamed` has `segment, contact_id` of its members. For an event alert, `members` are
    the contacts in its segment, and `occurrences`, `SEEN`, are what contacts did. `rearming` are the contacts
    for which `rearm` holds, None without `rearm`. `definition` is a hash of the alert's definition, and
    `refers_to` are the segments that it names.
    """

    name: str
    kind: Kind
    definition: str
    again_after: Period | None
    refers_to: frozenset[str] = frozenset()
    segment: str | None = None
    unnamed: pl.DataFrame | None = None
    members: pl.DataFrame | None = None
    occurrences: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SEEN))
    window: Period | None = None
    rearming: pl.DataFrame | None = None


class RunNow(Struct, frozen=True):
    """The data of a run that all of its alerts share.

    `people` are all contacts, in ranked order, with `may`: whether they are neither excluded nor held out.
    `tracked` are the members of all segments, including unnamed ones, compared with the state. `aliases` are
    those of `frames.Exports`. `facts` takes the ids of some contacts and returns the facts for their notices,
    one row per contact.
    """

    as_of: datetime
    zone: ZoneInfo
    people: pl.DataFrame
    tracked: Followed
    aliases: pl.DataFrame | None
    facts: Callable[[pl.Series], pl.DataFrame]


class AlertResults(Struct, frozen=True):
    """The result of the alerts of a run.

    `notices` are `NOTICES`; `rows` are what the state has to record, as rows of `SEGMENTS`. `anew` are the
    alerts whose definition differs from that in the state's run.
    """

    notices: pl.DataFrame
    rows: pl.DataFrame
    entries: tuple[AlertEntry, ...]
    anew: tuple[Subscription, ...]


def ring_all(alerts: Sequence[Subscription], now: RunNow, before: Before) -> AlertResults:
    """Evaluate every alert of a counting run or a baseline, in order; in a baseline nothing rings."""
    known = _definitions(before)
    rung = surviving(before.rung, now.aliases)
    found = [(each, _ring(each, now, before, known.get(each.name), rung)) for each in alerts]
    rings = [Rings(each.name, each.kind, made.rings) for each, made in found]
    rang = pl.concat([pl.Series([], dtype=pl.String), *(each.rings["contact_id"] for each in rings)])
    notices = pl.DataFrame(schema=NOTICES)
    if not rang.is_empty():
        assert before.project_id is not None
        notices = notices_of(before.project_id, rings, now.facts(rang.unique()))
    return AlertResults(
        notices,
        pl.concat([pl.DataFrame(schema=SEGMENTS), *(_rows(each, made) for each, made in found)]),
        tuple(
            AlertEntry(name=each.name, rung=made.rings.height, definition=each.definition)
            for each, made in found
        ),
        tuple(each for each in alerts if known.get(each.name, each.definition) != each.definition),
    )


def _definitions(before: Before) -> Mapping[str, str]:
    """Return the alert definitions, by name, of the run that a counting run is compared with.

    It is empty for a baseline.
    """
    if before.kind is not RunKind.COUNTING or before.run is None:
        return {}
    return {each.name: each.definition for each in before.run.record.alerts or ()}


def _ring(alert: Subscription, now: RunNow, before: Before, known: str | None, rung: pl.DataFrame) -> Ringing:
    same = known == alert.definition
    changed = now.tracked.left if alert.kind == "leaves" else now.tracked.entered
    mine = pl.col("segment").eq_missing(alert.segment)
    seen = before.segments.filter(pl.col("segment") == ALERT + alert.name)
    of_event = surviving(seen.select("contact_id", at="since"), now.aliases) if same else _NOTHING
    return ring(
        alert.kind,
        AlertNow(
            now.as_of,
            now.people,
            changed.filter(mine),
            alert.members,
            alert.occurrences,
            alert.rearming if before.kind is RunKind.COUNTING else None,
        ),
        AlertBefore(
            latest_seen(of_event),
            latest_rung(rung.filter(pl.col("alert") == alert.name).select(RUNG_FOR.names())),
            silent=not same,
        ),
        again_after=alert.again_after,
        window=alert.window,
        zone=now.zone,
    )


_NOTHING: Final = pl.DataFrame(schema=SEEN)


def _rows(alert: Subscription, made: Ringing) -> pl.DataFrame:
    """Return what the state has to record: the occurrences seen, and the contacts re-armed."""
    again = made.rearmed.select(
        segment=pl.lit(REARM + alert.name), contact_id="contact_id", since=pl.lit(None, INSTANT)
    )
    seen = made.seen.select(segment=pl.lit(ALERT + alert.name), contact_id="contact_id", since="at")
    of_event = seen if alert.kind == "event" else seen.clear()
    return pl.concat([of_event, again]).with_columns(held=pl.lit(value=False)).cast(SEGMENTS)
