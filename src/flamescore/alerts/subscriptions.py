"""The alerts of the project file as a run computes them: who is in their segments, and who did what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from msgspec import Struct

from flamescore.alerts.of_contacts import Subscription
from flamescore.alerts.ringing import SEEN
from flamescore.alerts.rung import ALERT
from flamescore.engine import NO_AGE
from flamescore.frames import INSTANT
from flamescore.project import EVENT_WORDS, EventAlert, SegmentAlert
from flamescore.rules import InSegment, leaves
from flamescore.segments import definition, digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.inputs import Inputs
    from flamescore.project import Alert
    from flamescore.rules import EventRule
    from flamescore.scoring import Scored
    from flamescore.segments import Segments


def subscriptions_of(inputs: Inputs, scored: Scored, segments: Segments) -> tuple[Subscription, ...]:
    """Return the enabled alerts for contacts, in project file order."""
    return tuple(_subscriptions(inputs, scored, segments))


def _subscriptions(inputs: Inputs, scored: Scored, segments: Segments) -> Iterator[Subscription]:
    for alert in inputs.project.settings.alerts.values():
        if alert.enabled and isinstance(alert, SegmentAlert | EventAlert):
            yield _subscription(alert, inputs, scored, segments)


def _subscription(
    alert: SegmentAlert | EventAlert, inputs: Inputs, scored: Scored, segments: Segments
) -> Subscription:
    who = _who(alert, inputs, segments)
    rearm = inputs.acting.get(("alerts", alert.name, "rearm"))
    rearming = None if rearm is None else segments.ids.filter(pl.Series(segments.fitting(rearm))).to_frame()
    if isinstance(alert, EventAlert):
        event = inputs.alert_events[alert.name]
        expires = "never" if alert.expires is None else str(alert.expires)
        return Subscription(
            alert.name,
            "event",
            digest({"segment": who.definition, "expires": expires, **_keys_of_event(alert, inputs)}),
            alert.again_after,
            who.refers_to,
            members=who.members,
            occurrences=_occurrences(scored, event),
            window=event.window,
            rearming=rearming,
        )
    segment, unnamed = alert.segment, None
    if segment is None and who.members is not None:
        segment = ALERT + alert.name
        unnamed = who.members.select(segment=pl.lit(segment), contact_id="contact_id")
    return Subscription(
        alert.name,
        alert.when,
        digest({"segment": who.definition, "when": alert.when}),
        alert.again_after,
        who.refers_to,
        segment=segment,
        unnamed=unnamed,
        rearming=rearming,
    )


class _Who(Struct, frozen=True):
    """The contacts of an alert: members in ranked order (None: all contacts), a hash, and segments named."""

    members: pl.DataFrame | None = None
    definition: str | None = None
    refers_to: frozenset[str] = frozenset()


def _who(alert: SegmentAlert | EventAlert, inputs: Inputs, segments: Segments) -> _Who:
    condition = inputs.acting.get(("alerts", alert.name, "if"))
    if alert.segment is not None:
        mine = segments.members[alert.segment]
        return _Who(segments.ids_of(mine.places).to_frame(), mine.definition, frozenset((alert.segment,)))
    if condition is None:
        return _Who()
    referenced = {each.segment for each in leaves(condition) if isinstance(each, InSegment)}
    named = {name: segments.members[name].definition for name in referenced}
    definition_hash = definition(_written(inputs, alert, "if"), everyone=False, limit=None, named=named)
    return _Who(
        segments.ids_of(segments.called(condition)).to_frame(), definition_hash, frozenset(referenced)
    )


def _keys_of_event(alert: EventAlert, inputs: Inputs) -> dict[str, Any]:
    """Return the alert's keys about events, as JSON."""
    words = [each for each in EVENT_WORDS if each in alert.given_keys]
    return {each: _written(inputs, alert, each) for each in words if each != "per" or not alert.each_contact}


def _written(inputs: Inputs, alert: Alert, key: str) -> Any:  # noqa: ANN401 - any JSON value
    document = inputs.project.document
    node = None if document is None else document.root.at(("alerts", alert.name, key))
    assert node is not None
    return node.json()


def _occurrences(scored: Scored, event: EventRule) -> pl.DataFrame:
    """Return `SEEN` of the contacts that have an occurrence that counts."""
    ages = pl.Series("age", scored.latest[event])
    there = scored.contacts.select("contact_id", ages).filter(pl.col("age") != NO_AGE)
    at = pl.lit(scored.as_of, INSTANT) - pl.duration(seconds="age")
    return there.select("contact_id", at=at).cast(SEEN)
