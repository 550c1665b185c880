"""Periods, times, points and percentages: parsing and formatting."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

POINT: Final = 10_000
"""Ten-thousandths in a point: every sum of points is an integer number of these."""

WHOLE: Final = 1_000_000_000
"""Billionths in 1: every decay factor is an integer number of these."""

MAX_POINTS: Final = 1_000_000_000
"""The most points, positive or negative, that a rule may name or one occurrence may give."""

SECONDS: Final = {"s": 1, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}
CALENDAR: Final = ("mo", "y")
PLAIN: Final = 2**51 // POINT
"""Up to this many points, a float times `POINT` is within half a ten-thousandth of the exact value."""

NO_PLACE: Final = "is another name on each machine; write the place, such as America/Phoenix"
_NO_PLACES: Final = ("localtime", "factory", "posixrules")
_NO_PLACE_FOLDERS: Final = ("posix/", "right/")

_DAYS_AGO: Final = 60
"""Up to this many days ago are shown as days."""

_DAYS_A_MONTH: Final = (304_375, 10_000)
_MONTHS_AGO: Final = 24
"""From this many months on, they are shown as years."""

_MONTHS_A_YEAR: Final = 12

_PERIOD = re.compile(r"([0-9]+) ?(s|min|h|d|w|mo|y)", re.ASCII)
_CLOCK: Final = r"(?:[01]\d|2[0-3]):[0-5]\d"
_TIME = re.compile(rf"\d{{4}}-\d\d-\d\d(?:[T ]{_CLOCK}(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-]{_CLOCK})?)?", re.ASCII)
_PERCENT = re.compile(r"((?:0|[1-9][0-9]*)(?:\.[0-9]+)?) ?%", re.ASCII)


class Period(Struct, frozen=True, order=True):
    """A positive integer and a unit: `s min h d w` have fixed lengths, `mo` and `y` follow the calendar."""

    count: int
    unit: str

    @property
    def seconds(self) -> int | None:
        """Its fixed length in seconds, or None for a calendar period."""
        each = SECONDS.get(self.unit)
        return None if each is None else self.count * each

    @property
    def days(self) -> int | None:
        """Its length in whole days if it is in days or weeks, else None."""
        return self.count * SECONDS[self.unit] // SECONDS["d"] if self.unit in ("d", "w") else None

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"

    def before(self, instant: datetime, zone: ZoneInfo) -> datetime:
        """Return the time one period earlier (UTC), limited to what a datetime can represent."""
        return min(self._step(instant, zone, -1), instant)

    def after(self, instant: datetime, zone: ZoneInfo) -> datetime:
        """Return the time one period later (UTC), limited to what a datetime can represent."""
        return max(self._step(instant, zone, 1), instant)

    def _step(self, instant: datetime, zone: ZoneInfo, sign: int) -> datetime:
        if self.seconds is not None:
            return clamped(int(instant.timestamp()) + sign * self.seconds)
        local = to_local(instant, zone).replace(tzinfo=None)
        months = self.count * (12 if self.unit == "y" else 1)
        return from_local(_step_months(local, sign * months), zone)


def parse_period(text: str) -> Period | None:
    """Parse `28d`, `4w`, `3mo`; return None if the text is not a period."""
    match = _PERIOD.fullmatch(text.strip())
    if match is None or int(match[1]) == 0:
        return None
    return Period(int(match[1]), match[2])


def parse_percent(text: str) -> Decimal | None:
    """Parse `1%` or `0.25%` as the number before the sign; return None if it is not a percentage."""
    match = _PERCENT.fullmatch(text.strip())
    return None if match is None else Decimal(match[1])


def parse_time(text: str) -> date | datetime | None:
    """Parse a date, an instant (UTC), or a naive local time; return None if the text is none of these.

    Examples are `2026-11-21`, `2026-11-21T09:00:00+01:00` and `2026-11-21 09:00`. Fractions of a second are
    dropped.
    """
    if _TIME.fullmatch(text) is None:
        return None
    try:
        if len(text) == len("2026-11-21"):
            return date.fromisoformat(text)
        time = datetime.fromisoformat(text).replace(microsecond=0)
        return time if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def to_points(number: Decimal | int) -> int | None:
    """Return the number in ten-thousandths, or None if it has more than four decimals."""
    scaled = Decimal(number) * POINT
    whole = int(scaled.to_integral_value(rounding=ROUND_HALF_UP))
    return whole if scaled == whole else None


def nearest_points(value: float | Decimal) -> int:
    """Return a number of points in ten-thousandths, rounded to the nearest, however large it is."""
    if isinstance(value, float) and abs(value) <= PLAIN:
        return round(value * POINT)
    above, below = value.as_integer_ratio()
    return (2 * above * POINT + below) // (2 * below)


def show_points(ten_thousandths: int) -> str:
    """Format ten-thousandths as a plain number without trailing zeros: `3`, `-0.25`."""
    sign = "-" if ten_thousandths < 0 else ""
    whole, part = divmod(abs(ten_thousandths), POINT)
    return f"{sign}{whole}" + (f".{part:04d}".rstrip("0") if part else "")


def count(many: int, noun: str) -> str:
    """Return a count with its noun: `1 lead`, `2,000 leads`."""
    return f"{many:,} {noun}" if many == 1 else f"{many:,} {noun}s"


def ago(day: date, today: date) -> str:
    """Return how long ago a local day was: `yesterday`, `60 days ago`, `2 months ago`; a date if it is ahead.

    Calendar days are counted. A month has 30.4375 of them, and a year twelve months; both are rounded down.
    """
    days = (today - day).days
    if days < 0:
        return day.isoformat()
    if days <= 1:
        return "yesterday" if days else "today"
    if days <= _DAYS_AGO:
        return f"{days} days ago"
    length, parts = _DAYS_A_MONTH
    months = days * parts // length
    if months < _MONTHS_AGO:
        return f"{months} months ago"
    return f"{months // _MONTHS_A_YEAR} years ago"


def names_no_place(text: str) -> bool:
    """Return whether a time zone's name, in any case, means a different zone on each machine."""
    folded = text.strip().casefold()
    return folded in _NO_PLACES or folded.startswith(_NO_PLACE_FOLDERS)


