"""How a tree is read by tables: the place one is at, a type for each kind of value, a shape for each mapping.

Every fault is noted where it is found, and reading goes on beside it: a value that is refused leaves its list
or mapping refused too, once all its neighbours have been read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeAlias
from zoneinfo import ZoneInfo

from flamescore.errors import Problem
from flamescore.rules.messages import Told, missing_key, no_entry, unknown_key
from flamescore.yaml_tree import nearest, shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flamescore.yaml_tree import Document, Node, Path

Value: TypeAlias = Any
"""What a type or a shape makes of what it reads."""

ExportKind = Literal["contacts", "events"]


class RefusedError(Exception):
    """A value is not what it must be; the problem is noted already."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a place in the file asks of the exports: a `column`, any `events` or `tags` at all.

    A `pattern` asks that the engine can run it. `name` is the column or the pattern, `key` whether a message
    points at the place's key, `dated` whether the column is read as dates.
    """

    what: Literal["column", "events", "tags", "pattern"]
    path: Path
    kind: ExportKind = "contacts"
    name: str = ""
    key: bool = True
    dated: bool = False


@dataclass(slots=True)
class Reading:
    """One reading of a file: what was found so far, and the zone of its naive times."""

    document: Document
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    problems: list[Problem] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)

    def at(self, path: Path = ()) -> At:
        """Return the value at a path; it must be there."""
        node = self.document.root.at(path)
        assert node is not None
        return At(self, path, node)


@dataclass(frozen=True, slots=True)
class At:
    """A value of the file: where it is, and what it is."""

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
        """The keys of a mapping; none where it is something else."""
        return tuple(self.node.entries)

    @property
    def label(self) -> str:
        """The name of the value in messages: the last key on the way to it."""
        keys = [step for step in self.path if isinstance(step, str)]
        return f"`{keys[-1]}`" if keys else "The file"

    def tell(
        self,
        code: str,
        message: str,
        hint: str | None = None,
        *,
        path: Path = (),
        key: bool = False,
        severity: str = "error",
    ) -> None:
        """Note a problem here or at a path below, of its key where `key`."""
        problem = problem_at(
            self.reading.document, (*self.path, *path), code, message, hint, key=key, severity=severity
        )
        self.reading.problems.append(problem)

    def refuse(self, code: str, message: str, hint: str | None = None) -> NoReturn:
        """Note a problem that leaves nothing to be made of the value."""
        self.tell(code, message, hint)
        raise RefusedError

    def wrong(self, wanted: str, hint: str | None = None) -> NoReturn:
        """Refuse a value that is of another kind than is wanted."""
        self.refuse("R022", f"{self.label} must be {wanted}, but is {self.node.shown()}.", hint)


def problem_at(
    document: Document,
    path: Path,
    code: str,
    message: str,
    hint: str | None = None,
    *,
    key: bool = False,
    severity: str = "error",
) -> Problem:
    """Make the problem of a path: its place, and the rule or score that it is in."""
    where = document.where(path, key=key)
    return Problem(code, _heading(path, document.root) + message, where, hint, severity)


def in_order(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Return problems by their place, each once."""
    unique = dict.fromkeys(problems)
    return tuple(
        sorted(unique, key=lambda each: (each.where.line, each.where.column) if each.where else (0, 0))
    )


def _heading(path: Path, root: Node) -> str:
    """Say which rule or score a path is in: ``Rule "Owns a dog": ``; nothing for the file as a whole."""
    if len(path) > 3 and path[0] == "scores" and path[2] == "rules" and isinstance(path[3], int):  # noqa: PLR2004
        name = root.at((*path[:4], "name"))
        if name is not None and name.kind == "text" and name.written.strip():
            return f'Rule "{shortened(name.written)}": '
        return f"Rule {path[3] + 1} of `{path[1]}`: "
    if len(path) > 3 and path[0] == "scores" and path[2] == "groups":  # noqa: PLR2004
        return f"Group `{path[3]}` of `{path[1]}`: "
    return f"Score `{path[1]}`: " if len(path) > 1 and path[0] == "scores" else ""


# --- types -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ValueType:
    """How one kind of value is read, and its JSON Schema (draft 7).

    Called with a place, it returns what it makes of the value there or raises `RefusedError`; a value that
    is missing (null) is refused without a word, for `checks.nulls` tells it.
    """

    read: Callable[[At], Value]
    schema: Mapping[str, Any]

    def __call__(self, at: At) -> Value:
        """Read the value at a place."""
        if at.node.kind == "null":
            raise RefusedError
        return self.read(at)


