"""The work of `flamescore notify`, and of `score --notify` after the run is published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from flamescore.acting import recorders
from flamescore.alerts import preview, send_test, send_waiting
from flamescore.cli.boundary import write_line
from flamescore.cli.messages import now
from flamescore.cli.options import LogFormat, Output
from flamescore.cli.output import emit
from flamescore.database_tables import load_tables
from flamescore.errors import ExitCode, Problem, UsageError
from flamescore.findings import Finding, Severity, as_json
from flamescore.project import find_settings

if TYPE_CHECKING:
    from flamescore.alerts import Notified
    from flamescore.cli.messages import Messages
    from flamescore.project import Project

SENT: Final = "A000"


class NotifyFlags(Struct, frozen=True):
    """The flags of the command."""

    dry_run: bool = False
    test: str | None = None
    to: str | None = None
    lock_timeout: float = 0.0


def notify(config: str | None, flags: NotifyFlags, messages: Messages) -> ExitCode:
    """Send what is waiting, or list it, or send a test."""
    project = find_settings(config, {})
    if flags.to is not None and flags.test is None:
        raise UsageError(Problem("U002", "--to goes with --test CHANNEL."))
    if flags.test is not None:
        if flags.dry_run:
            raise UsageError(Problem("U002", "--test sends a message: it can't go with --dry-run."))
        send_test(project, flags.test, flags.to)
        _write_summary(
            f"notify: a test was sent by {flags.test}", {"sent": 1, "waiting": 0, "unsent": 0}, messages
        )
    elif flags.dry_run:
        rows, findings = preview(project, recorders(project))
        emit(rows, Output())
        messages.report(findings, notes=True)
    else:
        code = report_result(send(project, flags.lock_timeout), messages)
        unloaded = load_tables(project)
        messages.report(unloaded)
        return ExitCode.UNSENT if unloaded else code
    messages.took("notify")
    return ExitCode.DONE


def send(project: Project, lock_timeout: float) -> Notified:
    """Take in the latest run unless that was done before, compose, and send."""
    return send_waiting(project, recorders(project), timeout=lock_timeout)


def report_result(done: Notified, messages: Messages) -> ExitCode:
    """Report the result of sending, its summary line last, and return the resulting exit code."""
    messages.report(done.findings, notes=True)
    messages.took("notify")
    _write_summary(done.line, {"sent": done.sent, "waiting": done.waiting, "unsent": done.unsent}, messages)
    return done.exit_code


def _write_summary(text: str, counts: dict[str, int], messages: Messages) -> None:
    if messages.quiet:
        return
    if messages.log is LogFormat.JSON:
        record: dict[str, Any] = as_json(Finding(SENT, Severity.INFO, "notify", text), time=now())
        messages.line("", {**record, **counts})
    else:
        write_line(text)
