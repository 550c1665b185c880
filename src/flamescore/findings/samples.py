"""Which cells a finding may show: a few of them, never one that says who somebody is."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from flamescore.findings.finding import MOST
from flamescore.text import shape

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST: Final = 40
"""Characters that are shown of a cell."""

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
"""Columns of which only the shape of a cell is ever shown: digits as `9`, letters as `a`."""

_SEPARATORS: Final = str.maketrans("", "", " \t-_")
_FOLDED: Final = frozenset(name.translate(_SEPARATORS) for name in PERSON_COLUMNS)


def is_private(column: str) -> bool:
    """Say whether a column says who somebody is; case, white space, `-` and `_` make no difference."""
    return column.casefold().translate(_SEPARATORS) in _FOLDED


def samples_of(cells: Mapping[str, int], column: str) -> tuple[str, ...]:
    """Return three different cells of a column at most, the commonest first, ties by code point.

    `cells` are the distinct ones with how many rows have each. Of columns that say who somebody is the shapes
    are returned, such as `9.99999a+99`. A cell is cut to 40 characters, the last an ellipsis.
    """
    shown: Counter[str] = Counter()
    for cell, count in cells.items():
        shown[shape(cell) if is_private(column) else cell] += count
    first = sorted(shown, key=lambda cell: (-shown[cell], cell))
    return tuple(cell if len(cell) <= LONGEST else f"{cell[: LONGEST - 1]}…" for cell in first[:MOST])
