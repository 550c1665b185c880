"""The work of `flamescore score`: the nightly job."""

from __future__ import annotations

import sys
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from flamescore.changes import would_change
from flamescore.cli.boundary import say
from flamescore.cli.messages import now
from flamescore.cli.options import LogFormat
from flamescore.errors import ExitCode, Problem, UsageError
from flamescore.findings import Finding, Severity, as_json, fails_on_warning
from flamescore.nightly import LATE, Options, nightly
from flamescore.project import find_settings
from flamescore.report import Findings, summary_line
from flamescore.text import for_log
from flamescore.units import count, parse_period

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from flamescore.cli.messages import Messages
    from flamescore.nightly import Outcome
    from flamescore.units import Period

__all__ = ["Options", "score"]

PUBLISHED: Final = "O000"
DRY_RUN: Final = "O010"


def score(
    config: str | None, flags: Mapping[str, object], options: Options, trend: str | None, messages: Messages
) -> ExitCode:
    """Score, publish the run and say what came of it; a run with warnings may end as `FOUND`."""
    project = find_settings(config, flags)
    options = replace(options, trend=_period(trend))
    quiet = messages.quiet > 0 or messages.log is LogFormat.JSON
    with _progress(quiet=quiet) as tell:
        outcome = nightly(project, options, tell=tell)
    _say(outcome, messages)
    if outcome.untold:
        return ExitCode.UNSENT
    failed = project.settings.fail_on == "warning" and fails_on_warning(outcome.findings)
    return ExitCode.FOUND if failed else ExitCode.DONE


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Give a function that shows the present step on stderr; off a terminal it says nothing."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - rich takes time to import
    from rich.text import Text  # noqa: PLC0415 - the same

    with Console(stderr=True).status(Text("Starting")) as status:
        yield lambda step: status.update(Text(for_log(step)))


def _period(text: str | None) -> Period | None:
    """Read the value of `--trend`."""
    found = None if text is None else parse_period(text)
    if text is not None and found is None:
        hint = "Use a number and a unit, such as 7d, 2w or 1mo."
        raise UsageError(Problem("U014", f"--trend: `{text}` is not a period.", hint=hint))
    return found


def _say(outcome: Outcome, messages: Messages) -> None:
    """Tell the run on stdout and what was found on stderr; as JSON all of it there, the success line last."""
    structured = messages.log is LogFormat.JSON
    if not messages.quiet and not structured:
        _on_stdout(outcome)
    published = outcome.published
    ids = {} if published is None else dict.fromkeys(LATE, published.run.run_id)
    messages.tell(outcome.findings, run_ids=ids)
    for step in outcome.record.steps:
        messages.detail(f"{step.seconds:8.3f} s {step.rows:>15,} rows  {step.step}")
    if structured and not messages.quiet:
        if published is None:
            for told in _would_change(outcome):
                messages.remark(told)
        messages.line("", _success(outcome, time.perf_counter() - messages.started))


def _would_change(outcome: Outcome) -> Iterator[str]:
    """Tell what a dry run would have changed: flames, and who would have come into segments and gone."""
    yield from would_change(outcome.scored, outcome.previous, unread=outcome.unread)
    for each in (entry for entry in outcome.record.segments or () if entry.name in outcome.declared):
        came = f"{each.entered:,} in, {each.left:,} out"
        yield f"segment {each.name}: {count(each.contacts, 'contact')}, {came}"


def _on_stdout(outcome: Outcome) -> None:
    """Tell the run: on a terminal its report, off one a line."""
    if sys.stdout.isatty():
        from flamescore.cli.terminal import show  # noqa: PLC0415 - rich takes time to import, a pipe needs none
        from flamescore.report import render_terminal  # noqa: PLC0415 - the same

        show(render_terminal(replace(outcome.report, findings=Findings())))
    else:
        say(summary_line(outcome.report))
    if outcome.published is None:
        for told in _would_change(outcome):
            say(told)
    elif sys.stdout.isatty():
        say(f"Published {outcome.published.place}")


def _success(outcome: Outcome, seconds: float) -> dict[str, Any]:
    """Return the last line of a run that went well: all keys of a finding, and what the run comes to."""
    published, report = outcome.published, outcome.report
    code = DRY_RUN if published is None else PUBLISHED
    run_id = None if published is None else published.run.run_id
    text = summary_line(report)
    severities = Counter(each.severity for each in outcome.findings if each.accepted is None)
    let_through = sum(each.accepted is not None for each in outcome.findings)
    return {
        **as_json(Finding(code, Severity.INFO, "run", text), time=now(), run_id=run_id),
        "path": None if published is None else published.place,
        "as_of": outcome.record.as_of.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "contacts": report.contacts,
        "hot": {score.name: score.hot for score in report.scores if score.hot is not None},
        "to_call": {score.name: score.on_list for score in report.scores if score.on_list is not None},
        **(
            {}
            if report.holdout is None
            else {
                "held_out": {
                    score.name: score.held_out for score in report.scores if score.on_list is not None
                }
            }
        ),
        "latest": published is not None and published.latest,
        "warnings": severities[Severity.WARNING],
        "notes": severities[Severity.NOTE],
        "accepted": let_through,
        "seconds": round(seconds, 3),
    }
