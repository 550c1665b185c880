"""The types of a rule file's single values: texts, numbers, periods, percentages, and a few words.

Points and bounds are read as ten-thousandths, percentages as shares from 0 to 1, all others as written.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NoReturn
from zoneinfo import ZoneInfo

from flamescore.invisible import bare_ends, seen_ends
from flamescore.rules.reading import listing, rule_reading
from flamescore.schema_reader import At, Value, ValueType, items
from flamescore.units import (
    CALENDAR,
    MAX_POINTS,
    NO_PLACE,
    SECONDS,
    Period,
    from_local,
    names_no_place,
    parse_percent,
    parse_period,
    parse_time,
    to_local,
    to_points,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_BOUND: Final = 10**12
_MAX_COUNT: Final = 10**9
_MAX_DECIMALS: Final = 4
_MAX_SECONDS: Final = 10_000 * 366 * SECONDS["d"]
_LONGEST_PERIOD: Final = 50
_ENDS: Final = 2
_PERCENT: Final = Decimal(100)

# --- texts -------------------------------------------------------------------------------------------


def _text(at: At) -> str:
    node = at.node
    if node.kind != "text":
        quoted = node.kind in ("number", "boolean")
        at.wrong("text", f"Put it in quotes: '{node.written}'." if quoted else None)
    return node.written


def _name(at: At) -> str:
    text = _text(at)
    if not text.strip():
        at.refuse("R025", f"{at.label} is an empty text.")
    return text


def _word(at: At) -> str:
    text = bare_ends(_text(at))
    if not text:
        at.refuse("R025", f"{at.label} is an empty text.")
    return text


def _part(at: At) -> str:
    text = seen_ends(_text(at))
    if text == "":
        hint = "For missing values use `empty: true`."
        at.refuse("R072", f"{at.label} is empty, so every value would match.", hint)
    return text


def _timezone(at: At) -> ZoneInfo:
    from zoneinfo import available_timezones  # noqa: PLC0415 - it reads hundreds of files

    from flamescore.yaml_tree import nearest  # noqa: PLC0415 - only needed for a fault

    text = _text(at)
    if names_no_place(text):
        at.refuse("R028", f"`{text}` {NO_PLACE}.")
    try:
        rule_reading(at).zone = ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        meant = nearest(text, sorted(name for name in available_timezones() if not names_no_place(name)))
        example = "Write a name such as `America/Phoenix` or `Europe/Berlin`."
        at.refuse("R028", f"There is no timezone `{text}`.", f"Did you mean `{meant}`?" if meant else example)
    return rule_reading(at).zone


def _undated(at: At) -> str:
    if at.node.written not in ("keep", "skip"):
        at.refuse("R026", f"{at.label} is {at.node.shown()}; it can be `keep` or `skip`.")
    return at.node.written


TEXT: Final = ValueType(_text, {"type": "string"})
NAME: Final = ValueType(_name, {"type": "string", "pattern": "\\S"})
WORD: Final = ValueType(_word, NAME.schema)
"""A tag or an event type, stripped in the same way as the cells that it is compared with."""

PART: Final = ValueType(_part, {"type": "string", "minLength": 1})
TIMEZONE: Final = ValueType(_timezone, {"type": "string"})
UNDATED: Final = ValueType(_undated, {"enum": ["keep", "skip"]})

# --- truth and numbers -------------------------------------------------------------------------------


def _boolean(at: At) -> bool:
    if at.node.kind != "boolean":
        meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(at.node.written.lower())
        at.wrong("`true` or `false`", f"Write `{meant}`." if meant else None)
    return at.node.scalar is True


def _version(at: At) -> int:
    if at.node.kind != "number" or at.node.scalar != 1:
        message = f"{at.label} is {at.node.shown()}; this program reads version 1."
        at.refuse("R027", message, "Write `version: 1`.")
    return 1


def _number(at: At) -> int | Decimal:
    assert at.node.number is not None
    return at.node.number


def _up_to(most: int) -> ValueType:
    """Return the type of a number with at most four decimals, read as ten-thousandths."""

    def read(at: At) -> int:
        if at.node.number is None:
            quoted = at.node.kind == "text" and _reads_as_number(at.node.written)
            hint = "`{from: ...}` is for rules with `event`." if "from" in at.keys else None
            at.wrong("a number", "Take the quotes off." if quoted else hint)
        if _decimals(_number(at)) > _MAX_DECIMALS:
            at.refuse("R050", f"{at.label} is {at.node.written}, which has more than four decimals.")
        if not -most <= _number(at) <= most:
            at.refuse("R051", f"{at.label} is {at.node.written}; it can be {most:,} at most, either way.")
        points = to_points(_number(at))
        assert points is not None
        return points

    return ValueType(read, {"type": "number", "minimum": -most, "maximum": most})


def _decimals(number: int | Decimal) -> int:
    """Return the number of decimals of a number without trailing zeros; exact for any size."""
    if isinstance(number, int) or not number:
        return 0
    digits, exponent = number.as_tuple().digits, int(number.as_tuple().exponent)
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    return max(0, -(exponent + zeros))


def _reads_as_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", text.strip()) is not None


def _whole(at: At, code: str, hint: str | None = None, *, least: int = 1) -> int:
    number = _number(at)
    if not least <= number <= _MAX_COUNT or number != int(number):
        wanted = f"a whole number from {least} to {_MAX_COUNT:,}"
        message = f"{at.label} is {at.node.written}; it must be {wanted}."
        at.refuse(code, message, hint)
    return int(number)


def _times(at: At) -> int:
    if at.node.kind != "number":
        at.wrong("a whole number above 0")
    return _whole(at, "R055")


def _several(at: At) -> int:
    if at.node.kind != "number":
        at.wrong("a whole number above 1")
    return _whole(at, "R055", "A burst needs at least two events.", least=2)


def _at_most(at: At) -> int:
    if at.node.kind != "number":
        at.wrong("a whole number")
    return _whole(at, "R055", least=0)


def _count(at: At) -> int | None:
    ways = "Use `once`, `each` or a number such as `3`."
    if at.node.kind == "number":
        return _whole(at, "R054", ways)
    if at.node.written not in ("once", "each"):
        at.refuse("R054", f"{at.label}: {at.node.shown()} is not a count.", ways)
    return 1 if at.node.written == "once" else None


def _plain_number(at: At) -> Decimal:
    if at.node.kind != "number":
        quoted = at.node.kind == "text" and _reads_as_number(at.node.written)
        at.wrong("a number", "Take the quotes off." if quoted else None)
    return Decimal(_number(at))


BOOLEAN: Final = ValueType(_boolean, {"type": "boolean"})
VERSION: Final = ValueType(_version, {"const": 1})
NUMBER: Final = ValueType(_plain_number, {"type": "number"})
"""A number of any size, exactly as written."""

POINTS: Final = _up_to(MAX_POINTS)
BOUND: Final = _up_to(_MAX_BOUND)
TIMES: Final = ValueType(_times, {"type": "integer", "minimum": 1, "maximum": _MAX_COUNT})
SEVERAL: Final = ValueType(_several, {"type": "integer", "minimum": 2, "maximum": _MAX_COUNT})
"""A number of events, at least 2, for patterns that a single event can't form."""
AT_MOST: Final = ValueType(_at_most, {"type": "integer", "minimum": 0, "maximum": _MAX_COUNT})
COUNT: Final = ValueType(_count, {"anyOf": [{"enum": ["once", "each"]}, TIMES.schema]})
"""The number of latest occurrences that count; None for all."""

