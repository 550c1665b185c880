"""Periods and percentages of a rule file as pydantic types."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import PlainValidator, WithJsonSchema

from flamescore.rules.words import MAX_DECIMALS, decimals, fault, is_number, shown, wrong
from flamescore.units import CALENDAR, SECONDS, Period, parse_percent, parse_period

if TYPE_CHECKING:
    from pydantic_core import PydanticCustomError

_MAX_SECONDS: Final = 10_000 * 366 * SECONDS["d"]
_LOOSE_PERIOD = re.compile(r"([0-9]+) ?([^\W\d_]+)\.?")
_UNITS: Final = "`s`, `min`, `h`, `d`, `w`, `mo` or `y`"
_LONG_UNITS: Final = {
    "second": "s", "sec": "s", "minute": "min", "mins": "min", "hour": "h", "hr": "h", "day": "d",
    "week": "w", "wk": "w", "month": "mo", "mon": "mo", "mth": "mo", "year": "y", "yr": "y",
}  # fmt: skip


def read_period(value: Any) -> Period:  # noqa: ANN401
    """Read a period, or raise the fault that tells what is wrong with it."""
    if not isinstance(value, str):
        hint = f"Write the unit after it: `{value}d` for days." if is_number(value) else None
        raise wrong(value, "a period such as `30d`", hint)
    period = parse_period(value) if len(value) < 50 else None  # noqa: PLR2004 - no such period is meant
    if period is None:
        raise _bad_period(value)
    days = {"mo": 31, "y": 366}.get(period.unit, 0) * SECONDS["d"]
    if period.count * (days or SECONDS.get(period.unit, 0)) > _MAX_SECONDS:
        message = f"{{key}} is `{period}`, which is longer than ten thousand years."
        raise fault("R060", message, "For an `expires` without end write `never`.")
    return period


def _bad_period(value: str) -> PydanticCustomError:
    loose = _LOOSE_PERIOD.fullmatch(value.strip())
    if loose is not None and loose[2] == "m":
        message = f"{{key}} is `{value}`, and `m` could mean minutes or months."
        return fault("R061", message, f"Write `{loose[1]}min` for minutes or `{loose[1]}mo` for months.")
    if loose is not None and int(loose[1]) == 0:
        return fault("R062", f"{{key}} is `{value}`; a period is longer than nothing.")
    hint = f"A period is a whole number and a unit, {_UNITS}: `30d`."
    if loose is not None:
        unit = loose[2].lower()
        meant = (
            _LONG_UNITS.get(unit)
            or _LONG_UNITS.get(unit.removesuffix("s"))
            or (unit if unit in SECONDS else None)
        )
        hint = f"Did you mean `{loose[1]}{meant}`?" if meant else hint
    return fault("R060", f"{{key}} is {shown(value)}, which is no period.", hint)


def _expires(value: Any) -> Period | Literal["never"]:  # noqa: ANN401
    return "never" if value == "never" else read_period(value)


def _fixed(value: Any) -> Period:  # noqa: ANN401
    period = read_period(value)
    if period.unit in CALENDAR:
        message = f"{{key}} is `{period}`; months and years have no fixed length."
        raise fault("R063", message, "Write it in `s`, `min`, `h`, `d` or `w`.")
    return period


def _days(value: Any) -> Period:  # noqa: ANN401
    period = read_period(value)
    if period.days is None:
        raise fault(
            "R064", f"{{key}} is `{period}`; a decay steps in days or weeks.", "Write it in `d` or `w`."
        )
    return period


def _calendar(value: Any) -> Period:  # noqa: ANN401
    period = read_period(value)
    if period.unit in ("s", "min", "h"):
        message = f"{{key}} is `{period}`; dates compare by calendar day."
        raise fault("R065", message, "Write it in `d`, `w`, `mo` or `y`.")
    return period


def read_percent(value: Any) -> Decimal:  # noqa: ANN401
    """Read a percentage of a decay, from above 0 to 100, or raise what is wrong with it."""
    if not isinstance(value, str):
        hint = "Write it with its sign: `1%`." if is_number(value) else None
        raise wrong(value, "a percentage such as `1%`", hint)
    percent = parse_percent(value)
    if percent is None:
        raise fault(
            "R066", f"{{key}} is {shown(value)}, which is no percentage.", "Write one such as `1%` or `0.5%`."
        )
    if decimals(percent) > MAX_DECIMALS:
        raise fault("R067", f"{{key}} is `{value}`, which has more than four decimals.")
    if not 0 < percent <= 100:  # noqa: PLR2004 - all of it
        raise fault("R067", f"{{key}} is `{value}`; it must be above 0% and at most 100%.")
    return percent


def _fade(value: Any) -> Decimal | Literal["none"]:  # noqa: ANN401
    if value == "none":
        return "none"
    if isinstance(value, str) and parse_percent(value) is None:
        hint = "Write `none`, a percentage a day such as `1%`, or a form such as `{half_life: 30d}`."
        raise fault("R066", f"{{key}} is {shown(value)}, which is neither `none` nor a percentage.", hint)
    return read_percent(value)


_PERIOD_SCHEMA = {"type": "string", "pattern": "^[0-9]*[1-9][0-9]* ?(s|min|h|d|w|mo|y)$"}
Expires = Annotated[
    Period | Literal["never"],
    PlainValidator(_expires),
    WithJsonSchema({"anyOf": [{"const": "never"}, _PERIOD_SCHEMA]}),
]
AnyPeriod = Annotated[Period, PlainValidator(read_period), WithJsonSchema(_PERIOD_SCHEMA)]
FixedPeriod = Annotated[
    Period,
    PlainValidator(_fixed),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]*[1-9][0-9]* ?(s|min|h|d|w)$"}),
]
DaysPeriod = Annotated[
    Period, PlainValidator(_days), WithJsonSchema({"type": "string", "pattern": "^[0-9]*[1-9][0-9]* ?(d|w)$"})
]
CalendarPeriod = Annotated[
    Period,
    PlainValidator(_calendar),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]*[1-9][0-9]* ?(d|w|mo|y)$"}),
]
Percent = Annotated[
    Decimal,
    PlainValidator(read_percent),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)? ?%$"}),
]
Fade = Annotated[
    Decimal | Literal["none"],
    PlainValidator(_fade),
    WithJsonSchema({"anyOf": [{"const": "none"}, {"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)? ?%$"}]}),
]
