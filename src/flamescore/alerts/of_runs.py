"""Alerts about runs: a run that published nothing, and a feed that has dried up.

They ring by the wall clock, and ring again for the same problem or source once `again_after` has passed.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from flamescore.alerts.notices import notice_id
from flamescore.alerts.stored import keep_deliveries
from flamescore.project import RunAlert
from flamescore.state import meta
from flamescore.units import iso_instant
from flamescore.wallclock import clock

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from flamescore.project import ProjectFile
    from flamescore.runs import Run

SILENT: Final = "I150"
OVERDUE: Final = "I053"
"""The findings that make a source stale: it is silent, or `--accept` let it pass although it is too old."""

_FIRST: Final = -1
"""The place of a notice that is reported before all leads."""


class RunRing(Struct, frozen=True):
    """What to report about a run: `kind` is `failed` or `stale`, `at` is when the run started.

    `about` is the problem's code or the source's path; `code` and `text` are the problem's, or the finding's.
    """

    kind: str
    about: str
    code: str
    text: str
    at: datetime
    run_id: str = ""


def ring_for_run(connection: sqlite3.Connection, settings: ProjectFile, ring: RunRing, zone: ZoneInfo) -> int:
    """Add a notice about a run to the state for each alert that waits for it; return how many rang.

    An alert does not ring if it rang for the same problem or source less than `again_after` ago, by the wall
    clock and in `zone`.
    """
    many, now = 0, clock()
    row = json.dumps({"problem": {"code": ring.code, "message": ring.text}}, ensure_ascii=False)
    for alert in settings.alerts.values():
        if not isinstance(alert, RunAlert) or not alert.enabled or ring.kind not in alert.when:
            continue
        last = connection.execute(
            "SELECT at FROM rung WHERE alert = ? AND contact_id = ?", (alert.name, ring.about)
        ).fetchone()
        since = now if alert.again_after is None else alert.again_after.before(now, zone)
        if last is not None and datetime.fromisoformat(last[0]) > since:
            continue
        id_ = notice_id(meta(connection, "project_id") or "", alert.name, ring.about, ring.kind, ring.at)
        added = connection.execute(
            "INSERT OR IGNORE INTO notice VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (id_, alert.name, ring.about, ring.kind, iso_instant(ring.at), ring.run_id, _FIRST, row),
        )
        if added.rowcount:
            keep_deliveries(connection, id_, alert, settings)
            connection.execute(
                "INSERT OR REPLACE INTO rung VALUES (?, ?, ?, 0)",
                (alert.name, ring.about, iso_instant(now)),
            )
            many += 1
    return many


def stale_sources(run: Run) -> Iterator[RunRing]:
    """Yield what to report about each stale source of a run.

    A finding about one type of a source's events does not make the source stale.
    """
    reported, at = set(), run.record.started_at
    for each in run.record.findings or ():
        source = each.source
        if source is None or source.path in reported or each.subject != f"{source.kind} {source.path}":
            continue
        if (each.code == SILENT and each.accepted is None) or each.code == OVERDUE:
            reported.add(source.path)
            text = f"{each.subject}: {each.message}"
            yield RunRing("stale", source.path, each.code, text, at, run.run_id)
