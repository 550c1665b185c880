"""The work of `flamescore score`: the nightly job."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from msgspec.structs import replace

from flamescore import stopping
from flamescore.alerts import waiting_notices
from flamescore.cli.boundary import write_line
from flamescore.cli.health import KEY as PING
from flamescore.cli.health import HealthCheck
from flamescore.cli.messages import now
from flamescore.cli.options import Cluster, Engine, LogFormat
from flamescore.errors import ExitCode, FlamescoreError, Problem, UsageError, fault
from flamescore.findings import Finding, Severity, as_json, fails_on_warning, of_problem
from flamescore.nightly import LATE, Options, nightly
from flamescore.project import S3, find_settings
from flamescore.report import Findings, summary_line
from flamescore.runs import LATEST, reading_run
from flamescore.text import for_log
from flamescore.units import count, parse_period
from flamescore.wallclock import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from flamescore.cli.messages import Messages
    from flamescore.nightly import Outcome
    from flamescore.project import Project
    from flamescore.runs import Published
    from flamescore.units import Period

__all__ = ["Options", "score"]

PUBLISHED: Final = "O000"
DRY_RUN: Final = "O010"
FAILURE_CODES: Final = (ExitCode.INPUT, ExitCode.OUTPUT, ExitCode.FAULT)
"""The exit codes that alerts report as a failed run; a lock held by another run is not a failure."""

LOCAL: Final = Cluster()

LISTED: Final = 10
"""The number of leads listed on a terminal."""

MOST_FLAMES: Final = 5

SENDING_WAITS: Final = 130.0
"""Seconds that `--notify` waits for another command that is sending: that one ends after 120."""


def score(
    config: str | None,
    flags: Mapping[str, object],
    options: Options,
    trend: str | None,
    messages: Messages,
    *,
    notify: bool = False,
    cluster: Cluster = LOCAL,
) -> ExitCode:
    """Score, publish the run and report the result; return `FOUND` for warnings under `fail_on: warning`.

    `cluster` says whether Spark scores. With `notify`, send waiting notices afterwards; return `UNSENT` if
    sending fails. A health check is notified of the start, except in a dry run.
    """
    health = HealthCheck(messages, silent=options.dry_run)
    health.begin_early(flags.get(PING))
    project = find_settings(config, flags)
    health.begin(project.settings.ping)
    options = replace(options, trend=_period(trend))
    run = _run(cluster, notify=notify)
    quiet = messages.quiet > 0 or messages.log is LogFormat.JSON
    started_at = clock()
    try:
        with _progress(quiet=quiet) as show_step:
            outcome = run(project, options, show_step=show_step)
    except Exception as error:
        if notify and not options.dry_run:
            _notify_of_failure(project, error, started_at, messages)
        raise
    if outcome.published is not None:
        messages.of_run.run_id, messages.of_run.published = outcome.published.run.run_id, True
    health.line = summary_line(outcome.report)
    _report_run(outcome, project, messages)
    failed = project.settings.fail_on == "warning" and fails_on_warning(outcome.findings)
    code = ExitCode.UNSENT if outcome.unsent else ExitCode.FOUND if failed else ExitCode.DONE
    if options.dry_run:
        return code
    if not notify:
        waiting = waiting_notices(project)
        if waiting:
            verb, them = ("waits", "it") if waiting == 1 else ("wait", "them")
            messages.remark(f"{count(waiting, 'notice')} {verb}: flamescore notify sends {them}")
        return code
    from flamescore.cli import notify as sending  # noqa: PLC0415 - only for --notify

    try:
        return sending.report_result(sending.send(project, SENDING_WAITS), messages) or code
    except FlamescoreError as error:  # the run is published; only sending failed
        messages.report(of_problem(each) for each in error.problems)
        return ExitCode.UNSENT


def _run(cluster: Cluster, *, notify: bool) -> Callable[..., Outcome]:
    """Return what scores and publishes: this machine, or Spark."""
    if cluster.engine is Engine.SPARK:
        from flamescore.cli.on_spark import on_spark  # noqa: PLC0415 - only for --engine spark

        return partial(on_spark, cluster=cluster, notify=notify)
    if cluster.given:
        flags = " and ".join(cluster.given)
        text = f"{flags} {'is' if len(cluster.given) == 1 else 'are'} for --engine spark."
        raise UsageError(Problem("U000", text, hint="Add --engine spark, or leave it out."))
    return nightly


def _notify_of_failure(project: Project, error: Exception, started_at: datetime, messages: Messages) -> None:
    """Send that the run has failed, and waiting notices; report errors in addition to the failure."""
    from flamescore.alerts import ring_failed  # noqa: PLC0415 - only for --notify
    from flamescore.cli import notify as sending  # noqa: PLC0415 - the same

    code, problem = ExitCode.FAULT, fault(error)
    if isinstance(error, FlamescoreError):
        code, problem = error.exit_code, error.problems[0]
    if code not in FAILURE_CODES or stopping.raised_signal() is not None:
        return
    try:
        ring_failed(project, problem, started_at)
        sending.report_result(sending.send(project, SENDING_WAITS), messages)
    except FlamescoreError as also:
        messages.report(of_problem(each) for each in also.problems)
    except Exception as also:  # noqa: BLE001 - the run's own failure is what ends the program
        messages.report((of_problem(fault(also)),))


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Yield a function that shows the current step on stderr; without a terminal it does nothing."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - rich takes time to import
    from rich.text import Text  # noqa: PLC0415 - the same

    from flamescore.screen import screen_of  # noqa: PLC0415 - the same

    spinner = "line" if screen_of(sys.stderr, os.environ).plain else "dots"
    with Console(stderr=True).status(Text("Starting"), spinner=spinner) as status:
        yield lambda step: status.update(Text(for_log(step)))


def _period(text: str | None) -> Period | None:
    """Parse the value of `--trend`."""
    found = None if text is None else parse_period(text)
    if text is not None and found is None:
        hint = "Use a number and a unit, such as 7d, 2w or 1mo."
        raise UsageError(Problem("U014", f"--trend `{text}` is not a period.", hint=hint))
    return found


def _report_run(outcome: Outcome, project: Project, messages: Messages) -> None:
    """Report the run on stdout and the findings on stderr; as JSON, everything goes to stderr."""
    structured = messages.log is LogFormat.JSON
    if not messages.quiet and not structured:
        _on_stdout(outcome, project)
    published = outcome.published
    ids = {} if published is None else dict.fromkeys(LATE, published.run.run_id)
    messages.report(outcome.findings, run_ids=ids)
    for step in outcome.record.steps:
        messages.detail(f"{step.seconds:8.3f} s {step.rows:>15,} rows  {step.step}")
    if structured and not messages.quiet:
        if published is None:
            for line in _would_change(outcome):
                messages.remark(line)
        messages.line("", _success(outcome, time.perf_counter() - messages.started))


def _would_change(outcome: Outcome) -> Iterator[str]:
    """Yield lines on what a dry run would have changed: flames, segments, routes, files for CRMs."""
    from flamescore.changes import would_change  # noqa: PLC0415 - only for a dry run

    yield from would_change(outcome.scored, outcome.previous, unread=outcome.unread)
    for each in (entry for entry in outcome.record.segments or () if entry.name in outcome.declared):
        came = f"{each.entered:,} in, {each.left:,} out"
        yield f"segment {each.name}: {count(each.contacts, 'contact')}, {came}"
    yield from _routes(outcome)
    yield from _written(outcome)


def _on_stdout(outcome: Outcome, project: Project) -> None:
    """Print the run's report on a terminal, otherwise one line; then list what a dry run would change."""
    if sys.stdout.isatty():
        from flamescore.cli import terminal  # noqa: PLC0415 - only on a terminal

        terminal.write(_report(outcome, project))
    else:
        write_line(summary_line(outcome.report))
    if outcome.published is None:
        if sys.stdout.isatty():
            write_line("Nothing was written (--dry-run).")
        for line in _would_change(outcome):
            write_line(line)
    elif sys.stdout.isatty():
        write_line(_published(outcome.published, outcome, project))


