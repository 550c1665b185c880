"""The commands that act on scores; structured like `commands`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flamescore.cli.boundary import command
from flamescore.cli.messages import Messages
from flamescore.cli.options import Config, LockTimeout, Log, LogFormat, Quiet, RunName, Verbose

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

        flags = verb.NotifyFlags(dry_run=dry_run, test=test, to=to, lock_timeout=lock_timeout)
        return verb.notify(config, flags, messages)

    command(work, Messages(log_format, quiet, verbose), answers=dry_run)


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
            help="Forget what the CRM has, once it was restored or refused rows: the next files have all.",
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
