"""Texts with places for a lead's cells: `{name} has {flames} flames`. No formatting, no code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

OF_MESSAGE: Final = ("title", "count", "run_id")
"""What a template may name beside a lead's cells."""

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
"""What a template may name of a lead beside the columns of the contacts."""

_PART: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")


def placeholders(template: str) -> tuple[str, ...]:
    """Return the names in braces, each once, in order; `{{` and `}}` stand for braces and begin none."""
    names = (found[1].strip() for found in _PART.finditer(template) if found[1] is not None)
    return tuple(dict.fromkeys(names))


def filled_in(template: str, cells: Mapping[str, str]) -> str:
    """Return a template with its names replaced by cells; one that is missing is empty.

    What a cell holds is never read as a template: `{flames}` in somebody's name stays as it is.
    """

    def cell(found: re.Match[str]) -> str:
        return found[0][0] if found[1] is None else cells.get(found[1].strip(), "")

    return _PART.sub(cell, template)
