"""Read a YAML tree by tables: a type for each kind of value, a shape for each mapping.

Every fault is noted where it is found, and reading continues: a refused value also makes its list or mapping
refused, but only after all its neighbors have been read. The rule file and the project file are read in this
way, each with its own wording of faults in a `Reading`. The JSON Schemas are made from the same tables.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final, NoReturn, TypeAlias

from msgspec import Struct

from flamescore.errors import Problem
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from flamescore.yaml_tree import Document, Node, Path

Value: TypeAlias = Any
"""What a type or a shape returns for what it reads."""

ProblemText = tuple[str, str, str | None]
"""The code of a problem, its message, and its hint."""

SCHEMA_ID: Final = "http://json-schema.org/draft-07/schema#"
"""Draft 7 is what YAML editors support best."""


class RefusedError(Exception):
    """A value is invalid; the problem has already been noted."""


@dataclass(slots=True)
class Reading(ABC):
    """One reading of a file: the problems found so far, and the wording of faults common to all files.

    For an unknown or missing key nothing is reported (None) if another problem covers it.
    """

    READS_NULLS: ClassVar[bool] = False
    """Whether types read missing (null) values; otherwise these are refused without a problem."""

    document: Document
    problems: list[Problem] = field(default_factory=list)

    def at(self, path: Path = ()) -> At:
        """Return the value at a path, which must exist."""
        node = self.document.root.at(path)
        assert node is not None
        return At(self, path, node)

    def heading(self, path: Path) -> str:  # noqa: ARG002 - used by subclasses with headings
        """Return the prefix of a message about a path."""
        return ""

    @abstractmethod
    def label(self, path: Path) -> str:
        """Return the name of a value in messages."""

    @abstractmethod
    def wrong(self, at: At, wanted: str, hint: str | None = None) -> ProblemText:
        """Describe a value of the wrong kind."""

    @abstractmethod
    def empty(self, at: At) -> ProblemText:
        """Describe an empty list or mapping."""

    @abstractmethod
    def unknown(self, shape: Shape, key: str, at: At) -> ProblemText | None:
        """Describe a key that a shape may not have."""

    @abstractmethod
    def missing(self, shape: Shape, key: str, at: At) -> ProblemText | None:
        """Describe a key that a shape must have."""


class At(Struct, frozen=True):
    """A value of the file, with its place."""

    reading: Reading
    path: Path
    node: Node

    def child(self, *steps: str | int) -> At | None:
        """Return the value at a path below, or None."""
        node = self.node.at(steps)
        return None if node is None else At(self.reading, (*self.path, *steps), node)

    @property
    def children(self) -> list[At]:
        """The entries of a mapping or the items of a list."""
        return [At(self.reading, (*self.path, step), node) for step, node in self.node.children()]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of a mapping; empty for any other kind of value."""
        return tuple(self.node.entries)

    @property
    def label(self) -> str:
        """The name of the value in messages."""
        return self.reading.label(self.path)

    def report(
        self,
        code: str,
        message: str,
        hint: str | None = None,
        *,
        path: Path = (),
        key: bool = False,
        severity: str = "error",
    ) -> None:
        """Note a problem here or at a path below; with `key`, at its key."""
        full = (*self.path, *path)
        where = self.reading.document.where(full, key=key)
        self.reading.problems.append(
            Problem(code, self.reading.heading(full) + message, where, hint, severity)
        )

    def refuse(self, code: str, message: str, hint: str | None = None) -> NoReturn:
        """Note a problem that makes the value unusable, and raise `RefusedError`."""
        self.report(code, message, hint)
        raise RefusedError

    def wrong(self, wanted: str, hint: str | None = None) -> NoReturn:
        """Refuse a value of the wrong kind."""
        self.refuse(*self.reading.wrong(self, wanted, hint))


# --- types -------------------------------------------------------------------------------------------


class ValueType(Struct, frozen=True):
    """How one kind of value is read, its JSON Schema, and its description in the docs.

    Called with a place, it returns the value read there or raises `RefusedError`.
    """

    read: Callable[[At], Value]
    schema: Mapping[str, Any]
    words: str = ""

    def __call__(self, at: At) -> Value:
        """Read the value at a place."""
        if at.node.kind == "null" and not at.reading.READS_NULLS:
            raise RefusedError
        return self.read(at)


def _all_of(reads: Sequence[tuple[ValueType, At]]) -> tuple[Value, ...]:
    """Read every value; if one of them was refused, raise after the last."""
    found: list[Value] = []
    for read, at in reads:
        try:
            found.append(read(at))
        except RefusedError:
            continue
    if len(found) < len(reads):
        raise RefusedError
    return tuple(found)


def items(at: At, item: ValueType) -> tuple[Value, ...]:
    """Read every item of a list of any length."""
    return _all_of([(item, each) for each in at.children])


def listed(item: ValueType, *, least: int = 1) -> ValueType:
    """Return the type of a list; it has at least one item unless `least` is 0."""

    def read(at: At) -> tuple[Value, ...]:
        if at.node.kind != "list":
            at.wrong("a list")
        if len(at.node.items) < least:
            at.refuse(*at.reading.empty(at))
        return items(at, item)

    schema = {"type": "array", "items": item.schema}
    return ValueType(read, {**schema, "minItems": least} if least else schema)


