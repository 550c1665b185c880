"""YAML text -> a tree with the place of every node, and did-you-mean hints.

YAML 1.2 with a custom schema: `true`, `false`, numbers, `null`, `~` and the empty value; all else is text.
Numbers are int or Decimal. All faults are collected. The number of a fault is the same for every kind of
file; its letter depends on the kind (`R007` in a rule file, `P007` in a project file).
"""

from __future__ import annotations

import re
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, NoReturn

import yaml
from msgspec import Struct

from flamescore.errors import Problem
from flamescore.yaml_tree.nodes import Document, Node, Scalar, Span, place, shortened
from flamescore.yaml_tree.syntax_errors import LINE_BREAK, Syntax, explain

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_EXPANDED: Final = 100_000
MAX_DEPTH: Final = 100
_OFFERED: Final = 6
"""Maximum number of names that a hint lists; the others are counted."""

_SHORT_WORD: Final = 5
_LARGE: Final = 200_000
_MAX_DIGITS: Final = 100
_MAX_EXPONENT: Final = 400
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_TAG = re.compile(r"(?:&[^\s,\[\]{}]*\s+)?(![^\s,\[\]{}]*)")
_CONSTANTS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None, "~": None, "": None}
_LOADER: Final[Any] = getattr(yaml, "CLoader", yaml.Loader)


class Parsed(Struct, frozen=True):
    """The result of parsing a file: its document, None if it can't be read, and all its faults in order."""

    document: Document | None
    problems: tuple[Problem, ...]


class _StopReadingError(Exception):
    """The fault just recorded makes it impossible to continue."""


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice that was meant, or None. Case, `-`, `_` and spaces are ignored."""
    known = list(choices)
    folded = {bare(choice): choice for choice in reversed(known)}
    if bare(word) in folded:
        return folded[bare(word)]
    cutoff = 0.6 if len(word) < _SHORT_WORD else 0.7
    close = get_close_matches(bare(word), folded, n=1, cutoff=cutoff)
    return folded[close[0]] if close else None


def use(names: Iterable[str]) -> str:
    """Return a hint on what can be written: `Use a, b or c.`; beyond six names, the rest are counted."""
    known = [f"`{name}`" for name in dict.fromkeys(names)]
    rest = len(known) - _OFFERED
    last = known.pop() if rest <= 0 else f"{rest:,} other{'s' if rest > 1 else ''}"
    return f"Use {', '.join(known[:_OFFERED])} or {last}." if known else f"Use {last}."


def nearest_or_use(word: str, choices: Iterable[str]) -> str:
    """Return a hint with the choice that was meant or, if none is close, with what can be written."""
    known = tuple(choices)
    meant = nearest(word, known)
    return f"Did you mean `{meant}`?" if meant else use(known)


def bare(word: str) -> str:
    """Return a name without common variations: case, white space, `-` and `_`."""
    return re.sub(r"[-_\s]+", "", word).casefold()


def parse(source: str | bytes, path: str, *, letter: str = "R") -> Parsed:
    """Parse YAML. `path` is the name of the file for users, `letter` begins the codes of its faults."""
    reader = _Reader(path, letter)
    document: Document | None = None
    try:
        text = reader.decoded(source)
        reader.lines = tuple(LINE_BREAK.split(text))
        root = reader.read(text)
        document = Document(path, reader.lines, root)
    except _StopReadingError:
        pass
    return Parsed(document, tuple(by_place(reader.problems)))


def by_place(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems in the order of their places."""
    return sorted(problems, key=lambda each: (each.where.line, each.where.column) if each.where else (0, 0))


