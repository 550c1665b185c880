"""The contents of an authored file: a frozen tree of nodes, each with its place in the text."""

from __future__ import annotations

from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct, field

from flamescore.errors import Where

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Kind = Literal["mapping", "list", "text", "number", "boolean", "null"]
Scalar = str | int | Decimal | bool | None
Path = tuple[str | int, ...]

KIND_NAMES: Final[Mapping[Kind, str]] = {
    "mapping": "a mapping",
    "list": "a list",
    "text": "the text",
    "number": "the number",
    "boolean": "the value",
    "null": "nothing",
}


class Span(Struct, frozen=True):
    """A part of one line: 1-based line and column, and width in characters; line 0 means no place."""

    line: int = 0
    column: int = 0
    width: int = 1


NOWHERE: Final = Span()


class Node(Struct, frozen=True):
    """One value of the file: a scalar, the items of a list, or the entries of a mapping.

    `keys` has the place of each entry's key. `size` counts the nodes in it with aliases expanded, `height`
    the levels below it.
    `written` is a scalar as written in the file. `signed` is the value of an unquoted text such as `+5` where
    a number is needed; elsewhere it remains a text (the beginning of a telephone number, say).
    """

    kind: Kind
    span: Span = NOWHERE
    scalar: Scalar = None
    items: tuple[Node, ...] = ()
    entries: Mapping[str, Node] = field(default_factory=dict)
    keys: Mapping[str, Span] = field(default_factory=dict)
    size: int = 1
    height: int = 0
    written: str = ""
    signed: int | Decimal | None = None

    @property
    def number(self) -> int | Decimal | None:
        """Its value where a number is needed; None if it is not a number."""
        if self.kind != "number":
            return self.signed
        assert isinstance(self.scalar, int | Decimal)
        return self.scalar

    def plain(self) -> Any:  # noqa: ANN401 - any YAML value
        """Return the value as dicts, lists and scalars."""
        if self.kind == "mapping":
            return {key: node.plain() for key, node in self.entries.items()}
        return [node.plain() for node in self.items] if self.kind == "list" else self.scalar

    def json(self) -> Any:  # noqa: ANN401 - any JSON value
        """Return the value as dicts, lists and JSON scalars; a number too large for a float as written."""
        if self.kind == "mapping":
            return {key: node.json() for key, node in self.entries.items()}
        if self.kind == "list":
            return [node.json() for node in self.items]
        if not isinstance(self.scalar, Decimal):
            return self.scalar
        number = float(self.scalar)
        return number if isfinite(number) else self.written

    def child(self, step: str | int) -> Node | None:
        """Return the entry or the item of that name or index, or None."""
        if isinstance(step, str):
            return self.entries.get(step)
        return self.items[step] if 0 <= step < len(self.items) else None

    def at(self, path: Path) -> Node | None:
        """Return the node at a path below this one, or None."""
        node: Node | None = self
        for step in path:
            node = node.child(step) if node is not None else None
        return node

    def children(self) -> Iterator[tuple[str | int, Node]]:
        """Yield each entry or item with its key or index."""
        yield from self.entries.items()
        yield from enumerate(self.items)

    def walk(self, path: Path = ()) -> Iterator[tuple[Path, Node]]:
        """Yield this node and all nodes below it, each with its path, in order."""
        yield path, self
        for step, node in self.children():
            yield from node.walk((*path, step))

    def shown(self) -> str:
        """Describe the node for a message: ``the text `yes` ``, `a list`."""
        name = KIND_NAMES[self.kind]
        return f"{name} `{shortened(self.written)}`" if self.kind in ("text", "number", "boolean") else name


def shortened(text: str, most: int = 60) -> str:
    """Return a text on one line, truncated if it is too long."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


class Document(Struct, frozen=True):
    """A parsed file: its path as shown to users, its lines, its tree."""

    path: str
    lines: tuple[str, ...]
    root: Node

    def where(self, path: Path = (), *, key: bool = False) -> Where:
        """Return the place of the node at a path, or of its key; if missing, of the nearest node above it."""
        span = self.root.span
        node = self.root
        for index, step in enumerate(path):
            child = node.child(step)
            if child is None:
                break
            wants_key = key and index == len(path) - 1
            span = node.keys.get(str(step), child.span) if wants_key else child.span
            node = child
        return place(self.path, self.lines, span)


def place(path: str, lines: tuple[str, ...], span: Span) -> Where:
    """Return a span of a file as a place that includes the text of its line."""
    if not span.line:
        return Where(path)
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    return Where(path, span.line, span.column, line, span.width)
