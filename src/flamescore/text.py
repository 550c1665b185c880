r"""Texts: trimmed and folded to be compared, and filtered to be shown, so that nothing in one may mislead.

Control characters, characters that turn a line around and those that nobody sees show as `\x1b`, `\u202e`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any, Final

from flamescore.urls import without_credentials

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
