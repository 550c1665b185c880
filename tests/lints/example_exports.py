"""The made-up list on which the examples of docs/lints.md are scored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

AS_OF = datetime(2026, 11, 20, tzinfo=UTC)
PROJECT = """\
version: 1
rules: rules.yaml
as_of: 2026-11-20T00:00:00Z
contacts: [{path: contacts.csv}]
events: [{path: "visits-*.csv"}, {path: mail.csv}]
"""
Event = tuple[int, str, datetime, str]


def write_example(folder: Path) -> None:
    """Write the project file and the exports into a folder."""
    (folder / "flamescore.yaml").write_text(PROJECT)
    people = [
        f"{n},{'US' if n <= 60 else 'CA'},{'true' if n <= 40 else 'false'},{n}\n" for n in range(1, 121)
    ]
    (folder / "contacts.csv").write_text("contact_id,country,newsletter,employees\n" + "".join(people))
    _write(folder / "mail.csv", _mail())
    for month in range(3):
        newest = AS_OF - timedelta(days=2 + 30 * (2 - month))
        people = range(3 - month, 61, 3)
        visits = [(n, "visit", newest - timedelta(hours=place), "/pricing") for place, n in enumerate(people)]
        _write(folder / f"visits-{month + 1}.csv", visits)


def _mail() -> Iterable[Event]:
    day = AS_OF - timedelta(days=10)
    for n in range(1, 121):
        yield n, "sent", day, ""
    for n in range(1, 31):
        yield n, "open", day + timedelta(hours=n), ""
        yield n, "reply", day + timedelta(hours=n, minutes=9), ""
        yield n, "download", day + timedelta(hours=n), "https://example.com/guide/?utm_source=mail-1"
        yield n, "download", day + timedelta(hours=n, minutes=5), "https://example.com/guide"
    for n in range(1, 11):
        for again in range(2):
            for link in range(4):
                yield n, "click", day + timedelta(days=again, seconds=link), f"https://example.com/{link}"


def _write(path: Path, events: Iterable[Event]) -> None:
    rows = [f"{n},{kind},{at:%Y-%m-%dT%H:%M:%SZ},{url}\n" for n, kind, at, url in events]
    path.write_text("contact_id,event,at,url\n" + "".join(rows))
