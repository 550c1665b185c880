"""The made-up activity of the contacts: newsletters, visits, and journeys from an article to a purchase."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import words
from dice import Dice
from people import DAYS, END, START, Contact


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """One event. A property that its kind does not have is empty."""

    at: datetime
    contact: int
    kind: str
    asset: str = ""
    url: str = ""
    seconds: str = ""
    percent: str = ""
    amount: str = ""
    delta: str = ""
    is_bot: str = ""


Step = Callable[[Dice, int, datetime], Iterator[Event]]
Sent = tuple[datetime, str]
AWAKE = range(7, 22)
CLICKED = "?utm_source=email"


def newsletters() -> list[Sent]:
    """List every e-mail sent: news each Wednesday at 9, an offer every other Sunday at 17."""
    news = [START + timedelta(days=3 + 7 * week, hours=9) for week in range(DAYS // 7)]
    offers = [START + timedelta(days=14 * turn, hours=17) for turn in range(DAYS // 14 + 1)]
    return sorted([(at, f"News {at.date()}") for at in news] + [(at, f"Offer {at.date()}") for at in offers])


def reading(dice: Dice, contact: Contact, sent: Sequence[Sent]) -> Iterator[Event]:
    """Open some of the e-mails and click in a few; occasionally a mail scanner does so instead."""
    for at, asset in sent:
        if at <= contact.created or not dice.chance(contact.open_rate / 100):
            continue
        opened = at + timedelta(minutes=dice.between(1, 2400))
        is_bot = "yes" if dice.chance(0.03) else ""
        yield Event(opened, contact.id, "email_open", asset, is_bot=is_bot)
        if dice.chance(0.3):
            yield Event(opened + timedelta(hours=dice.between(1, 60)), contact.id, "email_open", asset)
        if dice.chance(0.9 if is_bot else 0.08):
            page = dice.weighted((("/blog", 8), (dice.pick(words.ARTICLE_PAGES), 2), (words.SALES_PAGE, 1)))
            clicked = opened + timedelta(minutes=dice.between(0, 5))
            yield Event(clicked, contact.id, "link_click", asset, words.SITE + page + CLICKED, is_bot=is_bot)


def browsing(dice: Dice, contact: Contact) -> Iterator[Event]:
    """Visit pages occasionally, without following a journey."""
    for _ in range(dice.between(0, 3 + contact.open_rate // 4)):
        at = _moment(dice, contact)
        for _ in range(dice.between(1, 3)):
            yield _visit(contact.id, at, dice.weighted(words.OTHER_PAGES), dice.between(4, 190))
            at += timedelta(seconds=dice.between(200, 500))


def journey(dice: Dice, contact: int, start: datetime, *, depth: int, skipped: float) -> Iterator[Event]:
    """Walk the first `depth` steps, skipping some, with one to fifty hours between two steps."""
    at = start
    for step in STEPS[:depth]:
        if dice.chance(skipped):
            continue
        for event in step(dice, contact, at):
            yield event
            at = max(at, event.at)
        at = _daytime(dice, at + timedelta(hours=dice.between(1, 50)))


def wandering(dice: Dice, contact: Contact) -> Iterator[Event]:
    """Take the contact's journeys. The first is often what brought the contact onto the list."""
    for turn in range(contact.journeys):
        start = _moment(dice, contact)
        if turn == 0 and contact.created >= START and dice.chance(0.5):
            start = contact.created + timedelta(minutes=dice.between(1, 90))
        yield from journey(dice, contact.id, start, depth=_depth(dice), skipped=0.14)


def adjusting(dice: Dice, events: Sequence[Event]) -> list[Event]:
    """Let the rep correct the score after some calls, up or down."""
    calls = [event for event in events if event.kind == "call" and dice.chance(0.25)]
    return [
        Event(call.at + timedelta(minutes=40), call.contact, "adjustment", subject, delta=delta)
        for call in calls
        for subject, delta in (dice.pick(words.ADJUSTMENTS),)
    ]


def leaving(dice: Dice, contact: Contact) -> list[Event]:
    """Let a few contacts opt out of e-mail, some of them with a complaint."""
    if not dice.chance(0.045):
        return []
    at = _moment(dice, contact)
    gone = [Event(at, contact.id, "unsubscribe", "Invitation")]
    if dice.chance(0.2):
        gone.append(Event(at + timedelta(minutes=1), contact.id, "spam_complaint", "Invitation"))
    return gone


def _depth(dice: Dice) -> int:
    depth = 1
    while depth < len(STEPS) and dice.chance(0.86):
        depth += 1
    return depth


def _moment(dice: Dice, contact: Contact) -> datetime:
    """Draw a time at which the contact was on the list."""
    first = max(contact.created, START)
    return _daytime(dice, first + timedelta(days=dice.between(0, (END - first).days)))