def _report(outcome: Outcome, project: Project) -> list[str]:
    """Return the lines of the report, with the first leads of the call list."""
    from flamescore.cli import terminal  # noqa: PLC0415 - only on a terminal
    from flamescore.report import just_scored, listed_ids, read_back, render_terminal  # noqa: PLC0415 - only on a terminal

    settings, report = project.settings, replace(outcome.report, findings=Findings())
    show = partial(render_terminal, report, on=terminal.screen(), top=LISTED)
    if outcome.published is None:
        scored = just_scored(outcome.record, outcome.scored, keep=settings.keep)
        return show(replace(scored, decimals=settings.decimals))
    run = outcome.published.run
    with reading_run(run):
        stored = read_back(run, pl.Series(listed_ids(report, LISTED), dtype=pl.String))
        return show(replace(stored, decimals=settings.decimals))


def _published(published: Published, outcome: Outcome, project: Project) -> str:
    """Return where the run was published, and how to find the leads that were not listed."""
    default = outcome.report.scores[0]
    text = f"Published to {_place(published, project)}."
    if default.on_list is None or default.on_list <= LISTED:
        return text
    flames = outcome.report.hot_flames
    hot = "--hot" if flames is None else f"--flames {flames}" + ("" if flames == MOST_FLAMES else "-5")
    run = "" if published.latest else f" --run {published.run.run_id}"
    return f"{text} The rest: flamescore search {hot}{run}"


def _place(published: Published, project: Project) -> str:
    """Return the path to show for the run: `out/latest`, or its own folder if `latest` points to another."""
    if project.settings.output.startswith(S3):
        return published.place
    from flamescore.cli import terminal  # noqa: PLC0415 - only on a terminal

    return terminal.near(project.output_folder / LATEST if published.latest else published.run.path)


def _routes(outcome: Outcome) -> Iterator[str]:
    """Yield a line on how many leads would be routed."""
    routing = outcome.record.routing
    if routing is not None:
        yield f"routes: {routing.kept:,} kept, {routing.new:,} new, {routing.nobody:,} with nobody"


def _written(outcome: Outcome) -> Iterator[str]:
    """Yield lines on what a dry run would write for CRMs."""
    for each in outcome.record.write_back or ():
        rows = count(each.rows, "row")
        yield f"write_back {each.name}: {rows}, {each.first_time:,} for the first time"


def _success(outcome: Outcome, seconds: float) -> dict[str, Any]:
    """Return the JSON line of a successful run: all keys of a finding, and a summary of the run."""
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