# --- operands of comparisons -------------------------------------------------------------------------


def _operand(at: At) -> Decimal | date | datetime:
    """Read the operand of an order comparison: a number, a calendar day, or an instant (UTC)."""
    if at.node.kind == "number":
        return Decimal(_number(at))
    if at.node.kind != "text":
        at.wrong("a number or a date")
    moment = parse_time(at.node.written.strip())
    if moment is None:
        example = "A date is written 2026-11-21, a time 2026-11-21T09:00."
        hint = "Take the quotes off." if _reads_as_number(at.node.written) else example
        at.refuse("R073", f"{at.label} is {at.node.shown()}, which is neither a number nor a date.", hint)
    if isinstance(moment, datetime) and moment.tzinfo is not UTC:
        return from_local(moment, rule_reading(at).zone)
    return moment


def _range(at: At) -> tuple[Decimal | date | datetime, ...]:
    """Read both inclusive ends of `between`: two numbers, or two dates or times, the lower one first.

    A date is compared with the calendar day of a time, as for cells: `[2026-11-21, 2026-11-21T09:00]` is that
    day up to nine. Where only one end has an offset, which is the lower one depends on the time zone.
    """
    both = "Write both ends, the lower one first: `[60, 600]`."
    if at.node.kind != "list":
        at.wrong("a list of two", both)
    if len(at.node.items) != _ENDS:
        at.refuse("R022", f"{at.label} must be a list of two, not one of {len(at.node.items)}.", both)
    low, high = ends = items(at, OPERAND)
    if isinstance(low, Decimal) is not isinstance(high, Decimal):
        message = f"{at.label} goes from a {_kind(low)} to a {_kind(high)}."
        at.refuse("R073", message, "Write two numbers, or two dates.")
    if isinstance(low, Decimal):
        backwards = low > high
    elif not rule_reading(at).knows_zone and len({_has_offset(each) for each in at.children}) > 1:
        return ends
    elif all(isinstance(end, datetime) for end in ends):
        backwards = low > high
    else:
        zone = rule_reading(at).zone
        first, last = (to_local(end, zone).date() if isinstance(end, datetime) else end for end in ends)
        backwards = first > last
    if backwards:
        written = [each.node.written for each in at.children]
        message = f"{at.label} goes from {written[0]} down to {written[1]}, so no cell can fit."
        at.refuse("R076", message, f"Write the lower end first: `[{written[1]}, {written[0]}]`.")
    return ends


