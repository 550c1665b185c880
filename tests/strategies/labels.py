"""Strategies for labels, and for conditions on scores and labels (section 10 of the additions)."""

from decimal import Decimal
from random import Random
from typing import Any

from strategies.predicates import Clock, condition
from strategies.words import chance, one_of, some_of

Spec = dict[str, Any]

_TEXTS = ("A", "B", "A1", 1, 2, 12, "caf\u00e9", "no", "a b", "true", "007")
_NUMBERS: dict[str, tuple[Any, ...]] = {
    "flames": (0, 1, 2, 3, 4, 5, Decimal("2.5")),
    "points": (0, 1, 2, 3, 5, -1, Decimal("2.5"), Decimal("0.0001"), Decimal("4.99995"), 10, 20),
    "percentile": (0, 20, 25, 50, 75, 90, 100, Decimal("33.3333"), Decimal("66.6666666666666667")),
    "rank": (1, 2, 3, 5),
}
_ORDERS = ("at_least", "at_most", "more_than", "less_than")


def _measure(dice: Random, numbers: tuple[Any, ...]) -> Any:
    kind = one_of(dice, ("one", "list", "order", "order", "both"))
    if kind == "one":
        return one_of(dice, numbers)
    if kind == "list":
        return some_of(dice, numbers, 3)
    words = some_of(dice, _ORDERS, 2 if kind == "both" else 1)
    return {word: one_of(dice, numbers) for word in words}


def _score_condition(dice: Random, scores: tuple[str, ...]) -> Spec:
    asked = some_of(dice, tuple(_NUMBERS), one_of(dice, (1, 1, 2)))
    measures = {word: _measure(dice, _NUMBERS[word]) for word in asked}
    return {"score": one_of(dice, scores), **measures}


def _label_condition(dice: Random, labels: dict[str, tuple[str, ...]]) -> Spec:
    names = some_of(dice, tuple(labels), min(2, len(labels)))
    return {
        "label": {
            name: one_of(dice, (labels[name][0], some_of(dice, labels[name], min(2, len(labels[name])))))
            for name in names
        }
    }


def standing(
    dice: Random, scores: tuple[str, ...], labels: dict[str, tuple[str, ...]], clock: Clock, depth: int = 2
) -> Spec:
    """Draw a condition that may refer to scores, to labels (given with their texts), and to all else."""
    leaves = ("score", "score", *(("label",) if labels else ()), "plain")
    kind = one_of(dice, (*leaves, "all", "any", "not") if depth else leaves)
    if kind == "score":
        return _score_condition(dice, scores)
    if kind == "label":
        return _label_condition(dice, labels)
    if kind == "plain":
        return condition(dice, clock, 0)
    if kind == "not":
        return {"not": standing(dice, scores, labels, clock, depth - 1)}
    return {kind: [standing(dice, scores, labels, clock, depth - 1) for _ in range(one_of(dice, (2, 1, 3)))]}


def _first_of(dice: Random, scores: tuple[str, ...], known: dict[str, tuple[str, ...]], clock: Clock) -> Spec:
    branches: list[Spec] = [
        {"if": standing(dice, scores, known, clock), "label": one_of(dice, _TEXTS)}
        for _ in range(one_of(dice, (2, 1, 3)))
    ]
    if chance(dice, 5):
        branches.append({"label": one_of(dice, _TEXTS)})
    return {"first_of": branches}


def texts_of(labels: Spec) -> dict[str, tuple[str, ...]]:
    """Return the distinct texts that each of some labels can have."""
    found: dict[str, tuple[str, ...]] = {}
    for name, spec in labels.items():
        if "join" in spec:
            texts = [""]
            for part in spec["join"]:
                texts = [first + then for first in texts for then in found[part]]
        else:
            texts = [str(branch["label"]) for branch in spec["first_of"]]
        found[name] = tuple(dict.fromkeys(texts))
    return found


def enabled(book: Spec) -> tuple[str, ...]:
    """Return the names of a book's enabled scores."""
    return tuple(name for name, spec in book["scores"].items() if spec.get("enabled", True))


def labels(dice: Random, book: Spec, clock: Clock) -> Spec:
    """Draw the labels of a book: bands, and joins of earlier labels."""
    made: Spec = {}
    for name in ("band", "Stage 2", "grade", "rank")[: one_of(dice, (2, 1, 3, 4))]:
        if len(made) > 1 and chance(dice, 6):
            made[name] = {"join": [one_of(dice, tuple(made)) for _ in range(one_of(dice, (2, 3)))]}
        else:
            made[name] = _first_of(dice, enabled(book), texts_of(made), clock)
        if chance(dice, 3):
            made[name]["title"] = "The grade: %"
    return made
