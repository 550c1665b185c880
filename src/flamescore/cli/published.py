"""The run that a command reads, and what to say where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.cli.boundary import remark
from flamescore.errors import NotFoundError, Problem
from flamescore.publish.runs import LATEST
from flamescore.publish.store import RunStore
from flamescore.wallclock import ahead

if TYPE_CHECKING:
    from flamescore.cli.options import LogFormat
    from flamescore.exports.project import Project
    from flamescore.publish.runs import Run


LATEST_AHEAD: Final = "O101"


def published(project: Project, run: str | None, log: LogFormat, *, quiet: bool) -> Run:
    """Return the run that is meant, by default the latest; warn where that is of a day to come.

    Raises:
        NotFoundError: there is none. Without a project file it says that too.
    """
    store = RunStore(project.resolve(project.settings.output), project.settings.mode)
    try:
        found = store.find(run or LATEST)
    except NotFoundError as error:
        if project.path is not None or store.runs():
            raise
        hint = "Nor is there a flamescore.yaml, here or further up: go where it is, or give --config."
        raise NotFoundError([Problem(p.code, p.message, p.where, hint) for p in error.problems]) from None
    away = ahead(found.as_of)
    if away is not None and run in (None, LATEST) and not quiet:
        text = f'latest: {LATEST_AHEAD} "latest" is {found.run_id}, whose as_of is {away} ahead.'
        remark(f"{text} flamescore score --make-latest moves it.", log)
    return found
