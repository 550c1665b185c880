r"""Texts: trimmed and folded for comparison, and filtered for display, so that none can mislead the reader.

Control characters, characters that reverse text direction and invisible ones are displayed as `\x1b`,
`\u202e`. Credentials are removed from URLs. A line of a file is truncated around the place of a problem.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

WHITE_SPACE: Final = (
    "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""Unicode White_Space: what Polars' `strip_chars()` strips (`str.strip()` strips more)."""

_BEYOND_ASCII: Final = (
    r"\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    r"\ud800-\udfff"
)
_HIDDEN: Final = re.compile(rf"[\x00-\x1f{_BEYOND_ASCII}]")
_HIDDEN_IN_JSON: Final = re.compile(rf"[{_BEYOND_ASCII}]")
_SPACES: Final = re.compile(r"[\t\n\r\v\f\x85\u2028\u2029]")
LONGEST_SHAPE: Final = 40
_JOINERS: Final = frozenset("\u200c\u200d")
"""Some scripts and many emoji use these to join or separate characters; they don't move text."""

_JOINER: Final = "\u200d"
_SOFT_HYPHEN: Final = "\u00ad"
_WIDENING: Final = "\ufe0f"

_SCHEME = r"[A-Za-z][A-Za-z0-9+.-]+:/{1,2}"
"""Also with a single slash, which is what a path makes of `//`. One letter would be a drive."""

_URL = re.compile(
    # In backticks a URL extends to the closing one, whatever it contains.
    rf"(?<=`)(?P<quoted>{_SCHEME})(?P<within>[^`]+)(?=`(?!\w))"
    # Elsewhere it ends at white space or a quote; closing punctuation is not a part of it.
    rf"|(?P<scheme>{_SCHEME})(?P<rest>[^\s'\"<>]+?)(?=`?[.,:;)\]}}]*(?:[\s'\"<>]|$))"
)
_USER = re.compile(r"(?:[^/@?#]*@|[^?#]*:[^?#]*@)")
_HOST = re.compile(r"(?:\[[^\]/]*\]|[^:/]*)(?::[0-9]*)?(?:/|$)")
_QUERY = re.compile(r"[?#]")

LONGEST: Final = 160
"""The maximum number of characters that `snippet` shows of a line, without ellipses."""

_BEFORE: Final = 40
"""The characters shown before a place that is too far right to show the line from its beginning."""

_LOOKED_AT: Final = 4_000
"""The characters that are examined on each side of the place."""

_TORN: Final = re.compile(r"[^\s'\"<>]*")
_ELLIPSIS: Final = "…"


def trim(text: str) -> str:
    """Strip Unicode white space from both ends."""
    return text.strip(WHITE_SPACE)


def fold(text: str) -> str:
    """Return a text as the rule language compares it: trimmed, NFC, lower case."""
    return unicodedata.normalize("NFC", trim(text)).lower()


def printable(text: str) -> str:
    r"""Return a text on one line, with `\x1b` for ESC, `\x0a` for a line break, `\u202e`, `\udcff`.

    A text without such characters is returned unchanged; backslashes are kept.
    """
    return _HIDDEN.sub(_escaped, text)


def for_log(text: str) -> str:
    """Return a text as a message may show it: printable, its URLs without credentials and queries."""
    return without_credentials(printable(text))


def for_cell(text: str) -> str:
    """Return a value as shown in a table or on a page: printable, with spaces for line breaks and tabs."""
    return _HIDDEN.sub(_escaped_in_cell, _SPACES.sub(" ", text))


def for_page(text: str) -> str:
    """Return a value as shown on a page: spaces for line breaks and tabs, U+FFFD for hidden characters."""
    return _HIDDEN.sub(lambda found: found[0] if found[0] in _JOINERS else "\ufffd", _SPACES.sub(" ", text))


def shape(text: str) -> str:
    """Return a text's shape without its content: digits as `9`, letters as `a`, 40 characters at most."""
    return "".join(
        "9" if each.isnumeric() else "a" if each.isalpha() else each for each in text[:LONGEST_SHAPE]
    )


