"""Swapped day and month: which format parses dates the other way, and whether that is likely (I122).

A worked example: an export of November has the dates `11/01/2026` to `11/12/2026`. `%d/%m/%Y` parses them as
the 11th of each month: 12 dates from 2026-01-11 to 2026-12-11, 334 days. Its twin `%m/%d/%Y` parses them as
November 1 to 12, 11 days. No day is past 12, and twice 334 is not within 11, so it is reported. Parsed
correctly, the dates span 11 days, and the other way 334. Twice 11 is within 334, so an export of the current
month so far is not reported.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterable

LAST_MONTH: Final = 12
_LEAST: Final = 3
_DIRECTIVE: Final = re.compile(r"%([-_0]?)([.:#]?[0-9]?[A-Za-z%])")
_DAY, _MONTH = ("d", "e"), ("m",)
_COMPOSED: Final = frozenset("bBhjFDvxc")


class Swapped(Struct, frozen=True):
    """Dates that were parsed by a format and also fit its twin: both ranges, first and last day."""

    form: str
    twin: str
    times: int
    declared: tuple[date, date]
    other: tuple[date, date]

    @property
    def message(self) -> str:
        """Return the message, with both ranges."""
        read = f'{count(self.times, "time")} read by "{self.form}" also fit "{self.twin}"'
        return (
            f"{read}: no day is past 12. As declared they run from {self.declared[0]} to {self.declared[1]}, "
            f"the other way from {self.other[0]} to {self.other[1]}."
        )


def twin(form: str) -> str | None:
    """Return a format with day and month swapped; None unless it has exactly one of each, as numbers."""
    found = list(_DIRECTIVE.finditer(form))
    days = [each for each in found if each[2] in _DAY]
    months = [each for each in found if each[2] in _MONTH]
    if len(days) != 1 or len(months) != 1 or any(each[2] in _COMPOSED for each in found):
        return None
    first, second = sorted((days[0], months[0]), key=lambda each: each.start())
    between = form[first.end() : second.start()]
    return f"{form[: first.start()]}{second[0]}{between}{first[0]}{form[second.end() :]}"


def swapped(form: str, days: Iterable[date], times: int) -> Swapped | None:
    """Return both readings of some dates if the other one was probably meant; None if not.

    `days` are the distinct local dates of all the `times` cells that the format parsed, from all files of a
    source and before any window. They are reported if (a) no day is past 12, (b) at least 3 of the dates have
    a day that differs from their month, and (c) not `2 * span <= twin's span`, where spans are in days from
    the first to the last date.
    """
    other_form, read = twin(form), set(days)
    if other_form is None or not read or any(each.day > LAST_MONTH for each in read):
        return None
    if sum(each.day != each.month for each in read) < _LEAST:
        return None
    other = {date(each.year, each.day, each.month) for each in read}
    span, twin_span = max(read) - min(read), max(other) - min(other)
    if 2 * span <= twin_span:
        return None
    return Swapped(form, other_form, times, (min(read), max(read)), (min(other), max(other)))
