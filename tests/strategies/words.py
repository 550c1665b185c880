"""The small vocabularies of generated cases, and the random draws that all strategies share."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

from oracle_words import before

T = TypeVar("T")

EVENT_TYPES = ("email_open", "link_click", "page_visit", "Café visit")
EVENT_TYPE_SPELLINGS = {
    "email_open": ("email_open", "Email_Open", " email_open "),
    "link_click": ("link_click", "LINK_CLICK"),
    "page_visit": ("page_visit",),
    "Café visit": ("Caf\u00e9 visit", "CAFE\u0301 VISIT"),
}
EVENT_COLUMNS = {
    "url": "text",
    "asset": "text",
    "seconds": "number",
    "flag": "boolean",
    "when": "date",
    "day": "code",
    "topics": "list",
}
CONTACT_COLUMNS = {
    "country": "text",
    "employees": "number",
    "vip": "boolean",
    "renewal": "date",
    "email": "email",
    "products": "list",
}
FIELD_COLUMNS = {**CONTACT_COLUMNS, "email_domain": "domain"}
"""The columns that `field` may test: one more than contacts have."""

CONTACT_IDS = (
    "1",
    "2",
    "10",
    "007",
    "7",
    "a1",
    "A1",
    "\u00e9",
    "003A000001b2C3d",
    "003A000001b2c3D",
    "\ufb00",
    "\U0001f525",
)
ORPHAN_IDS = ("9999", "a2")

TEXT_CELLS = (
    "/sales",
    "/Sales",
    " /SALES ",
    "/sales/pitch",
    "/checkout",
    "Caf\u00e9",
    "cafe\u0301",
    "A  b\u00a0",
    "5.0",
    "",
    None,
)
TEXT_OPERANDS = ("/sales", "/Sales", "/checkout", "caf\u00e9", "CAFE\u0301", " /sales/PITCH ")
LIST_CELLS = (
    "CRM; mail;;Shop ",
    "CRM",
    "crm;Mail",
    "Mail;5.0;Caf\u00e9",
    '"Mail;Shop";CRM',
    '["CRM", "Mail; Shop"]',
    "[]",
    ";;",
    " ; ",
    "5;true",
    "Shop;yes",
    "mail shop",
    "",
    None,
)
ITEMS = ("CRM", "Mail", "mail", "Shop", "Ads", 5, True, "caf\u00e9", "Mail;Shop", "CRM;mail")
EMAIL_CELLS = (
    "Ann@Acme.Example ",
    "a@b@acme.example",
    "bo@mail.acme.example",
    "x@ACME.EXAMPLE.",
    "x@localhost",
    "@acme.example",
    "a@acme..example",
    "a@.acme.example",
    "Ann <a@acme.example>",
    "a@acme .example",
    "a@\u00e9t\u00e9.io",
    "A@\u00c9T\u00c9.IO..",
    "a@b.io, c@d.io",
    "n/a",
    "",
    None,
)
DOMAIN_OPERANDS = ("acme.example", "ACME.Example", "\u00e9t\u00e9.io", "mail.acme.example", "d.io")
DOMAIN_PARTS = ("acme.", "mail", ".io", "example")
PARTS = ("sales", "Sales", "/", "caf", "cafe", "CAF\u00c9", " b", "out", "5", "e", "es")
PATTERNS = (r"^/sales", r"sales", r"OUT$", r"caf.", r"[0-9]+", r"^(/s|a)", r"\d\.\d", r"a\s+b")
NUMBER_CELLS = (
    "5",
    "5",
    "5.0",
    " +5 ",
    "-5",
    "600",
    "600",
    "6e2",
    "599.9999",
    ".5",
    "2.00005",
    "-2.00005",
    "1e9",
    "1000000000001",
    "1,000",
    "0",
    "many",
    "",
    None,
)
NUMBERS = (5, Decimal("5.0"), 600, Decimal("0.5"), 0, -5, Decimal("6e2"), Decimal("599.9999"))
CODE_CELLS = ("5", "600", "5 ", "", None)
BOOLEAN_CELLS = ("true", "YES", "y", "1", " T ", "false", "No", "n", "0", "f", "maybe", "2", "", None)
DAY_OFFSETS = (-366, -32, -31, -30, -8, -7, -2, -1, 0, 1, 2, 6, 7, 8, 30, 31)

TAGS = ("New Lead", "new lead ", "Prospect A", "prospect b", "VIP", "Caf\u00e9", "CAFE\u0301")
TAG_PATTERNS = ("prospect*", "*LEAD", "v?p", "*", "caf?", "*s*")

LIST_FILES: dict[str, dict[str | None, tuple[str | None, ...]]] = {
    "lists/texts.csv": {
        "text": ("/sales", None, " Caf\u00e9 ", "5", "/sales", "  "),
        "other, too": ("/checkout", "5.0", "a  b", "true", None, "2026-01-01"),
    },
    "lists/parts.txt": {None: (" out", "", "CAFE\u0301", "/sales/", "CAFE\u0301", "5")},
    "lists/tags.txt": {None: ("vip", "PROSPECT A ", "nobody's")},
    "lists/products.txt": {None: ("crm", "", " Mail ", "5")},
    "lists/targets.csv": {"domain": (" Acme.example ", None, "e\u0301te\u0301.io")},
    "lists/many.txt": {None: (*(f"nothing {number}" for number in range(40)), "es", "caf", "out")},
}
"""List files by path: the cells of each column, or the lines of a text file under None."""

TEXT_LISTS = (
    {"file": "lists/texts.csv", "column": "text"},
    {"file": "lists/texts.csv", "column": "other, too"},
    {"file": "lists/parts.txt"},
    {"file": "lists/many.txt"},
)

PERIODS = {
    "s": ("1s", "90s"),
    "min": ("1min", "45min"),
    "h": ("1h", "36h"),
    "d": ("1d", "2d", "30d"),
    "w": ("1w", "4w"),
    "mo": ("1mo", "3mo"),
    "y": ("1y", "2y"),
}
DAY_PERIODS = ("1d", "2d", "7d", "1w", "1mo", "1y")
FOLLOWER_PERIODS = ("1s", "10min", "1h", "1d", "2d", "1w")
BURST_PERIODS = ("1s", "10min", "1h", "1d", "2d", "1w")
AFTER_PERIODS = ("1s", "10min", "1h", "1d")
SUMS = (0, 5, 10, 600, Decimal("-2.0001"), Decimal("0.5"), 605, -5)
GAPS = (0, 0, 0, 1, 599, 600, 3600, 3601, 20_000, 86_399, 86_400, 86_401, 172_800)

POINTS = (1, 2, 3, 5, 10, Decimal("0.5"), Decimal("2.25"), Decimal("12.3456"), -1, -3, Decimal("-7.5"))
PERCENTAGES = ("1%", "10%", "0.25%", "33.3333%", "100%")

ZONES = (
    "America/Havana",
    "America/New_York",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Pacific/Auckland",
    "Africa/Casablanca",
)
CLOCK_CHANGES = {
    "America/Havana": ("2026-03-08T05:00:00", "2025-11-02T05:00:00"),
    "America/New_York": ("2026-03-08T07:00:00", "2025-11-02T06:00:00"),
    "Europe/Berlin": ("2026-03-29T01:00:00", "2025-10-26T01:00:00"),
    "Pacific/Auckland": ("2026-04-04T14:00:00", "2025-09-27T14:00:00"),
    "Africa/Casablanca": ("2024-03-10T02:00:00", "2024-04-14T02:00:00"),
}
LOCAL_TIMES = (
    "2026-03-31T12:00:00",
    "2024-02-29T00:00:00",
    "2026-01-01T00:00:00",
    "2026-06-15T23:59:59",
    "2026-11-21T02:30:00",
)
AS_OF_OFFSETS = (0, 1, 1800, 3599, 43_200, 86_400, 7 * 86_400, 30 * 86_400)


def chance(dice: Random, odds: int) -> bool:
    """Return True `odds` times in twenty."""
    return dice.randrange(20) < odds


def one_of(dice: Random, values: Sequence[T]) -> T:
    """Pick one of the values, all equally likely."""
    return dice.choice(values)


def some_of(dice: Random, values: Sequence[T], most: int) -> list[T]:
    """Pick a list of one to `most` different values."""
    return dice.sample(values, dice.randint(1, most))


def one_or_list(dice: Random, values: Sequence[str], most: int = 2) -> str | list[str]:
    """Draw one text, or a list of texts."""
    return some_of(dice, values, most) if chance(dice, 7) else one_of(dice, values)


def periods(dice: Random) -> str:
    """Pick a period, more often in the longer units."""
    return one_of(dice, PERIODS[one_of(dice, (*PERIODS, "d", "d", "w", "w", "mo", "mo", "y", "y", "y"))])


def time_zone(dice: Random) -> str | None:
    """Pick the `timezone` of a book, or None for a book without one."""
    return one_of(dice, (None, "UTC", *ZONES, *ZONES))


def scoring_instant(dice: Random, zone: str | None) -> datetime:
    """Pick an instant at or near a clock change, the start or end of a day, or the end of a month."""
    changes = CLOCK_CHANGES.get(zone or "UTC", ())
    if changes and chance(dice, 12):
        change = datetime.fromisoformat(one_of(dice, changes)).replace(tzinfo=UTC)
        return change + timedelta(seconds=one_of(dice, AS_OF_OFFSETS))
    local = datetime.fromisoformat(one_of(dice, LOCAL_TIMES))
    return local.replace(tzinfo=ZoneInfo(zone or "UTC")).astimezone(UTC)


def edges(as_of: datetime, windows: Sequence[str], zone: ZoneInfo) -> list[datetime]:
    """Return instants that matter, latest first: window edges, midnights, clock changes, whole days ago."""
    local = as_of.astimezone(zone)
    midnights = [
        local.replace(hour=0, minute=0, second=0, tzinfo=None) - timedelta(days=days)
        for days in (0, 1, 2, 7, local.weekday(), local.day - 1)
    ]
    found = {before(as_of, window, zone) for window in windows}
    found |= {midnight.replace(tzinfo=zone).astimezone(UTC) for midnight in midnights}
    found |= {as_of - timedelta(days=days) for days in (0, 1, 2, 3, 7, 10, 30, 99, 100, 400)}
    for text in CLOCK_CHANGES.get(str(zone), ()):
        change = datetime.fromisoformat(text).replace(tzinfo=UTC)
        found |= {change} if change <= as_of else set()
    return sorted(found, reverse=True)
