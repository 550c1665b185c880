r"""Texts: trimmed and folded to be compared, and filtered to be shown, so that nothing in one may mislead.

Control characters, characters that turn a line around and those that nobody sees show as `\x1b`, `\u202e`.
URLs lose what must stay secret; a line of a file is cut around the place that a problem is in.
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
"""Unicode White_Space: what Polars' `strip_chars()` takes away (`str.strip()` takes more)."""

_BEYOND_ASCII: Final = (
    r"\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
)
_HIDDEN: Final = re.compile(rf"[\x00-\x1f{_BEYOND_ASCII}]")
_HIDDEN_IN_JSON: Final = re.compile(rf"[{_BEYOND_ASCII}]")
_SPACES: Final = re.compile(r"[\t\n\r\v\f\x85\u2028\u2029]")
LONGEST_SHAPE: Final = 40
_JOINERS: Final = frozenset("\u200c\u200d")
"""Words of some scripts and many emoji are joined or parted by these; they move nothing."""

_JOINER: Final = "\u200d"
_SOFT_HYPHEN: Final = "\u00ad"
_WIDENING: Final = "\ufe0f"

_SCHEME = r"[A-Za-z][A-Za-z0-9+.-]+:/{1,2}"
"""With one slash too: that is what a path makes of `//`. One letter is a drive."""

_URL = re.compile(
    # In backticks a URL goes on to the second of them, whatever stands between.
    rf"(?<=`)(?P<quoted>{_SCHEME})(?P<within>[^`]+)(?=`(?!\w))"
    # Elsewhere it ends at white space or a quote; what closes the sentence is none of it.
    rf"|(?P<scheme>{_SCHEME})(?P<rest>[^\s'\"<>]+?)(?=`?[.,:;)\]}}]*(?:[\s'\"<>]|$))"
)
_USER = re.compile(r"(?:[^/@?#]*@|[^?#]*:[^?#]*@)")
_HOST = re.compile(r"(?:\[[^\]/]*\]|[^:/]*)(?::[0-9]*)?(?:/|$)")
_QUERY = re.compile(r"[?#]")

LONGEST: Final = 160
"""Characters that `snippet` shows of a line, ellipses aside."""

_BEFORE: Final = 40
"""Characters that are shown before a place too far right for the line's beginning to be shown."""

_LOOKED_AT: Final = 4_000
"""Characters that are looked at on each side of the place."""

_TORN: Final = re.compile(r"[^\s'\"<>]*")
_ELLIPSIS: Final = "…"


def trim(text: str) -> str:
    """Cut Unicode white space from both ends."""
    return text.strip(WHITE_SPACE)


def fold(text: str) -> str:
    """Return a text as the rule language compares it: trimmed, NFC, lower case."""
    return unicodedata.normalize("NFC", trim(text)).lower()


def printable(text: str) -> str:
    r"""Return a text on one line, with `\x1b` for ESC, `\x0a` for a line end, `\u202e`, `\udcff`.

    A text without such characters comes back as it is; so does a backslash.
    """
    return _HIDDEN.sub(_escaped, text)


def for_log(text: str) -> str:
    """Return a text as a message may show it: printable, and its URLs without credentials and queries."""
    return without_credentials(printable(text))


def for_cell(text: str) -> str:
    """Return a value as a table or a page shows it: printable, but line ends and tabs are spaces."""
    return _HIDDEN.sub(_escaped_in_cell, _SPACES.sub(" ", text))


def for_page(text: str) -> str:
    """Return a value as a page shows it: line ends and tabs are spaces, what hides or turns is U+FFFD."""
    return _HIDDEN.sub(lambda found: found[0] if found[0] in _JOINERS else "\ufffd", _SPACES.sub(" ", text))


def shape(text: str) -> str:
    """Return what a text looks like, without what it says: digits as `9`, letters as `a`, 40 of them."""
    return "".join(
        "9" if each.isnumeric() else "a" if each.isalpha() else each for each in text[:LONGEST_SHAPE]
    )


def json_text(value: Any, *, indent: int | None = None) -> str:  # noqa: ANN401 - JSON is of any shape
    """Return a value as JSON that a terminal may show; what is read back from it is exact."""
    return printable_json(json.dumps(value, ensure_ascii=False, indent=indent))


def printable_json(text: str) -> str:
    r"""Return JSON with what hides in its texts as `\u202e`: JSON itself leaves all beyond ASCII as it is."""
    return _HIDDEN_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"  # noqa: PLR2004 - of two digits


def _escaped_in_cell(found: re.Match[str]) -> str:
    return found[0] if found[0] in _JOINERS else _escaped(found)


def without_credentials(text: str) -> str:
    """Cut `user:password@`, the query and the fragment out of every URL in a text.

    Where a password holds what no URL may hold, and it can't be told where it ends, all but the scheme goes.
    """
    pieces, at = [], 0
    for start, end, instead in secrets(text):
        pieces += [text[at:start], instead]
        at = end
    return "".join((*pieces, text[at:]))


def secrets(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield what is to be cut out of a text, in order: where it begins, where it ends, what stands for it."""
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
    return shown, " " * (cut_before + terminal_columns(before)) + "^" * max(1, terminal_columns(under))


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


def terminal_columns(text: str) -> int:
    """Return how many columns of a terminal a text takes, at most.

    An ideograph takes two, a mark over a letter none. What is joined is counted part by part: many terminals
    show a family of three as three people.
    """
    if text.isascii():
        return len(text)
    return sum(map(_width_of, text))


def clusters(text: str) -> Iterator[str]:
    """Yield what must not be torn apart: a character with its marks, and with what is joined to it."""
    first = 0
    for at in range(1, len(text)):
        if _width_of(text[at]) and text[at] not in _WIDENING and text[at - 1] != _JOINER:
            yield text[first:at]
            first = at
    if text:
        yield text[first:]


@cache
def _width_of(character: str) -> int:
    if character in _WIDENING:  # it makes the sign before it an emoji, which takes two
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf") and character != _SOFT_HYPHEN:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