def _all_of(reads: Sequence[tuple[ValueType, At]]) -> tuple[Value, ...]:
    """Read every value; raise when one of them was refused, but after the last."""
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
    """Read every item of a list, however many there are."""
    return _all_of([(item, each) for each in at.children])


def listed(item: ValueType, *, least: int = 1) -> ValueType:
    """Return the type of a list; it has at least one item unless `least` is 0."""

    def read(at: At) -> tuple[Value, ...]:
        if at.node.kind != "list":
            at.wrong("a list")
        if len(at.node.items) < least:
            at.refuse(*no_entry(at.label))
        return items(at, item)

    schema = {"type": "array", "items": item.schema}
    return ValueType(read, {**schema, "minItems": least} if least else schema)


def one_or_more(item: ValueType) -> ValueType:
    """Return the type of a value or a list of them; a value reads as a list of one."""
    several = listed(item)

    def read(at: At) -> tuple[Value, ...]:
        found: tuple[Value, ...] = several(at) if at.node.kind == "list" else (item(at),)
        return found

    return ValueType(read, {"anyOf": [item.schema, several.schema]})


def mapped(value: ValueType, *, least: int = 0) -> ValueType:
    """Return the type of a mapping whose keys the file chooses, at least so many; read, it is a dict."""

    def read(at: At) -> dict[str, Value]:
        if at.node.kind != "mapping":
            at.wrong("a mapping")
        if len(at.keys) < least:
            at.refuse(*no_entry(at.label))
        return dict(zip(at.keys, _all_of([(value, each) for each in at.children]), strict=True))

    schema = {"type": "object", "additionalProperties": value.schema}
    return ValueType(read, {**schema, "minProperties": least} if least else schema)


# --- shapes ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a shape: what it takes, and what it means."""

    type: ValueType
    about: str
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A mapping of known keys.

    `make` is called with the value of each key that is there, by its name. `must_be` says what is wanted
    where there is no mapping. `unknown` and `missing` find the words for a key that may not, or must, be
    there; None where another problem says it already, as of a key without a value.
    """

    name: str
    about: str
    keys: Mapping[str, Key]
    make: Callable[[dict[str, Value]], Value] = dict
    must_be: str | None = None
    unknown: Callable[[Shape, str, At], Told | None] = lambda shape, key, _: unknown_key(key, shape.keys)
    missing: Callable[[str, At], Told | None] = lambda key, at: missing_key(key, at.label)

    @property
    def type(self) -> ValueType:
        """The shape as the type of a value."""
        return ValueType(self.read, {"$ref": f"#/definitions/{self.name}"})

    def read(self, at: At) -> Value:
        """Read a mapping: tell the keys it lacks and those it may not have, and read the others."""
        if at.node.kind != "mapping":
            if self.must_be is None:
                at.wrong("a mapping")
            at.refuse("R022", f"{self.must_be}, but this is {at.node.shown()}.")
        strange = [key for key in at.keys if key not in self.keys]
        lacking = [name for name, key in self.keys.items() if key.needed and name not in at.keys]
        for name in lacking:
            if not any(nearest(key, self.keys) == name for key in strange):
                told = self.missing(name, at)
                if told is not None:
                    at.tell(*told)
        for key in strange:
            told = None if at.node.entries[key].kind == "null" else self.unknown(self, key, at)
            if told is not None:
                at.tell(*told, path=(key,), key=True)
        there = [(name, key.type, at.child(name)) for name, key in self.keys.items()]
        found = [(name, type_, child) for name, type_, child in there if child is not None]
        values = _all_of([(type_, child) for _, type_, child in found])
        if strange or lacking:
            raise RefusedError
        return self.make({name: value for (name, _, _), value in zip(found, values, strict=True)})


def by_key(shapes: Mapping[str, Shape], *, default: str, known: Sequence[str] = ()) -> ValueType:
    """Return the type of a mapping that has one of several shapes, told apart by a key of each.

    It is the first of the keys that is there, else the one that a misspelt key is nearest to, else the
    default. `known` are words of the shapes that are not misspelt.
    """
    keys = tuple(shapes)
    refs = [shape.type.schema for shape in shapes.values()]
    return ValueType(lambda at: shapes[chosen(at, keys, known) or default].read(at), {"anyOf": refs})


def chosen(at: At, keys: Sequence[str], known: Sequence[str] = ()) -> str | None:
    """Return the first of the keys that a mapping has, else the one that an unknown key is nearest to."""
    for key in keys:
        if key in at.keys:
            return key
    slips = (nearest(word, (*keys, *known)) for word in at.keys if word not in known)
    return next((meant for meant in slips if meant in keys), None)
