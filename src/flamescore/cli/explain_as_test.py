"""The work of `flamescore explain --as-test`: turn a real case into a test of the rules."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from flamescore.cli.output import deliver, place
from flamescore.errors import Problem, UsageError
from flamescore.explained_runs import rules_changed
from flamescore.explanations import resolve_contact
from flamescore.inputs import read_inputs, rules_path
from flamescore.project import find_settings
from flamescore.rule_tests import case_as_test
from flamescore.runs import find_run, project_of, rules_of_run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.cli.messages import Messages
    from flamescore.inputs import Inputs
    from flamescore.project import Project


def explain_as_test(
    contact: str | None,
    config: str | None,
    as_of: str | None,
    run: str | None,
    messages: Messages,
    *,
    out: str | None,
) -> None:
    """Print a test of a contact, as of a run with its rules, or as of a point in time with today's rules."""
    if contact is None:
        raise UsageError(Problem("U000", "Missing argument 'CONTACT'.", hint="Give an id or an address."))
    if as_of is not None and run is not None:
        hint = "--run is a test as of that run, with its rules; --as-of of any time, with today's rule file."
        raise UsageError(Problem("U011", "Use --run or --as-of, not both.", hint=hint))
    project = find_settings(config)
    keys = ("email",) if "@" in contact else ()
    with _inputs(project, config, as_of, run, keys, messages) as inputs:
        who = resolve_contact(inputs.exports, contact)
        text = case_as_test(
            inputs.loaded,
            inputs.bound.book,
            inputs.exports,
            who,
            as_of=inputs.as_of,
            file=_named(Path(inputs.loaded.path), project, out),
        )
    deliver(text.encode(), out)
    messages.took("explain --as-test")


@contextmanager
def _inputs(
    project: Project,
    config: str | None,
    as_of: str | None,
    run: str | None,
    keys: tuple[str, ...],
    messages: Messages,
) -> Iterator[Inputs]:
    if as_of is not None:
        with read_inputs(project, as_of=as_of, keys=keys) as inputs:
            yield inputs
        return
    found = find_run(project, run, warn=messages.warn)
    record = found.record
    read, when = project_of(found, project, config), record.as_of.isoformat()
    if rules_changed(project, record.rules.text):
        messages.remark(
            f"{project.settings.rules} has changed since this run; the test is of the run's rules."
        )
    rules = rules_of_run(found)
    with read_inputs(read, rules=rules, as_of=when, now=record.started_at, keys=keys, of_run=True) as inputs:
        yield inputs


def _named(rules: Path, project: Project, out: str | None) -> str:
    """Return the rule file's path for a file of tests: relative to that file, or just the name."""
    path = place(out)
    if path is None or not project.settings.rules:
        return rules.name
    return Path(os.path.relpath(rules_path(project), path.resolve().parent)).as_posix()