def _has_offset(at: At) -> bool:
    moment = parse_time(at.node.written.strip())
    return isinstance(moment, datetime) and moment.tzinfo is UTC


def _kind(end: Decimal | date | datetime) -> str:
    return "number" if isinstance(end, Decimal) else "date"


def _cell(at: At) -> Value:
    if at.node.kind == "list":
        at.wrong("one value", "Write `in` (or `not_in`) for a list.")
    if at.node.kind == "mapping":
        at.wrong("text, a number, `true` or `false`")
    return at.node.scalar


OPERAND: Final = ValueType(_operand, {"type": ["number", "string"]})
RANGE: Final = ValueType(
    _range, {"type": "array", "items": OPERAND.schema, "minItems": _ENDS, "maxItems": _ENDS}
)
"""Two operands, the first of which is not above the second."""
CELL: Final = ValueType(_cell, {"type": ["string", "number", "boolean"]})

# --- periods -----------------------------------------------------------------------------------------

_UNITS: Final = ("s", "min", "h", "d", "w", "mo", "y")
_LONG_UNITS: Final = {
    "second": "s", "sec": "s", "minute": "min", "mins": "min", "hour": "h", "hr": "h", "day": "d",
    "week": "w", "wk": "w", "month": "mo", "mon": "mo", "mth": "mo", "year": "y", "yr": "y",
}  # fmt: skip


def _period_in(units: tuple[str, ...], code: str = "", why: str = "") -> ValueType:
    """Return the type of a period in some of the units; `code` and `why` are for periods in other units."""

    def read(at: At) -> Period:
        period = _period(at)
        if period.unit not in units:
            at.refuse(code, f"{at.label} is `{period}`; {why}.", f"Write it in {listing(units)}.")
        return period

    return ValueType(read, {"type": "string", "pattern": f"^[0-9]*[1-9][0-9]* ?({'|'.join(units)})$"})


