"""How texts are trimmed and folded before they are compared."""

from __future__ import annotations

import unicodedata
from typing import Final

WHITE_SPACE: Final = (
    "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""Unicode White_Space: what Polars' `strip_chars()` takes away (`str.strip()` takes more)."""


def trim(text: str) -> str:
    """Cut Unicode white space from both ends."""
    return text.strip(WHITE_SPACE)


def fold(text: str) -> str:
    """Return a text as the rule language compares it: trimmed, NFC, lower case."""
    return unicodedata.normalize("NFC", trim(text)).lower()
