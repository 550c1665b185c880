"""Notes on events that look like a mail scanner's, and on standard patterns without their columns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from flamescore.findings import Finding, Severity
from flamescore.units import count, show_points

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flamescore.bots import BotsFound, BotsOfScore
    from flamescore.inputs import Inputs
    from flamescore.scoring import Scored

FOUND: Final = "R185"
LEFT_OUT: Final = "R186"
_SUBJECT: Final = "bots"
_KINDS: Final = {"email_open": "opens", "link_click": "clicks"}


def bots_findings(inputs: Inputs, scored: Scored) -> Iterator[Finding]:
    """Yield the findings about `bots`; none if the rules don't mention it."""
    yield from _left_out(inputs)
    if scored.bots is not None and scored.bots.events:
        text = describe_bots(scored.bots, inputs.hot.by_flames)
        yield Finding(FOUND, Severity.NOTE, _SUBJECT, text, count=scored.bots.events)


def _left_out(inputs: Inputs) -> Iterator[Finding]:
    """Report each standard pattern that compares a property missing from every events export."""
    meant, kept = inputs.loaded.book.bots, inputs.bound.book.bots
    if meant is None or kept is None or not inputs.columns.has_events:
        return
    where = inputs.loaded.document.where(("bots",), key=True)
    for pattern in (each for each in meant.patterns if each not in kept.patterns):
        columns = " and ".join(f"`{name}`" for name in pattern.properties)
        text = f"The standard pattern that compares {columns} is left out: no events export has the column."
        do = "map the column, or write `patterns` of your own under `bots`"
        yield Finding(LEFT_OUT, Severity.NOTE, _SUBJECT, text, inputs.project.place(where), do=do)


def describe_bots(bots: BotsFound, hot_flames: int | None) -> str:
    """Describe how many events look like a mail scanner's, what scores lose without them, and what to do."""
    some = f"{bots.events:,} {_kinds(bots)} of {count(bots.contacts, 'contact')}"
    scores = [each for each in bots.scores if each.contacts]
    if bots.action == "remove":
        lost = f"{_listed(scores, 'lost', hot_flames)}" if scores else "no score has changed"
        return f"{some} that look like a mail scanner's were removed: {lost}."
    lost = f"without them {_listed(scores, 'would lose', hot_flames)}" if scores else "no score would change"
    return f"{some} look like a mail scanner's; {lost}. `bots: remove` removes them."


def _kinds(bots: BotsFound) -> str:
    """Name the events by their types if all patterns are about opens and clicks."""
    patterns = [json.loads(written)["event"] for written, _ in bots.patterns]
    types = [kind for types in patterns for kind in ([types] if isinstance(types, str) else types)]
    if not all(kind in _KINDS for kind in types):
        return "event" if bots.events == 1 else "events"
    named = [word for kind, word in _KINDS.items() if kind in types]
    return " and ".join(named) if bots.events > 1 else "open or click"


def _listed(scores: Sequence[BotsOfScore], would: str, hot_flames: int | None) -> str:
    parts = []
    for each in scores:
        points = show_points(each.points_lost)
        hot = 0 if hot_flames is None else each.flames_lost[hot_flames]
        more = f" and {count(hot, 'hot lead')}" if hot else ""
        parts.append(f"{each.name} {would} {points} {'point' if points in ('1', '-1') else 'points'}{more}")
    return ", ".join(parts)
