"""The types of single values in the project file: how they are read, and their names in the docs."""

from __future__ import annotations

import codecs
import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from flamescore.findings import AtMost
from flamescore.format_faults import half_day_fault, letters_fault
from flamescore.invisible import bare_ends
from flamescore.number_format import DECIMALS as DECIMAL_MARKS
from flamescore.number_format import THOUSANDS, read_numbers
from flamescore.project.variables import malformed, variables
from flamescore.schema_reader import At, Value, ValueType, items
from flamescore.units import NO_PLACE, Period, count, names_no_place, parse_percent, parse_period, parse_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flamescore.schema_reader import Shape


Cell = str | bool | int | Decimal
"""The types that a cell may be compared with."""

NewestWithin = Period | dict[str, Period]
"""How old the newest event may be: for a source, or for event types in it."""


class RejectLimit(Struct, frozen=True):
    """How many rejects a source may have: a share of its rows in percent, or a number of rows."""

    number: Decimal
    share: bool

    def allows(self, rejected: int, rows: int) -> bool:
        """Return whether this many rejects among this many rows are allowed."""
        return rejected * 100 <= self.number * rows if self.share else rejected <= self.number

    @property
    def written(self) -> str:
        """Return the limit in the syntax of the project file: `5%`, `20`."""
        return f"{self.number}%" if self.share else f"{self.number}"

    def __str__(self) -> str:
        return self.written if self.share else count(int(self.number), "row")


EPOCHS: Final = ("epoch_s", "epoch_ms", "epoch_us")
NONE: Final = "none"
_OF_THE_WEB: Final = ("https://", "http://")
FIND: Final = "find"
"""The value of `header` that searches for the header."""

EXCEL: Final = "excel"
"""Days since 1899-12-30, with a fraction: how a spreadsheet stores a local time."""
_DIRECTIVES: Final = "YymdbBehHIMSpfzZjaATFDRrMk"
_KNOWN: Final = (
    "%Y %y %m %d %b %B %e %H %I %M %S %p %f %z %Z %j %a %A %T %F %D %R and epoch_s, epoch_ms, epoch_us, excel"
)
_DIRECTIVE = re.compile(r"%(?:[-_0])?([.:#]?(?:[369]f|[A-Za-z%]))")
_MODE = re.compile(r"0?[0-7]{3}")
_ENCODING_ALIASES: Final = {"windows1252": "cp1252", "latin1": "latin-1", "ansi": "cp1252"}


def parse_limit(text: str) -> RejectLimit | None:
    """Parse `1%`, or a whole number of rows; return None if it is neither."""
    percent = parse_percent(text)
    if percent is not None:
        return RejectLimit(percent, share=True) if percent <= 100 else None  # noqa: PLR2004 - a percentage
    return RejectLimit(Decimal(text), share=False) if re.fullmatch(r"[0-9]{1,15}", text.strip()) else None


def _text(value: object) -> str:
    if isinstance(value, str) and value.strip():
        return value
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(value)
    msg = f"must be text, not {'empty' if isinstance(value, str) else _shown(value)}"
    raise ValueError(msg)


def _cell(value: object) -> str:
    return ("false", "true")[value] if isinstance(value, bool) else "" if value == "" else _text(value)


def _texts(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list | tuple) else [value]
    if not items:
        msg = "must not be an empty list"
        raise ValueError(msg)
    return tuple(_text(item) for item in items)


def _values(value: object) -> tuple[Cell, ...]:
    """Read a value or a list of values: texts, numbers and Booleans, unchanged."""
    items = value if isinstance(value, list | tuple) else [value]
    return tuple(item if isinstance(item, bool | int | Decimal) else _cell(item) for item in items)


def _separator(value: object) -> str:
    if isinstance(value, str) and value.strip():
        return value
    found = "white space alone" if isinstance(value, str) else _shown(value)
    msg = f"must be what separates two values, such as `;`, not {found if value != '' else 'empty'}"
    raise ValueError(msg)


