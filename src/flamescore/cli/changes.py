"""`flamescore changes`: who rose, fell, came and went since the run before, and why."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from flamescore.cli.boundary import command, remark
from flamescore.cli.options import (
    As,
    Config,
    Format,
    Log,
    LogFormat,
    Out,
    Quiet,
    Raw,
    RunName,
    Spreadsheet,
    Verbose,
)

if TYPE_CHECKING:
    from flamescore.runs import RunRecord


def changes(
    config: Config = None,
    run: RunName = None,
    score: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which score.  [default: the first in the rule file]")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", help="Show at most this many rows.", min=0)
    ] = None,
    everyone: Annotated[
        bool,
        typer.Option("--all", help="Include unchanged contacts and those excluded from calls."),
    ] = False,
    out: Out = None,
    form: As = None,
    spreadsheet: Spreadsheet = False,
    raw: Raw = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore changes

    List the contacts that changed since the previous run, newly hot first, and why: new activity, time
    passing (what expired or faded), late or altered data, changed rules. The four add up to the difference,
    to the last digit.
    """  # noqa: D415 - an example to copy has no full stop

    def body() -> None:
        from flamescore.cli.changed import brief, changed, summary  # noqa: PLC0415 - Polars comes with it
        from flamescore.cli.emit import (  # noqa: PLC0415
            emit,
            first_rows,
            format_of,
            place,
            remark_on_others,
        )
        from flamescore.cli.published import published  # noqa: PLC0415
        from flamescore.project import find_settings  # noqa: PLC0415 - it takes time to import
        from flamescore.runs import reading_run  # noqa: PLC0415

        chosen = format_of(out, form)
        found = published(find_settings(config), run, log_format, quiet=quiet)
        with reading_run(found):
            rows = changed(found, score, everyone=everyone)
            said = summary(found.record, score)
        on_terminal = place(out) is None and sys.stdout.isatty() and chosen is Format.TABLE
        shown = first_rows(rows, limit, on_terminal=on_terminal)
        if not quiet:
            _say(found.record, said, log_format, on_terminal=on_terminal)
        emit(brief(shown) if chosen is Format.TABLE else shown, out, form, spreadsheet=spreadsheet, raw=raw)
        if on_terminal and not quiet:
            remark_on_others(shown.height, rows.height, limit, log_format)

    del verbose  # there are no steps to time
    command(body, log_format)


def _say(record: RunRecord, summary: str, log: LogFormat, *, on_terminal: bool) -> None:
    """Say what could not be told, and on a terminal what it all comes to."""
    if record.changes is None:
        remark(summary, log)
        return
    if on_terminal:
        remark(summary, log, level="info")
    for note in record.changes.notes:
        remark(note, log)
