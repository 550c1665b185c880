"""`flamescore search`: the call list."""

from __future__ import annotations

import sys
import time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from flamescore.cli.boundary import command, remark, say
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
    import polars as pl

    from flamescore.cli.searching import Found


class Changed(StrEnum):
    """How contacts changed since the run before."""

    UP = "up"
    DOWN = "down"


WAYS = {Changed.UP: ("newly_hot", "up"), Changed.DOWN: ("cooled_off", "down")}
"""The kinds of change that each word of --changed means."""


def search(
    *,
    config: Config = None,
    run: RunName = None,
    flames: Annotated[str | None, typer.Option(metavar="N|N-M", help="Number of flames: 5, or 4-5.")] = None,
    score: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[:N-M]",
            help="Score to search by (default: the first), also with flames. Repeat to require several.",
        ),
    ] = None,
    min_score: Annotated[
        float | None, typer.Option(metavar="POINTS", help="Only contacts with at least this score.")
    ] = None,
    min_percentile: Annotated[
        float | None,
        typer.Option(
            metavar="P", help="Only contacts better than this percentage of the others.", min=0, max=100
        ),
    ] = None,
    owner: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Only this owner's contacts (Unassigned: no owner). Repeat for several owners.",
        ),
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(metavar="TAG", help="Only contacts with this tag. Repeat to require several."),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PREDICATES",
            help="As in rule files: '{country: US, employees: {at_least: 100}}', or country=US for short.",
        ),
    ] = None,
    text: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Search name, company and e-mail; or give a whole id.")
    ] = None,
    changed: Annotated[
        Changed | None,
        typer.Option(
            help="Only contacts whose score changed this way since the previous run.", show_default=False
        ),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", help="Show at most this many rows.", min=0)
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(metavar="A,B,C", help="Show these columns, separated by commas."),
    ] = None,
    everyone: Annotated[bool, typer.Option("--all", help="Include contacts excluded from calls.")] = False,
    out: Out = None,
    form: As = None,
    spreadsheet: Spreadsheet = False,
    raw: Raw = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore search --flames 5 --owner "Ann Lee" -o calls.csv

    List the contacts of the latest run that match every condition, best first. Contacts excluded by the
    project's call_list.exclude are not shown, unless --all is given.
    """  # noqa: D415 - an example to copy has no full stop

    def body() -> None:
        started = time.perf_counter()
        from flamescore.cli import searching  # noqa: PLC0415 - Polars comes with it
        from flamescore.cli.emit import emit, first_rows, place, remark_on_others  # noqa: PLC0415
        from flamescore.cli.published import published  # noqa: PLC0415
        from flamescore.project import find_settings  # noqa: PLC0415 - it takes time to import

        project = find_settings(config)
        asked = searching.Asked(
            flames=flames,
            scores=tuple(score or ()),
            min_score=min_score,
            min_percentile=min_percentile,
            owners=tuple(owner or ()),
            tags=tuple(tag or ()),
            where=tuple(where or ()),
            text=text,
            columns=None
            if columns is None
            else tuple(each.strip() for each in columns.split(",") if each.strip()),
            everyone=everyone,
            changed=() if changed is None else WAYS[changed],
        )
        found = searching.find(project, published(project, run, log_format, quiet=quiet), asked)
        rows = found.rows
        for note in () if quiet else found.notes:
            remark(note, log_format)
        on_terminal = place(out) is None and sys.stdout.isatty() and form in (None, Format.TABLE)
        shown = first_rows(rows, limit, on_terminal=on_terminal)
        if on_terminal and columns is None:
            _show(shown, found)
        else:
            emit(shown, out, form, spreadsheet=spreadsheet, raw=raw, zone=found.zone)
        if on_terminal and not quiet:
            remark_on_others(shown.height, rows.height, limit, log_format)
        if verbose and not quiet:
            took = time.perf_counter() - started
            said = f"{took:8.3f} s  search of run {found.run_id}: {rows.height:,} found"
            remark(said, log_format, level="info")

    command(body, log_format)


def _show(rows: pl.DataFrame, found: Found) -> None:
    """Show the call list on the terminal, in the columns that a rep needs first."""
    from rich.console import Console  # noqa: PLC0415 - rich takes time to import

    from flamescore.cli.calls import calls  # noqa: PLC0415 - Polars comes with it
    from flamescore.cli.emit import show  # noqa: PLC0415 - rich comes with it

    if rows.is_empty():
        say("No contacts match.")
        return
    show(calls(rows, found.further, found.zone, Console().width))
