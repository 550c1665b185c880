"""Take a run in: the only time the state moves, in one transaction, from the run's own files.

It happens right after a run is published, or with the next command if a crash prevented that; no run is taken
in twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from flamescore.findings import Finding, Severity
from flamescore.state.database import meta, set_meta, transaction
from flamescore.units import iso_instant

if TYPE_CHECKING:
    import sqlite3

    from flamescore.runs import Run

Recorder = Callable[["sqlite3.Connection", "Run"], None]
"""Copies the data of a counting run for one purpose, such as its notices, to the tables of the state.

It is called inside the transaction, and reads the run's own files.
"""

Keeper = Callable[["Run"], None]
"""Saves data of a counting run or a baseline permanently before the state moves to it; it is idempotent."""

MOVING: Final = ("counting", "baseline")
"""The kinds of runs that the state moves to."""


def take_in(
    connection: sqlite3.Connection,
    run: Run,
    recorders: tuple[Recorder, ...] = (),
    *,
    keeper: Keeper = lambda _: None,
) -> tuple[Finding, ...]:
    """Move the state to a run that is counting or a baseline; leave it unchanged for any other run.

    The reports of a counting run are taken in with it, if the state points to the run that it was compared
    with. Otherwise the run is taken in as a baseline: nothing of it is reported, and the returned finding
    says so.

    Raises:
        DamagedRunError: the run's record, or one of its files, is damaged; nothing was taken in.
    """
    state, stands = run.record.state, meta(connection, "run_id")
    if state is None or state.kind not in MOVING or stands == run.run_id:
        return ()
    fits = state.state_run == stands
    with transaction(connection):
        for taker in recorders if fits and state.kind == "counting" else ():
            taker(connection, run)
        keeper(run)
        set_meta(connection, run_id=run.run_id, as_of=iso_instant(run.as_of))
    if fits or state.state_run is None:
        return ()
    other = f"The run {run.run_id} was compared with {state.state_run}, and the state belongs to {stands}"
    text = f"{other}: this run is a baseline, and nothing rings."
    return (Finding("A018", Severity.WARNING, "state", text),)
