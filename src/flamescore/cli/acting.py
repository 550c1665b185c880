"""The commands that act on scores; otherwise as `commands`."""

from __future__ import annotations

from typing import Annotated

import typer

from flamescore.cli.boundary import command
from flamescore.cli.messages import Messages
from flamescore.cli.options import Config, Log, LogFormat, Quiet, RunName, Verbose


def delivered(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The write-back, as in the project file.")],
    config: Config = None,
    run: RunName = None,
    undone: Annotated[
        bool,
        typer.Option("--undone", help="Take the last delivery back, after its undo files were imported."),
    ] = False,
    forget: Annotated[
        bool,
        typer.Option(
            "--forget",
            help="Forget what the CRM has, once it was restored or refused rows: the next files hold all.",
        ),
    ] = False,
    lock_timeout: Annotated[
        float,
        typer.Option(
            metavar="SECONDS", help="How long to wait for another command.", min=0, show_default="0"
        ),
    ] = 0.0,
    quiet: Quiet = 0,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore delivered keap

    Say that a run's files of a write-back were imported into the CRM. The next files then hold only what has
    changed since; without it they hold all the older rows too.
    """

    def work(messages: Messages) -> None:
        from flamescore.cli import delivered as verb

        verb.delivered(config, name, run, messages, undone=undone, forget=forget, lock_timeout=lock_timeout)

    command(work, Messages(log_format, quiet, verbose))