def _period(at: At) -> Period:
    written = at.node.written
    if at.node.kind != "text":
        hint = f"Write the unit after it: `{written}d` for days." if at.node.kind == "number" else None
        at.wrong("a period such as `30d`", hint)
    period = parse_period(written) if len(written) < _LONGEST_PERIOD else None
    if period is None:
        _no_period(at)
    days = {"mo": 31, "y": 366}.get(period.unit, 0) * SECONDS["d"]
    if period.count * (days or SECONDS.get(period.unit, 0)) > _MAX_SECONDS:
        message = f"{at.label} is `{period}`, which is longer than ten thousand years."
        at.refuse("R060", message, "For an `expires` without end write `never`.")
    return period


def _no_period(at: At) -> NoReturn:
    written = at.node.written
    loose = re.fullmatch(r"([0-9]+) ?([^\W\d_]+)\.?", written.strip())
    if loose is not None and loose[2] == "m":
        message = f"{at.label}: in `{written}`, `m` could mean minutes or months."
        at.refuse("R061", message, f"Write `{loose[1]}min` for minutes or `{loose[1]}mo` for months.")
    if loose is not None and int(loose[1]) == 0:
        at.refuse("R062", f"{at.label}: a period must be longer than 0, not `{written}`.")
    hint = f"Use a number and a unit, {listing(_UNITS)}: `30d`."
    if loose is not None:
        unit = loose[2].lower()
        known = unit if unit in SECONDS else None
        meant = _LONG_UNITS.get(unit) or _LONG_UNITS.get(unit.removesuffix("s")) or known
        hint = f"Did you mean `{loose[1]}{meant}`?" if meant else hint
    at.refuse("R060", f"{at.label}: {at.node.shown()} is not a period.", hint)


def _or_word(word: str, other: ValueType, read_other: Callable[[At], Any] | None = None) -> ValueType:
    """Return a type that also accepts a word, which is read as None."""
    read = read_other or other.read
    return ValueType(
        lambda at: None if at.node.kind == "text" and at.node.written == word else read(at),
        {"anyOf": [{"const": word}, other.schema]},
    )


PERIOD: Final = _period_in(_UNITS)
FIXED_PERIOD: Final = _period_in(
    tuple(unit for unit in _UNITS if unit not in CALENDAR), "R063", "months and years vary in length"
)
DAYS: Final = _period_in(("d", "w"), "R064", "a decay steps in days or weeks")
CALENDAR_PERIOD: Final = _period_in(("d", "w", "mo", "y"), "R065", "dates compare by calendar day")
EXPIRES: Final = _or_word("never", PERIOD)
"""`never` is read as None."""

# --- percentages -------------------------------------------------------------------------------------


def _percent(at: At) -> Decimal:
    """Read a percentage of a decay, above 0 and at most 100, as a share of 1."""
    if at.node.kind != "text":
        hint = "Write it with its sign: `1%`." if at.node.kind == "number" else None
        at.wrong("a percentage such as `1%`", hint)
    percent = parse_percent(at.node.written)
    if percent is None:
        example = "Use one such as `1%` or `0.5%`."
        at.refuse("R066", f"{at.label}: {at.node.shown()} is not a percentage.", example)
    if _decimals(percent) > _MAX_DECIMALS:
        at.refuse("R067", f"{at.label} is `{at.node.written}`, which has more than four decimals.")
    if not 0 < percent <= _PERCENT:
        at.refuse("R067", f"{at.label} is `{at.node.written}`; it must be above 0% and at most 100%.")
    return percent / _PERCENT


def _fade(at: At) -> Decimal:
    if at.node.kind == "text" and parse_percent(at.node.written) is None:
        hint = "Write `none`, a percentage a day such as `1%`, or a form such as `{half_life: 30d}`."
        message = f"{at.label} is {at.node.shown()}, which is neither `none` nor a percentage."
        at.refuse("R066", message, hint)
    return _percent(at)


PERCENT: Final = ValueType(_percent, {"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)? ?%$"})
FADE: Final = _or_word("none", PERCENT, _fade)
"""`none` is read as None."""
