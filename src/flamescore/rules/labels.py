"""The shapes of labels: short texts that summarize a contact's scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.rules import rulebook as book
from flamescore.rules.conditions import CONDITION
from flamescore.rules.names import MOST_TEXTS, combinations, names_of
from flamescore.rules.reading import Need, rule_reading, unknown_key
from flamescore.rules.scalars import NAME
from flamescore.rules.standing import LABEL
from flamescore.schema_reader import (
    At,
    Key,
    ProblemText,
    RefusedError,
    Shape,
    Value,
    ValueType,
    listed,
    mapped,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_FORMS: Final = ("first_of", "join")
_FORM_HINT: Final = "Write branches under `first_of`, or the names of labels above it: `join: [fit, intent]`."

_LABEL_BRANCH: Final = Shape(
    "LabelBranch",
    "A branch of a label's `first_of`.",
    {
        "if": Key(CONDITION, "When it holds; only the last may have none."),
        "label": Key(LABEL, "The label: a text of at most 80 characters, or a whole number.", needed=True),
    },
    lambda found: book.LabelBranch(found.get("if"), found["label"]),
    unknown=lambda shape, key, _: unknown_key(
        key,
        shape.keys,
        where="in a branch of a label",
        others={"points": "label", "then": "label", "when": "if"},
    ),
    missing=lambda _key, _at: ("R023", "This branch has no `label`.", "Write `label: A`."),
)


def _part(at: At) -> str:
    name: str = NAME(at)
    rule_reading(at).needs.append(Need("label", at.path, name=name, key=False))
    return name


_PARTS: Final = listed(ValueType(_part, NAME.schema))


def _join(at: At) -> tuple[str, ...]:
    parts: tuple[str, ...] = _PARTS(at)
    if len(parts) == 1:
        at.refuse("R087", "`join` puts two or more labels together, and names one.", _FORM_HINT)
    texts = names_of(at.reading.document.root).labels
    there = [known for part in parts if (known := texts.get(part)) is not None]
    if combinations(there) > MOST_TEXTS:
        message = f"`join` would make {combinations(there):,} labels of these; {MOST_TEXTS:,} are the most."
        at.refuse("R087", message, "Join fewer labels, or labels with fewer texts.")
    return parts


def _unknown_in_label(shape: Shape, key: str, _at: At) -> ProblemText:
    return unknown_key(key, shape.keys, where="in a label")


_LABEL: Final = Shape(
    "Label",
    "A label of every contact, by its scores and whatever else a condition may ask.",
    {
        "title": Key(NAME, "What reports call it; by default its name."),
        "first_of": Key(
            listed(_LABEL_BRANCH.type),
            "Branches; the label of the first that holds is taken, else there is none.",
        ),
        "join": Key(
            ValueType(_join, {**_PARTS.schema, "minItems": 2}),
            "Labels above this one, whose texts are put one after another; none where one of them is none.",
        ),
    },
    unknown=_unknown_in_label,
)


def _label(at: At) -> dict[str, Value]:
    forms = [form for form in _FORMS if form in at.keys]
    found: dict[str, Value] = _LABEL.read(at)
    if len(forms) > 1:
        at.report("R087", "A label is `first_of` or `join`, and this is both.", path=("join",), key=True)
        raise RefusedError
    if not forms:
        at.report("R087", "A label is `first_of` or `join`, and this is neither.", _FORM_HINT, key=True)
        raise RefusedError
    return found


LABELS: Final = Key(
    mapped(ValueType(_label, _LABEL.type.schema), least=1),
    "Labels of contacts, by name, made of scores: A1 to C3, say. A label may ask for those above it.",
)
LABEL_SHAPES: Final = (_LABEL_BRANCH, _LABEL)


def labels_of(
    found: Mapping[str, Mapping[str, Value]], texts: Mapping[str, tuple[str, ...] | None]
) -> tuple[book.Label, ...]:
    """Build the labels of a valid file; `texts` are the texts that each label can have."""
    return tuple(
        book.Label(
            name=name,
            title=label.get("title", name),
            branches=label.get("first_of", ()),
            join=label.get("join", ()),
            texts=texts[name] or (),
        )
        for name, label in found.items()
    )
