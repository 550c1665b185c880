"""A rule file -> its model, or every fault in it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from flamescore.errors import Problem, RuleFileError, Where
from flamescore.rules.checks import check_condition, check_file, nulls
from flamescore.rules.conditions import Condition
from flamescore.rules.model import RuleFile
from flamescore.rules.places import in_order
from flamescore.rules.search import LoadedPredicates, load_predicates
from flamescore.rules.translate import translate
from flamescore.source import Document, parse

if TYPE_CHECKING:
    from pathlib import Path

    from flamescore.tree import Node
    from flamescore.tree import Path as NodePath

__all__ = [
    "LoadedCondition",
    "LoadedPredicates",
    "LoadedRules",
    "load_condition",
    "load_predicates",
    "load_rules",
    "load_rules_text",
]

_CONDITION: TypeAdapter[Any] = TypeAdapter(Condition)


@dataclass(frozen=True, slots=True)
class LoadedRules:
    """A rule file that is right in itself. `hash` is the SHA-256 of its bytes, in hex."""

    file: RuleFile
    text: str
    path: str
    hash: str
    document: Document
    warnings: tuple[Problem, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of naive times, bare dates and calendar days."""
        return ZoneInfo(self.file.timezone)

    @property
    def root(self) -> Node:
        """The file's tree."""
        return self.document.root


@dataclass(frozen=True, slots=True)
class LoadedCondition:
    """A condition from another file, and where it stands there."""

    condition: Condition
    document: Document
    path: NodePath = ()


def load_rules(path: Path) -> LoadedRules:
    """Read a rule file.

    Raises:
        RuleFileError: with every fault, in order.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "it can't be opened"
        raise RuleFileError(
            Problem("R001", f"The rule file can't be read: {reason}.", Where(str(path)))
        ) from error
    return _load(data, str(path))


def load_rules_text(text: str, path: str = "rules.yaml") -> LoadedRules:
    """Read a rule file from text; `path` is what it is called in messages.

    Raises:
        RuleFileError: with every fault, in order.
    """
    return _load(text.encode("utf-8", "surrogatepass"), path)


def load_condition(document: Document, path: NodePath = ()) -> LoadedCondition:
    """Read the condition at a path of another file, such as `call_list.exclude` of a project file.

    Raises:
        RuleFileError: with every fault, in order.
    """
    node = document.root.at(path)
    assert node is not None
    problems = nulls(document, below=path)
    try:
        condition = _CONDITION.validate_python(node.plain())
    except ValidationError as error:
        problems += translate(error, document, below=path)
    problems += check_condition(document, path)
    if problems:
        raise RuleFileError(in_order(problems))
    return LoadedCondition(condition, document, path)


def _load(data: bytes, path: str) -> LoadedRules:
    parsed = parse(data, path)
    problems = list(parsed.problems)
    if parsed.document is None:
        raise RuleFileError(in_order(problems))
    problems += nulls(parsed.document)
    file: RuleFile | None = None
    try:
        file = RuleFile.model_validate(parsed.document.root.plain())
    except ValidationError as error:
        problems += translate(error, parsed.document)
    problems += check_file(parsed.document)
    errors = in_order([each for each in problems if each.severity == "error"])
    if errors or file is None:
        raise RuleFileError(errors)
    text = data.decode("utf-8-sig")
    return LoadedRules(file, text, path, sha256(data).hexdigest(), parsed.document, in_order(problems))