class _Reader:
    """A parser of one file, which collects its faults and remembers its anchors."""

    def __init__(self, path: str, letter: str) -> None:
        self.path = path
        self.letter = letter
        self.lines: tuple[str, ...] = ()
        self.problems: list[Problem] = []
        self.anchors: dict[str, Node | None] = {}
        self.expanded = 0
        self.loader: Any = None

    def fault(self, number: int, message: str, span: Span, hint: str | None = None) -> None:
        where = place(self.path, self.lines, span)
        self.problems.append(Problem(f"{self.letter}{number:03d}", message, where, hint))

    def stop(self, number: int, message: str, span: Span, hint: str | None = None) -> NoReturn:
        self.fault(number, message, span, hint)
        raise _StopReadingError

    def decoded(self, source: str | bytes) -> str:
        data = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
        hint = "Save the file as UTF-8 and run again."
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            self.stop(2, "The file is saved as UTF-16; it must be UTF-8.", Span(), hint)
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self.lines = tuple(LINE_BREAK.split(data.decode("utf-8", "replace")))
            before = data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")
            message = f"The file is not UTF-8: the byte 0x{data[error.start]:02X} does not belong here."
            self.stop(2, message, Span(line, len(before) + 1), hint)

    # --- documents -------------------------------------------------------------------------------------

    def read(self, text: str) -> Node:
        """Read with the fast loader; on a syntax error, the plain one decides, unless the text is large."""
        try:
            return self._read(text, _LOADER)
        except yaml.YAMLError as error:
            if _LOADER is yaml.Loader or len(text) > _LARGE:
                self._syntax(explain(text, error))
        self.problems, self.anchors, self.expanded = [], {}, 0
        try:
            return self._read(text, yaml.Loader)
        except yaml.YAMLError as error:
            self._syntax(explain(text, error))

    def _read(self, text: str, loader: Any) -> Node:  # noqa: ANN401 - PyYAML's classes
        try:
            self.loader = loader(text)
            return self._only_document()
        finally:
            if self.loader is not None:
                self.loader.dispose()

    def _syntax(self, syntax: Syntax) -> NoReturn:
        self.stop(5 if syntax.tab else 4, syntax.message, Span(syntax.line, syntax.column), syntax.hint)

    def _only_document(self) -> Node:
        self._next()
        if self.loader.check_event(yaml.StreamEndEvent):
            hint = "A rule file begins with `version: 1`." if self.letter == "R" else None
            self.stop(3, "The file is empty.", Span(), hint)
        self._next()
        root = self._node(self._next(), 0)
        if root.kind == "null" and not root.written:
            self.stop(3, "The file is empty.", Span())
        self._next()
        if not self.loader.check_event(yaml.StreamEndEvent):
            start = _span(self._next(), self.lines)
            self.fault(
                6, "Only one YAML document per file.", Span(start.line, start.column, 3),
                "Remove `---`, or put what follows into a file of its own.",
            )  # fmt: skip
        return root

    def _next(self) -> Any:  # noqa: ANN401 - PyYAML's events have no common type to speak of
        return self.loader.get_event()

    # --- nodes -----------------------------------------------------------------------------------------

    def _node(self, event: Any, depth: int) -> Node:  # noqa: ANN401
        span = _span(event, self.lines)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(str(event.anchor), span, depth)
        if depth > MAX_DEPTH:
            self._too_deep(span)
        self._refuse_tag(event, span)
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        node = self._value(event, span, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def _value(self, event: Any, span: Span, depth: int) -> Node:  # noqa: ANN401
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, span)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(span, depth)
        return self._mapping(span, depth)

    def _refuse_tag(self, event: Any, span: Span) -> None:  # noqa: ANN401
        found = (
            _TAG.match(self.lines[span.line - 1], span.column - 1) if span.line <= len(self.lines) else None
        )
        if event.tag is None and found is None:
            return
        tag = found[1] if found else event.tag
        self.fault(
            9, f"`{tag}` is a YAML tag; this file has none.", span,
            "Text that begins with `!` needs quotes: '!like this'.",
        )  # fmt: skip

    def _alias(self, name: str, span: Span, depth: int) -> Node:
        node = self.anchors.get(name)
        if node is None:
            within = name in self.anchors
            message = (
                f"`*{name}` refers to something that contains it."
                if within
                else f"`*{name}` refers to nothing: there is no `&{name}` above it."
            )
            self.fault(10, message, span, f"Text that begins with `*` needs quotes: '*{name}'.")
            return Node("null", span, written=f"*{name}")
        self.expanded += node.size
        if self.expanded > MAX_EXPANDED:
            self.stop(11, f"Aliases in this file expand to more than {MAX_EXPANDED:,} values.", span)
        if depth + node.height > MAX_DEPTH:
            self._too_deep(span)
        return node

    def _too_deep(self, span: Span) -> NoReturn:
        message = f"The file is nested more than {MAX_DEPTH} levels deep here."
        self.stop(12, message, Span(span.line, span.column))

    def _scalar(self, event: Any, span: Span) -> Node:  # noqa: ANN401
        written: str = event.value
        scalar: Scalar = written
        if not event.style and written in _CONSTANTS:
            scalar = _CONSTANTS[written]
            return Node("null" if scalar is None else "boolean", span, scalar=scalar, written=written)
        match = None if event.style else _NUMBER.fullmatch(written)
        if match is None:
            signed = None if event.style else _signed(written)
            return Node("text", span, scalar=scalar, written=written, signed=signed)
        if len(written) > _MAX_DIGITS or abs(int((match[2] or "e0")[1:])) > _MAX_EXPONENT:
            self.fault(14, f"`{shortened(written, 40)}` is too long for a number.", span)
            return Node("number", span, scalar=0, written=written)
        return Node("number", span, scalar=_number(written, match), written=written)

    def _list(self, span: Span, depth: int) -> Node:
        items: list[Node] = []
        while not self.loader.check_event(yaml.SequenceEndEvent):
            items.append(self._node(self._next(), depth + 1))
        self._next()
        return Node(
            "list", span, items=tuple(items), size=1 + sum(item.size for item in items), height=_above(items)
        )

    def _mapping(self, span: Span, depth: int) -> Node:
        entries: dict[str, Node] = {}
        keys: dict[str, Span] = {}
        while not self.loader.check_event(yaml.MappingEndEvent):
            event = self._next()
            at = _span(event, self.lines)
            key = self._key(event, at, depth)
            value = self._node(self._next(), depth + 1)
            if key in keys:
                message = f"Duplicate key `{shortened(key)}`, first on line {keys[key].line}."
                self.fault(7, message, at, "Remove one.")
            elif key is not None:
                entries[key], keys[key] = value, at
        self._next()
        size = 1 + sum(node.size + 1 for node in entries.values())
        return Node("mapping", span, entries=entries, keys=keys, size=size, height=_above(entries.values()))

    def _key(self, event: Any, span: Span, depth: int) -> str | None:  # noqa: ANN401
        node = self._node(event, depth + 1)
        plain = isinstance(event, yaml.ScalarEvent)
        if plain and not event.style and event.value == "<<":
            self.fault(8, "Merge keys (`<<`) are not supported.", span, "Write the keys out.")
            return None
        if not plain or (not event.value and not event.style):
            self.fault(13, "A key must be text.", span, "Text that begins with `?`, `[` or `{` needs quotes.")
            return None
        return node.written