def _pattern(value: object) -> str:
    text = _text(value)
    try:
        groups = re.compile(text).groups
    except re.error as error:
        msg = f"is not a valid regular expression: {error}"
        raise ValueError(msg) from None
    if groups != 1:
        msg = f"must have one group in brackets, and has {groups}"
        raise ValueError(msg)
    return text


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        msg = f"must be a list of texts, not {_shown(value)}"
        raise ValueError(msg)  # noqa: TRY004 - `_setting` catches ValueErrors
    return tuple(_cell(item) for item in value)


def _limit(value: object) -> RejectLimit:
    limit = value if isinstance(value, RejectLimit) else parse_limit(str(value))
    if limit is None or isinstance(value, bool):
        msg = f"must be a percentage such as `1%` or a number of rows, not {_shown(value)}"
        raise ValueError(msg)
    return limit


def _at_most(value: object) -> AtMost:
    limit = None if isinstance(value, bool) else parse_limit(str(value))
    if limit is None:
        msg = f"must be a number such as `20` or a percentage such as `1%`, not {_shown(value)}"
        raise ValueError(msg)
    return AtMost(limit.number, limit.share)


def _day(value: object) -> date:
    day = parse_time(value.strip()) if isinstance(value, str) else None
    if day is None or isinstance(day, datetime):
        msg = f"must be a day such as `2027-03-31`, not {_shown(value)}"
        raise ValueError(msg)
    return day


def _fail_on(value: object) -> str:
    if value not in ("error", "warning"):
        msg = f"must be `error` or `warning`, not {_shown(value)}"
        raise ValueError(msg)
    return str(value)


def _period(value: object) -> Period:
    period = value if isinstance(value, Period) else parse_period(str(value))
    if period is None:
        msg = f"must be a period such as `36h` or `2d`, not {_shown(value)}"
        raise ValueError(msg)
    return period


def _kept(value: object) -> Period | None:
    """Read a period, or `none`."""
    period = value if isinstance(value, Period) else parse_period(str(value))
    if period is None and value != NONE:
        msg = f"must be a period such as `90d`, or `{NONE}`, not {_shown(value)}"
        raise ValueError(msg)
    return period


def _web_address(value: object) -> str:
    """Read a web URL, or a text with variables that yields one."""
    text = _text(value)
    if malformed(text):
        msg = "must name variables as `${PING_URL}`, and does not"
        raise ValueError(msg)
    if not variables(text) and not text.startswith(_OF_THE_WEB):
        msg = "must be a URL that begins with `https://` or `http://`, or a variable such as `${PING_URL}`"
        raise ValueError(msg)
    return text


def _newest_within(value: object) -> NewestWithin:
    """Read a period, or periods by event type."""
    if not isinstance(value, dict):
        return _period(value)
    if not value:
        msg = "must be a period, or name event types with a period each, not empty"
        raise ValueError(msg)
    return {bare_ends(str(name)): _period(period) for name, period in value.items()}


def _zone(value: object) -> ZoneInfo:
    if isinstance(value, ZoneInfo):
        return value
    if isinstance(value, str) and names_no_place(value):
        msg = f"is {_shown(value)}, which {NO_PLACE}"
        raise ValueError(msg)
    try:
        return ZoneInfo(value if isinstance(value, str) else "")
    except (ValueError, OSError, LookupError) as error:
        msg = f"must be a time zone such as `America/Phoenix`, not {_shown(value)}"
        raise ValueError(msg) from error


def _as_of(value: object) -> str:
    if isinstance(value, str) and (value in ("now", "today") or parse_time(value) is not None):
        return value
    known = "`now`, `today`, a date or an instant such as `2026-11-21T02:00:00Z`"
    msg = f"must be {known}, not {_shown(value)}"
    raise ValueError(msg)


def _formats(value: object) -> tuple[str, ...]:
    formats = _texts(value)
    for text in formats:
        _check_format(text)
    return formats


def _check_format(text: str) -> None:
    """Raise a `ValueError` for a format that matches nothing, or that drops what it seems to read."""
    if text in (*EPOCHS, EXCEL):
        return
    fault = half_day_fault(text) or letters_fault(text)
    if fault is not None:
        msg = f"`{text}`: {fault}"
        raise ValueError(msg)
    used = [each.lstrip(".:#369") for each in _DIRECTIVE.findall(text)]
    unknown = [each for each in used if each not in _DIRECTIVES and each != "%"]
    if unknown or text.count("%") != sum(2 if each == "%" else 1 for each in used):
        bad = f"`%{unknown[0]}`" if unknown else "a lone `%`"
        msg = f"`{text}` is not a time format: {bad} is unknown. Use {_KNOWN}"
        raise ValueError(msg)
    dated = {*used} & set("FD") or (
        {*used} & set("Yy") and ({*used} & set("j") or ({*used} & set("mbBh") and {*used} & set("de")))
    )
    if not dated or ("I" in used and "p" not in used):
        msg = f"`{text}` is incomplete: it needs year, month and day, and %p with %I"
        raise ValueError(msg)


