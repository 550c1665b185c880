"""Pydantic's errors -> problems in the words of the rule language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flamescore.rules import conditions as shapes
from flamescore.rules import model as rules
from flamescore.rules.places import Loc, model_at, problem, trail, words_of
from flamescore.rules.unknown import DECAYS, FORMS, Told, unknown_key
from flamescore.source import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import ValidationError

    from flamescore.errors import Problem
    from flamescore.rules.base import Model
    from flamescore.tree import Document, Path


def translate(error: ValidationError, document: Document, *, below: Path = ()) -> list[Problem]:
    """Tell every error of a validation; `below` is where in the document the validated value is."""
    told = (_tell(each, document, below) for each in error.errors(include_url=False, include_input=False))
    return [each for each in told if each is not None]


def _tell(error: Any, document: Document, below: Path) -> Problem | None:  # noqa: ANN401 - pydantic's ErrorDetails
    loc: Loc = (*below, *error["loc"])
    kind: str = error["type"]
    path = trail(loc, document.root)
    node = document.root.at(path)
    if (node is not None and node.kind == "null") or kind == "too_long":
        return None  # the checks tell them
    teller = _TELLERS.get(kind)
    if teller is not None:
        return teller(loc, path, document)
    context = error.get("ctx", {})
    message = str(context.get("message", error["msg"])).replace("{key}", label(path))
    return problem(kind, message, document=document, path=path, hint=context.get("hint"))


def label(path: Path) -> str:
    """Return the name of a value: the last key on the way to it."""
    keys = [step for step in path if isinstance(step, str)]
    return f"`{keys[-1]}`" if keys else "The file"


def _missing(loc: Loc, path: Path, document: Document) -> Problem | None:
    key, owner = path[-1], path[:-1]
    if key == "flames" or isinstance(key, int):
        return None
    model = model_at(loc[:-1])
    node = document.root.at(owner)
    written = tuple(node.entries) if node is not None else ()
    if model is not None and _told_otherwise(model, str(key), written):
        return None
    code, message, hint = _missing_words(model, str(key), owner)
    return problem(code, message, document=document, path=owner, hint=hint)


def _told_otherwise(model: type[Model], key: str, written: tuple[str, ...]) -> bool:
    """Whether another problem says already why a key is missing."""
    if key == "every" and len(FORMS & set(written)) > 1:
        return True
    family = _FAMILIES.get((model, key))
    if family is not None and set(written) - family:
        return True
    return _is_slip(key, written, words_of(model))


def _is_slip(key: str, written: tuple[str, ...], known: tuple[str, ...]) -> bool:
    """Whether an unknown key is this one misspelt: then that is told, not this."""
    return any(word not in known and nearest(word, known) == key for word in written)


def _missing_words(model: type[Model] | None, key: str, owner: Path) -> Told:
    if key == "points":
        what = "This branch" if model is rules.Branch else "It"
        return "R042", f"{what} has no `points`.", "Write `points: 5`, or any number."
    if model in DECAYS:
        return _missing_decay(key)
    shape = _MISSING_SHAPES.get((model, key))
    if shape is not None:
        return shape
    name = label(owner)
    return "R023", f"{'It' if name == '`rules`' else name} has no `{key}`.", _EXAMPLES.get(key)


_MISSING_SHAPES: Final[Mapping[tuple[type[Model] | None, str], Told]] = {
    (rules.IfRule, "if"): (
        "R040",
        "It does not say what the points are for.",
        "Give it one of `event`, `tag`, `field`, `first_of` and `if`.",
    ),
    (rules.Score, "rules"): ("R031", "It has no rules.", "Write them under `rules:`."),
    (shapes.EventCondition, "event"): (
        "R080",
        "This is no condition.",
        "A condition has one of `tag`, `field`, `event`, `all`, `any` and `not`.",
    ),
    (shapes.TagAll, "all"): (
        "R057",
        "This says no tags.",
        "Write a tag, a list, `{all: [...]}` or `{like: 'A*'}`.",
    ),
}
_FAMILIES: Final[Mapping[tuple[type[Model], str], frozenset[str]]] = {
    (shapes.EventCondition, "event"): frozenset(words_of(shapes.EventCondition)),
    (shapes.TagAll, "all"): frozenset(),
    (rules.Linear, "linear"): frozenset(("every",)),
}
"""What stands in for a shape that can't be told; any other word in it is told as unknown instead."""

_EXAMPLES: Final[Mapping[str, str]] = {
    "version": "Begin the file with `version: 1`.",
    "scores": "Put the rules under `scores:`, then a name, then `rules:`.",
    "name": "Every rule has a `name`: reports show it as the reason.",
    "within": "Write how long after it may come: `within: 2d`.",
    "event": "Write the event type: `event: purchase`.",
}


def _missing_decay(key: str) -> tuple[str, str, str | None]:
    if key == "every":
        return "R069", "This decay has no `every`.", "Write the length of a step: `every: 1d`."
    hint = "Write `{linear: 1%, every: 1d}`, `{compound: 1%, every: 1d}` or `{half_life: 30d}`."
    return "R069", "This is no decay.", hint


def _too_short(_loc: Loc, path: Path, document: Document) -> Problem | None:
    node = document.root.at(path)
    if node is None or node.kind not in ("list", "mapping") or node.items or node.entries:
        return None  # pydantic counts those that are right; what is wrong with the others is told
    if path[-1:] == ("rules",):
        return problem(
            "R031", "It has no rules.", document=document, path=path, hint="Write them under `rules:`."
        )
    message = f"{label(path)} is empty; it needs at least one entry."
    return problem("R024", message, document=document, path=path)


def _no_list(_loc: Loc, path: Path, document: Document) -> Problem:
    return _wrong(f"{label(path)} must be a list, but", path, document)


def _no_mapping(loc: Loc, path: Path, document: Document) -> Problem:
    model = model_at(loc)
    if not path:
        return _wrong("A rule file is a mapping that begins with `version: 1`, but this", path, document)
    if model is not None and issubclass(model, rules.RuleBase):
        return _wrong("A rule must be a mapping with a `name`, but this", path, document)
    if model is not None and issubclass(model, shapes.CONDITIONS):
        return _wrong("A condition must be a mapping such as `{tag: VIP}`, but this", path, document)
    return _wrong(f"{label(path)} must be a mapping, but", path, document)


def _wrong(message: str, path: Path, document: Document) -> Problem:
    node = document.root.at(path)
    found = node.shown() if node is not None else "nothing"
    return problem("R022", f"{message} is {found}.", document=document, path=path)


_TELLERS: Final[Mapping[str, Callable[[Loc, Path, Document], Problem | None]]] = {
    "missing": _missing,
    "extra_forbidden": unknown_key,
    "too_short": _too_short,
    "tuple_type": _no_list,
    "dict_type": _no_mapping,
    "model_type": _no_mapping,
    "model_attributes_type": _no_mapping,
}
