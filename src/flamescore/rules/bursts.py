"""The shape of `burst`, and the keys that can't be combined with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.rules.condition_book import Burst
from flamescore.rules.properties import PER
from flamescore.rules.reading import unknown_key
from flamescore.rules.scalars import FIXED_PERIOD, SEVERAL
from flamescore.schema_reader import Key, RefusedError, Shape, ValueType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.schema_reader import At, ProblemText
    from flamescore.yaml_tree import Path

_FORM: Final = "Write both: `burst: {times: 5, within: 7d}`."
_BESIDE: Final[tuple[tuple[Path, str, str], ...]] = (
    (("per",), "`per`", "Put it inside: `burst: {times: 5, within: 7d, per: url}`."),
    (("sum",), "`sum`", "A burst has no amount. Make a condition of its own, and join the two with `all`."),
    (
        ("points", "from"),
        "`points` from a property",
        "A burst has no amount. Write the points of a burst as a number.",
    ),
)
"""Paths that can't be combined with `burst`, their names in messages, and what to write instead."""


BURST_SHAPE: Final = Shape(
    "Burst",
    "So many events within so long, counted as one.",
    {
        "times": Key(SEVERAL, "How many events there must be; 2 at least.", needed=True),
        "within": Key(
            FIXED_PERIOD, "From the first to the last at most; months have no fixed length.", needed=True
        ),
        "per": Key(PER, "Count different days, weeks, months, or values of this property, not events."),
    },
    lambda found: Burst(found["times"], found["within"], found.get("per")),
    unknown=lambda shape, key, _at: unknown_key(key, shape.keys, where="in a burst"),
    missing=lambda key, at: ("R023", f"{at.label} has no `{key}`.", _FORM),
)


def _burst(at: At) -> Burst:
    """Read a burst; keys that can't be combined with it are reported at their own place."""
    conflicts = list(_beside(at))
    for path, (code, message, hint) in conflicts:
        at.reading.at(at.path[:-1]).report(code, message, hint, path=path, key=True)
    burst: Burst = BURST_SHAPE.read(at)
    if conflicts:
        raise RefusedError
    return burst


def _beside(at: At) -> Iterator[tuple[Path, ProblemText]]:
    owner = at.reading.at(at.path[:-1])
    for path, name, hint in _BESIDE:
        if owner.child(*path) is not None:
            yield path, ("R173", f"{name} can't be combined with `burst`.", hint)


BURST: Final = Key(
    ValueType(_burst, BURST_SHAPE.type.schema),
    "Count bursts: so many events within so long, as one, at the time of the last of them.",
)
"""The key, for rules and conditions alike."""
