"""The smallest words of a rule file as pydantic types: text, numbers, and a few of their own.

Each fault is a `PydanticCustomError` whose type is the code of a problem and whose context has its message
and hint; `rules.translate` adds the place.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from flamescore.rules.moments import parse_moment
from flamescore.tree import node_of
from flamescore.units import MAX_POINTS
from flamescore.zones import NO_PLACE, names_no_place

Number = int | Decimal

MAX_BOUND: Final = 10**12
MAX_COUNT: Final = 10**9
MAX_DECIMALS: Final = 4


def fault(code: str, message: str, hint: str | None = None) -> PydanticCustomError:
    """Make the error that becomes a problem of this code."""
    return PydanticCustomError(code, "{message}", {"message": message, "hint": hint})


def shown(value: Any) -> str:  # noqa: ANN401 - what YAML can hold
    """Say what a value is, for a message."""
    return node_of(value).shown()


def wrong(value: Any, wanted: str, hint: str | None = None) -> PydanticCustomError:  # noqa: ANN401
    """Make the error of a value of the wrong kind."""
    return fault("R022", f"{{key}} must be {wanted}, but is {shown(value)}.", hint)


def decimals(number: Number) -> int:
    """Return how many decimals a number has, needless zeros aside; exact whatever its size."""
    if isinstance(number, int) or not number:
        return 0
    digits, exponent = number.as_tuple().digits, int(number.as_tuple().exponent)
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    return max(0, -(exponent + zeros))


def is_number(value: Any) -> bool:  # noqa: ANN401
    """Whether the value is a number; `true` is none."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _text(value: Any) -> str:  # noqa: ANN401
    if not isinstance(value, str):
        hint = (
            f"Put it in quotes: '{node_of(value).written}'."
            if is_number(value) or value in (True, False)
            else None
        )
        raise wrong(value, "a text", hint)
    return value


def _name(value: Any) -> str:  # noqa: ANN401
    if not _text(value).strip():
        raise fault("R025", "{key} is an empty text.")
    return str(value)


def _boolean(value: Any) -> bool:  # noqa: ANN401
    if not isinstance(value, bool):
        meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(str(value).lower())
        raise wrong(value, "`true` or `false`", f"Write `{meant}`." if meant else None)
    return value


def _bounded(value: Any, most: int) -> Number:  # noqa: ANN401
    if not is_number(value):
        hint = "Take the quotes off." if isinstance(value, str) and _reads_as_number(value) else None
        from_event = isinstance(value, dict) and "from" in value
        raise wrong(value, "a number", "`{from: ...}` is for rules with `event`." if from_event else hint)
    if decimals(value) > MAX_DECIMALS:
        raise fault("R050", f"{{key}} is {node_of(value).written}, which has more than four decimals.")
    if abs(value) > most:
        raise fault("R051", f"{{key}} is {node_of(value).written}; it can be {most:,} at most, either way.")
    return value  # type: ignore[no-any-return]


def _reads_as_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", text.strip()) is not None


def _points(value: Any) -> Number:  # noqa: ANN401
    return _bounded(value, MAX_POINTS)


def _bound(value: Any) -> Number:  # noqa: ANN401
    return _bounded(value, MAX_BOUND)


def _times(value: Any) -> int:  # noqa: ANN401
    if not is_number(value):
        raise wrong(value, "a whole number above 0")
    if not 1 <= value <= MAX_COUNT or value != int(value):
        message = f"{{key}} is {node_of(value).written}; it must be a whole number from 1 to {MAX_COUNT:,}."
        raise fault("R055", message)
    return int(value)


def _count(value: Any) -> str | int:  # noqa: ANN401
    ways = "Write `count: once`, `count: each`, or a number such as `count: 3`."
    if isinstance(value, str) and value in ("once", "each"):
        return value
    if not is_number(value):
        raise fault("R054", f"{{key}} is {shown(value)}, which is no way to count.", ways)
    if not 1 <= value <= MAX_COUNT or value != int(value):
        message = f"{{key}} is {node_of(value).written}; it must be a whole number from 1 to {MAX_COUNT:,}."
        raise fault("R054", message, ways)
    return int(value)


def _operand(value: Any) -> Number | str:  # noqa: ANN401
    if is_number(value):
        return value  # type: ignore[no-any-return]
    if isinstance(value, str) and parse_moment(value) is None:
        hint = (
            "Take the quotes off."
            if _reads_as_number(value)
            else "A date is written 2026-11-21, a time 2026-11-21T09:00."
        )
        raise fault("R073", f"{{key}} is {shown(value)}, which is neither a number nor a date.", hint)
    if not isinstance(value, str):
        raise wrong(value, "a number or a date")
    return value


