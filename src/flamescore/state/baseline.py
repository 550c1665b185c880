"""What a new run is compared with: the run that the state points to, and what has been reported since.

The kind of a run depends on whether `latest` moves to it, whether it does so by itself or by hand, and on the
run that the state points to:

    latest moves     the state                                     the run is
    to it            points to a run of an earlier or equal as_of  counting
    to it            points to no run, or to a deleted one         a baseline
    only by hand     any                                           a baseline
    to it            points to a run of a later as_of              a backfill
    not              any                                           a backfill
    any              can't be read                                 none
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct, field
from msgspec.structs import replace
from polars.exceptions import PolarsError

from flamescore.acting_frames import ROUTES, ROUTES_FILE, SEGMENTS, SEGMENTS_FILE
from flamescore.errors import LockedError, OutputError
from flamescore.findings import Finding, Severity
from flamescore.frames import INSTANT
from flamescore.runs import DamagedRunError, has_table, read
from flamescore.state.database import FILE, StateDamagedError, meta
from flamescore.state.taking_in import Keeper, Recorder, take_in

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from flamescore.runs import Run, RunStore
    from flamescore.state.store import StateStore

RUNG: Final = pl.Schema(
    {"alert": pl.String(), "contact_id": pl.String(), "at": INSTANT, "rearmed": pl.Boolean()}
)
"""When an alert last rang for a contact, and whether its `rearm` condition has been true since."""

DELIVERED: Final = pl.Schema(
    {
        "export": pl.String(),
        "run_id": pl.String(),
        "as_of": INSTANT,
        "file": pl.String(),
        "previous": pl.String(),
    }
)
"""The run whose write-back files were imported last, and the file in the state's folder with the cells."""

DELIVERED_CELLS: Final = pl.Schema({"key": pl.String(), "column": pl.String(), "cell": pl.String()})
"""The cells that a write-back's CRM is known to have; `column` is the header in the file."""


class Kind(StrEnum):
    """The role of a run for the state."""

    COUNTING = "counting"
    BASELINE = "baseline"
    BACKFILL = "backfill"
    NONE = "none"


class Moves(Struct, frozen=True):
    """Whether `latest` will move to a run, and whether it does so by itself."""

    latest: bool
    by_itself: bool


class Before(Struct, frozen=True):
    """The state at the time a run is computed.

    `run` is the run that a counting run is compared with, and that a baseline keeps routes from. `segments`
    are that run's rows (`frames.SEGMENTS`, including those of alerts), empty except for a counting run;
    `routes` are its `frames.ROUTES`. `spared` is the run that must not be deleted until the state has moved,
    None if that is unknown. `cells` has the delivered cells (`DELIVERED_CELLS`) by write-back.
    """

    kind: Kind
    project_id: str | None = None
    run: Run | None = None
    segments: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SEGMENTS))
    routes: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ROUTES))
    rung: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=RUNG))
    delivered: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=DELIVERED))
    cells: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    spared: tuple[str, ...] | None = ()

    @property
    def moves_state(self) -> bool:
        """Whether the state moves to the run, so that write-backs, routes and history are computed."""
        return self.kind in (Kind.COUNTING, Kind.BASELINE)


def before(
    store: StateStore,
    runs: RunStore,
    as_of: datetime,
    moves: Moves,
    *,
    recorders: tuple[Recorder, ...] = (),
    keeper: Keeper = lambda _: None,
    write: bool = True,
    acting: bool = True,
) -> Before:
    """Take in the latest run if a crash prevented that, and return the resulting state.

    Without `write`, as in a dry run, nothing is changed. A state that can't be read, or that another command
    locks for longer than a scoring waits, is reported as a finding and does not stop the run. A damaged run
    of the state is reported only if something depends on it (`acting`); otherwise the comparison of scores
    reports it.
    """
    if not store.exists():
        without = f"{store.folder.name} has no {FILE}: this run is a baseline, and nothing rings."
        found = (_no_state(without),) if store.left_behind() and moves.latest else ()
        return Before(Kind.BASELINE if moves.latest else Kind.BACKFILL, findings=found)
    try:
        if not write:
            with store.open(write=False) as connection:
                return _with_cells(_read(connection, runs, as_of, moves, acting=acting), store)
        with store.hold_patiently(), store.open() as connection:
            latest = runs.latest()
            taken: tuple[Finding, ...] = ()
            # If that run can't be taken in, the state stays as it is; the new run reports what it did not.
            with suppress(DamagedRunError, OutputError):
                taken = () if latest is None else take_in(connection, latest, recorders, keeper=keeper)
            return _with_cells(_read(connection, runs, as_of, moves, taken, acting=acting), store)
    except StateDamagedError as error:
        return Before(Kind.NONE, findings=(unreadable(error.why),), spared=None)
    except LockedError:
        return Before(Kind.NONE, findings=(unreadable(HELD),), spared=None)


