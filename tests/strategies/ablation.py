"""Which features of the language a book uses, and the same book without one of them.

A book uses a feature if removing it changes the book; the feature matters to a case if removing it
changes a score. A book without a feature is only for the oracle: a checker might warn about it.
"""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from decimal import Decimal
from typing import Any

from oracle_words import fold, is_bare_date

Spec = dict[str, Any]
Ablation = Callable[[Spec], None]
_NOBODY = {"tag": "tag that nobody has"}
_FALSE: Spec = {"any": [_NOBODY]}
_TRUE: Spec = {"not": _NOBODY}
_NOT_OPERATORS = ("case_sensitive",)
_ORDERINGS = ("at_least", "at_most", "more_than", "less_than")


def scores(book: Spec) -> list[Spec]:
    """Return the scores of a book."""
    return list(book["scores"].values())


def rules(book: Spec) -> list[Spec]:
    """Return the rules of all scores."""
    return [rule for score in scores(book) for rule in score["rules"]]


def event_rules(book: Spec) -> list[Spec]:
    """Return the event rules of all scores."""
    return [rule for rule in rules(book) if "event" in rule]


def groups(book: Spec) -> list[Spec]:
    """Return the groups of all scores."""
    return [group for score in scores(book) for group in score.get("groups", {}).values()]


def mappings(node: object) -> Iterator[Spec]:
    """Yield every mapping in a book."""
    if isinstance(node, dict):
        yield node
        for child in node.values():
            yield from mappings(child)
    if isinstance(node, list):
        for child in node:
            yield from mappings(child)


def conditions(book: Spec) -> Iterator[Spec]:
    """Yield every condition of a book's populations and rules, including nested ones."""
    tops = [score["population"] for score in scores(book) if "population" in score]
    for rule in rules(book):
        tops += [part["if"] for part in (rule, *rule.get("first_of", ())) if "if" in part]
    for top in tops:
        yield from _nested(top)


def _nested(condition: Spec) -> Iterator[Spec]:
    yield condition
    parts = [*condition.get("all", []), *condition.get("any", [])]
    if "not" in condition:
        parts.append(condition["not"])
    for part in parts:
        yield from _nested(part)


def replace_by(spec: Spec, other: Mapping[str, Any]) -> None:
    """Replace the contents of a mapping with a copy of another, in place."""
    spec.clear()
    spec.update(deepcopy(dict(other)))


def without_key(find: Callable[[Spec], list[Spec]], *keys: str) -> Ablation:
    """Remove keys from every mapping that `find` returns."""

    def ablation(book: Spec) -> None:
        for spec in find(book):
            for key in keys:
                spec.pop(key, None)

    return ablation


def without_rules(subject: str) -> Ablation:
    """Remove the rules of a subject."""

    def ablation(book: Spec) -> None:
        for score in scores(book):
            score["rules"] = [rule for rule in score["rules"] if subject_of(rule) != subject]

    return ablation


def subject_of(rule: Spec) -> str:
    """Return the subject of a rule."""
    return next((word for word in ("event", "tag", "field", "first_of") if word in rule), "if")


def without_condition(kind: str) -> Ablation:
    """Replace every condition of a kind with one that never holds, or for `not` with one that always does."""

    def ablation(book: Spec) -> None:
        for condition in list(conditions(book)):
            if kind in condition and condition not in (_TRUE, _FALSE):
                replace_by(condition, _TRUE if kind == "not" else _FALSE)

    return ablation


def without_condition_key(key: str) -> Ablation:
    """Remove a key from every event condition."""

    def ablation(book: Spec) -> None:
        for condition in conditions(book):
            if "event" in condition:
                condition.pop(key, None)

    return ablation


