"""`state.sqlite`: create it, open it, and report why it can't be used.

It is the only file of an output folder that is ever modified. The big tables are in the run that it points
to; the database has that run's id, which alerts have rung, and what has been sent or delivered.
"""

from __future__ import annotations

import secrets
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE: Final = "state.sqlite"
VERSION: Final = 1

_SCHEMA: Final = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE notice (id TEXT PRIMARY KEY, alert TEXT NOT NULL, contact_id TEXT NOT NULL, kind TEXT NOT NULL,
                     at TEXT NOT NULL, run_id TEXT NOT NULL, place INTEGER NOT NULL, row TEXT NOT NULL);
CREATE TABLE rung (alert TEXT, contact_id TEXT, at TEXT NOT NULL, rearmed INTEGER NOT NULL,
                   PRIMARY KEY (alert, contact_id)) WITHOUT ROWID;
CREATE TABLE delivery (notice_id TEXT, channel TEXT, recipient TEXT, message_id TEXT, dropped TEXT,
                       PRIMARY KEY (notice_id, channel, recipient)) WITHOUT ROWID;
CREATE TABLE message (id TEXT PRIMARY KEY, alert TEXT NOT NULL, channel TEXT NOT NULL,
                      recipient TEXT NOT NULL, subject TEXT NOT NULL, body BLOB NOT NULL,
                      created_at TEXT NOT NULL,
                      attempts INTEGER NOT NULL, sent_at TEXT, given_up_at TEXT, error TEXT);
CREATE TABLE delivered (export TEXT PRIMARY KEY, run_id TEXT NOT NULL, as_of TEXT NOT NULL,
                        file TEXT NOT NULL, previous TEXT);
"""
"""Instants are text: `2026-11-21T07:00:00Z`. `meta` has `project_id`, `run_id`, `as_of` and `tables_run`."""


class StateDamagedError(Exception):
    """The state can't be used; `why` continues a sentence that begins with the name of its file."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


def make(path: Path) -> None:
    """Create an empty state that points to no run, with an id of its own, atomically."""
    beside = path.with_name(f".{FILE}-{secrets.token_hex(4)}")
    try:
        connection = sqlite3.connect(beside, isolation_level=None)
        try:
            _settle(connection)
            connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
            connection.execute("INSERT INTO meta VALUES ('project_id', ?)", (secrets.token_hex(16),))
        finally:
            connection.close()
        beside.chmod(0o600)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def opened(path: Path, *, write: bool = True) -> Iterator[sqlite3.Connection]:
    """Open an existing state, check it, and close it at the end; without `write` it is read-only.

    Errors of SQLite in the block become `StateDamagedError`s, without SQLite's message, which might contain
    data.

    Raises:
        StateDamagedError: the file is not a state, is damaged, or was written by a later version.
    """
    with converting_errors():
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={'rw' if write else 'ro'}", uri=True, isolation_level=None
        )
        try:
            _check(connection)
            if write:
                _settle(connection)
            yield connection
        finally:
            connection.close()


@contextmanager
def converting_errors() -> Iterator[None]:
    """Convert errors of SQLite or the file system in the block to a `StateDamagedError`."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", None) or type(error).__name__
        raise StateDamagedError(f"can't be read ({name})") from error
    except OSError as error:
        raise StateDamagedError(f"can't be read ({error.strerror or type(error).__name__})") from error


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Commit everything in the block, or roll it all back on an error."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def meta(connection: sqlite3.Connection, key: str) -> str | None:
    """Return a value of `meta`, or None if it is missing."""
    found = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return None if found is None else str(found[0])


def set_meta(connection: sqlite3.Connection, **values: str) -> None:
    """Set values of `meta`, replacing existing ones."""
    connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(values.items()))


def _settle(connection: sqlite3.Connection) -> None:
    """Make every commit durable, even if the machine crashes."""
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA synchronous = FULL")


def _check(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise StateDamagedError("was written by a later version of flamescore")
    sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if version != VERSION or sound != "ok" or _tables(connection) != _wanted():
        raise StateDamagedError("is damaged")
    if meta(connection, "project_id") is None:
        raise StateDamagedError("is damaged")


def _wanted() -> dict[str, list[str]]:
    with sqlite3.connect(":memory:") as connection:
        connection.executescript(_SCHEMA)
        wanted = _tables(connection)
    connection.close()
    return wanted


def _tables(connection: sqlite3.Connection) -> dict[str, list[str]]:
    """Return the columns of each table."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    columns = "SELECT name FROM pragma_table_info(?)"
    return {name: [column for (column,) in connection.execute(columns, (name,))] for (name,) in names}
