"""What a CRM is known to have: the cells of files that were confirmed as imported.

The state names, for each write-back, the run delivered last and the file in its folder with all cells known
since (`state.DELIVERED_CELLS`). Such a file is never modified. `previous` names the file before it: empty
text if nothing was known, null if the previous delivery can't be undone.

command                       run_id  file              previous
delivered keap --run R1       R1      keap-R1.parquet   ''
delivered keap --run R2       R2      keap-R2.parquet   keap-R1.parquet
delivered keap --undone       R1      keap-R1.parquet   null
delivered keap --undone       (exit 4)
delivered keap --forget       (no row)
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct

from flamescore.errors import NotFoundError, Problem, UsageError
from flamescore.runs import RunStore, file_of, flush, has_table, make_folder, private
from flamescore.state import DELIVERED_CELLS, StateDamagedError, instant, read_cells, transaction
from flamescore.units import iso_instant
from flamescore.write_back.changed import after_import, after_undo
from flamescore.write_back.files import FOLDER, ROWS_FILE

if TYPE_CHECKING:
    import sqlite3

    from flamescore.runs import Run
    from flamescore.state import StateStore

PLACE: Final = "delivered"
"""The folder of the state that contains these files."""

_RUN_ID: Final = len("2026-11-21T070000Z-3f9a1c")


class Delivery(Struct, frozen=True):
    """The outcome of a command: the run, how many of its rows were delivered, and how many keys are known.

    `run_id` is None if nothing was known before.
    """

    run_id: str | None
    rows: int = 0
    known: int = 0
    news: bool = True


class _Row(Struct, frozen=True):
    """A row of the state's table `delivered`."""

    run_id: str
    as_of: datetime
    file: str
    previous: str | None


def deliver(store: StateStore, name: str, run: Run, *, timeout: float = 0.0) -> Delivery:
    """Record the cells in a run's files of a write-back as known to the CRM; idempotent for the same run.

    Raises:
        NotFoundError: the run has no files of it.
        UsageError: the run is of an earlier `as_of` than the one delivered last.
        LockedError: another command has locked the state.
        StateDamagedError: the state can't be used.
    """
    if not has_table(run, _rows_file(name)):
        text = f"The run {run.run_id} has no files of the write-back `{name}`."
        hint = "Backfills have none, and runs from before it was in the project file."
        raise NotFoundError(Problem("N010", text, hint=hint))
    rows = pl.read_parquet(file_of(run, _rows_file(name)))
    store.make()
    with store.hold(timeout), store.open() as connection:
        last = _row(connection, name)
        before = pl.DataFrame(schema=DELIVERED_CELLS) if last is None else read_cells(store, last.file)
        if last is not None and last.run_id == run.run_id:
            return Delivery(run.run_id, rows["key"].n_unique(), before["key"].n_unique(), news=False)
        if last is not None and run.as_of < last.as_of:
            text = f"The run {run.run_id} is older than {last.run_id}, which was delivered last."
            hint = f"`flamescore delivered {name} --undone` takes that one back."
            raise UsageError(Problem("U041", text, hint=hint))
        _sweep(store, connection)
        after = after_import(before, rows)
        file = _write(store, f"{name}-{run.run_id}", after)
        _name(connection, name, _Row(run.run_id, run.as_of, file, "" if last is None else last.file))
        _sweep(store, connection)
    return Delivery(run.run_id, rows["key"].n_unique(), after["key"].n_unique())


def undo(store: StateStore, runs: RunStore, name: str, *, timeout: float = 0.0) -> Delivery:
    """Undo the last delivery, once its undo files were imported: restore what was known before.

    Raises:
        NotFoundError: there is none, or it was already undone.
        LockedError: another command has locked the state.
        StateDamagedError: the state can't be used.
    """
    nothing = NotFoundError(Problem("N011", f"There is no delivery of `{name}` to take back."))
    if not store.exists():
        raise nothing
    with store.hold(timeout), store.open() as connection:
        last = _row(connection, name)
        if last is None or last.previous is None:
            raise nothing
        if last.previous == "":
            _name(connection, name, None)
            _sweep(store, connection)
            return Delivery(last.run_id)
        _sweep(store, connection)
        before = read_cells(store, last.previous)
        rows = _rows(runs, last.run_id, name)
        after = before if rows is None else after_undo(before, rows)
        stem = last.previous.removeprefix(f"{PLACE}/{name}-")
        file = last.previous
        if not after.equals(before):
            file = _write(store, f"{name}-{stem[:_RUN_ID]}-after-{last.run_id}", after)
        as_of = datetime.strptime(stem[: len("2026-11-21T070000Z")], "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)
        _name(connection, name, _Row(stem[:_RUN_ID], as_of, file, None))
        _sweep(store, connection)
    return Delivery(last.run_id, known=after["key"].n_unique())


def forget(store: StateStore, name: str, *, timeout: float = 0.0) -> Delivery:
    """Delete everything known of a write-back: the next files will contain all contacts.

    Raises:
        LockedError: another command has locked the state.
        StateDamagedError: the state can't be used.
    """
    if not store.exists():
        return Delivery(None)
    with store.hold(timeout), store.open() as connection:
        last = _row(connection, name)
        _name(connection, name, None)
        _sweep(store, connection)
    return Delivery(None if last is None else last.run_id)


def _rows_file(name: str) -> str:
    return f"{FOLDER}/{name}/{ROWS_FILE}"


def _rows(runs: RunStore, run_id: str, name: str) -> pl.DataFrame | None:
    """Return the rows of a run's write-back, None if the run is no longer kept."""
    run = next((runs.whole(each) for each in runs.runs() if each.run_id == run_id), None)
    return None if run is None else pl.read_parquet(file_of(run, _rows_file(name)))


def _row(connection: sqlite3.Connection, name: str) -> _Row | None:
    query = "SELECT run_id, as_of, file, previous FROM delivered WHERE export = ?"
    found = connection.execute(query, (name,)).fetchone()
    return None if found is None else _Row(found[0], instant(found[1]), found[2], found[3])


def _name(connection: sqlite3.Connection, name: str, row: _Row | None) -> None:
    """Set the row of a write-back, or delete it."""
    with transaction(connection):
        connection.execute("DELETE FROM delivered WHERE export = ?", (name,))
        if row is not None:
            values = (name, row.run_id, iso_instant(row.as_of), row.file, row.previous)
            connection.execute("INSERT INTO delivered VALUES (?, ?, ?, ?, ?)", values)


def _write(store: StateStore, stem: str, cells: pl.DataFrame) -> str:
    """Write cells as a file atomically; return its name relative to the state's folder."""
    folder = store.folder / PLACE
    beside = folder / f".{stem}-{secrets.token_hex(4)}"
    try:
        with private():
            make_folder(folder, store.bits.folder)
            cells.write_parquet(beside, compression="zstd", compression_level=1)
            beside.chmod(store.bits.file)
            flush(beside)
            beside.replace(folder / f"{stem}.parquet")
            flush(folder)
    except OSError as error:
        raise StateDamagedError(f"can't be written: {error.strerror or type(error).__name__}") from error
    finally:
        beside.unlink(missing_ok=True)
    return f"{PLACE}/{stem}.parquet"


def _sweep(store: StateStore, connection: sqlite3.Connection) -> None:
    """Delete the files that the state does not name, such as one left behind by a crash."""
    named = {each for row in connection.execute("SELECT file, previous FROM delivered") for each in row}
    for path in (store.folder / PLACE).glob("*"):
        if f"{PLACE}/{path.name}" not in named:
            with suppress(OSError):
                path.unlink()
