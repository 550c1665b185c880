"""What a run warns of, though it goes on: what a user should look at of rules, project and exports."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flamescore.tables import absent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.errors import Problem
    from flamescore.inputs import Inputs
    from flamescore.project import Project
    from flamescore.scoring import Scored


def warnings_of(inputs: Inputs, scored: Scored) -> tuple[str, ...]:
    """Return the warnings of rules, exports and project, a line each."""
    settings = inputs.project.settings
    # Columns that `keep` has by default are no promise of the user's: only those written down are missed.
    missing = absent(scored.contacts, settings.keep) if "keep" in settings.given_keys else ()
    return (
        *(_in_a_line(problem, inputs.project) for problem in inputs.bound.warnings),
        *_missing_columns(inputs, scored),
        *inputs.exports.warnings,
        *(f"`keep` names `{name}`, which no contacts export has: it is left out" for name in missing),
    )


def _in_a_line(problem: Problem, project: Project) -> str:
    """Say a warning without its source line and hint: `rules/keap.yaml:94:17: R100 message`."""
    where = problem.where
    if where is None:
        return f"{problem.code} {problem.message}"
    return f"{replace(where, path=project.near(where.path))}: {problem.code} {problem.message}"


def _missing_columns(inputs: Inputs, scored: Scored) -> Iterator[str]:
    """Tell of columns that files lack; of events only where the source has some that a rule asks it of."""
    for gap in inputs.gaps:
        kind, index = gap.source
        types = scored.observed.pasts[index].named if kind == "events" and scored.observed.pasts else ()
        warning = gap.warning(types)
        if warning is not None:
            yield warning