def _part(value: Any) -> str:  # noqa: ANN401
    if _text(value) == "":
        raise fault(
            "R072",
            "{key} is an empty text, which every text holds.",
            "For a missing value write `empty: true`.",
        )
    return str(value)


def _value(value: Any) -> str | Number | bool:  # noqa: ANN401
    if isinstance(value, list):
        raise wrong(value, "one value", "Write `in` (or `not_in`) for a list.")
    if isinstance(value, dict) or value is None:
        raise wrong(value, "a text, a number, `true` or `false`")
    return value  # type: ignore[no-any-return]


def _timezone(value: Any) -> str:  # noqa: ANN401
    from zoneinfo import available_timezones  # noqa: PLC0415 - it reads hundreds of files

    from flamescore.source import nearest  # noqa: PLC0415 - for a fault alone

    text = _text(value)
    if names_no_place(text):
        raise fault("R028", f"`{text}` {NO_PLACE}.")
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        meant = nearest(text, sorted(name for name in available_timezones() if not names_no_place(name)))
        hint = (
            f"Did you mean `{meant}`?"
            if meant
            else "Write a name such as `America/Phoenix` or `Europe/Berlin`."
        )
        raise fault("R028", f"There is no timezone `{text}`.", hint) from None
    return text


def _version(value: Any) -> int:  # noqa: ANN401
    if value != 1 or isinstance(value, bool) or not is_number(value):
        raise fault(
            "R027", f"{{key}} is {shown(value)}; this program reads version 1.", "Write `version: 1`."
        )
    return 1


def _undated(value: Any) -> str:  # noqa: ANN401
    if value not in ("keep", "skip"):
        raise fault("R026", f"{{key}} is {shown(value)}; it can be `keep` or `skip`.")
    return str(value)


def as_list(value: Any) -> Any:  # noqa: ANN401
    """Make a list of one of what is no list."""
    return value if isinstance(value, list) else [value]


def _one_or_more(text: dict[str, Any]) -> dict[str, Any]:
    one = {"type": "string", **text}
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


_NUMBER_SCHEMA = {"type": "number"}

Text = Annotated[str, PlainValidator(_text), WithJsonSchema({"type": "string"})]
Name = Annotated[str, PlainValidator(_name), WithJsonSchema({"type": "string", "pattern": "\\S"})]
Part = Annotated[str, PlainValidator(_part), WithJsonSchema({"type": "string", "minLength": 1})]
Boolean = Annotated[bool, PlainValidator(_boolean), WithJsonSchema({"type": "boolean"})]
Points = Annotated[
    Number,
    PlainValidator(_points),
    WithJsonSchema({**_NUMBER_SCHEMA, "minimum": -MAX_POINTS, "maximum": MAX_POINTS}),
]
Bound = Annotated[
    Number,
    PlainValidator(_bound),
    WithJsonSchema({**_NUMBER_SCHEMA, "minimum": -MAX_BOUND, "maximum": MAX_BOUND}),
]
Times = Annotated[
    int, PlainValidator(_times), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MAX_COUNT})
]
Count = Annotated[
    Literal["once", "each"] | int,
    PlainValidator(_count),
    WithJsonSchema(
        {"anyOf": [{"enum": ["once", "each"]}, {"type": "integer", "minimum": 1, "maximum": MAX_COUNT}]}
    ),
]
Operand = Annotated[Number | str, PlainValidator(_operand), WithJsonSchema({"type": ["number", "string"]})]
Value = Annotated[
    bool | Number | str, PlainValidator(_value), WithJsonSchema({"type": ["string", "number", "boolean"]})
]
Timezone = Annotated[str, PlainValidator(_timezone), WithJsonSchema({"type": "string"})]
Version = Annotated[Literal[1], PlainValidator(_version), WithJsonSchema({"const": 1})]
Names = Annotated[
    tuple[Name, ...],
    Field(min_length=1),
    BeforeValidator(as_list),
    WithJsonSchema(_one_or_more({"pattern": "\\S"})),
]
Parts = Annotated[
    tuple[Part, ...],
    Field(min_length=1),
    BeforeValidator(as_list),
    WithJsonSchema(_one_or_more({"minLength": 1})),
]
Undated = Annotated[
    Literal["keep", "skip"], PlainValidator(_undated), WithJsonSchema({"enum": ["keep", "skip"]})
]
