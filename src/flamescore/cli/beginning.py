"""The command for who begins, from the exports alone; otherwise as `commands`."""

from __future__ import annotations

from typing import Annotated

import typer

from flamescore.cli.boundary import command
from flamescore.cli.messages import Messages
from flamescore.cli.options import Log, LogFormat, Out, Quiet, Verbose


def init(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH]...",
            help="Exports, or folders of them.  [default: this folder, and three folders down]",
            show_default=False,
        ),
    ] = None,
    *,
    config: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Write the project file here. Default: $FLAMESCORE_CONFIG, else flamescore.yaml.",
            show_default=False,
        ),
    ] = None,
    contacts: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="This export holds the contacts.", show_default=False),
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option(
            metavar="ZONE",
            help="Time zone of the rules.  [default: the preset's, else UTC]",
            show_default=False,
        ),
    ] = None,
    rules: Annotated[
        str, typer.Option(metavar="FILE", help="Write the rules here, beside the project file.")
    ] = "rules.yaml",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print both files, and write nothing.")] = False,
    out: Out = None,
    quiet: Quiet = 0,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore init exports/*.csv

    Look at the exports, and write a first flamescore.yaml and rules.yaml. Nothing is asked: every guess has a
    comment in the file, where it is easy to change. A file that is there is never overwritten.
    """

    def work(messages: Messages) -> None:
        from flamescore.cli import init as verb

        verb.init(
            paths or [],
            config,
            messages,
            contacts=contacts,
            zone=timezone,
            rules=rules,
            dry_run=dry_run,
            out=out,
        )

    command(work, Messages(log_format, quiet, verbose))