def json_text(value: Any, *, indent: int | None = None) -> str:  # noqa: ANN401 - JSON is of any shape
    """Return a value as JSON that is safe to print on a terminal and reads back exactly."""
    return printable_json(json.dumps(value, ensure_ascii=False, indent=indent))


def printable_json(text: str) -> str:
    r"""Return JSON with hidden characters as `\u202e`: JSON itself leaves non-ASCII text unescaped."""
    return _HIDDEN_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"  # noqa: PLR2004 - fits two digits


def _escaped_in_cell(found: re.Match[str]) -> str:
    return found[0] if found[0] in _JOINERS else _escaped(found)


def without_credentials(text: str) -> str:
    """Remove `user:password@`, the query and the fragment from every URL in a text.

    If a password contains what no URL may contain, and its end is unclear, everything but the scheme is
    removed.
    """
    pieces, at = [], 0
    for start, end, instead in secrets(text):
        pieces += [text[at:start], instead]
        at = end
    return "".join((*pieces, text[at:]))


def secrets(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield what to remove from a text, in order: where it begins, where it ends, and its replacement."""
    if ":/" not in text:
        return
    for found in _URL.finditer(text):
        name = "rest" if found["within"] is None else "within"
        rest, start, end = found[name], found.start(name), found.end(name)
        user = _USER.match(rest)
        host = 0 if user is None else user.end()
        query = _QUERY.search(rest, host)
        last = len(rest) if query is None else query.start()
        if _HOST.match(rest[host:last]) is None:
            yield start, end, "..."
            continue
        if host:
            yield start, start + host, ""
        if last < len(rest):
            yield start + last, end, ""


def snippet(line: str, column: int, width: int) -> tuple[str, str]:
    """Return a line that is safe to show, and carets under a place in it, `width` characters from `column`.

    `column` is 1-based, 0 for none: then there are no carets. Control characters are escaped, credentials in
    URLs are removed, and a line that is too long is truncated around the place; the carets stay under it.
    """
    place = min(max(0, column - 1), len(line))  # a place past the end is clamped to it
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
    return shown, " " * (cut_before + terminal_columns(before)) + "^" * max(1, terminal_columns(under))


def _in_a_url(line: str, place: int) -> bool:
    """Return whether the text before a place, back to white space or a quote, may begin a URL."""
    return ":/" in line[1 + max(line.rfind(each, 0, place) for each in " \t'\"<>") : place]


def _cells(line: str, *, torn: bool) -> list[str]:
    """Return what is shown for each character: itself, its escape, or nothing if it is secret."""
    line = line.replace("\t", " ")
    cells = list(line) if printable(line) == line else [printable(each) for each in line]
    gaps = list(secrets(line))
    if torn and (found := _TORN.match(line)):
        gaps.insert(0, (0, found.end(), _ELLIPSIS))
    for start, end, instead in gaps:
        cells[start:end] = [instead, *[""] * (end - start - 1)] if end > start else []
    return cells


def _window(cells: list[str], at: int) -> tuple[int, int]:
    """Return the range of cells to show: from the beginning if the place is near it, else around it."""
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


def terminal_columns(text: str) -> int:
    """Return how many columns of a terminal a text takes, at most.

    An ideograph takes two, a combining mark none. Joined characters are counted separately: many terminals
    show a family of three as three people.
    """
    if text.isascii():
        return len(text)
    return sum(map(_width_of, text))


def clusters(text: str) -> Iterator[str]:
    """Yield the parts that must not be split: a character with its marks, and with what is joined to it."""
    first = 0
    for at in range(1, len(text)):
        if _width_of(text[at]) and text[at] not in _WIDENING and text[at - 1] != _JOINER:
            yield text[first:at]
            first = at
    if text:
        yield text[first:]


@cache
def _width_of(character: str) -> int:
    if character in _WIDENING:  # it turns the previous character into an emoji, which takes two
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf") and character != _SOFT_HYPHEN:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
