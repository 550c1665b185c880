"""Sources that are not files: the keys `uri` and `query` of a database, in place of `path`."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from flamescore.errors import Problem
from flamescore.project.variables import malformed, passwords, variables
from flamescore.schema_reader import RefusedError, ValueType
from flamescore.text import without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.errors import Where
    from flamescore.project.model import ProjectFile, Source
    from flamescore.schema_reader import At, Shape, Value
    from flamescore.yaml_tree import Document

OF_FILES: Final = (
    "files", "format", "sheet", "delimiter", "encoding", "quote", "skip_spaces", "header", "names",
    "skip_rows", "comment", "begins_after", "footer", "max_age", "from_file_name",
)  # fmt: skip
"""Keys that control how a file is found or read, which do not apply to databases."""


DATABASES: Final = "`postgresql://host/database` or `sqlite:///file.db`"
_DATABASE: Final = re.compile(r"postgres(?:ql)?://.|sqlite:///.|\$\{")
"""A `uri` that is a variable may be either; its value is checked when it is used."""


def uri_fault(uri: str) -> tuple[str, str, str] | None:
    """Return the fault of a `uri` as written: code, text and hint; None if it has no fault."""
    if any(not variables(each) or malformed(each) for each in passwords(uri)):
        text = "`uri` has a password in it, which does not belong in a project file."
        return "A011", text, 'Write "${DATABASE_URL}" and set the variable.'
    if malformed(uri) or not _DATABASE.match(uri):
        text = f"`uri` must be {DATABASES}, not `{without_credentials(uri)}`."
        return "P023", text, "A variable is written `${NAME}`."
    return None


def found_by(shape: Shape) -> ValueType:
    """Return the type of a source, which has a `path` or a `uri`."""

    def read(at: At) -> Value:
        if at.node.kind != "mapping" or {"path", "uri"}.intersection(at.keys):
            return shape.read(at)
        problem = at.reading.missing(shape, "path", at)
        if problem is not None:
            at.report(*problem)
        shape.read(at)
        raise RefusedError

    either = [{"required": ["path"]}, {"required": ["uri", "query"]}]
    return ValueType(read, {"allOf": [shape.type.schema], "anyOf": either})


def reaching_faults(document: Document, kind: str, index: int, source: Source) -> Iterator[Problem]:
    """Yield problems in how a source is located: its `path`, or its `uri` and `query`."""
    place = (kind, index)

    def contradicts(key: str, text: str, hint: str) -> Problem:
        return Problem("P026", text, document.where((*place, key), key=True), hint)

    if source.uri is None:
        if source.query is not None:
            text = "`query` is asked of a database, and the source has no `uri`."
            yield contradicts("query", text, "Give the `uri` of the database, and no `path`.")
        return
    if "path" in source.given_keys:
        text = "A source has a `path`, or a `uri` with a `query`, not both."
        yield contradicts("path", text, "Remove one.")
    if source.query is None:
        yield Problem(
            "P021", f"`{kind}.query` is missing.", document.where(place), "A `uri` needs a `query`."
        )
    for key in OF_FILES:
        if key in source.given_keys:
            hint = "Use `newest_within`." if key == "max_age" and kind == "events" else "Remove it."
            yield contradicts(key, f"`{key}` is for files, and this source is a database.", hint)
    fault = uri_fault(source.uri)
    if fault is not None:
        code, text, hint = fault
        yield Problem(code, text, without_secrets(document.where((*place, "uri"))), hint)


def without_secrets(where: Where) -> Where:
    """Return a place without the credentials and queries of URLs in the line that is shown."""
    line = without_credentials(where.snippet or "")
    return replace(where, snippet=line, width=min(where.width, max(1, len(line) - where.column + 1)))


def with_names(settings: ProjectFile, kinds: tuple[str, ...]) -> ProjectFile:
    """Give each database a `path` as its name in messages and records: its `uri` as written.

    Credentials are removed. If several databases of a kind have the same `uri`, the second is named
    `${DATABASE_URL}#2`, and so on.
    """
    changed: dict[str, Any] = {}
    for kind in kinds:
        seen: list[str] = []
        named: list[Source] = []
        for source in getattr(settings, kind):
            if source.uri is None:
                named.append(source)
                continue
            name = without_credentials(source.uri)
            seen.append(name)
            many = seen.count(name)
            named.append(dataclasses.replace(source, path=name if many == 1 else f"{name}#{many}"))
        if seen:
            changed[kind] = tuple(named)
    return dataclasses.replace(settings, **changed) if changed else settings