UNREADABLE: Final = "A015"


def _with_cells(previous: Before, store: StateStore) -> Before:
    files = previous.delivered.select("export", "file").iter_rows()
    return replace(previous, cells={export: read_cells(store, file) for export, file in files})


def read_cells(store: StateStore, file: str) -> pl.DataFrame:
    """Return the cells (`DELIVERED_CELLS`) of a file that the state refers to.

    Raises:
        StateDamagedError: the file is missing, or not such a table.
    """
    try:
        found = pl.read_parquet(store.folder / file)
    except (OSError, PolarsError) as error:
        raise StateDamagedError(f"can't be read: {file} is missing or damaged") from error
    if found.schema != DELIVERED_CELLS:
        raise StateDamagedError(f"is damaged: {file} is not a table of cells")
    return found


HELD: Final = "is held by another command"


def current_run_id(store: StateStore) -> tuple[str, ...]:
    """Return the id of the run that the state points to, if any; that run must not be deleted.

    Raises:
        StateDamagedError: the state can't be read.
    """
    if not store.exists():
        return ()
    with store.open(write=False) as connection:
        run_id = meta(connection, "run_id")
    return () if run_id is None else (run_id,)


def unreadable(why: str) -> Finding:
    """Return the warning that a state can't be used, with the consequences."""
    text = f"The state {why}: this run goes without alerts, write-backs, routes, history and `since`."
    return Finding(UNREADABLE, Severity.WARNING, FILE, text, do="move it away; the next run is a baseline.")


def instant(text: str) -> datetime:
    """Return a timestamp of the state, which is stored as text, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _no_state(text: str) -> Finding:
    return Finding("A014", Severity.WARNING, "state", text)


def _read(
    connection: sqlite3.Connection,
    runs: RunStore,
    as_of: datetime,
    moves: Moves,
    found: tuple[Finding, ...] = (),
    *,
    acting: bool,
) -> Before:
    run_id, stands = meta(connection, "run_id"), meta(connection, "as_of")
    previous = Before(
        Kind.BACKFILL,
        project_id=meta(connection, "project_id"),
        rung=_frame(connection, "SELECT alert, contact_id, at, rearmed FROM rung", RUNG),
        delivered=_frame(
            connection, "SELECT export, run_id, as_of, file, previous FROM delivered", DELIVERED
        ),
        findings=found,
        spared=() if run_id is None else (run_id,),
    )
    by_hand = moves.latest and not moves.by_itself
    if not moves.latest or (not by_hand and stands is not None and as_of < instant(stands)):
        return previous
    if run_id is None:
        return replace(previous, kind=Kind.BASELINE)
    run = next((runs.whole(each) for each in runs.runs() if each.run_id == run_id), None)
    if run is None:
        return replace(previous, kind=Kind.BASELINE, findings=(*found, _lost(run_id, "is gone")))
    try:
        segments, routes = _table(run, SEGMENTS_FILE, SEGMENTS), _table(run, ROUTES_FILE, ROUTES)
    except DamagedRunError as error:
        lost = (_lost(run_id, f"is damaged ({error.file} {error.why})"),) if acting else ()
        return replace(previous, kind=Kind.BASELINE, findings=(*found, *lost))
    if by_hand:
        return replace(previous, kind=Kind.BASELINE, run=run, routes=routes)
    return replace(previous, kind=Kind.COUNTING, run=run, segments=segments, routes=routes)


def _table(run: Run, file: str, schema: pl.Schema) -> pl.DataFrame:
    """Return a table of a run; empty if the run doesn't have it."""
    return read(run, file) if has_table(run, file) else pl.DataFrame(schema=schema)


def _lost(run_id: str, why: str) -> Finding:
    text = f"The run {run_id}, which the state belongs to, {why}"
    return _no_state(f"{text}: this run is a baseline, and nothing rings.")


def _frame(connection: sqlite3.Connection, query: str, schema: pl.Schema) -> pl.DataFrame:
    """Return the rows of a query in the shape of a schema; timestamps are text in the database."""
    stored = {name: pl.Int64() if kind == pl.Boolean() else pl.String() for name, kind in schema.items()}
    rows = pl.DataFrame(connection.execute(query).fetchall(), schema=stored, orient="row")
    instants = [name for name, kind in schema.items() if kind == INSTANT]
    read_at = pl.col(instants).str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC")
    try:
        return rows.with_columns(read_at).cast(schema)
    except PolarsError as error:
        raise StateDamagedError("is damaged") from error
