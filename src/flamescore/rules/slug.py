"""The id that a rule gets from its name."""

from __future__ import annotations

import unicodedata


def slug(name: str) -> str:
    """Return the name in lower case, each run of what is no letter or digit made a `-`, none at the ends."""
    kept = (char if _is_letter_or_digit(char) else " " for char in name.lower())
    return "-".join("".join(kept).split())


def _is_letter_or_digit(char: str) -> bool:
    category = unicodedata.category(char)
    return category.startswith("L") or category == "Nd"
