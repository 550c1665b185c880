"""Databases: their addresses, and the rows of a query as a Parquet file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from flamescore.connections.secrets import resolve
from flamescore.errors import InputError, Problem
from flamescore.project import DATABASES, UnsetError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flamescore.connections.secrets import Resolved

QUERY: Final = "A033"
TYPE: Final = "A034"
SQLITE: Final = re.compile(r"sqlite:///(?P<path>.+)", re.DOTALL)
POSTGRES: Final = re.compile(r"postgres(?:ql)?://")


class DatabaseError(Exception):
    """An error of the database, in its own words. Its `str` contains no secrets."""


class Query(Struct, frozen=True):
    """A query of a database.

    `label` is the beginning of messages: the source, and the name of its `uri`. Text array columns (`text[]`)
    become text, their items joined by a comma and a space, except the `listed` column, which stays a list.
    """

    uri: Resolved
    text: str
    label: str
    listed: str | None = None

    def refused(self, why: str, hint: str | None = None) -> InputError:
        """Return the error for a query that the database rejects."""
        return InputError(Problem(QUERY, f"{self.label}: {self.uri.hide(why)}", None, hint))

    def unread(self, column: str, what: str) -> InputError:
        """Return the error for a column of an unsupported type."""
        text = f"{self.label}: the column `{column}` is {what}, which is not read."
        return InputError(Problem(TYPE, text, None, "Cast it to text in the query, or leave it out."))


def read_query(
    uri: str, query: str, folder: Path, into: Path, *, label: str, listed: str | None = None
) -> None:
    """Write the rows of a query into a Parquet file.

    A relative SQLite path is resolved against `folder`. Types are those of Parquet: integers, finite floats
    (others become null), Booleans, dates and times. Exact numbers, UUIDs and JSON become text.

    Raises:
        InputError: the database can't be reached or refuses (A033), or a column has another type (A034).
        UsageError: the package for PostgreSQL is not installed.
    """
    try:
        resolved = resolve(uri)
    except UnsetError as error:
        text = f"{label}: the variable {error.name} is not set."
        raise InputError(Problem(QUERY, text, None, "Set it where flamescore runs.")) from None
    resolved_query = Query(resolved, query, label, listed)
    try:
        _reader(resolved_query, folder)(resolved_query, into)
    except DatabaseError as error:
        raise resolved_query.refused(str(error)) from None


def _reader(resolved_query: Query, folder: Path) -> Callable[[Query, Path], None]:
    found = SQLITE.fullmatch(resolved_query.uri.text)
    if found is not None:
        from flamescore.connections.sqlite_source import read_sqlite  # noqa: PLC0415 - only where it is used

        return lambda query, into: read_sqlite(query, folder / found["path"], into)
    if POSTGRES.match(resolved_query.uri.text):
        from flamescore.connections.postgres_source import read_postgres  # noqa: PLC0415 - an extra

        return read_postgres
    raise resolved_query.refused(f"the address is no {DATABASES}.")