def _mode(value: object) -> int:
    if _MODE.fullmatch(str(value)) is None or isinstance(value, bool):
        msg = f"must be a file mode such as `0640`, not {_shown(value)}"
        raise ValueError(msg)
    return int(str(value), 8)


def _encoding(value: object) -> str:
    name = value if isinstance(value, str) else ""
    plain = re.sub(r"[-_ ]", "", name.lower())
    known = _ENCODING_ALIASES.get(plain, name)
    try:
        "a".encode(known).decode(known)
        codecs.getincrementaldecoder(known)
    except (LookupError, UnicodeError) as error:
        msg = f"must be an encoding such as `windows-1252` or `latin-1`, not {_shown(value)}"
        raise ValueError(msg) from error
    return known


def _character(value: object) -> str:
    named = {"tab": "\t", "\\t": "\t"}.get(value, value) if isinstance(value, str) else ""
    if len(named) != 1 or not named.isascii() or named.isalnum() or named in "\r\n\0":
        msg = f"must be a single character such as `;` or `tab`, not {_shown(value)}"
        raise ValueError(msg)
    return named


def _quote(value: object) -> str:
    return "" if value in ("none", "") else _character(value)


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    kinds = {dict: "a mapping", list: "a list", bool: f"`{str(value).lower()}`"}
    return kinds.get(type(value), f"`{value}`")


# --- types -------------------------------------------------------------------------------------------


class Setting(ValueType, frozen=True, kw_only=True):
    """The type of a value that may also come from a flag or a variable.

    `of` reads the value from YAML or the command line, and raises a `ValueError` that describes any fault.
    """

    of: Callable[[object], Value]


def _setting(schema: Mapping[str, Any], words: str, of: Callable[[object], Value]) -> Setting:
    def read(at: At) -> Value:
        try:
            return of(at.node.plain())
        except ValueError as error:
            text = f"{at.label} {error}"
            at.refuse("P023", text if text.endswith("?") else f"{text}.")

    return Setting(read, schema, words, of=of)


def of_text(words: str, of: Callable[[str], Value]) -> Setting:
    """Return the type of a text; `of` reads it, or raises a `ValueError` that describes what it must be."""
    return _setting({"type": "string"}, words, lambda value: of(_text(value)))


