"""The value types of a test file, how each is parsed, and the messages for invalid values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from flamescore.rule_tests.cases import (
    Cell,
    Instant,
    When,
)
from flamescore.schema_reader import (
    At,
    ProblemText,
    Reading,
    RefusedError,
    Shape,
    Value,
    ValueType,
)
from flamescore.text import trim
from flamescore.units import Period, parse_period, parse_time
from flamescore.yaml_tree import nearest, shortened

if TYPE_CHECKING:
    from flamescore.yaml_tree import Path as NodePath

WRONG: Final = "T001"
OWN_KEYS: Final = ("event", "ago", "at")
"""The keys of an event other than its properties."""

_NOW: Final = re.compile(r"0 ?s")
_CELL_KINDS: Final = ("text", "number", "boolean")


@dataclass(slots=True)
class TestsReading(Reading):
    """The parsing of one test file."""

    def heading(self, path: NodePath) -> str:
        """Return the prefix that names the test of a path: `Test "A buyer is left alone": `."""
        if len(path) < 2 or path[0] != "tests":  # noqa: PLR2004 - `tests` and a number
            return ""
        name = self.document.root.at((*path[:2], "name"))
        named = name is not None and name.kind in _CELL_KINDS and bool(name.written.strip())
        return f'Test "{shortened(name.written)}": ' if name and named else f"Test {int(path[1]) + 1}: "

    def label(self, path: NodePath) -> str:
        """Return the last key on the path to a value."""
        keys = [step for step in path if isinstance(step, str)]
        return f"`{keys[-1]}`" if keys else "The file"

    def wrong(self, at: At, wanted: str, hint: str | None = None) -> ProblemText:
        """Return the message for a value of the wrong kind."""
        return WRONG, f"{at.label} must be {wanted}, not {at.node.shown()}.", hint

    def empty(self, at: At) -> ProblemText:
        """Return the message for an empty list or mapping."""
        return WRONG, f"{at.label} is empty.", None

    def unknown(self, shape: Shape, key: str, at: At) -> ProblemText | None:
        """Return the message for an unknown key, in the shape's own wording if it has one."""
        problem = None if shape.unknown is None else shape.unknown(shape, key, at)
        if problem is not None:
            return problem
        meant = nearest(key, shape.keys)
        hint = f"Did you mean `{meant}`?" if meant else f"It can be {', '.join(map(_quoted, shape.keys))}."
        return WRONG, f"Unknown key `{key}`.", hint

    def missing(self, shape: Shape, key: str, at: At) -> ProblemText | None:
        """Return the message for a missing key, or None if it is only misspelled: that is an unknown key."""
        if any(nearest(word, shape.keys) == key for word in at.keys if word not in shape.keys):
            return None
        return WRONG, f"{'The file' if not at.path else 'It'} has no `{key}`.", EXAMPLES.get(key)


EXAMPLES: Final = {
    "version": "A file of tests begins with `version: 1`.",
    "expect": "Say what is to come out: `expect: {score: 6, flames: 1}`.",
    "name": "Every test has a `name`: it is what a failure is called.",
    "tests": "Write the tests under `tests:`, each with a `- name:`.",
}


def _quoted(word: str) -> str:
    return f"`{word}`"


# --- values ------------------------------------------------------------------------------------------


def text_of(at: At) -> str:
    """Read a text; numbers and booleans are read as the text they are written as."""
    if at.node.kind not in _CELL_KINDS or not trim(at.node.written):
        at.wrong("text")
    return trim(at.node.written)


def _boolean(at: At) -> bool:
    if at.node.kind != "boolean":
        at.wrong("`true` or `false`")
    return bool(at.node.scalar)


def _version(at: At) -> int:
    if at.node.scalar != 1 or at.node.kind != "number":
        at.wrong("1")
    return 1


def number_of(at: At) -> Decimal:
    """Read a number."""
    number = at.node.number
    if number is None:
        at.wrong("a number")
    return Decimal(number)


