"""The cells that a finding may show: a few, and never one that identifies a person."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from flamescore.findings.finding import MOST
from flamescore.text import shape

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST: Final = 40
"""Maximum number of characters to show of a cell."""

PERSON_COLUMNS: Final = frozenset(
    {
        "contact_id",
        "event_id",
        "opportunity_id",
        "merged",
        "contact",
        "email",
        "name",
        "phone",
        "company",
        "owner",
    }
)
"""Columns whose cells are only ever shown by their shape: digits as `9`, letters as `a`."""

_SEPARATORS: Final = str.maketrans("", "", " \t-_")
_FOLDED: Final = frozenset(name.translate(_SEPARATORS) for name in PERSON_COLUMNS)


def is_private(column: str) -> bool:
    """Return whether a column identifies a person; case, white space, `-` and `_` are ignored."""
    return column.casefold().translate(_SEPARATORS) in _FOLDED


def samples_of(cells: Mapping[str, int], column: str) -> tuple[str, ...]:
    """Return up to three distinct cells of a column, most common first, ties by code point.

    `cells` are the distinct ones with their row counts. For columns that identify a person the shapes are
    returned, such as `9.99999a+99`. A cell is cut to 40 characters, the last an ellipsis.
    """
    shown: Counter[str] = Counter()
    for cell, count in cells.items():
        shown[shape(cell) if is_private(column) else cell] += count
    first = sorted(shown, key=lambda cell: (-shown[cell], cell))
    return tuple(cell if len(cell) <= LONGEST else f"{cell[: LONGEST - 1]}…" for cell in first[:MOST])
