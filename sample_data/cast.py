"""Hand-written events of the people in the README's story, so that it can give times to the minute."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import words
from journeys import ALL_BUT_BUYING, CLICKED, Event, journey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dice import Dice

HOT_SINCE = datetime.fromisoformat("2026-11-04 10:30")  # late enough that none of it has expired by the 21st
HOT = (1042, 1046, 1047, 1048, 1049, 1050, 1051, 1052)
FOUR_WEEKS_OLD = datetime.fromisoformat("2026-10-24")  # to the second, at the as_of of flamescore.yaml
ARTICLE = words.SITE + words.ARTICLE_PAGES[0]
SALES = words.SITE + words.SALES_PAGE


def cast_events(dice: Dice) -> Iterator[Event]:
    """Yield the events of everyone in `people.CAST`."""
    for turn, contact in enumerate(HOT):
        yield from hot(dice, contact, HOT_SINCE + timedelta(minutes=37 * turn))
    yield from four_activities(1043, datetime.fromisoformat("2026-11-10 16:20"))
    yield from four_activities(1044, FOUR_WEEKS_OLD - timedelta(days=2))
    yield from hot(dice, 1045, datetime.fromisoformat("2026-05-06 11:00"))
    yield Event(datetime.fromisoformat("2026-11-19 12:40"), 1047, "purchase", "Team Pass", amount="1490.00")
    yield Event(datetime.fromisoformat("2026-11-20 08:02"), 1051, "unsubscribe", "Invitation")
    yield Event(datetime.fromisoformat("2026-11-20 08:03"), 1051, "spam_complaint", "Invitation")
    yield Event(datetime.fromisoformat("2026-11-18 15:45"), 1042, "adjustment", "Budget approved", delta="2")


def hot(dice: Dice, contact: int, start: datetime) -> Iterator[Event]:
    """Yield everything but a purchase, with the parts that earn most points done to their end."""
    yield from journey(dice, contact, start, depth=ALL_BUT_BUYING, skipped=0)
    done = start + timedelta(days=8)
    yield Event(done, contact, "video_watch", words.PITCH, percent="100")
    yield Event(done + timedelta(minutes=50), contact, "page_visit", url=SALES, seconds="905")
    yield Event(done + timedelta(hours=5), contact, "call", "Discovery call", seconds="1260")
    webinar = done.replace(hour=18, minute=4)  # a Thursday, for a start on a Wednesday
    yield Event(webinar, contact, "webinar_attend", words.WEBINAR, percent="98")


def four_activities(contact: int, start: datetime) -> Iterator[Event]:
    """Yield the four things of the worked example, and nothing else: 1 + 2 + 2 + 3 points.

    The last of the four, the long visit to the sales page, begins two days after `start`.
    """
    yield Event(start, contact, "link_click", "Invitation", ARTICLE + CLICKED)
    yield Event(start + timedelta(minutes=1), contact, "page_visit", url=ARTICLE, seconds="300")
    yield Event(start + timedelta(days=1), contact, "link_click", "Invitation", SALES + CLICKED)
    yield Event(start + timedelta(days=2), contact, "page_visit", url=SALES, seconds="600")
