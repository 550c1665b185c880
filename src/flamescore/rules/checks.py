"""What a rule file says that can't be, beyond the shape of its parts.

The checks look at the tree and not at the model, so that they find theirs in a file whose shape is wrong
elsewhere. What has the wrong shape they leave alone: it is told already.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from flamescore.rules.places import problem
from flamescore.rules.rulechecks import RULE_CHECKS, Spot
from flamescore.rules.slug import slug

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flamescore.errors import Problem
    from flamescore.tree import Document, Node, Path

_SCORE_NAME = re.compile(r"[^\W_][\w .-]{0,79}")
_FLAMES: Final = 5


def nulls(document: Document, *, below: Path = ()) -> list[Problem]:
    """Tell every value that is not there; an alias that stands for nothing is told already."""
    root = document.root.at(below)
    found = root.walk(below) if root is not None else iter(())
    return [
        _null(path, document)
        for path, node in found
        if node.kind == "null" and not node.written.startswith("*")
    ]


def _null(path: Path, document: Document) -> Problem:
    if path and isinstance(path[-1], int):
        return problem(
            "R021",
            "This item has no value.",
            document=document,
            path=path,
            hint="Take it out, or fill it in.",
        )
    name = f"`{path[-1]}`" if path else "The file"
    predicates = any(step in ("where", "field") for step in path[:-1])
    hint = "For a missing cell write `{empty: true}`." if predicates else "Give it one, or take the key out."
    return problem("R021", f"{name} has no value.", document=document, path=path, key=True, hint=hint)


def check_condition(document: Document, path: Path) -> list[Problem]:
    """Check a condition that stands alone."""
    return list(_operators(document, path))


def check_predicates(document: Document) -> list[Problem]:
    """Check a mapping of column to predicate that stands alone."""
    return [
        each
        for column, node in document.root.entries.items()
        for each in _operator(document, (column,), node)
    ]


def check_file(document: Document) -> list[Problem]:
    """Check a whole rule file."""
    problems = list(_operators(document, ()))
    scores = document.root.child("scores")
    if scores is None or not scores.entries:
        return problems
    if all(_is(score.child("enabled"), False) for score in scores.entries.values()):  # noqa: FBT003 - the file's word
        hint = "Take `enabled: false` out of one of them."
        problems.append(
            problem(
                "R030", "Every score is disabled.", document=document, path=("scores",), key=True, hint=hint
            )
        )
    for name in scores.entries:
        for check in SCORE_CHECKS:
            problems += check(document, ("scores", name))
    return problems


def _is(node: Node | None, value: object) -> bool:
    return node is not None and node.scalar is value


def _number(node: Node | None) -> bool:
    return node is not None and node.kind == "number"


# --- anywhere ----------------------------------------------------------------------------------------


def _operators(document: Document, below: Path) -> Iterator[Problem]:
    """Tell predicates that ask for nothing."""
    for path, node in _predicates(document.root.at(below), below):
        yield from _operator(document, path, node)


def _operator(document: Document, path: Path, node: Node) -> Iterator[Problem]:
    if node.kind == "mapping" and not set(node.entries) - {"case_sensitive"}:
        what = "`case_sensitive` stands alone" if node.entries else f"`{path[-1]}` has no operator"
        hint = "Say what the cell must be: `{equals: VIP, case_sensitive: true}`."
        yield problem(
            "R071", f"{what}: nothing is asked of the cell.", document=document, path=path, hint=hint
        )


def _predicates(node: Node | None, path: Path) -> Iterator[tuple[Path, Node]]:
    for step, child in node.children() if node is not None else ():
        if step in ("where", "field"):
            yield from (((*path, step, column), each) for column, each in child.entries.items())
        else:
            yield from _predicates(child, (*path, step))


# --- scores ------------------------------------------------------------------------------------------


def _name(document: Document, path: Path) -> Iterator[Problem]:
    name = str(path[-1])
    if _SCORE_NAME.fullmatch(name) is None:
        hint = "Use letters, digits, `_`, `-`, `.` and spaces, a letter or digit first, at most 80 in all."
        message = "It can't be called so: files and columns are named after it."
        yield problem("R029", message, document=document, path=path, key=True, hint=hint)


def _flames(document: Document, path: Path) -> Iterator[Problem]:
    score = document.root.at(path)
    if score is None or score.kind != "mapping":
        return
    ideal, flames = score.child("five_flames"), score.child("flames")
    if ideal is not None and flames is not None:
        hint = "Keep `five_flames` for equal steps, or `flames` for steps of your own."
        message = "It has both `five_flames` and `flames`."
        yield problem("R033", message, document=document, path=(*path, "flames"), key=True, hint=hint)
    if ideal is None and flames is None and not any("flame" in key.casefold() for key in score.entries):
        hint = "Write `five_flames: 20`, or `flames: [4, 8, 12, 16, 20]`."
        message = "It does not say how points become flames."
        yield problem("R032", message, document=document, path=path, key=True, hint=hint)
    if ideal is not None and isinstance(ideal.scalar, bool) is False and _number(ideal) and ideal.scalar <= 0:  # type: ignore[operator]
        message = f"`five_flames` is {ideal.written}; it must be above 0."
        yield problem("R035", message, document=document, path=(*path, "five_flames"))
    if flames is not None and flames.kind == "list":
        yield from _bounds(document, (*path, "flames"), flames.items)


def _bounds(document: Document, path: Path, bounds: tuple[Node, ...]) -> Iterator[Problem]:
    hint = "Write the points from which there are 1, 2, 3, 4 and 5 flames: `[4, 8, 12, 16, 20]`."
    if len(bounds) != _FLAMES:
        yield problem(
            "R034",
            f"`flames` has {len(bounds)} numbers; it takes five.",
            document=document,
            path=path,
            hint=hint,
        )
    numbers = [(index, node) for index, node in enumerate(bounds) if node.kind == "number"]
    if numbers and numbers[0][0] == 0 and numbers[0][1].scalar <= 0:  # type: ignore[operator]
        message = f"The first of `flames` is {numbers[0][1].written}; it must be above 0."
        yield problem("R034", message, document=document, path=(*path, 0), hint=hint)
    for (_, low), (index, high) in pairwise(numbers):
        if high.scalar <= low.scalar:  # type: ignore[operator]
            message = f"`flames` must rise, but {high.written} comes after {low.written}."
            yield problem("R034", message, document=document, path=(*path, index), hint=hint)


def _limits(document: Document, path: Path) -> Iterator[Problem]:
    score = document.root.at(path)
    groups = score.child("groups") if score is not None else None
    rules = score.child("rules") if score is not None else None
    owners = [path]
    owners += [(*path, "groups", name) for name in groups.entries] if groups is not None else []
    owners += [(*path, "rules", index) for index in range(len(rules.items))] if rules is not None else []
    for owner in owners:
        low, high = (document.root.at((*owner, "limits", key)) for key in ("min", "max"))
        if low is not None and _number(low) and low.scalar > 0:  # type: ignore[operator]
            message = (
                f"`min` is {low.written}; above 0 it would give points to contacts whom nothing matches."
            )
            yield problem(
                "R036", message, document=document, path=(*owner, "limits", "min"), hint="Write 0 or less."
            )
        if high is not None and _number(high) and high.scalar < 0:  # type: ignore[operator]
            message = (
                f"`max` is {high.written}; below 0 it would take points from contacts whom nothing matches."
            )
            yield problem(
                "R036", message, document=document, path=(*owner, "limits", "max"), hint="Write 0 or more."
            )


def _ids(document: Document, path: Path) -> Iterator[Problem]:
    seen: dict[str, Path] = {}
    rules = document.root.at((*path, "rules"))
    for index, rule in enumerate(rules.items if rules is not None else ()):
        key = "id" if rule.child("id") is not None else "name"
        named = rule.child(key)
        if named is None or named.kind != "text" or not named.written.strip():
            continue
        at = (*path, "rules", index, key)
        made = named.written.strip() if key == "id" else slug(named.written)
        if not made:
            message = f"The name `{named.written}` has no letter or digit to make an id of."
            yield problem("R048", message, document=document, path=at, hint="Give the rule an `id`.")
        elif made in seen:
            line = document.where(seen[made]).line
            hint = "Give one of them another name, or an `id` of its own."
            message = f"Its id `{made}` is that of the rule on line {line}."
            yield problem("R047", message, document=document, path=at, hint=hint)
        seen.setdefault(made, at)


def _rules(document: Document, path: Path) -> Iterator[Problem]:
    score = document.root.at(path)
    rules = score.child("rules") if score is not None else None
    for index, rule in enumerate(rules.items if rules is not None else ()):
        if score is not None and rule.kind == "mapping":
            spot = Spot(document, (*path, "rules", index), score, rule)
            for check in RULE_CHECKS:
                yield from check(spot)


SCORE_CHECKS: Final[tuple[Callable[[Document, Path], Iterator[Problem]], ...]] = (
    _name, _flames, _limits, _ids, _rules,
)  # fmt: skip
