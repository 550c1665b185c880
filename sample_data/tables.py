"""The sample as the files that a company would export, each in the format of its own system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from journeys import Event
    from people import Contact
    from tags import TagEntry

Row = list[str]
Emails = dict[int, str]


@dataclass(frozen=True, slots=True)
class Table:
    """One file: its path under the sample's folder, its header and its rows."""

    path: str
    header: Row
    rows: list[Row]


def iso(at: datetime) -> str:
    """Format a local time as most systems do."""
    return at.isoformat(sep=" ")


def american(at: datetime) -> str:
    """Format a local time as the e-mail system does: `11/20/2026 02:05 PM`."""
    half, hour = divmod(at.hour, 12)
    return f"{at.month:02d}/{at.day:02d}/{at.year} {hour or 12:02d}:{at.minute:02d} {('AM', 'PM')[half]}"


def contacts_table(contacts: Iterable[Contact], tags: dict[int, list[str]]) -> Table:
    """Return the table of contacts, with the headers of Keap and a few custom fields."""
    header = [
        "Id",
        "First Name",
        "Last Name",
        "Email",
        "Phone 1",
        "Company",
        "Job Title",
        "Country",
        "Owner",
        "Lead Source",
        "Tags",
        "Date Created",
        "Employees",
        "Budget",
        "Pet Type",
        "Vaccination Due",
    ]
    return Table("contacts.csv", header, [_contact_row(contact, tags[contact.id]) for contact in contacts])


def _contact_row(who: Contact, tags: Sequence[str]) -> Row:
    return [
        str(who.id),
        who.first,
        who.last,
        who.email,
        who.phone,
        who.company,
        who.title,
        who.country,
        who.owner,
        who.source,
        ",".join(tags),
        iso(who.created),
        who.employees,
        who.budget,
        who.pet,
        who.vaccination,
    ]


def tags_table(entries: Iterable[TagEntry]) -> Table:
    """Lay out the tag history."""
    rows = [[str(entry.contact), entry.tag, iso(entry.at), entry.action] for entry in entries]
    return Table("tags-applied.csv", ["ContactId", "Tag", "Date", "Action"], rows)


def event_tables(events: Sequence[Event], emails: Emails) -> Iterator[Table]:
    """Lay out the events, a file for each system and, of the large ones, for each year."""
    for sheet in SHEETS:
        of_sheet = [event for event in events if event.kind in sheet.kinds]
        for suffix, years in sheet.files:
            rows = [
                sheet.row(event, sheet.kinds[event.kind], emails)
                for event in of_sheet
                if event.at.year in years
            ]
            yield Table(f"events/{sheet.name}{suffix}.csv", sheet.header, rows)


def email_row(event: Event, word: str, _emails: Emails) -> Row:
    """Lay out a row of the e-mail system."""
    return [str(event.contact), word, american(event.at), event.asset, event.url, event.is_bot]


def visit_row(event: Event, _word: str, _emails: Emails) -> Row:
    """Lay out a row of the web statistics."""
    return [str(event.contact), iso(event.at), event.url, event.seconds]


def video_row(event: Event, _word: str, _emails: Emails) -> Row:
    """Lay out a row of the video host."""
    return [str(event.contact), iso(event.at), event.asset, event.percent]


def plain_row(event: Event, _word: str, _emails: Emails) -> Row:
    """Lay out a row of the form and survey tools."""
    return [str(event.contact), event.asset, iso(event.at)]


def webinar_row(event: Event, word: str, emails: Emails) -> Row:
    """Lay out a row of the webinar tool, which knows people by their e-mail address."""
    return [emails[event.contact], event.asset, word, iso(event.at), event.percent]


def order_row(event: Event, _word: str, _emails: Emails) -> Row:
    """Return an order row. Its number derives from contact and time, so two exports agree on it."""
    return [
        f"{event.contact}-{event.at:%y%m%d%H%M}",
        str(event.contact),
        iso(event.at),
        event.asset,
        event.amount,
    ]


def crm_row(event: Event, word: str, _emails: Emails) -> Row:
    """Lay out a call or an adjustment of the score."""
    return [str(event.contact), word, iso(event.at), event.asset, event.seconds, event.delta]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The export format of one system: its kinds of event, their names in the export, and its files."""

    name: str
    kinds: dict[str, str]
    header: Row
    row: Callable[[Event, str, Emails], Row]
    files: tuple[tuple[str, tuple[int, ...]], ...] = (("", (2025, 2026)),)


BY_YEAR = (("-2025", (2025,)), ("-2026", (2026,)))
SHEETS = (
    Sheet(
        "email-activity",
        {
            "email_open": "Opened",
            "link_click": "Clicked",
            "unsubscribe": "Opted Out",
            "spam_complaint": "Spam Complaint",
        },
        ["ContactId", "Type", "Date", "Email", "Link", "Machine"],
        email_row,
        BY_YEAR,
    ),
    Sheet(
        "page-visits", {"page_visit": ""}, ["Contact Id", "Visited", "Page", "Seconds"], visit_row, BY_YEAR
    ),
    Sheet("videos", {"video_watch": ""}, ["ContactId", "Watched", "Video", "Percent"], video_row),
    Sheet("forms", {"form_submit": ""}, ["ContactId", "Form", "Submitted"], plain_row),
    Sheet("surveys", {"survey": ""}, ["ContactId", "Survey", "Answered"], plain_row),
    Sheet(
        "webinars",
        {"webinar_register": "Registered", "webinar_attend": "Attended"},
        ["Attendee", "Topic", "Status", "Time", "Percent"],
        webinar_row,
    ),
    Sheet(
        "orders", {"purchase": ""}, ["Id", "ContactId", "DateCreated", "Product", "Total"], order_row, BY_YEAR
    ),
    Sheet(
        "crm-activity",
        {"call": "Call", "adjustment": "Score Adjustment"},
        ["ContactId", "Activity", "Date", "Subject", "Seconds", "Delta"],
        crm_row,
    ),
)
