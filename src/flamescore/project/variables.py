"""`${NAME}` in a value of the project file: an environment variable, read when it is used.

Secrets are kept only in the environment. A literal secret is a fault, and no message shows it.
"""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flamescore.errors import Problem
    from flamescore.yaml_tree import Document

_VARIABLE: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_PASSWORD: Final = re.compile(r"://[^/?#]*?:([^/?#]*)@")
_CHANNELS: Final = "channels"


class UnsetError(Exception):
    """Raised when the variable `name`, to which a value refers, is not set."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def variables(text: str) -> tuple[str, ...]:
    """Return the names of the variables in a value, in order."""
    return tuple(found[1] for found in _VARIABLE.finditer(text))


def filled(text: str, environ: Mapping[str, str]) -> str:
    """Return a value with its variables substituted.

    Raises:
        UnsetError: a variable is not set, or is empty.
    """

    def value(found: re.Match[str]) -> str:
        there = environ.get(found[1])
        if not there:
            raise UnsetError(found[1])
        return there

    return _VARIABLE.sub(value, text)


def is_literal(text: str) -> bool:
    """Return whether a value that must be secret has any literal text, or no variables."""
    return bool(_VARIABLE.sub("", text).strip()) or not variables(text)


def passwords(url: str) -> set[str]:
    """Return the passwords in a database URL, both as written and percent-decoded (`%40` is `@`)."""
    found = set(_PASSWORD.findall(url))
    try:
        query = parse_qsl(urlsplit(url).query)
    except ValueError:
        query = []
    found |= {value for name, value in query if name in ("password", "sslpassword")}
    return {each for every in found for each in (every, unquote(every)) if each}


def malformed(text: str) -> bool:
    """Return whether a value has a `${` that does not begin a variable."""
    return "${" in _VARIABLE.sub("", text)


def literal_in_url(url: str) -> str | None:
    """Return which secret part of a URL is literal: its user or password, or its query; else None."""
    plain = _VARIABLE.sub("$", url)
    try:
        parts = urlsplit(plain)
        user, at, _ = parts.netloc.rpartition("@")
    except ValueError:
        return None
    if at and any(part != "$" for part in user.split(":")):
        return "a user or a password"
    values = parse_qsl(parts.query, keep_blank_values=True)
    if parts.query and (not values or any(value != "$" for _, value in values)):
        return "a query"
    return None


def unshown(problems: Iterable[Problem], source: bytes, document: Document | None) -> tuple[Problem, ...]:
    """Return the problems of a project file without snippets of `channels`, which may contain a secret.

    If the file is not valid YAML (no `document`), the lines from `channels:` to the next key are hidden.
    """
    lines = _lines(source) if document is None else _lines_of(document)
    return tuple(
        dataclasses.replace(each, where=replace(each.where, snippet=None))
        if each.where is not None and each.where.line in lines
        else each
        for each in problems
    )


def _lines_of(document: Document) -> frozenset[int]:
    channels = document.root.child(_CHANNELS)
    if channels is None:
        return frozenset()
    nodes = [node for _, node in channels.walk()]
    spans = [span for node in nodes for span in (node.span, *node.keys.values())]
    return frozenset(span.line for span in spans)


def _lines(source: bytes) -> frozenset[int]:
    inside, found = False, []
    for number, line in enumerate(source.decode("utf-8", "replace").splitlines(), 1):
        if line[:1].strip(" \t#"):
            inside = _CHANNELS in line
        if inside:
            found.append(number)
    return frozenset(found)
