"""What comes after the scores: held against the state, worked out, written with the tables, taken in.

`before_run` reads the state once, `acted` is pure, frames in and frames out, `write` puts its tables into the
run's folder, and `taken_in` moves the state when the run is published.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from flamescore.errors import FlamescoreError, LockedError
from flamescore.runs import StateEntry, moves
from flamescore.state import (
    HELD,
    Before,
    Moves,
    StateDamagedError,
    StateStore,
    Taker,
    before,
    take_in,
    unreadable,
)
from flamescore.tables import write_parquet

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from pathlib import Path

    import polars as pl

    from flamescore.findings import Finding
    from flamescore.inputs import Inputs
    from flamescore.project import Project
    from flamescore.runs import Run, RunStore
    from flamescore.scoring import Scored

TAKERS: Final[tuple[Taker, ...]] = ()
"""What takes a counting run's notices and the like into the state, in this order, in one transaction."""


def before_run(
    project: Project, runs: RunStore, as_of: datetime, *, ahead: bool, make_latest: bool, write: bool
) -> Before:
    """Return where the state stands, once the latest run is taken in; nothing is written unless `write`."""
    by_itself = not ahead and moves(runs.output, as_of)
    moving = Moves(latest=by_itself or make_latest, by_itself=by_itself)
    return before(StateStore.of(project), runs, as_of, moving, takers=TAKERS, write=write)


@dataclass(frozen=True, slots=True)
class Acted:
    """What a run has beside its scores: Parquet tables by file, keys of its record, what there is to tell."""

    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    record: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def write(self, folder: Path) -> None:
        """Write the tables into the run's folder."""
        for file, table in self.tables.items():
            write_parquet(table, folder / file)


def acted(earlier: Before, inputs: Inputs, scored: Scored) -> Acted:
    """Work out what changed since the state's run; nothing is read or written."""
    del inputs, scored
    run = None if earlier.run is None else earlier.run.run_id
    return Acted(record={"state": StateEntry(kind=str(earlier.kind), state_run=run)})


@dataclass(slots=True)
class TakingIn:
    """Takes a run in once it is published; `findings` tell what came of it."""

    store: StateStore
    earlier: Before
    findings: tuple[Finding, ...] = ()

    def prepare(self) -> None:
        """Make the state where there is none yet, before the run is published.

        So a missing state means that it was never there, or is gone, and never a crash.
        """
        if self.earlier.moves_state:
            with suppress(StateDamagedError):  # told when the run is taken in
                self.store.make()

    def __call__(self, run: Run) -> Collection[str] | None:
        """Take the run in; return the runs that must stay: the state's, where it has not moved."""
        if not self.earlier.moves_state:
            return self.earlier.spared
        try:
            with self.store.hold_patiently(), self.store.open() as connection:
                self.findings = take_in(connection, run, TAKERS)
        except StateDamagedError as error:
            self.findings = (unreadable(error.why),)
        except LockedError:
            self.findings = (unreadable(HELD),)
        except FlamescoreError as error:
            self.findings = (unreadable(f"could not take the run in: {error.problems[0].message}"),)
        else:
            return ()
        return self.earlier.spared
