"""The work of `flamescore delivered`: record what the CRM has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flamescore.cli.boundary import write_line
from flamescore.cli.options import LogFormat
from flamescore.errors import Problem, StateError, UsageError
from flamescore.project import find_settings
from flamescore.runs import RunStore
from flamescore.state import StateDamagedError, StateStore
from flamescore.units import count
from flamescore.write_back import deliver, forget, undo
from flamescore.yaml_tree import nearest, use

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flamescore.cli.messages import Messages


def delivered(
    config: str | None,
    name: str,
    run: str | None,
    messages: Messages,
    *,
    undone: bool,
    forget: bool,
    lock_timeout: float,
) -> None:
    """Record a run's write-back files as imported, or the last delivery as undone, or forget everything."""
    if (run is not None) + undone + forget > 1:
        text = "`--run`, `--undone` and `--forget` can't be given together."
        raise UsageError(Problem("U042", text, hint="Leave out all but one."))
    project = find_settings(config)
    _check(name, project.settings.write_back)
    runs = RunStore.of(project)
    state = StateStore.of(project)
    try:
        if forget:
            summary = _forgotten(state, name, lock_timeout)
        elif undone:
            summary = _undone(state, runs, name, lock_timeout)
        else:
            summary = _delivered(state, runs, name, run, lock_timeout)
    except StateDamagedError as error:
        hint = "Move the folder of the state away: the next run is a baseline."
        raise StateError(
            Problem("A015", f"The state {error.why}; nothing was changed.", hint=hint)
        ) from error
    if messages.log is LogFormat.JSON:
        messages.remark(summary)
    elif not messages.quiet:
        write_line(summary)
    messages.took(f"delivered {name}")


def _check(name: str, known: Iterable[str]) -> None:
    known = tuple(known)
    if name in known:
        return
    meant = nearest(name, known)
    others = use(known) if known else "The project file has no `write_back`."
    hint = f"Did you mean `{meant}`?" if meant else others
    raise UsageError(Problem("U040", f"There is no write-back `{name}`.", hint=hint))


def _delivered(state: StateStore, runs: RunStore, name: str, run: str | None, timeout: float) -> str:
    found = runs.find(run or "latest")
    done = deliver(state, name, found, timeout=timeout)
    if not done.news:
        return f"{name}: {found.run_id} was delivered already, nothing to do; {done.known:,} known"
    return f"{name}: {count(done.rows, 'row')} of {found.run_id} delivered; {done.known:,} known"


def _undone(state: StateStore, runs: RunStore, name: str, timeout: float) -> str:
    done = undo(state, runs, name, timeout=timeout)
    return f"{name}: the delivery of {done.run_id} was taken back; {done.known:,} known"


def _forgotten(state: StateStore, name: str, timeout: float) -> str:
    done = forget(state, name, timeout=timeout)
    before = "nothing was known" if done.run_id is None else "all was forgotten"
    return f"{name}: {before}; the next files have everybody"
