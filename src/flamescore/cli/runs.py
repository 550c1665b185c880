"""The work of `flamescore runs`: list, check and prune the stored runs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from flamescore.cli.output import emit, first_rows, remark_on_others
from flamescore.errors import InputError
from flamescore.findings import Finding, Severity, of_problem
from flamescore.project import find_settings
from flamescore.report import wording
from flamescore.runs import RunStore, checked, listed, undeleted
from flamescore.screen import Column
from flamescore.screen import table as table_of
from flamescore.state import UNREADABLE, StateDamagedError, StateStore, current_run_id
from flamescore.units import count, to_local
from flamescore.wallclock import clock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    import polars as pl

    from flamescore.cli.messages import Messages
    from flamescore.cli.options import Output
    from flamescore.project import Project
    from flamescore.screen import Screen


def runs(
    config: str | None,
    folder: str | None,
    output: Output,
    limit: int | None,
    messages: Messages,
    *,
    prune: bool,
    check: bool,
    lock_timeout: float,
) -> None:
    """List the runs in a folder, or check them; prune them first with `prune`."""
    project = find_settings(config, {"output": folder})
    store = RunStore.of(project)
    if prune:
        _prune(store, project, lock_timeout, messages)
    zones: tuple[ZoneInfo, ...] = ()
    if check:
        table, damaged = checked(store)
    else:
        found = listed(store)
        table, zones, damaged = found.table, found.zones, found.damaged
    shown = first_rows(table, output, limit)
    emit(shown, output, table=None if check else partial(_laid_out, shown, zones))
    remark_on_others(shown, table, output, limit, messages)
    problems = tuple(each for error in damaged for each in error.problems)
    messages.took(f"runs: {count(table.height, 'run')} {'checked' if check else 'listed'}")
    if check and problems:
        raise InputError(problems)
    for each in problems:
        messages.warn(of_problem(replace(each, severity="warning"), "run"))


def _laid_out(shown: pl.DataFrame, zones: Sequence[ZoneInfo], on: Screen) -> list[str]:
    """Lay out the runs, with id, local `as_of` and number of hot contacts, and more if there is room."""
    rows = shown.to_dicts()
    when = [
        "damaged" if row["damaged"] else f"{to_local(row['as_of'], zone):%Y-%m-%d %H:%M}"
        for row, zone in zip(rows, zones, strict=False)
    ]
    started = [
        row["started_at"] and wording.before((clock() - row["started_at"]).total_seconds()) for row in rows
    ]
    took = [None if row["seconds"] is None else wording.duration(row["seconds"]) for row in rows]
    return table_of(
        [
            Column("", ["*" if row["latest"] else "" for row in rows]),
            Column("Run", [row["run_id"] for row in rows]),
            Column("As of", when),
            _numbers("Contacts", rows, goes=3),
            _numbers("Hot", rows),
            _numbers("To call", rows, goes=4),
            Column("Size", [wording.size(row["bytes"]) for row in rows], right=True, goes=2),
            Column("Took", [each or "" for each in took], right=True, goes=1),
            Column("Started", [each or "" for each in started], goes=1),
        ],
        on,
    )


def _numbers(header: str, rows: Sequence[dict[str, Any]], *, goes: int = 0) -> Column:
    counts = [row[header.lower().replace(" ", "_")] for row in rows]
    return Column(header, ["" if each is None else f"{each:,}" for each in counts], right=True, goes=goes)


def _prune(store: RunStore, project: Project, timeout: float, messages: Messages) -> None:
    if not store.runs():
        return  # nothing to prune, and no folder to make
    with store.hold(timeout) as held:
        try:
            spared = current_run_id(StateStore.of(project))
        except StateDamagedError as error:  # the state's run is not known, so all runs are kept
            messages.warn(Finding(UNREADABLE, Severity.WARNING, "state", f"The state {error.why}."))
            messages.remark("no run was deleted: the state does not say which run it belongs to")
            return
        deleted, left = held.prune(project.settings.keep_runs, spared)
    for name in left:
        messages.warn(undeleted(name))
    were = "was" if len(deleted) == 1 else "were"
    some = f"{count(len(deleted), 'run')} {were}" if deleted else "no run was"
    rule = project.settings.keep_runs
    value = f"{rule:,}" if isinstance(rule, int) else rule.written
    messages.remark(f"{some} deleted; keep_runs is {value}")