def one_or_more(item: ValueType) -> ValueType:
    """Return the type of a value or a list of them; a single value reads as a list of one."""
    several = listed(item)

    def read(at: At) -> tuple[Value, ...]:
        found: tuple[Value, ...] = several(at) if at.node.kind == "list" else (item(at),)
        return found

    return ValueType(read, {"anyOf": [item.schema, several.schema]})


def mapped(value: ValueType, *, least: int = 0, words: str = "") -> ValueType:
    """Return the type of a mapping with arbitrary keys, at least `least` of them; it reads as a dict."""

    def read(at: At) -> dict[str, Value]:
        if at.node.kind != "mapping":
            at.wrong("a mapping")
        if len(at.keys) < least:
            at.refuse(*at.reading.empty(at))
        return dict(zip(at.keys, _all_of([(value, each) for each in at.children]), strict=True))

    schema = {"type": "object", "additionalProperties": value.schema}
    return ValueType(read, {**schema, "minProperties": least} if least else schema, words)


# --- shapes ------------------------------------------------------------------------------------------


class Key(Struct, frozen=True):
    """A key of a shape: its type, its meaning, and its default as written in a file (None: no default)."""

    type: ValueType
    about: str
    needed: bool = False
    default: Value = None


class Shape(Struct, frozen=True):
    """A mapping of known keys.

    `make` is called with the value of each key present, by its name. `must_be`, `unknown` and `missing`
    replace the reading's wording for a value that is not a mapping, and for unknown and missing keys.
    """

    name: str
    about: str
    keys: Mapping[str, Key]
    make: Callable[[dict[str, Value]], Value] = dict
    must_be: Callable[[At], ProblemText] | None = None
    unknown: Callable[[Shape, str, At], ProblemText | None] | None = None
    missing: Callable[[str, At], ProblemText | None] | None = None

    @property
    def type(self) -> ValueType:
        """The shape as the type of a value."""
        return ValueType(self.read, {"$ref": f"#/definitions/{self.name}"})

    def read(self, at: At) -> Value:
        """Read a mapping: report missing and unknown keys, and read the others."""
        if at.node.kind != "mapping":
            if self.must_be is None:
                at.wrong("a mapping")
            at.refuse(*self.must_be(at))
        strange = [key for key in at.keys if key not in self.keys]
        lacking = [name for name, key in self.keys.items() if key.needed and name not in at.keys]
        for name in lacking:
            problem = at.reading.missing(self, name, at)
            if problem is not None:
                at.report(*problem)
        for key in strange:
            problem = None if at.node.entries[key].kind == "null" else at.reading.unknown(self, key, at)
            if problem is not None:
                at.report(*problem, path=(key,), key=True)
        there = [(name, key.type, at.child(name)) for name, key in self.keys.items()]
        found = [(name, type_, child) for name, type_, child in there if child is not None]
        values = _all_of([(type_, child) for _, type_, child in found])
        if strange or lacking:
            raise RefusedError
        return self.make({name: value for (name, _, _), value in zip(found, values, strict=True)})


def by_key(shapes: Mapping[str, Shape], *, default: str, known: Sequence[str] = ()) -> ValueType:
    """Return the type of a mapping that has one of several shapes, distinguished by a key of each.

    The shape is that of the first of these keys that is present, else of the one nearest to a misspelled key,
    else the default. `known` are words of the shapes that are not misspelled.
    """
    keys = tuple(shapes)
    refs = [shape.type.schema for shape in shapes.values()]
    return ValueType(lambda at: shapes[chosen(at, keys, known) or default].read(at), {"anyOf": refs})


def chosen(at: At, keys: Sequence[str], known: Sequence[str] = ()) -> str | None:
    """Return the first of the keys that a mapping has, else the one nearest to an unknown key."""
    for key in keys:
        if key in at.keys:
            return key
    slips = (nearest(word, (*keys, *known)) for word in at.keys if word not in known)
    return next((meant for meant in slips if meant in keys), None)


# --- the JSON Schema ---------------------------------------------------------------------------------


def json_schema(title: str, file: Shape, shapes: Iterable[Shape]) -> dict[str, Any]:
    """Return the schema of a file whose parts have these shapes."""
    definitions = {shape.name: _object(shape) for shape in sorted(shapes, key=lambda shape: shape.name)}
    return {"$schema": SCHEMA_ID, "definitions": definitions, **_object(file), "title": title}


def _object(shape: Shape) -> dict[str, Any]:
    needed = [name for name, key in shape.keys.items() if key.needed]
    return {
        "title": re.sub("([A-Z])", r" \1", shape.name).strip().capitalize(),
        "description": shape.about,
        "type": "object",
        "properties": {name: _property(name, key) for name, key in shape.keys.items()},
        **({"required": needed} if needed else {}),
        "additionalProperties": False,
    }


def _property(name: str, key: Key) -> dict[str, Any]:
    """Return the schema of a key; draft 7 ignores what is next to `$ref`, so that goes into `allOf`."""
    schema = key.type.schema
    default = {} if key.default is None else {"default": key.default}
    own = {"allOf": [schema]} if "$ref" in schema else schema
    return {"title": name, "description": key.about, **default, **own}
