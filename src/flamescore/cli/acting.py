"""The commands that act on scores; otherwise as `commands`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flamescore.cli.boundary import command
from flamescore.cli.messages import Messages
from flamescore.cli.options import Config, LockTimeout, Log, LogFormat, Quiet, Verbose

if TYPE_CHECKING:
    from flamescore.errors import ExitCode


def notify(
    *,
    config: Config = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="List what would be sent and what waits, without changing anything."),
    ] = False,
    test: Annotated[
        str | None,
        typer.Option(
            metavar="CHANNEL",
            help="Send one message by this channel, to see that it arrives; record nothing.",
        ),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="With --test: an e-mail address, or a name of the team."),
    ] = None,
    lock_timeout: LockTimeout = 0.0,
    quiet: Quiet = 0,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore notify

    Send what the alerts of the latest run have to tell, and what could not be sent before. The exit code is 7
    if a message could not be sent, or was given up; leads that wait for their channel's hours are no failure.
    """

    def work(messages: Messages) -> ExitCode | None:
        from flamescore.cli import notify as verb

        asked = verb.Asked(dry_run=dry_run, test=test, to=to, lock_timeout=lock_timeout)
        return verb.notify(config, asked, messages)

    command(work, Messages(log_format, quiet, verbose), answers=dry_run)
