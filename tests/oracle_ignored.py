"""The events that entries in sequence name, and the patterns of mail scanners. Additions, section 12."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from oracle_words import fixed_length, local_day, present

if TYPE_CHECKING:
    from oracle_conditions import Event, Row, World

STANDARD: list[dict[str, Any]] = [
    {"event": ["email_open", "link_click"], "at_once": {"times": 3, "within": "5s", "per": "url"}},
    {
        "event": ["email_open", "link_click"],
        "follows": {"event": "email_delivered", "within": "10s", "same": "asset"},
    },
]


def patterns_of(book: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the patterns of a book's `bots`; empty without that key."""
    bots = book.get("bots")
    if bots is None:
        return []
    return list(bots.get("patterns", STANDARD)) if isinstance(bots, Mapping) else STANDARD


def action_of(book: Mapping[str, Any]) -> str | None:
    """Return `show` or `remove`; None if the book has no `bots`."""
    bots = book.get("bots")
    return bots.get("action", "show") if isinstance(bots, Mapping) else bots


def with_patterns(book: Mapping[str, Any]) -> dict[str, Any]:
    """Return the book with the patterns under `ignore`, and without `bots`."""
    return without_bots(book) | {"ignore": [*book.get("ignore", []), *patterns_of(book)]}


def without_bots(book: Mapping[str, Any]) -> dict[str, Any]:
    """Return the book without `bots`."""
    return {word: value for word, value in book.items() if word != "bots"}


def in_sequence(entry: "Row") -> bool:
    """Return whether an entry tests events in sequence."""
    return "follows" in entry or "at_once" in entry


def is_named(entry: "Row", event: "Event", there: Sequence["Event"], world: "World") -> bool:
    """Return whether an entry names an event of a contact, given all of the contact's events."""
    if not world.matches(entry, event):
        return False
    if "follows" in entry and not _follows(entry, event, there, world):
        return False
    return "at_once" not in entry or _at_once(entry, event, there, world)


def _follows(entry: "Row", event: "Event", there: Sequence["Event"], world: "World") -> bool:
    asked = entry["follows"]
    within = fixed_length(asked["within"])
    strictly = bool(world.types(entry) & world.types(asked))
    for other in there:
        if other.index == event.index or not world.matches(asked, other):
            continue
        if not (other.at < event.at if strictly else other.at <= event.at) or event.at > other.at + within:
            continue
        if "same" in asked and not _same(asked["same"], event, other):
            continue
        return True
    return False


def _same(column: str, event: "Event", other: "Event") -> bool:
    mine, its = event.properties.get(column), other.properties.get(column)
    return present(mine) is not None and mine == its


def _at_once(entry: "Row", event: "Event", there: Sequence["Event"], world: "World") -> bool:
    asked = entry["at_once"]
    within = fixed_length(asked["within"])
    alike = [other for other in there if world.matches(entry, other)]
    for start in {other.at for other in alike}:
        if start <= event.at <= start + within:
            window = [other for other in alike if start <= other.at <= start + within]
            values = {_value(asked.get("per"), other, world) for other in window}
            if len(values) >= asked["times"]:
                return True
    return False


def _value(per: Any, event: "Event", world: "World") -> object:
    """Return what distinguishes events: the event itself, a calendar period, or a property."""
    if per is None:
        return event.index
    day = local_day(event.at, world.zone)
    if per == "day":
        return day
    if per == "week":
        return day - timedelta(days=day.weekday())
    if per == "month":
        return day.year, day.month
    cell = event.properties.get(per["property"] if isinstance(per, Mapping) else per)
    return None if present(cell) is None else cell
