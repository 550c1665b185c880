"""The tags: which were applied and removed when, and which the contacts export lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from people import CAST, END, START, Contact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dice import Dice
    from journeys import Event

NEW_FOR = timedelta(days=45)
DO_NOT_CALL = 1046
ASKED_FOR_QUIET = datetime.fromisoformat("2026-11-17 16:05")
BY_EVENT = {"webinar_register": "Webinar Regis", "purchase": "Customer"}
BY_PET = {"dog": "Prospect Dog Course", "cat": "Prospect Cat Course"}
RARE = (("Do Not Call", 0.008), ("Competitor", 0.006), ("VIP", 0.012), ("Decision Maker", 0.05))
UNDATED = (("Newsletter", 0.5), ("Partner", 0.02), ("Old CRM", 0.3))


@dataclass(frozen=True, slots=True, order=True)
class TagEntry:
    """One row of the tag history."""

    at: datetime
    contact: int
    tag: str
    action: str = "applied"


def history(dice: Dice, contacts: Iterable[Contact], events: Iterable[Event]) -> list[TagEntry]:
    """Return the tag history in order of time."""
    entries = [*_by_event(events)]
    for contact in contacts:
        entries.extend(entry for entry in _of_contact(dice, contact) if START <= entry.at <= END)
    return sorted(entries)


def listed(dice: Dice, contacts: Iterable[Contact], entries: Iterable[TagEntry]) -> dict[int, list[str]]:
    """Return the tags in the contacts export: the latest state of the history, and some older tags.

    A few contacts list no tag of the history: their export was a day behind.
    """
    tags: dict[int, list[str]] = {contact.id: [] for contact in contacts}
    for entry in entries:
        if entry.tag in tags[entry.contact]:
            tags[entry.contact].remove(entry.tag)
        if entry.action == "applied":
            tags[entry.contact].append(entry.tag)
    for contact in contacts:
        if contact.id not in CAST and dice.chance(0.003):
            tags[contact.id].clear()
        if contact.created < START and contact.id not in CAST:
            tags[contact.id] += [tag for tag, share in UNDATED if dice.chance(share)]
    return tags


def _by_event(events: Iterable[Event]) -> Iterator[TagEntry]:
    """Tag a contact at the first event of a kind."""
    seen: set[tuple[int, str]] = set()
    for event in sorted(events):
        tag = BY_EVENT.get(event.kind, "")
        if tag and (event.contact, tag) not in seen:
            seen.add((event.contact, tag))
            yield TagEntry(event.at + timedelta(seconds=5), event.contact, tag)


def _of_contact(dice: Dice, contact: Contact) -> Iterator[TagEntry]:
    if contact.id == DO_NOT_CALL:
        yield TagEntry(ASKED_FOR_QUIET, contact.id, "Do Not Call")
    if contact.id in CAST:
        return
    yield TagEntry(contact.created, contact.id, "New Lead")
    yield TagEntry(contact.created + NEW_FOR, contact.id, "New Lead", "removed")
    if contact.pet in BY_PET and dice.chance(0.5):
        yield TagEntry(contact.created + timedelta(minutes=1), contact.id, BY_PET[contact.pet])
    for tag, share in RARE:
        if dice.chance(share):
            yield TagEntry(contact.created + timedelta(hours=dice.between(20, 3000)), contact.id, tag)