def without_operator(fits: Callable[[str, Any], bool]) -> Ablation:
    """Remove the operators that fit; a predicate or `where` left empty goes too, an empty `field` stays."""

    def ablation(book: Spec) -> None:
        for spec in list(mappings(book)):
            for key in ("where", "field"):
                if isinstance(spec.get(key), dict):
                    _without_operator(spec, key, fits)

    return ablation


def _without_operator(spec: Spec, key: str, fits: Callable[[str, Any], bool]) -> None:
    for column, predicate in list(spec[key].items()):
        operators = long_form(predicate)
        left = {word: operand for word, operand in operators.items() if not fits(word, operand)}
        if left == operators:
            continue
        spec[key][column] = left
        if not set(left) - set(_NOT_OPERATORS):
            del spec[key][column]
    if not spec[key] and key == "where":
        del spec[key]


def without_column(column: str) -> Ablation:
    """Remove the predicates on a contact column; a `field` left empty holds for every contact."""

    def ablation(book: Spec) -> None:
        for spec in list(mappings(book)):
            if isinstance(spec.get("field"), dict):
                spec["field"].pop(column, None)

    return ablation


def long_form(predicate: Any) -> Spec:
    """Return a predicate as a mapping of operators."""
    if isinstance(predicate, dict):
        return predicate
    return {"in" if isinstance(predicate, list) else "equals": predicate}


def without_unit(unit: str) -> Ablation:
    """Remove the windows in a unit."""

    def ablation(book: Spec) -> None:
        for spec in mappings(book):
            for key in ("expires", "last"):
                if spec.get(key, "never").lstrip("0123456789") == unit:
                    del spec[key]

    return ablation


def without_decay(fits: Callable[[Any], bool]) -> Ablation:
    """Replace every decay that fits with `none`."""

    def ablation(book: Spec) -> None:
        for spec in mappings(book):
            if spec.get("decay", "none") != "none" and fits(spec["decay"]):
                spec["decay"] = "none"

    return ablation


def other_count(find: Callable[[Spec], list[Spec]], fits: Callable[[Any], bool]) -> Ablation:
    """Replace every count that fits: `each` with `once`, any other with `each`."""

    def ablation(book: Spec) -> None:
        for spec in find(book):
            if "count" in spec and fits(spec["count"]):
                spec["count"] = "once" if spec["count"] == "each" else "each"

    return ablation


def without_per(fits: Callable[[Any], bool]) -> Ablation:
    """Remove every `per` that fits from event rules."""

    def ablation(book: Spec) -> None:
        for rule in event_rules(book):
            if "per" in rule and fits(rule["per"]):
                del rule["per"]

    return ablation


def without_follower(fits: Callable[[Spec, str], bool]) -> Ablation:
    """Remove every follower that fits from event rules."""

    def ablation(book: Spec) -> None:
        for rule in event_rules(book):
            found = [key for key in ("followed_by", "unless_followed_by") if key in rule and fits(rule, key)]
            for key in found:
                del rule[key]

    return ablation


def is_of_same_type(rule: Spec, key: str) -> bool:
    """Return whether a follower may be of a type that its rule names."""
    ours, theirs = (
        value if isinstance(value, list) else [value] for value in (rule["event"], rule[key]["event"])
    )
    return bool({fold(word) for word in ours} & {fold(word) for word in theirs})


def without_tags(fits: Callable[[Any], bool]) -> Ablation:
    """Replace every tag form that fits with a tag that no contact has."""

    def ablation(book: Spec) -> None:
        for spec in mappings(book):
            if "tag" in spec and fits(spec["tag"]):
                spec["tag"] = _NOBODY["tag"]

    return ablation


def is_number(value: Any) -> bool:
    """Return whether an operand is a number."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def is_date_operand(word: str, operand: Any, *, bare: bool) -> bool:
    """Return whether an ordering or `between` has a bare date, or unless `bare` an instant, on the right."""
    operands = operand if word == "between" else [operand] if word in _ORDERINGS else []
    return any(isinstance(each, str) and is_bare_date(each) is bare for each in operands)
