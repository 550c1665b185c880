"""Malformed rows like those of real exports, with comments on what a loader does with each."""

from __future__ import annotations

import csv

from tables import Table

# Lines to insert, by file: the position in tenths of the file, and the line.
SPOILT: dict[str, tuple[tuple[int, str], ...]] = {
    "contacts.csv": (
        # A duplicate id: the first row is kept. Then no id, and a footer: both rejected.
        (7, "1130,Karim,Begum,karim.copy@example.net,,,,US,,Web,,2026-10-01 09:00:00,,,,"),
        (8, ",No,Id,no.id@example.net,,,,,,,,2026-10-02 09:00:00,,,,"),
        (10, "Grand Totals (2002 records)"),
    ),
    "events/email-activity-2025.csv": (
        # No contact, an invalid time: rejected. An unknown contact id: an orphan.
        (2, ",Opened,10/08/2025 10:15 AM,News 2025-10-08,,"),
        (5, "1203,Opened,13/45/2025 99:99 AM,News 2025-11-05,,"),
        (9, "9001,Opened,12/10/2025 09:31 AM,News 2025-12-10,,"),
    ),
    "events/email-activity-2026.csv": (
        # No time, a short row, no contact: rejected. Two orphans.
        (1, "1377,Opened,not recorded,News 2026-01-28,,"),
        (3, "1500,Opened"),
        (6, ",Clicked,07/01/2026 11:00 AM,News 2026-07-01,https://example.com/blog,"),
        (8, "9002,Opened,09/16/2026 01:31 PM,News 2026-09-16,,"),
        (9, "9002,Opened,10/14/2026 01:02 PM,News 2026-10-14,,"),
    ),
    "events/page-visits-2026.csv": (
        # An invalid date, a short row, no contact: rejected. An orphan. Seconds that are not a number: kept.
        (2, "1288,2026-02-30 10:00:00,https://example.com/,31"),
        (4, "1744,2026-05-02 10:00:00"),
        (6, ",2026-07-11 18:20:09,https://example.com/blog,12"),
        (7, "9003,2026-08-01 08:00:00,https://example.com/courses,77"),
        (9, "1999,2026-10-28 20:10:00,https://example.com/articles/heat,n/a"),
    ),
    "events/webinars.csv": (
        # An address that matches no contact: an orphan. No address: rejected.
        (4, "somebody.else@example.org,First Steps Live,Attended,2026-02-12 18:04:00,44"),
        (6, ",First Steps Live,Attended,2026-05-21 18:04:00,12"),
    ),
    "events/crm-activity.csv": ((5, "1610,Call,,Follow-up call,320,"),),  # no time: rejected
    "events/forms.csv": ((5, "9004,Guide Download,2026-04-03 19:20:00"),),  # an orphan
}


def spoil(table: Table) -> Table:
    """Return a table with its malformed rows inserted, if any."""
    rows = list(table.rows)
    for tenths, line in reversed(SPOILT.get(table.path, ())):
        rows.insert(len(table.rows) * tenths // 10, next(csv.reader([line])))
    return Table(table.path, table.header, rows)
