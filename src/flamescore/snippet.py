"""The line of a file that a problem is in, with a caret under the place."""

from __future__ import annotations

import re
from typing import Final

from flamescore.text import printable
from flamescore.urls import secrets

LONGEST: Final = 160
"""Characters that are shown of a line, ellipses aside."""

_BEFORE: Final = 40
"""Characters that are shown before a place too far right for the line's beginning to be shown."""

_LOOKED_AT: Final = 4_000
"""Characters that are looked at on each side of the place."""

_TORN: Final = re.compile(r"[^\s'\"<>]*")
_ELLIPSIS: Final = "…"


def snippet(line: str, column: int, width: int) -> tuple[str, str]:
    """Return a line as it may be shown, and the carets for a place of it, `width` characters from `column`.

    `column` is 1-based, 0 for none: no carets then. Characters that a terminal obeys are escaped, URLs lose
    their credentials, a line that is too long is cut around the place; the carets stay under it.
    """
    place = min(max(0, column - 1), len(line))  # a place past the line's end is its end
    first = max(0, place - _LOOKED_AT)
    at = place - first
    cells = _cells(line[first : first + at + _LOOKED_AT], torn=_in_a_url(line, first))
    start, end = _window(cells, at)
    cut_before, cut_after = first + start > 0, first + end < len(line)
    shown = _ELLIPSIS * cut_before + "".join(cells[start:end]) + _ELLIPSIS * cut_after
    if not column:
        return shown, ""
    before = "".join(cells[start:at])
    under = "".join(cells[at : min(at + max(1, width), end)])
    return shown, " " * (cut_before + _columns(before)) + "^" * max(1, _columns(under))


def _in_a_url(line: str, place: int) -> bool:
    """Say whether what stands before a place, up to white space or a quote, may begin a URL."""
    return ":/" in line[1 + max(line.rfind(each, 0, place) for each in " \t'\"<>") : place]


def _cells(line: str, *, torn: bool) -> list[str]:
    """Return what is shown of each character: itself, its escape, or nothing where it is secret."""
    line = line.replace("\t", " ")
    cells = list(line) if printable(line) == line else [printable(each) for each in line]
    gaps = list(secrets(line))
    if torn and (found := _TORN.match(line)):
        gaps.insert(0, (0, found.end(), _ELLIPSIS))
    for start, end, instead in gaps:
        cells[start:end] = [instead, *[""] * (end - start - 1)] if end > start else []
    return cells


def _window(cells: list[str], at: int) -> tuple[int, int]:
    """Return which cells to show: the line's first ones if the place is well among them, else around it."""
    lengths = [len(each) for each in cells]
    near = sum(lengths[:at]) + _BEFORE <= LONGEST or sum(lengths) <= LONGEST
    start, room = (0, LONGEST - sum(lengths[:at])) if near else (at, LONGEST - _BEFORE)
    left = _BEFORE
    while start and lengths[start - 1] <= left:
        start -= 1
        left -= lengths[start]
    end = at
    while end < len(cells) and lengths[end] <= room:
        room -= lengths[end]
        end += 1
    return start, end


def _columns(text: str) -> int:
    """Return how many columns of a terminal a text takes: an ideograph two, a mark over a letter none."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width  # noqa: PLC0415 - hardly ever needed

    return sum(0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text)
