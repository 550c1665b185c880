"""What comes after the scores: held against the state, worked out, written with the tables, taken in.

`before_run` reads the state once, `acted` is pure, frames in and frames out, `write` puts its tables into the
run's folder, and `taken_in` moves the state when the run is published.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from flamescore.errors import FlamescoreError, LockedError
from flamescore.frames import ROUTES_FILE
from flamescore.labels import everyone_of
from flamescore.routing import UNROUTED_FILE, read_away, routed
from flamescore.runs import RoutingEntry, StateEntry, moves
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
from flamescore.tables import write_parquet, write_routed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    import polars as pl

    from flamescore.findings import Finding
    from flamescore.inputs import Inputs
    from flamescore.project import Days, Project
    from flamescore.routing import Routed
    from flamescore.runs import Run, RunStore
    from flamescore.scoring import Scored

Away: TypeAlias = "Mapping[str, Sequence[Days]]"
"""By name of the team the days on which somebody is away."""

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
    routed: Routed | None = None
    """Who is routed; None without `route`, and where routes are not worked out."""

    def write(self, folder: Path, scored: Scored, keep: Sequence[str]) -> None:
        """Write the tables into the run's folder."""
        for file, table in self.tables.items():
            write_parquet(table, folder / file)
        if self.routed is not None:
            write_routed(folder, scored, self.routed, keep)


def acted(earlier: Before, inputs: Inputs, scored: Scored, away: Away) -> Acted:
    """Work out what changed since the state's run; nothing is read or written.

    `away` are the days of `route: {away: FILE}`, by name.
    """
    run = None if earlier.run is None else earlier.run.run_id
    record: dict[str, Any] = {"state": StateEntry(kind=str(earlier.kind), state_run=run)}
    tables: dict[str, pl.DataFrame] = {}
    routes = _routed(earlier, inputs, scored, away)
    if routes is not None:
        tables |= {ROUTES_FILE: routes.routes, UNROUTED_FILE: routes.unrouted}
        new, nobody = routes.fresh.height, routes.unrouted.height
        record["routing"] = RoutingEntry(kept=routes.now.height - new, new=new, nobody=nobody)
    return Acted(tables, record, routed=routes)


def away_of(project: Project) -> Away:
    """Read the file of who is away when, if the project has one.

    Raises:
        InputError: the file, or a row of it, does not read.
    """
    route = project.settings.route
    if route is None or route.away is None:
        return {}
    return read_away(project.resolve(route.away), route.away, [each.name for each in project.settings.team])


def _routed(earlier: Before, inputs: Inputs, scored: Scored, away: Away) -> Routed | None:
    settings = inputs.project.settings
    if settings.route is None or not earlier.moves_state:
        return None
    if inputs.to_route is None:
        wanted = scored.contacts["contact_id"].is_in(scored.hot["contact_id"].implode()).to_numpy()
    else:
        wanted = everyone_of(scored).fitting(inputs.to_route)
    return routed(
        scored,
        settings.route,
        settings.team,
        wanted=wanted,
        territories=[None if each is None else scored.answers[each] for each in inputs.territories],
        away=away,
        before=earlier.routes,
        aliases=inputs.exports.aliases,
    )


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