def from_local(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the UTC instant of a naive local time.

    A time that the clock skips is read with the offset before the gap; for a repeated time the earlier one is
    used (PEP 495: both are what `fold=0` means).
    """
    try:
        return local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    except OverflowError:
        return local.replace(tzinfo=UTC)


def to_local(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return an instant as local time; in UTC if that is before year 1 or after year 9999."""
    try:
        return instant.astimezone(zone)
    except OverflowError:
        return instant.astimezone(ZoneInfo("UTC"))


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant of a local calendar day (UTC)."""
    return from_local(datetime(day.year, day.month, day.day), zone)  # noqa: DTZ001 - `from_local` adds the zone


def iso_instant(instant: datetime) -> str:
    """Return an aware instant in UTC as `2026-11-21T07:00:00Z`; fractions of a second are dropped."""
    utc = instant.astimezone(UTC)
    return f"{utc.year:04d}-{utc:%m-%dT%H:%M:%SZ}"


def clamped(epoch: int) -> datetime:
    """Return the instant for a Unix timestamp, clamped to what a datetime can represent."""
    low, high = -62_135_596_800 + 86_400, 253_402_300_799 - 86_400
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=min(max(epoch, low), high))


def _step_months(local: datetime, months: int) -> datetime:
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    if not 1 <= year <= 9998:  # noqa: PLR2004 - the range of datetime
        return clamped(-(10**12) if year < 1 else 10**12).replace(tzinfo=None)
    day = min(local.day, monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day)
