"""What the alerts of a counting run store in the state."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flamescore.alerts.notices import FILE, read_notices
from flamescore.alerts.of_runs import ring_for_run, stale_sources
from flamescore.alerts.rung import keep_rung
from flamescore.alerts.stored import keep_notices
from flamescore.runs import has_table

if TYPE_CHECKING:
    import sqlite3

    from flamescore.project import Project
    from flamescore.runs import Run
    from flamescore.state import Recorder


def notices_recorder(project: Project) -> Recorder:
    """Return a function that stores a counting run's rings, notices and deliveries in the state."""

    def taken(connection: sqlite3.Connection, run: Run) -> None:
        settings, zone = project.settings, ZoneInfo(run.record.timezone)
        for ring in stale_sources(run):
            ring_for_run(connection, settings, ring, zone)
        if has_table(run, FILE):
            rung = read_notices(run.path / FILE)
            keep_rung(connection, run, rung)
            keep_notices(connection, run, rung, settings, zone)

    return taken
