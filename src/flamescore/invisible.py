r"""Invisible characters, which are stripped from both ends of headers and cells together with white space.

Inside a text they are kept, since emoji and some scripts use them to join or separate characters. A worked
example: the cell `\u200bclick\u00ad ` is `click`; `a\u200db` is unchanged.
"""

from __future__ import annotations

from typing import Final

from flamescore.text import WHITE_SPACE

_RANGES: Final = (
    (0x01, 0x08), (0x0B, 0x0C), (0x0E, 0x1F), (0x7F, 0x9F),
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180E),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2064), (0x2066, 0x206F), (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
)  # fmt: skip
INVISIBLE: Final = "".join(chr(code) for first, last in _RANGES for code in range(first, last + 1))
"""All of them except NUL, which makes a record unreadable."""

ENDS: Final = "".join(dict.fromkeys(WHITE_SPACE + INVISIBLE))
"""What is stripped from both ends."""


_UNSEEN: Final = "".join(set(INVISIBLE) - set(WHITE_SPACE))


def seen_ends(text: str) -> str:
    """Strip only invisible characters from both ends: white space is part of what `contains` looks for."""
    return text.strip(_UNSEEN)


def bare_ends(text: str) -> str:
    """Strip white space and invisible characters from both ends of a header, an operand or a key."""
    return text.strip(ENDS)
