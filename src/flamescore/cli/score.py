"""The work of `flamescore score`: the nightly job."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from flamescore.changes import would_change
from flamescore.cli.boundary import say
from flamescore.cli.terminal import progress, show
from flamescore.errors import Problem, UsageError
from flamescore.nightly import Options, nightly
from flamescore.project import find_settings
from flamescore.report import render_terminal, summary_line
from flamescore.sanity_checks import not_latest
from flamescore.units import parse_period

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flamescore.cli.boundary import Messages
    from flamescore.nightly import Outcome
    from flamescore.units import Period

__all__ = ["Options", "score"]


def score(
    config: str | None, flags: Mapping[str, object], options: Options, trend: str | None, messages: Messages
) -> None:
    """Score, publish the run and say what came of it."""
    project = find_settings(config, flags)
    options = replace(options, trend=_period(trend))
    with progress(quiet=messages.quiet) as tell:
        outcome = nightly(project, options, tell=tell)
    if not messages.quiet:
        _say(outcome, messages)


def _period(text: str | None) -> Period | None:
    """Read the value of `--trend`."""
    found = None if text is None else parse_period(text)
    if text is not None and found is None:
        hint = "Use a number and a unit, such as 7d, 2w or 1mo."
        raise UsageError(Problem("U014", f"--trend: `{text}` is not a period.", hint=hint))
    return found


def _say(outcome: Outcome, messages: Messages) -> None:
    """Tell the run on a terminal; off one, a line, and on stderr what was wrong with the input."""
    if sys.stdout.isatty():
        show(render_terminal(outcome.report))
    else:
        say(summary_line(outcome.report))
        for problem in outcome.report.problems:
            messages.remark(problem)
    if outcome.published is None:
        for told in would_change(outcome.scored, outcome.previous, unread=outcome.unread):
            say(told)
    elif sys.stdout.isatty():
        say(f"Published {outcome.published.run.path}")
    aside = None if outcome.published is None else not_latest(outcome.published)
    if aside is not None:
        text, level = aside
        messages.remark(text, level=level)
    for left in () if outcome.published is None else outcome.published.undeleted:
        messages.remark(f"old run {left} can't be deleted")
    for step in outcome.record.steps:
        messages.detail(f"{step.seconds:8.3f} s {step.rows:>15,} rows  {step.step}")
