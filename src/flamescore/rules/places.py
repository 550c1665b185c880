"""Where in a rule file one is: the heading of a message, the model that an error is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.errors import Problem
from flamescore.rules import conditions as shapes
from flamescore.rules import model as rules
from flamescore.rules.base import MARK, Model
from flamescore.tree import shortened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flamescore.tree import Document, Node, Path

Loc = tuple[str | int, ...]

_TAGGED: Final[Mapping[str, type[Model]]] = {
    "event rule": rules.EventRule,
    "tag rule": rules.TagRule,
    "field rule": rules.FieldRule,
    "first_of rule": rules.FirstOfRule,
    "if rule": rules.IfRule,
    "points from": rules.PointsFrom,
    "linear": rules.Linear,
    "compound": rules.Compound,
    "half_life": rules.HalfLife,
    "operators": shapes.Operators,
    "tag all": shapes.TagAll,
    "tag like": shapes.TagLike,
    "per property": shapes.PerProperty,
    "event condition": shapes.EventCondition,
    "tag condition": shapes.TagCondition,
    "field condition": shapes.FieldCondition,
    "all condition": shapes.AllCondition,
    "any condition": shapes.AnyCondition,
    "not condition": shapes.NotCondition,
}
_KEYED: Final[Mapping[str, type[Model]]] = {
    "defaults": rules.Defaults,
    "limits": rules.Limits,
    "followed_by": rules.Follower,
    "unless_followed_by": rules.Follower,
}
_INSIDE: Final[Mapping[str, type[Model]]] = {
    "scores": rules.Score,
    "groups": rules.Group,
    "first_of": rules.Branch,
    "ignore": shapes.EventFilter,
}


def model_at(loc: Loc) -> type[Model] | None:
    """Return the model that pydantic was filling at a location, from its last steps."""
    if not loc:
        return rules.RuleFile
    last = loc[-1]
    if isinstance(last, str) and last.startswith(MARK):
        return _TAGGED.get(last.removeprefix(MARK))
    if len(loc) > 1 and loc[-2] in _INSIDE:
        return _INSIDE[str(loc[-2])]
    return _KEYED.get(str(last))


def words_of(model: type[Model]) -> tuple[str, ...]:
    """Return the keys that a model knows, as the file writes them."""
    return tuple(field.alias or name for name, field in model.model_fields.items())


def trail(loc: Loc, root: Node) -> Path:
    """Return a location of pydantic as a path in the file: without its tags, no deeper than the file goes.

    The last step stays although the file may not have it: it is what is missing.
    """
    path: Path = ()
    node: Node | None = root
    for step in loc:
        if isinstance(step, str) and step.startswith(MARK):
            continue
        if isinstance(step, int) and (node is None or node.kind != "list"):
            continue
        path = (*path, step)
        node = node.child(step) if node is not None else None
    return path


def heading(path: Path, root: Node) -> str:
    """Say which rule or score a path is in: ``Rule "Owns a dog": ``; nothing for the file as a whole."""
    if len(path) > 3 and path[0] == "scores" and path[2] == "rules" and isinstance(path[3], int):  # noqa: PLR2004
        name = root.at((*path[:4], "name"))
        if name is not None and name.kind == "text" and name.written.strip():
            return f'Rule "{shortened(name.written)}": '
        return f"Rule {path[3] + 1} of `{path[1]}`: "
    if len(path) > 3 and path[0] == "scores" and path[2] == "groups":  # noqa: PLR2004
        return f"Group `{path[3]}` of `{path[1]}`: "
    return f"Score `{path[1]}`: " if len(path) > 1 and path[0] == "scores" else ""


def problem(
    code: str,
    message: str,
    *,
    document: Document,
    path: Path,
    key: bool = False,
    hint: str | None = None,
    severity: str = "error",
) -> Problem:
    """Make the problem of a path: its place, and the rule or score that it is in."""
    told = heading(path, document.root) + message
    return Problem(code, told, document.where(path, key=key), hint, severity)


def in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    """Return problems by their place, each once."""
    unique = dict.fromkeys(problems)
    return tuple(
        sorted(unique, key=lambda each: (each.where.line, each.where.column) if each.where else (0, 0))
    )