def _above(nodes: Iterable[Node]) -> int:
    return 1 + max((node.height for node in nodes), default=0)


def _span(event: Any, lines: tuple[str, ...]) -> Span:  # noqa: ANN401
    """Return the span of an event; if it continues past its first line, it is cut at the end of that line."""
    start, end = event.start_mark, event.end_mark
    line = lines[start.line] if start.line < len(lines) else ""
    opens_block = isinstance(event, yaml.CollectionStartEvent) and not event.flow_style
    last = end.column if end.line == start.line and not opens_block else len(line.rstrip())
    if isinstance(event, yaml.CollectionStartEvent) and event.flow_style:
        last = start.column + 1
    return Span(start.line + 1, start.column + 1, max(1, last - start.column))


def _number(written: str, match: re.Match[str]) -> int | Decimal:
    return Decimal(written) if match[1] or match[2] else int(written)


def _signed(written: str) -> int | Decimal | None:
    """Parse `+5` as a number, within the same bounds as other numbers; return None if it is not one."""
    match = _NUMBER.fullmatch(written, 1) if written[:1] == "+" and written[1:2] != "-" else None
    if match is None or len(written) > _MAX_DIGITS or abs(int((match[2] or "e0")[1:])) > _MAX_EXPONENT:
        return None
    return _number(written[1:], match)
