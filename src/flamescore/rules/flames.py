"""The shapes of limits on a sum of points, and of flames, for scores and accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.rules import rulebook as book
from flamescore.rules.scalars import BOUND
from flamescore.schema_reader import At, Key, RefusedError, Shape, Value, ValueType, items

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def _five(at: At, item: ValueType) -> Value:
    if at.node.kind != "list":
        at.wrong("a list")
    if len(at.node.items) > _FIVE:
        raise RefusedError  # the checks report how many it takes
    return items(at, item)


def _five_of(item: ValueType) -> ValueType:
    schema = {"type": "array", "items": [item.schema] * _FIVE, "minItems": _FIVE, "maxItems": _FIVE}
    return ValueType(lambda at: _five(at, item), schema)


_BOUNDS: Final = _five_of(BOUND)
FLAMES_BY_PERCENTILE: Final = Shape(
    "FlamesByPercentile",
    "Flames by the share of the others who have a lower score.",
    {
        "percentile": Key(
            _five_of(BOUND), "The percentiles from which there are 1, 2, 3, 4 and 5 flames.", needed=True
        )
    },
)


def _flames(at: At) -> Value:
    return FLAMES_BY_PERCENTILE.read(at) if at.node.kind == "mapping" else _BOUNDS(at)


FLAMES: Final = {
    "five_flames": Key(BOUND, "The points that are five flames; fewer are so many fifths."),
    "flames": Key(
        ValueType(_flames, {"anyOf": [_BOUNDS.schema, FLAMES_BY_PERCENTILE.type.schema]}),
        "The points from which there are 1, 2, 3, 4 and 5 flames; or `{percentile: [...]}`, five "
        "percentiles.",
    ),
}
"""The keys for flames, of which a score must have exactly one."""


def flames_of(found: Mapping[str, Value]) -> dict[str, Value]:
    """Return `ideal`, `bounds` and `percentiles` of a valid score; see `rulebook.Score`."""
    flames = found.get("flames")
    bounds = flames if isinstance(flames, tuple) else None
    return {
        "ideal": bounds[-1] if bounds else found.get("five_flames"),
        "bounds": bounds,
        "percentiles": None if flames is None or bounds else flames["percentile"],
    }
