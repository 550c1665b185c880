"""Templates with placeholders for a lead's cells: `{name} has {flames} flames`. No formatting, no code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

OF_MESSAGE: Final = ("title", "count", "run_id")
"""The placeholders of a template besides a lead's cells."""

OF_LEAD: Final = (
    "contact_id",
    "flames",
    "score",
    "percentile",
    "rank",
    "previous_flames",
    "event",
    "at",
    "reason_1",
    "reason_2",
    "reason_3",
    "routed_to",
)
"""The placeholders for a lead besides the columns of the contacts."""

_PART: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")


def placeholders(template: str) -> tuple[str, ...]:
    """Return the names in braces, each once, in order; `{{` and `}}` are literal braces."""
    names = (found[1].strip() for found in _PART.finditer(template) if found[1] is not None)
    return tuple(dict.fromkeys(names))


def filled_in(template: str, cells: Mapping[str, str]) -> str:
    """Return a template with its placeholders replaced by cells; a missing cell is empty.

    Cells are never read as templates: `{flames}` in a contact's name stays unchanged.
    """

    def cell(found: re.Match[str]) -> str:
        return found[0][0] if found[1] is None else cells.get(found[1].strip(), "")

    return _PART.sub(cell, template)
