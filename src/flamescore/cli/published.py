"""The run that a command reads, and what to say where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flamescore.errors import NotFoundError, Problem
from flamescore.publish.store import RunStore

if TYPE_CHECKING:
    from flamescore.exports.project import Project
    from flamescore.publish.runs import Run


def published(project: Project, run: str | None) -> Run:
    """Return the run that is meant, by default the latest.

    Raises:
        NotFoundError: there is none. Without a project file it says that too.
    """
    store = RunStore(project.resolve(project.settings.output), project.settings.mode)
    try:
        return store.find(run or "latest")
    except NotFoundError as error:
        if project.path is not None or store.runs():
            raise
        hint = "Nor is there a flamescore.yaml, here or further up: go where it is, or give --config."
        raise NotFoundError([Problem(p.code, p.message, p.where, hint) for p in error.problems]) from None
