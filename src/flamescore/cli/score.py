"""`flamescore score`: the nightly job."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from flamescore.cli.boundary import command, remark, say
from flamescore.cli.options import Config, Log, LogFormat, Quiet, Spreadsheet, Verbose

if TYPE_CHECKING:
    from flamescore.nightly import Outcome
    from flamescore.units import Period


def score(
    *,
    config: Config = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="WHEN",
            help="now, today, a date (its first instant in the rule file's time zone) or an instant.",
            show_default=False,
        ),
    ] = None,
    rules: Annotated[str | None, typer.Option(metavar="FILE", help="The rule file.")] = None,
    contacts: Annotated[
        list[str] | None, typer.Option(metavar="PATH", help="A contacts export. Repeat for several.")
    ] = None,
    events: Annotated[
        list[str] | None, typer.Option(metavar="PATH", help="An events export. Repeat for several.")
    ] = None,
    output: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Folder that runs are published in.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at the first reject or unknown event type.")
    ] = False,
    max_rejects: Annotated[
        str | None,
        typer.Option(
            metavar="LIMIT",
            help="Allow this many rejected rows per source: a percentage such as 5%, or a number.",
        ),
    ] = None,
    hot_flames: Annotated[
        str | None, typer.Option(metavar="N", help="Flames from which a lead is hot: 1 to 5.")
    ] = None,
    accept: Annotated[
        bool,
        typer.Option(
            "--accept",
            help="Publish even if as_of is in the future or a check for implausible exports fails.",
        ),
    ] = False,
    make_latest: Annotated[
        bool, typer.Option("--make-latest", help="Move `latest` to this run even if its as_of is earlier.")
    ] = False,
    lock_timeout: Annotated[
        float,
        typer.Option(
            metavar="SECONDS", help="How long to wait for another run to finish.", min=0, show_default="0"
        ),
    ] = 0.0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Score and show what would change, without writing anything.")
    ] = False,
    trend: Annotated[
        str | None,
        typer.Option(
            metavar="PERIOD",
            help="Add each contact's score this long ago and the difference, such as 7d, 2w or 1mo.",
            show_default=False,
        ),
    ] = None,
    spreadsheet: Spreadsheet = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore score

    Read the exports, score every contact, publish the results as a run and print a summary. A flag wins over
    its variable (FLAMESCORE_OUTPUT, FLAMESCORE_AS_OF, ...), which wins over the project file.
    """  # noqa: D415 - an example to copy has no full stop
    flags = {
        "as_of": as_of,
        "rules": rules,
        "contacts": contacts or None,
        "events": events or None,
        "output": output,
        "max_rejects": max_rejects,
        "hot_flames": hot_flames,
    }

    def body() -> None:
        from flamescore.nightly import Options, nightly  # noqa: PLC0415
        from flamescore.project import find_settings  # noqa: PLC0415 - it takes time to import

        project = find_settings(config, flags)
        options = Options(
            strict=strict,
            make_latest=make_latest,
            accept=accept,
            lock_timeout=lock_timeout,
            dry_run=dry_run,
            trend=_period(trend),
            spreadsheet=spreadsheet,
        )
        with _progress(quiet=quiet) as tell:
            outcome = nightly(project, options, tell=tell)
        if not quiet:
            _say(outcome, log_format, verbose=verbose)

    command(body, log_format, answers=dry_run)


def _period(text: str | None) -> Period | None:
    from flamescore.errors import Problem, UsageError  # noqa: PLC0415
    from flamescore.units import parse_period  # noqa: PLC0415

    if text is None:
        return None
    found = parse_period(text)
    if found is None:
        hint = "Use a number and a unit, such as 7d, 2w or 1mo."
        raise UsageError(Problem("U014", f"--trend: `{text}` is not a period.", hint=hint))
    return found


def _progress(*, quiet: bool):  # type: ignore[no-untyped-def]  # noqa: ANN202 - rich is imported where needed
    from flamescore.cli.progress import progress  # noqa: PLC0415 - rich takes time to import

    return progress(quiet=quiet)


def _say(outcome: Outcome, log: LogFormat, *, verbose: bool) -> None:
    """Tell the run on a terminal; off one, a line, and on stderr what was wrong with the input."""
    from flamescore.changes import would_change  # noqa: PLC0415
    from flamescore.cli.emit import show  # noqa: PLC0415
    from flamescore.report import render_terminal, summary_line  # noqa: PLC0415
    from flamescore.sanity_checks import not_latest  # noqa: PLC0415

    if sys.stdout.isatty():
        show(render_terminal(outcome.report))
    else:
        say(summary_line(outcome.report))
        for problem in outcome.report.problems:
            remark(problem, log)
    if outcome.published is None:
        for told in would_change(outcome.scored, outcome.previous, unread=outcome.unread):
            say(told)
    elif sys.stdout.isatty():
        say(f"Published {outcome.published.run.path}")
    aside = None if outcome.published is None else not_latest(outcome.published)
    if aside is not None:
        text, level = aside
        remark(text, log, level=level)
    for left in () if outcome.published is None else outcome.published.undeleted:
        remark(f"old run {left} can't be deleted", log)
    if verbose:
        for step in outcome.record.steps:
            remark(f"{step.seconds:8.3f} s {step.rows:>15,} rows  {step.step}", log, level="info")
