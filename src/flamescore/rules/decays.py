"""The shapes of decays, by age and by idle days."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from flamescore.rules import condition_book
from flamescore.rules import rulebook as book
from flamescore.rules.conditions import EVENT_KEYS, event_match
from flamescore.rules.reading import unknown_key
from flamescore.rules.scalars import DAYS, FADE, PERCENT
from flamescore.schema_reader import At, Key, ProblemText, Shape, Value, ValueType, by_key, one_or_more

if TYPE_CHECKING:
    from collections.abc import Callable

_EVERY: Final = Key(DAYS, "The length of a step, in days or weeks.", needed=True)
_DECAY_FORMS: Final = ("linear", "compound", "half_life")


def _unknown_in_decay(shape: Shape, key: str, _at: At) -> ProblemText:
    known = (*sorted({*_DECAY_FORMS, *shape.keys} - {"every"}), "every")
    if key not in known:
        return unknown_key(key, known, where="in a decay")
    form = next(iter(shape.keys))
    return "R069", f"`{key}` can't be combined with `{form}`.", "A decay is linear, compound or a half-life."


def _missing_in_decay(key: str, at: At) -> ProblemText | None:
    if key == "every":
        forms = set(_DECAY_FORMS) & set(at.keys)
        reported = len(forms) > 1 or (not forms and "activity" in at.keys)
        hint = "Write the length of a step: `every: 1d`."
        return None if reported else ("R069", "This decay has no `every`.", hint)
    hint = "Write `{linear: 1%, every: 1d}`, `{compound: 1%, every: 1d}` or `{half_life: 30d}`."
    return None if set(at.keys) - {"every", "activity"} else ("R069", "Not a decay.", hint)


def _decay_shape(
    name: str, about: str, keys: dict[str, Key], make: Callable[[dict[str, Value]], Value]
) -> Shape:
    return Shape(name, about, keys, make, unknown=_unknown_in_decay, missing=_missing_in_decay)


_DECAYS: Final = {
    "linear": _decay_shape(
        "Linear",
        "Each step takes the same share of the points.",
        {"linear": Key(PERCENT, "The share that each step takes.", needed=True), "every": _EVERY},
        lambda found: condition_book.Decay("linear", found["linear"], found["every"].days),
    ),
    "compound": _decay_shape(
        "Compound",
        "Each step takes a share of what is left.",
        {
            "compound": Key(PERCENT, "The share of what is left that each step takes.", needed=True),
            "every": _EVERY,
        },
        lambda found: condition_book.Decay("compound", found["compound"], found["every"].days),
    ),
    "half_life": _decay_shape(
        "HalfLife",
        "Each half-life halves the points, evenly over its days.",
        {"half_life": Key(DAYS, "The time after which half is left, in days or weeks.", needed=True)},
        lambda found: condition_book.Decay("half_life", Decimal(0), found["half_life"].days),
    ),
}
"""To add a decay, add its shape here and its factor in the engine."""

_DECAY_FORM: Final = by_key(_DECAYS, default="linear", known=("every",))


def _decay(at: At) -> Value:
    if at.node.kind == "mapping":
        return _DECAY_FORM(at)
    share = FADE(at)
    return condition_book.NO_DECAY if share is None else condition_book.Decay("linear", share, 1)


DECAY: Final = ValueType(_decay, {"anyOf": [FADE.schema, _DECAY_FORM.schema]})

# --- decay by idle days ------------------------------------------------------------------------------

_ACTIVITY: Final = Shape("Activity", "Events that count as activity.", EVENT_KEYS, event_match)
_ACTIVITY_KEY: Final = Key(
    one_or_more(_ACTIVITY.type),
    "What counts as activity: `{event, where}`, or a list. By default what the event rules of the score, or "
    "of the group, reward.",
)


def _idle_shape(shape: Shape) -> Shape:
    """Return the shape of a decay by idle days."""
    return replace(
        shape,
        name=f"Idle{shape.name}",
        about=f"By idle days: {shape.about[0].lower()}{shape.about[1:]}",
        keys={**shape.keys, "activity": _ACTIVITY_KEY},
        make=lambda found: book.Idle(shape.make(found), found.get("activity", ())),
    )


_IDLES: Final = {form: _idle_shape(shape) for form, shape in _DECAYS.items()}
_IDLE_FORM: Final = by_key(_IDLES, default="linear", known=("every", "activity"))


def _idle(at: At) -> Value:
    if at.node.kind == "mapping":
        return _IDLE_FORM(at)
    return book.Idle(condition_book.Decay("linear", PERCENT(at), 1), ())


IDLE: Final = Key(
    ValueType(_idle, {"anyOf": [PERCENT.schema, _IDLE_FORM.schema]}),
    "What silence takes of the sum, after its limits: a decay by the whole days since the latest activity.",
)
DECAY_SHAPES: Final = (*_DECAYS.values(), _ACTIVITY, *_IDLES.values())
