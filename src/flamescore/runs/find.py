"""Find the run that a command refers to, and the project with that run's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.errors import NotFoundError, Problem
from flamescore.findings import Finding, Severity
from flamescore.input_errors import MISSING, fault
from flamescore.project import STDIN, find_settings_of
from flamescore.runs.catalog import LATEST
from flamescore.runs.store import RunStore
from flamescore.wallclock import ahead

if TYPE_CHECKING:
    from collections.abc import Callable

    from flamescore.project import Project
    from flamescore.runs.catalog import Run

LATEST_AHEAD: Final = "O101"


def find_run(project: Project, run: str | None, *, warn: Callable[[Finding], None]) -> Run:
    """Return the run that a command refers to, by default the latest; warn if its `as_of` is in the future.

    Raises:
        NotFoundError: no run matches. If there is no project file either, the hint says so.
    """
    store = RunStore.of(project)
    try:
        found = store.find(run or LATEST)
    except NotFoundError as error:
        if project.path is not None or store.runs():
            raise
        hint = "No flamescore.yaml in this folder or a parent either. Go to its folder, or give --config."
        raise NotFoundError([Problem(p.code, p.message, p.where, hint) for p in error.problems]) from None
    away = ahead(found.as_of) if run in (None, LATEST) else None
    if away is not None:
        text = f'"latest" is {found.run_id}, whose as_of is {away} ahead.'
        cure = "flamescore score --make-latest moves it."
        warn(Finding(LATEST_AHEAD, Severity.WARNING, "latest", text, do=cure))
    return found


def project_of(run: Run, project: Project, config: str | None) -> Project:
    """Return the project with a run's settings: the sources and limits that flags set for that run.

    Records of older versions don't include them; then `project` is used.

    Raises:
        InputError: a source was a stream, which can't be read again.
    """
    given = run.record.given
    read = project if given is None else find_settings_of(given.as_dict(), config)
    for kind in ("contacts", "events", "tag_history", "opportunities"):
        for source in getattr(read.settings, kind):
            if source.path == STDIN or read.resolve(source.path).is_fifo():
                name = "standard input" if source.path == STDIN else "a pipe"
                what = f"{name} (`{source.path}`), which can't be read again"
                text = f"{kind}: run {run.run_id} took them from {what}."
                hint = "Write it to a file, score again with that file, and explain the new run."
                raise fault(MISSING, text, hint)
    return read
