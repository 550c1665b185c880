"""Make the sample data again: `python sample_data/make.py [FOLDER]`.

The output has the same bytes each time, on every platform. Only the standard library is needed.
"""

from __future__ import annotations

import csv
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import cast
import dirt
import journeys
import people
import tables
import tags
from dice import Dice
from journeys import Event
from people import END, START, Contact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SEED = 20261121
OVERLAP = 4
BY_EMAIL = ("email_open", "link_click")


def main(folder: Path) -> None:
    """Write every file, and print its number of rows and its size."""
    for table in sample():
        size = _write(folder / table.path, table)
        print(f"{table.path:32} {len(table.rows):7,} rows {size:10,} bytes")


def sample() -> Iterator[tables.Table]:
    """Yield every table of the sample, including the malformed rows."""
    dice = Dice(SEED)
    contacts = people.everyone(dice)
    events = _events(dice, contacts)
    entries = tags.history(dice, contacts, events)
    yield dirt.spoil(tables.contacts_table(contacts, tags.listed(dice, contacts, entries)))
    yield tables.tags_table(entries)
    emails = {contact.id: contact.email for contact in contacts}
    yield from map(dirt.spoil, _overlapping([*tables.event_tables(events, emails)]))


def _events(dice: Dice, contacts: Sequence[Contact]) -> list[Event]:
    sent = journeys.newsletters()
    events = list(cast.cast_events(dice))
    for contact in contacts:
        if contact.id not in people.CAST:
            events.extend(_of_contact(dice, contact, sent))
    return sorted(event for event in events if START <= event.at <= END)


def _of_contact(dice: Dice, contact: Contact, sent: Sequence[journeys.Sent]) -> Iterable[Event]:
    """Return the events of one contact, who gets no more e-mails after opting out."""
    events = [
        *journeys.reading(dice, contact, sent),
        *journeys.browsing(dice, contact),
        *journeys.wandering(dice, contact),
    ]
    events += journeys.adjusting(dice, events)
    leaving = journeys.leaving(dice, contact)
    if not leaving:
        return events
    last = leaving[0].at - timedelta(minutes=1)
    return [event for event in events if event.at < last or event.kind not in BY_EMAIL] + leaving


def _overlapping(files: Sequence[tables.Table]) -> Iterator[tables.Table]:
    """Start the newer orders export before the older one ends, so that some orders are in both."""
    older = next(table for table in files if table.path == "events/orders-2025.csv")
    for table in files:
        again = older.rows[-OVERLAP:] if table.path == "events/orders-2026.csv" else []
        yield tables.Table(table.path, table.header, again + table.rows)


def _write(path: Path, table: tables.Table) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([table.header, *table.rows])
    return path.stat().st_size


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
