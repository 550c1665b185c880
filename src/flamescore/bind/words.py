"""How text compares: trimmed of Unicode white space, NFC, lower case."""

from __future__ import annotations

import unicodedata
from typing import Final

WHITE_SPACE: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""Unicode's White_Space, which is not what `str.strip` takes off (U+001C to U+001F)."""


def trim(text: str) -> str:
    """Take white space off both ends."""
    return text.strip(WHITE_SPACE)


def fold(text: str) -> str:
    """Return the form in which event types, tags and texts compare."""
    return unicodedata.normalize("NFC", trim(text)).lower()
