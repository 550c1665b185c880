"""Predicates from a command line: `--where '{country: US, age: {at_least: 18}}'`, `--where country=US`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from flamescore.errors import Problem, RuleFileError, Where
from flamescore.rules.checks import check_predicates, nulls
from flamescore.rules.conditions import Predicates
from flamescore.rules.places import in_order
from flamescore.rules.translate import translate
from flamescore.source import parse
from flamescore.tree import Document, Node, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHORT = re.compile(r"\s*([^{}=]*[^{}=\s])\s*=(.*)", re.DOTALL)
_PREDICATES: TypeAdapter[dict[str, Any]] = TypeAdapter(Predicates)


@dataclass(frozen=True, slots=True)
class WherePart:
    """One `--where`, and its text for messages."""

    predicates: dict[str, Any]
    document: Document


@dataclass(frozen=True, slots=True)
class LoadedPredicates:
    """Every `--where` of a command; all must hold."""

    parts: tuple[WherePart, ...]


def load_predicates(texts: Sequence[str], name: str = "--where") -> LoadedPredicates:
    """Read predicates on contacts. `country=US` is short for `{country: US}`; the value is YAML.

    Raises:
        RuleFileError: with every fault.
    """
    parts: list[WherePart] = []
    problems: list[Problem] = []
    for text in texts:
        part, faults = _part(text, name)
        problems += faults
        parts += [part] if part is not None else []
    if problems:
        raise RuleFileError(problems)
    return LoadedPredicates(tuple(parts))


def _part(text: str, name: str) -> tuple[WherePart | None, tuple[Problem, ...]]:
    short = _SHORT.fullmatch(text)
    hint = "Write `country=US`, or `{country: US, employees: {at_least: 100}}`."
    if not text.strip() or (short is not None and not short[2].strip()):
        return None, (Problem("R110", f"`{text.strip()}` asks for nothing.", Where(name), hint),)
    parsed = parse(text if short is None else " " * short.start(2) + short[2], name)
    if parsed.document is None or parsed.problems:
        return None, parsed.problems
    root = parsed.document.root
    if short is not None:
        key = Span(1, short.start(1) + 1, len(short[1]))
        root = Node("mapping", root.span, entries={short[1]: root}, keys={short[1]: key})
    if root.kind != "mapping":
        return None, (Problem("R110", f"`{text.strip()}` names no column.", Where(name), hint),)
    return _checked(Document(name, tuple(text.splitlines()), root))


def _checked(document: Document) -> tuple[WherePart | None, tuple[Problem, ...]]:
    problems = [*nulls(document), *check_predicates(document)]
    try:
        predicates = _PREDICATES.validate_python(document.root.plain())
    except ValidationError as error:
        return None, in_order([*problems, *translate(error, document)])
    return (WherePart(predicates, document), ()) if not problems else (None, in_order(problems))
