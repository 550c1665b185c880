"""The work of `flamescore runs`: the runs there are, and pruning."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flamescore.cli.output import emit
from flamescore.errors import InputError
from flamescore.findings import Finding, Severity, of_problem
from flamescore.project import find_settings
from flamescore.runs import RunStore, checked, listed, undeleted
from flamescore.state import UNREADABLE, StateDamagedError, StateStore, standing_at
from flamescore.units import count

if TYPE_CHECKING:
    from flamescore.cli.messages import Messages
    from flamescore.cli.options import Output
    from flamescore.project import Project


def runs(
    config: str | None,
    folder: str | None,
    output: Output,
    messages: Messages,
    *,
    prune: bool,
    check: bool,
    lock_timeout: float,
) -> None:
    """List the runs in a folder, or check them, after pruning."""
    project = find_settings(config, {"output": folder})
    store = RunStore.of(project)
    if prune:
        _prune(store, project, lock_timeout, messages)
    table, damaged = (checked if check else listed)(store)
    emit(table, output)
    problems = tuple(each for error in damaged for each in error.problems)
    messages.took(f"runs: {count(table.height, 'run')} {'checked' if check else 'listed'}")
    if check and problems:
        raise InputError(problems)
    for each in problems:
        messages.warn(of_problem(replace(each, severity="warning"), "run"))


def _prune(store: RunStore, project: Project, timeout: float, messages: Messages) -> None:
    if not store.runs():
        return  # nothing to prune, and no folder to make
    with store.hold(timeout) as held:
        try:
            spared = standing_at(StateStore.of(project))
        except StateDamagedError as error:  # the run that it stands at is not known, so all of them stay
            messages.warn(Finding(UNREADABLE, Severity.WARNING, "state", f"The state {error.why}."))
            messages.remark("no run was deleted: which one the state stands at is not known")
            return
        deleted, left = held.prune(project.settings.keep_runs, spared)
    for name in left:
        messages.warn(undeleted(name))
    were = "was" if len(deleted) == 1 else "were"
    some = f"{count(len(deleted), 'run')} {were}" if deleted else "no run was"
    rule = project.settings.keep_runs
    said = f"{rule:,}" if isinstance(rule, int) else rule.written
    messages.remark(f"{some} deleted; keep_runs is {said}")
