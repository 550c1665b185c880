"""`tables` of the project file: a database that the latest run's tables are written to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flamescore.errors import Problem
from flamescore.project.reached import uri_fault, without_secrets
from flamescore.project.reading import Section, setting
from flamescore.project.values import TEXT, of_text, one_of
from flamescore.schema_reader import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.yaml_tree import Document

TABLES: Final = ("scores", "segments", "points")
"""The tables that can be selected; `runs` is always written."""

_NAME: Final = re.compile(r"[a-z_][a-z0-9_]{0,30}")


def _named(text: str) -> str:
    if _NAME.fullmatch(text) is None:
        msg = f"must be small letters, digits and `_`, 31 at most and no digit first, not `{text}`"
        raise ValueError(msg)
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables(Section):
    """Database tables whose rows are replaced after every run that becomes the latest."""

    uri: str = setting(TEXT, "the database, like the `uri` of a source")
    schema: str = setting(of_text("name", _named), "for PostgreSQL: the schema, which must exist", "public")
    prefix: str = setting(of_text("name", _named), "the prefix of the tables' names", "flamescore_")
    write: tuple[str, ...] = setting(
        listed(one_of(*TABLES)),
        "which tables, besides `runs`: `scores`, `segments`, `points`",
        ("scores", "segments"),
    )


def tables_faults(document: Document, tables: Tables | None) -> Iterator[Problem]:
    """Yield problems in `tables`."""
    if tables is None:
        return
    fault = uri_fault(tables.uri)
    if fault is not None:
        code, text, hint = fault
        yield Problem(code, text, without_secrets(document.where(("tables", "uri"))), hint)
    if tables.uri.startswith("sqlite:") and "schema" in tables.given_keys:
        text = "`schema` is for PostgreSQL: a database of SQLite has none."
        yield Problem("P026", text, document.where(("tables", "schema"), key=True), "Remove it.")