def _period(at: At) -> Period:
    text = at.node.written if at.node.kind == "text" else ""
    if _NOW.fullmatch(text.strip()):
        return Period(0, "s")
    found = parse_period(text)
    if found is None:
        at.wrong("a period, such as `2d`, `3w` or `0s`", "The units are s, min, h, d, w, mo and y.")
    return found


def _instant(at: At) -> Instant:
    found = parse_time(at.node.written.strip()) if at.node.kind == "text" else None
    if found is None:
        hint = "A test is of one instant for ever, so that it goes on saying the same."
        at.wrong("a date or an instant, such as `2026-11-21`", hint)
    return Instant(found)


def _action(at: At) -> str:
    if at.node.written not in ("applied", "removed"):
        at.wrong("`applied` or `removed`")
    return at.node.written


def _cell(at: At) -> Cell:
    """Read a cell as written; a list is a cell with several values."""
    if at.node.kind == "null":
        return None
    if at.node.kind == "list":
        return tuple(text_of(each) for each in at.children)
    if at.node.kind not in _CELL_KINDS:
        at.wrong("text, a number, `true` or `false`")
    return at.node.written


_SCALARS: Final[dict[str, Any]] = {"type": ["string", "number", "boolean"]}
_CELLS: Final[dict[str, Any]] = {
    "anyOf": [{"type": ["string", "number", "boolean", "null"]}, {"type": "array", "items": _SCALARS}]
}
TEXT: Final = ValueType(text_of, _SCALARS)
BOOLEAN: Final = ValueType(_boolean, {"type": "boolean"})
NUMBER: Final = ValueType(number_of, {"type": "number"})
PERIOD: Final = ValueType(_period, {"type": "string", "pattern": "^([0-9]+) ?(s|min|h|d|w|mo|y)$"})
INSTANT: Final = ValueType(_instant, {"type": "string"})
ACTION: Final = ValueType(_action, {"enum": ["applied", "removed"]})
VERSION: Final = ValueType(_version, {"const": 1})
CONDITION: Final = ValueType(lambda at: at.node, {}, "condition")
"""A condition, which is parsed by the rule language."""


def when_of(found: dict[str, Value], at: At) -> When:
    """Return when something happened from the values that were read; `at` is the position for errors."""
    if ("ago" in found) == ("at" in found):
        at.refuse(WRONG, "It says when by one of `ago` and `at`.", "Write `ago: 2d`, or `at: 2026-11-19`.")
    return When(found.get("ago"), found.get("at"))


def cells_beside(at: At, keys: tuple[str, ...]) -> dict[str, Cell]:
    """Read all entries of a mapping as cells, except certain keys."""
    cells: dict[str, Cell] = {}
    refused = False
    for child in at.children:
        name = str(child.path[-1])
        if name in keys:
            continue
        try:
            cells[name] = _cell(child)
        except RefusedError:
            refused = True
    if refused:
        raise RefusedError
    return cells


def known_keys(at: At, shape: Shape) -> dict[str, Value]:
    """Read the known keys of a mapping whose other keys are cells."""
    lacking = [name for name, key in shape.keys.items() if key.needed and name not in at.keys]
    for name in lacking:
        problem = at.reading.missing(shape, name, at)
        if problem is not None:
            at.report(*problem)
    found: dict[str, Value] = {}
    refused = bool(lacking)
    for name, key in shape.keys.items():
        child = at.child(name)
        try:
            found |= {} if child is None else {name: key.type(child)}
        except RefusedError:
            refused = True
    if refused:
        raise RefusedError
    return found


def with_cells(shape: Shape) -> dict[str, Any]:
    """Return the schema of a mapping with some known keys, whose other keys are cells."""
    return {
        "type": "object",
        "description": shape.about,
        "properties": {
            name: {**key.type.schema, "description": key.about} for name, key in shape.keys.items()
        },
        "required": [name for name, key in shape.keys.items() if key.needed],
        "additionalProperties": _CELLS,
    }
