"""`flamescore runs`: the runs there are, and pruning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flamescore.cli.boundary import command, remark
from flamescore.cli.options import As, Config, Log, LogFormat, Out, Quiet, Raw, Spreadsheet, Verbose
from flamescore.errors import InputError

if TYPE_CHECKING:
    from flamescore.project import Project
    from flamescore.runs import RunStore


def runs(
    config: Config = None,
    output: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER",
            help="Folder that runs are published in.  [default: from the project file]",
            show_default=False,
        ),
    ] = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete the oldest runs until keep_runs remain; never the latest.")
    ] = False,
    check: Annotated[
        bool,
        typer.Option("--check", help="Compare every file of every run with its checksum."),
    ] = False,
    lock_timeout: Annotated[
        float,
        typer.Option(
            metavar="SECONDS", help="With --prune: how long to wait for another run to finish.", min=0
        ),
    ] = 0.0,
    out: Out = None,
    form: As = None,
    spreadsheet: Spreadsheet = False,
    raw: Raw = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore runs

    List the stored runs, newest first: their as_of, how many contacts are hot, their size in bytes, how long
    they took, and when. A damaged run shows only what its folder name says. --check shows which runs are as
    they were published; the exit code is 3 if one is not.
    """  # noqa: D415 - an example to copy has no full stop

    def body() -> None:
        from flamescore.cli.emit import emit  # noqa: PLC0415 - Polars comes with it
        from flamescore.project import find_settings  # noqa: PLC0415 - it takes time to import
        from flamescore.runs import (  # noqa: PLC0415
            RunStore,
            checked,
            listed,
        )

        project = find_settings(config, {"output": output})
        store = RunStore(project.resolve(project.settings.output), project.settings.mode)
        if prune:
            _prune(store, project, lock_timeout, log_format, quiet=quiet)
        table, damaged = (checked if check else listed)(store)
        emit(table, out, form, spreadsheet=spreadsheet, raw=raw)
        problems = tuple(each for error in damaged for each in error.problems)
        if check and problems:
            raise InputError(problems)
        for each in () if quiet else problems:
            remark(f"{each.code} {each.message}", log_format)

    del verbose  # there are no steps to time
    command(body, log_format)


def _prune(store: RunStore, project: Project, timeout: float, log: LogFormat, *, quiet: bool) -> None:
    from flamescore.units import count  # noqa: PLC0415 - only here

    if not store.runs():
        return  # nothing to prune, and no folder to make
    with store.hold(timeout) as held:
        deleted, undeleted = held.prune(project.settings.keep_runs)
    for name in undeleted:
        remark(f"run {name} can't be deleted", log)
    if not quiet:
        were = "was" if len(deleted) == 1 else "were"
        some = f"{count(len(deleted), 'run')} {were}" if deleted else "no run was"
        remark(f"{some} deleted; keep_runs is {project.settings.keep_runs:,}", log, level="info")
