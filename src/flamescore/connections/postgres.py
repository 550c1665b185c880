"""A connection to PostgreSQL over ADBC, and its errors without secrets."""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from polars.exceptions import PolarsError

from flamescore.connections.databases import DatabaseError
from flamescore.connections.waiting import SECONDS, answered
from flamescore.errors import Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.connections.secrets import Resolved

_PREFIX: Final = re.compile(r"^[A-Z_]+: (?:\[libpq\] )?")
_ERROR: Final = re.compile(r"ERROR:\s+(.*)")
_IN_A_STREAM: Final = "external error"
"""Part of the Polars error when the database fails while rows are streaming."""

_PRIMARY: Final = "PG_DIAG_MESSAGE_PRIMARY"


@contextmanager
def connected(uri: Resolved) -> Iterator[Any]:
    """Yield a connection outside any transaction; uncommitted changes are rolled back.

    Raises:
        DatabaseError: the database can't be reached within ten seconds, or a statement in the block fails.
        UsageError: the package is not installed.
    """
    try:
        from adbc_driver_postgresql import dbapi  # noqa: PLC0415 - an extra that takes half a second
    except ImportError:
        text = "PostgreSQL needs the package adbc-driver-postgresql, which is not installed."
        hint = "Run pip install 'flamescore[postgres]'."
        raise UsageError(Problem("U013", text, hint=hint)) from None
    from adbc_driver_manager import Error  # noqa: PLC0415 - it comes with it

    try:
        connection = answered(lambda: dbapi.connect(_limited(uri.text)))
        try:
            yield connection
        finally:
            with suppress(Error):
                connection.close()
    except TimeoutError:
        raise DatabaseError(f"no connection within {SECONDS} s.") from None
    except Error as error:
        raise DatabaseError(uri.hide(_message(error))) from None
    except PolarsError as error:
        if _IN_A_STREAM not in str(error):
            raise
        raise DatabaseError(uri.hide(_message(error))) from None


def _limited(uri: str) -> str:
    if "connect_timeout=" in uri:
        return uri
    return f"{uri}{'&' if '?' in uri else '?'}connect_timeout={SECONDS}"


def _message(error: BaseException) -> str:
    """Return the first line of the database's error: the rest may contain rows or the query."""
    for name, value in getattr(error, "details", None) or ():
        if name in (_PRIMARY, _PRIMARY.encode()):
            return f"{value.decode(errors='replace') if isinstance(value, bytes) else value}."
    found = _ERROR.search(str(error))
    if found is not None:
        return f"{found[1].rstrip('. ')}."
    first = _PREFIX.sub("", str(error)).splitlines()[0] if str(error) else type(error).__name__
    return f"{first.removeprefix('Failed to connect: ').rstrip('. ')}."
