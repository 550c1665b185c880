"""Messages about invalid YAML for people who don't know YAML."""

from __future__ import annotations

import re
from typing import Final

import yaml
from msgspec import Struct

LINE_BREAK: Final = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


class Syntax(Struct, frozen=True):
    """A syntax error and its place (1-based)."""

    message: str
    line: int
    column: int
    hint: str | None = None
    tab: bool = False


_SENTENCES: Final[tuple[tuple[str, str, str | None], ...]] = (
    (
        "mapping values are not allowed",
        "Unexpected `:`.",
        "Put text that contains `: ` in quotes, and align keys.",
    ),
    (
        "could not find expected ':'",
        "The line before this one is not `key: value`.",
        "Look for a missing `:`, or a space missing after it.",
    ),
    (
        "while scanning a quoted scalar",
        "Missing closing quote.",
        "Put the closing quote; a quote inside single quotes is written twice: 'It''s'.",
    ),
    (
        "found unknown escape character",
        "In double quotes a `\\` begins an escape, and this is none.",
        "Use single quotes; nothing is special in them.",
    ),
    (
        "while parsing a flow sequence",
        "A list in `[ ]` is not closed, or lacks a comma.",
        "Look for the missing `,` or `]`; text with `,`, `[`, `]`, `{` or `}` in it needs quotes.",
    ),
    (
        "while parsing a flow mapping",
        "A mapping in `{ }` is not closed, or lacks a comma.",
        "Look for the missing `,` or `}`; text with `,`, `[`, `]`, `{` or `}` in it needs quotes.",
    ),
    (
        "while scanning an alias",
        "Text that begins with `*` needs quotes.",
        "Put it in quotes: '*'.",
    ),
    (
        "while scanning an anchor",
        "Text that begins with `&` needs quotes.",
        "Put it in quotes: '&'.",
    ),
    (
        "while parsing a block mapping",
        "This line does not fit the ones above it.",
        "Begin it at the column of the other keys; text after a closing quote is not allowed either.",
    ),
    (
        "while parsing a block collection",
        "This line does not fit the list above it.",
        "Begin each item with `- ` at the same column.",
    ),
)
_OPENED: Final = (
    "while scanning a quoted scalar",
    "while parsing a flow sequence",
    "while parsing a flow mapping",
)
"""Errors that are reported where the construct was opened, since the reader notices them further down."""

_TOKEN = re.compile(r"found character '(.+)' that cannot start any token")


def explain(text: str, error: yaml.YAMLError) -> Syntax:
    """Explain an error of the YAML reader."""
    if isinstance(error, yaml.reader.ReaderError):
        return _control(text)
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Syntax(f"The YAML can't be read: {error}.", 0, 0)
    mark = error.problem_mark
    line, column = mark.line + 1, mark.column + 1
    lines = LINE_BREAK.split(text)
    tab = _tab(lines, mark.line)
    if tab is not None:
        return Syntax(
            "Tabs can't be used for indentation in YAML.",
            tab[0],
            tab[1],
            "Replace them with spaces.",
            tab=True,
        )
    token = _TOKEN.search(error.problem or "")
    if token is not None:
        return Syntax(
            f"Text can't begin with `{token[1]}`.", line, column, f"Put it in quotes: '{token[1]}...'."
        )
    return _sentence(error, line, column)


def _sentence(error: yaml.MarkedYAMLError, line: int, column: int) -> Syntax:
    description = f"{error.context or ''} / {error.problem or ''}"
    for part, message, hint in _SENTENCES:
        if part in description:
            opened = error.context_mark
            if opened is not None and part in _OPENED and opened.line + 1 != line:
                return Syntax(message, opened.line + 1, opened.column + 1, hint)
            return Syntax(message, line, column, hint)
    return Syntax(f"The YAML can't be read here: {error.problem}.", line, column)


def _tab(lines: list[str], index: int) -> tuple[int, int] | None:
    """Find a tab in the indentation of the line or the one before: the reader may notice it a line late."""
    for at in (index, index - 1):
        if 0 <= at < len(lines):
            line = lines[at]
            blank = line[: len(line) - len(line.lstrip(" \t-"))]
            if "\t" in blank:
                return at + 1, blank.index("\t") + 1
    return None


def _control(text: str) -> Syntax:
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    index = found.start() if found else 0
    lines = LINE_BREAK.split(text[:index])
    name = f"U+{ord(text[index]):04X}" if text else ""
    return Syntax(
        f"The character {name} is not allowed in this file.", len(lines), len(lines[-1]) + 1, "Remove it."
    )