def whole(least: int, most: int) -> Setting:
    """Return the type of a whole number between two bounds, both inclusive."""
    words = f"whole number from {least} to {most:,}"

    def of(value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        msg = f"must be a {words}, not {_shown(value)}"
        raise ValueError(msg)

    return _setting({"type": "integer", "minimum": least, "maximum": most}, words, of)


def value_or(value: Setting, shape: Shape) -> Setting:
    """Return the type of a single value, or of a mapping of this shape with at least one key."""

    def read(at: At) -> Value:
        if at.node.kind != "mapping":
            return value.read(at)
        if not at.keys:
            at.refuse(*at.reading.empty(at))
        return shape.read(at)

    several = {"allOf": [shape.type.schema], "minProperties": 1}
    return Setting(read, {"anyOf": [value.schema, several]}, f"{value.words}, or a mapping", of=value.of)


def one_of(*choices: str) -> ValueType:
    """Return the type of a choice between a few words."""
    *most, last = [f"`{choice}`" for choice in choices]
    words = f"{', '.join(most)} or {last}" if most else last

    def read(at: At) -> str:
        if at.node.scalar not in choices:
            at.wrong(words)
        return str(at.node.scalar)

    return ValueType(read, {"enum": list(choices)}, words)


def sources(section: ValueType, words: str = "list of sources") -> ValueType:
    """Return the type of a list of sections."""

    def read(at: At) -> Value:
        if at.node.kind != "list":
            at.wrong("a list; begin each of its entries with `-`")
        return items(at, section)

    return ValueType(read, {"type": "array", "items": section.schema}, words)


def _boolean(at: At) -> bool:
    if at.node.kind != "boolean":
        at.wrong("`true` or `false`")
    return at.node.scalar is True


def _header(at: At) -> bool | str:
    if at.node.scalar == FIND:
        return FIND
    if at.node.kind != "boolean":
        at.wrong(f"`true`, `false` or `{FIND}`")
    return at.node.scalar is True


def _version(at: At) -> int:
    if at.node.scalar != 1:
        at.wrong("1")
    return 1


_SCALAR: Final = {"type": ["string", "number"]}
_ANY_CELL: Final = {"type": ["string", "number", "boolean"]}
_TEXT_OR_LIST: Final = {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR, "minItems": 1}]}
_FLAG: Final = {"type": "boolean"}
_FORMAT: Final = {
    "type": "object",
    "properties": {
        "decimal": {"enum": list(DECIMAL_MARKS)},
        "thousands": {"enum": list(THOUSANDS)},
        "currency": {"anyOf": [_FLAG, {"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        "percent": _FLAG,
        "parentheses": _FLAG,
    },
    "additionalProperties": False,
}
_NUMBERS: Final = {"anyOf": [_FORMAT, {"type": "object", "additionalProperties": _FORMAT}]}
_STRING: Final = {"type": "string"}

TEXT: Final = _setting(_SCALAR, "text", _text)
CELL: Final = _setting(_ANY_CELL, "text", _cell)
HEADERS: Final = _setting(_TEXT_OR_LIST, "header or list of headers", _texts)
WORDS: Final = _setting({"type": "array", "items": _SCALAR}, "list of texts", _words)
VALUES: Final = _setting(
    {"anyOf": [_ANY_CELL, {"type": "array", "items": _ANY_CELL, "minItems": 1}]}, "value or values", _values
)
SEPARATOR: Final = _setting({"type": "string", "pattern": "\\S"}, "text", _separator)
PATTERN: Final = _setting(_STRING, "regular expression", _pattern)
LIMIT: Final = _setting(_SCALAR, "percentage or number of rows", _limit)
AT_MOST: Final = _setting(_SCALAR, "number or percentage", _at_most)
DAY: Final = _setting(_STRING, "day", _day)
FAIL_ON: Final = _setting({"enum": ["error", "warning"]}, "`error` or `warning`", _fail_on)
AGE: Final = _setting(_STRING, "period", _period)
KEPT: Final = _setting(_STRING, f"period or `{NONE}`", _kept)
WEB: Final = _setting(_STRING, "URL, or `${VARIABLE}`", _web_address)
NEWEST: Final = _setting(
    {"anyOf": [_STRING, {"type": "object", "additionalProperties": _STRING, "minProperties": 1}]},
    "period, or event: period",
    _newest_within,
)
FLAMES: Final = whole(1, 5)
DECIMALS: Final = whole(0, 4)
RUNS: Final = whole(1, 1_000_000)
LINES: Final = whole(0, 1_000_000)
ZONE: Final = _setting(_STRING, "time zone", _zone)
AS_OF: Final = _setting(_STRING, "`now`, `today`, date or instant", _as_of)
FORMATS: Final = _setting(_TEXT_OR_LIST, "format or list of formats", _formats)
NUMBERS: Final = _setting(_NUMBERS, "format, or column: format", read_numbers)
MODE: Final = _setting(_SCALAR, "file mode", _mode)
ENCODING: Final = _setting(_STRING, "encoding", _encoding)
CHARACTER: Final = _setting(_STRING, "character or `tab`", _character)
QUOTE: Final = _setting(_STRING, "character or `none`", _quote)
HEADER: Final = ValueType(_header, {"enum": [True, False, FIND]}, "`true`, `false` or `find`")
BOOLEAN: Final = ValueType(_boolean, {"type": "boolean"}, "`true` or `false`")
VERSION: Final = ValueType(_version, {"const": 1}, "`1`")
CONDITION: Final = ValueType(lambda at: at.node.plain(), {}, "condition")
"""A condition of the rule language; the reader of that language reads it."""
