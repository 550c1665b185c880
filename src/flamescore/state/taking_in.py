"""Taking a run in: the one moment at which the state moves, in one transaction, from the run's own files.

It happens right after a run is published, and again by the next command if a crash came between; a run that
was taken in is not taken in twice.
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

Taker = Callable[["sqlite3.Connection", "Run"], None]
"""Takes what a counting run has for one purpose, such as its notices, into the tables of the state.

It is called inside the transaction, and reads the run's own files.
"""

Keeper = Callable[["Run"], None]
"""Keeps what a counting run or a baseline has for good, before the state moves to it; twice does no harm."""

MOVING: Final = ("counting", "baseline")
"""The kinds of runs that the state moves to."""


def take_in(
    connection: sqlite3.Connection,
    run: Run,
    takers: tuple[Taker, ...] = (),
    *,
    keeper: Keeper = lambda _: None,
) -> tuple[Finding, ...]:
    """Move the state to a run that counts or is a baseline; leave it where it is for any other.

    What a counting run has to tell is taken in with it, if the state stands at the run that it was compared
    with. If not, it is taken in as a baseline: nothing of it is told, and that is said.

    Raises:
        DamagedRunError: the run's record, or a file of it, is damaged; nothing was taken in.
    """
    state, stands = run.record.state, meta(connection, "run_id")
    if state is None or state.kind not in MOVING or stands == run.run_id:
        return ()
    fits = state.state_run == stands
    with transaction(connection):
        for taker in takers if fits and state.kind == "counting" else ():
            taker(connection, run)
        keeper(run)
        set_meta(connection, run_id=run.run_id, as_of=iso_instant(run.as_of))
    if fits or state.state_run is None:
        return ()
    other = f"The run {run.run_id} was compared with {state.state_run}, and the state belongs to {stands}"
    text = f"{other}: this run is a baseline, and nothing rings."
    return (Finding("A018", Severity.WARNING, "state", text),)
