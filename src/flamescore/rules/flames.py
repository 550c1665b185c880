"""The tables of what bounds a sum of points, and of how it becomes flames: a score's, and an account's."""

from __future__ import annotations

from typing import Final

from flamescore.rules import rulebook as book
from flamescore.rules.scalars import BOUND
from flamescore.schema_reader import At, Key, RefusedError, Shape, Value, ValueType, items

LIMITS: Final = Shape(
    "Limits",
    "Bounds on a sum of points.",
    {
        "min": Key(BOUND, "The sum is not below this; at most 0."),
        "max": Key(BOUND, "The sum is not above this; at least 0."),
    },
    lambda found: book.Limits(found.get("min"), found.get("max")),
)
_FIVE: Final = 5


def _flames(at: At) -> Value:
    if at.node.kind != "list":
        at.wrong("a list")
    if len(at.node.items) > _FIVE:
        raise RefusedError  # the checks tell how many it takes
    return items(at, BOUND)


FLAMES: Final = {
    "five_flames": Key(BOUND, "The points that are five flames; fewer are so many fifths."),
    "flames": Key(
        ValueType(
            _flames,
            {"type": "array", "items": [BOUND.schema] * _FIVE, "minItems": _FIVE, "maxItems": _FIVE},
        ),
        "The points from which there are 1, 2, 3, 4 and 5 flames.",
    ),
}
"""The keys of which a score has one."""