def _daytime(dice: Dice, at: datetime) -> datetime:
    """Move a time at night to a later time in the day."""
    if at.hour in AWAKE:
        return at + timedelta(seconds=dice.between(0, 59))
    return at + timedelta(hours=(8 - at.hour) % 24, minutes=dice.between(0, 59))


def _visit(contact: int, at: datetime, page: str, seconds: int) -> Event:
    return Event(at, contact, "page_visit", url=words.SITE + page, seconds=str(seconds))


def _click(contact: int, at: datetime, page: str) -> Event:
    return Event(at, contact, "link_click", "Invitation", words.SITE + page + CLICKED)


# --- the steps of a journey, in their order ---------------------------------------------------------


def _article(dice: Dice, contact: int, at: datetime) -> Iterator[Event]:
    page = dice.pick(words.ARTICLE_PAGES)
    if dice.chance(0.7):
        yield Event(at - timedelta(minutes=3), contact, "email_open", "Invitation")
        yield _click(contact, at, page)
    seconds = dice.between(310, 900) if dice.chance(0.55) else dice.between(20, 280)
    yield _visit(contact, at + timedelta(minutes=1), page, seconds)


def _sales_link(dice: Dice, contact: int, at: datetime) -> Iterator[Event]:
    yield _click(contact, at, words.SALES_PAGE)
    yield _visit(contact, at + timedelta(minutes=1), words.SALES_PAGE, dice.between(15, 400))


def _form(dice: Dice, contact: int, at: datetime) -> Iterator[Event]:
    form = dice.weighted(words.FORMS)
    yield Event(at, contact, "form_submit", form)
    if dice.chance(0.12):
        yield Event(at + timedelta(minutes=2), contact, "form_submit", form)


def _sales_page(dice: Dice, contact: int, at: datetime) -> Iterator[Event]:
    seconds = dice.between(610, 1800) if dice.chance(0.75) else dice.between(60, 590)
    yield _visit(contact, at, words.SALES_PAGE, seconds)


def _videos(dice: Dice, contact: int, at: datetime) -> Iterator[Event]:
    if dice.chance(0.4):
        video, seen = dice.pick(words.OTHER_VIDEOS), dice.between(5, 100)
        yield Event(at, contact, "video_watch", video, percent=str(seen))
    percent = dice.between(90, 100) if dice.chance(0.65) else dice.between(3, 89)
    yield Event(at + timedelta(minutes=9), contact, "video_watch", words.PITCH, percent=str(percent))


def _webinar(dice: Dice, contact: int, at: datetime) -> Iterator[Event]:
    """Register now, and perhaps attend on the next Thursday at six in the evening, perhaps to the end."""
    yield Event(at, contact, "webinar_register", words.WEBINAR)
    thursday = (at + timedelta(days=(3 - at.weekday()) % 7)).replace(hour=18, minute=0, second=0)
    if thursday < at:
        thursday += timedelta(days=7)
    if dice.chance(0.75):
        percent = dice.between(90, 100) if dice.chance(0.65) else dice.between(5, 80)
        joined = thursday + timedelta(seconds=dice.between(0, 600))
        yield Event(joined, contact, "webinar_attend", words.WEBINAR, percent=str(percent))


def _survey(_dice: Dice, contact: int, at: datetime) -> Iterator[Event]:
    yield Event(at, contact, "survey", words.SURVEY)


def _pricing(dice: Dice, contact: int, at: datetime) -> Iterator[Event]:
    for turn in range(dice.between(1, 3)):
        later = at + timedelta(hours=5 * turn)
        yield _visit(contact, later, words.PRICING_PAGE, dice.between(40, 500))


def _call(dice: Dice, contact: int, at: datetime) -> Iterator[Event]:
    """Talk to a rep, on a weekday; some calls are a voicemail of half a minute."""
    workday = at + timedelta(days=(0, 0, 0, 0, 0, 2, 1)[at.weekday()])
    seconds = dice.between(300, 2400) if dice.chance(0.75) else dice.between(10, 60)
    called = workday.replace(hour=dice.between(9, 16))
    yield Event(called, contact, "call", dice.weighted(words.CALLS), seconds=str(seconds))


def _checkout(dice: Dice, contact: int, at: datetime) -> Iterator[Event]:
    yield _click(contact, at, words.CHECKOUT_PAGE)
    yield _visit(contact, at + timedelta(seconds=20), words.CHECKOUT_PAGE, dice.between(20, 300))


def _purchase(dice: Dice, contact: int, at: datetime) -> Iterator[Event]:
    product, amount = dice.pick(words.PRODUCTS)
    if dice.chance(0.55):
        yield Event(at, contact, "purchase", product, amount=amount)


STEPS: tuple[Step, ...] = (
    _article,
    _sales_link,
    _form,
    _sales_page,
    _videos,
    _webinar,
    _survey,
    _pricing,
    _call,
    _checkout,
    _purchase,
)
ALL_BUT_BUYING = len(STEPS) - 1
