"""Text from the data, made safe to show: no control characters, nothing that turns a line around."""

from __future__ import annotations

import unicodedata
from typing import Final

_CONTROL: Final = ("Cc", "Cs")
_TURNING: Final = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SPACES: Final = frozenset("\t\n\r\v\f\x85\u2028\u2029")


def shown(text: str) -> str:
    """Return the text on one line: line ends and tabs become spaces, other control characters U+FFFD."""
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character in _SPACES:
        return " "
    if character in _TURNING or unicodedata.category(character) in _CONTROL:
        return "\N{REPLACEMENT CHARACTER}"
    return character
