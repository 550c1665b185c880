"""The smallest parts of the rule language: text, numbers, dates, periods and rounding.

Slow and plain on purpose. This module shares no code with the program, so that the two can only agree
by both being right. Rule-language.md, sections 1, 3 and 5.
"""

import calendar
import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

_WHITE_SPACE_POINTS = (
    *range(0x0009, 0x000E),
    0x0020,
    0x0085,
    0x00A0,
    0x1680,
    *range(0x2000, 0x200B),
    0x2028,
    0x2029,
    0x202F,
    0x205F,
    0x3000,
)
WHITE_SPACE = "".join(chr(point) for point in _WHITE_SPACE_POINTS)

_NUMBER = re.compile(r"([+-]?)(?:([0-9]+)(?:\.([0-9]+))?|\.([0-9]+))(?:[eE]([+-]?[0-9]+))?")
_LARGEST_NUMBER = 10**12
_LARGEST_EXPONENT = 5000

_INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?(?:[.,][0-9]+)?"
    r"(?: ?(Z|z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?))?)?"
)
_PERIOD = re.compile(r"([1-9][0-9]*)(s|min|h|d|w|mo|y)")
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}
_MONTHS = {"mo": 1, "y": 12}

_TRUE_WORDS = frozenset(("true", "yes", "y", "1", "t"))
_FALSE_WORDS = frozenset(("false", "no", "n", "0", "f"))


def trim(text: str) -> str:
    """Strip Unicode White_Space from both ends, and nothing else (not U+001C to U+001F)."""
    return text.strip(WHITE_SPACE)


def present(cell: str | None) -> str | None:
    """Return the trimmed cell, or None if it is null, empty or only white space."""
    return None if cell is None else trim(cell) or None


def comparable(text: str, *, case_sensitive: bool = False) -> str:
    """Return text in the form used for comparison: NFC, and lowercase unless `case_sensitive`."""
    composed = unicodedata.normalize("NFC", text)
    return composed if case_sensitive else composed.lower()


def fold(text: str) -> str:
    """Trim text, compose it (NFC) and lowercase it, as tags and event types are compared."""
    return comparable(trim(text))


def slug(name: str) -> str:
    """Make a rule's id from its name, in lowercase: its runs of letters and digits, joined with `-`."""
    kept = [char if _is_letter_or_digit(char) else " " for char in name.lower()]
    return "-".join("".join(kept).split())


def _is_letter_or_digit(char: str) -> bool:
    category = unicodedata.category(char)
    return category.startswith("L") or category == "Nd"


def read_number(text: str) -> Fraction | None:
    """Parse a trimmed cell as an exact number; None for any other notation, or if its size exceeds 1e12."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    sign, whole, decimals, bare_decimals, exponent_text = match.groups()
    decimals = decimals or bare_decimals or ""
    exponent = int(exponent_text or "0")
    exponent = max(-_LARGEST_EXPONENT, min(_LARGEST_EXPONENT, exponent))
    size = Fraction(int((whole or "") + decimals)) * Fraction(10) ** (exponent - len(decimals))
    if size > _LARGEST_NUMBER:
        return None
    return -size if sign == "-" else size


def read_boolean(text: str) -> bool | None:
    """Parse a trimmed cell as a boolean word of section 5, in any case; None for any other text."""
    word = text.lower()
    if word in _TRUE_WORDS:
        return True
    return False if word in _FALSE_WORDS else None


def round_half_away(value: Fraction) -> int:
    """Round to a whole number, halves away from zero."""
    size = (abs(value) + Fraction(1, 2)).__floor__()
    return -size if value < 0 else size


def ten_thousandths(number: int | Decimal | Fraction) -> int:
    """Return a number of points in whole ten-thousandths, halves away from zero."""
    return round_half_away(Fraction(number) * 10_000)


def from_local(local: datetime, zone: ZoneInfo) -> datetime:
    """Convert a naive local time to UTC: in a gap with the offset before it; if repeated, the earlier one."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def is_bare_date(text: str) -> bool:
    """Return whether a valid date or instant is a date without a time."""
    return len(text) == len("YYYY-MM-DD")


def read_instant(text: str, zone: ZoneInfo) -> datetime | None:
    """Parse a trimmed date or instant, to the second; a bare date is its first instant. None if invalid."""
    match = _INSTANT.fullmatch(text)
    if match is None:
        return None
    offset = match.group(7)
    try:
        year, month, day, hour, minute, second = (int(part or "0") for part in match.groups()[:6])
        local = datetime.combine(date(year, month, day), time(hour, minute, second))
        if offset is None:
            return from_local(local, zone)
        return local.replace(tzinfo=UTC) - _offset(offset)
    except (ValueError, OverflowError):
        return None


def _offset(text: str) -> timedelta:
    """Parse `Z`, `UTC`, `GMT`, `+HH:MM`, `+HHMM` or `+HH`; raise ValueError if out of range."""
    if text.upper() in ("Z", "UTC", "GMT"):
        return timedelta(0)
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or "0")
    if hours > 23 or minutes > 59:
        raise ValueError(text)
    size = timedelta(hours=hours, minutes=minutes)
    return -size if text[0] == "-" else size


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """Return the calendar day of an instant."""
    return instant.astimezone(zone).date()


def fixed_length(period: str) -> timedelta:
    """Return the length of a period in a unit from seconds to weeks."""
    amount, unit = _split_period(period)
    return timedelta(seconds=amount * _SECONDS[unit])


def before(instant: datetime, period: str, zone: ZoneInfo) -> datetime:
    """Return `instant - period`."""
    return _step(instant, period, zone, -1)


def after(instant: datetime, period: str, zone: ZoneInfo) -> datetime:
    """Return `instant + period`."""
    return _step(instant, period, zone, 1)


def _split_period(period: str) -> tuple[int, str]:
    match = _PERIOD.fullmatch(period)
    if match is None:
        raise ValueError(f"not a period: {period!r}")
    return int(match.group(1)), match.group(2)


def _step(instant: datetime, period: str, zone: ZoneInfo, sign: int) -> datetime:
    amount, unit = _split_period(period)
    if unit in _SECONDS:
        return instant + sign * timedelta(seconds=amount * _SECONDS[unit])
    local = instant.astimezone(zone).replace(tzinfo=None)
    months = local.year * 12 + (local.month - 1) + sign * amount * _MONTHS[unit]
    year, month = months // 12, months % 12 + 1
    day = min(local.day, calendar.monthrange(year, month)[1])
    return from_local(local.replace(year=year, month=month, day=day), zone)


def in_window(at: datetime, period: str, as_of: datetime, zone: ZoneInfo) -> bool:
    """Return whether `as_of - period < at <= as_of`; `never` has no earlier edge."""
    if at > as_of:
        return False
    return period == "never" or before(as_of, period, zone) < at
