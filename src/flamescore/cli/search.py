"""`flamescore search`: the call list."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from flamescore.cli.boundary import command
from flamescore.cli.options import (
    As,
    Config,
    Format,
    Log,
    LogFormat,
    Out,
    Quiet,
    RunName,
    Spreadsheet,
    Verbose,
)

SHOWN = 100
"""Rows that a terminal shows where no --limit is given."""


def search(
    config: Config = None,
    run: RunName = None,
    flames: Annotated[str | None, typer.Option(metavar="N|N-M", help="How many flames: 5, or 4-5.")] = None,
    score: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[:N-M]",
            help="The score to search by (default: the file's first), also with flames; several must all hold.",
        ),
    ] = None,
    min_score: Annotated[
        float | None, typer.Option(metavar="POINTS", help="At least so many points.")
    ] = None,
    min_percentile: Annotated[
        float | None,
        typer.Option(metavar="P", help="Better than at least so many percent of the rest.", min=0, max=100),
    ] = None,
    owner: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Of this owner (Unassigned: of none); several: of any."),
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option(metavar="TAG", help="With this tag; several: with all.")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PREDICATES",
            help="As in rules: '{country: US, employees: {at_least: 100}}', or country=US for short.",
        ),
    ] = None,
    text: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Found in name, company or e-mail.")
    ] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", help="At most so many rows.", min=0)] = None,
    columns: Annotated[
        str | None,
        typer.Option(metavar="A,B,C", help="These columns, of the list or of the contacts export."),
    ] = None,
    everyone: Annotated[
        bool, typer.Option("--all", help="Also those whom call_list.exclude leaves out.")
    ] = False,
    out: Out = None,
    form: As = None,
    spreadsheet: Spreadsheet = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore search --flames 5 --owner "Ann Lee" -o calls.csv

    List the contacts of the latest run that fit everything asked, best first. Whoever the project's
    call_list.exclude leaves out is not shown, unless --all.
    """

    def body() -> None:
        from flamescore.cli import searching  # noqa: PLC0415 - Polars comes with it
        from flamescore.cli.emit import emit  # noqa: PLC0415
        from flamescore.inputs import find_settings  # noqa: PLC0415

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
        )
        found = searching.find(project, run, asked)
        on_terminal = out in (None, "-") and sys.stdout.isatty() and form in (None, Format.TABLE)
        most = limit if limit is not None else SHOWN if on_terminal else found.height
        emit(found.head(most), out, form, spreadsheet=spreadsheet)
        if not quiet and most < found.height:
            sys.stderr.write(f"{most:,} of {found.height:,} shown; --limit shows more\n")

    del verbose  # a search has no steps to time
    command(body, log_format)
