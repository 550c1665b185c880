"""Time formats that can't mean what they say (P023): `%H` with `%p`, and `YYYY-MM-DD` for `%Y-%m-%d`."""

from __future__ import annotations

import re
from typing import Final

_DIRECTIVE: Final = re.compile(r"%[-_0]?[.:#]?[0-9]?([A-Za-z%])")
_LETTERS: Final = re.compile(r"Y{4}|y{4}|Y{2}|y{2}|MM|mm|DD|dd|HH|hh|ss|SS|A|a|tt|[A-Za-z]+|.", re.DOTALL)
_MEANT: Final = {
    "YYYY": "%Y", "yyyy": "%Y", "YY": "%y", "yy": "%y", "DD": "%d", "dd": "%d", "ss": "%S", "SS": "%S",
    "A": "%p", "a": "%p", "tt": "%p",
}  # fmt: skip
_HOURS: Final = ("HH", "hh")


def half_day_fault(form: str) -> str | None:
    """Return what a format with `%p` and a 24-hour `%H` or `%k` needs instead; None if it is fine."""
    used = [each[1] for each in _DIRECTIVE.finditer(form)]
    hour = next((each for each in used if each in "Hk"), None)
    return f'"%p" needs "%I", not "%{hour}"' if hour and "p" in used else None


def meant_format(text: str) -> str | None:
    """Return the format that letters such as `YYYY-MM-DD hh:mm a` mean; None if they mean none.

    `MM` after a colon or an hour is the minute, and so is `mm`, unless it is where a month is missing. `hh`
    is the hour of a 12-hour clock only if a part of the format says which half of the day it is.
    """
    pieces = _LETTERS.findall(text)
    if "%" in text or not {*pieces} & {"YYYY", "yyyy", "YY", "yy"} or not {*pieces} & {"DD", "dd"}:
        return None
    halves = {*pieces} & {"A", "a", "tt"}
    form, month = [], any(each == "MM" and not _in_time(pieces, i) for i, each in enumerate(pieces))
    for index, each in enumerate(pieces):
        if each in ("MM", "mm"):
            is_minute = _in_time(pieces, index) or (each == "mm" and month)
            form.append("%M" if is_minute else "%m")
        elif each in _HOURS:
            form.append("%I" if halves else "%H")
        else:
            form.append(_MEANT.get(each, each))
    return "".join(form) if "%m" in form else None


def letters_fault(text: str) -> str | None:
    """Ask whether the format that letters mean was intended; None if they mean none."""
    meant = meant_format(text)
    return f'did you mean "{meant}"?' if meant else None


def _in_time(pieces: list[str], index: int) -> bool:
    """Return whether a piece comes after a colon or right after the hour."""
    return index > 0 and (pieces[index - 1] == ":" or pieces[index - 1] in _HOURS)
