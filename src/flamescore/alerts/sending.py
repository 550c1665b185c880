"""Sending: each stored message is sent unchanged until its channel accepts it.

An acknowledged message is recorded before the next one is tried, so that a crash repeats at most one.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from flamescore.alerts import payloads
from flamescore.alerts.connecting import NotSentError
from flamescore.alerts.rendering import address_of
from flamescore.alerts.sending_hours import may_send
from flamescore.errors import Problem, UsageError
from flamescore.findings import Finding, Severity
from flamescore.project import (
    AppriseChannel,
    EmailChannel,
    FileChannel,
    RunAlert,
    StdoutChannel,
    UnsetError,
    WebhookChannel,
)
from flamescore.stopping import unbroken
from flamescore.text import for_cell
from flamescore.units import count
from flamescore.wallclock import clock

if TYPE_CHECKING:
    import sqlite3
    from zoneinfo import ZoneInfo

    from flamescore.alerts.in_use import InUse
    from flamescore.alerts.over_smtp import SmtpSession
    from flamescore.project import Channel, Project, SlackChannel, TeamsChannel

LONGEST: Final = 120.0
"""Seconds after which no more messages are tried."""

TRIES: Final = 10
"""The number of final answers after which a message is given up: those that a retry is unlikely to change."""

_JSON: Final = "application/json"


class Message(Struct, frozen=True):
    """A message as stored; `attempts` counts the answers so far that count toward giving it up."""

    id: str
    alert: str
    channel: str
    recipient: str
    subject: str
    body: bytes
    attempts: int = 0


class Sent(Struct):
    """The result of sending: how many messages were sent, are unsent and were given up, and findings."""

    sent: int = 0
    unsent: int = 0
    given_up: int = 0
    findings: list[Finding] = field(default_factory=list)


class Sender(Struct):
    """Sends through the channels of a project, and keeps connections open until `close`."""

    project: Project
    in_use: InUse
    _sessions: dict[str, SmtpSession] = field(default_factory=dict)
    _end: float = field(default_factory=lambda: time.monotonic() + LONGEST)

    @property
    def left(self) -> float:
        """The number of seconds left."""
        return self._end - time.monotonic()

    def send(self, channel: Channel, message: Message) -> None:
        """Send a message, and return once it is accepted.

        Raises:
            NotSentError: it was not accepted.
            UnsetError: a variable that the channel uses is not set.
            UsageError: the channel needs a package that is not installed.
        """
        match channel:
            case EmailChannel():
                self._mail(channel, message)
            case WebhookChannel():
                self._webhook(channel, message)
            case AppriseChannel():
                _by_apprise(self.in_use.filled(channel.url), message)
            case FileChannel():
                self._append(channel, message)
            case StdoutChannel():
                _print(message)
            case _:
                self._chat(channel, message)  # type: ignore[arg-type]

    def close(self) -> None:
        """Close the connections."""
        for session in self._sessions.values():
            session.close()

    def _mail(self, channel: EmailChannel, message: Message) -> None:
        from flamescore.alerts.over_smtp import SmtpSession  # noqa: PLC0415 - smtplib takes time to import

        session = self._sessions.get(channel.name)
        if session is None:
            session = self._sessions[channel.name] = SmtpSession(
                channel, self.in_use, max(self.left, 1.0) + 15
            )
        recipient = address_of(message.recipient, self.project.settings)
        session.send(payloads.address_of(channel.sender), recipient, message.body)

    def _webhook(self, channel: WebhookChannel, message: Message) -> None:
        from flamescore.alerts.over_http import post  # noqa: PLC0415 - urllib.request takes time to import

        now = int(clock().timestamp())
        own = {
            "Content-Type": _JSON,
            "webhook-id": message.id,
            "Idempotency-Key": message.id,
            "webhook-timestamp": str(now),
        }
        if channel.secret is not None:
            secret = self.in_use.filled(channel.secret)
            try:
                own["webhook-signature"] = payloads.signature(secret, message.id, now, message.body)
            except ValueError:
                raise NotSentError("what follows `whsec_` in its `secret` is not Base64") from None
        further = {name: self.in_use.filled(value) for name, value in channel.headers.items()}
        taken = {name.lower() for name in own}
        headers = {name: value for name, value in further.items() if name.lower() not in taken}
        post(self.in_use.filled(channel.url), message.body, {**headers, **own})

    def _chat(self, channel: SlackChannel | TeamsChannel, message: Message) -> None:
        from flamescore.alerts.over_http import post  # noqa: PLC0415 - the same

        post(self.in_use.filled(channel.url), message.body, {"Content-Type": _JSON})

    def _append(self, channel: FileChannel, message: Message) -> None:
        path = self.project.resolve(channel.path)
        try:
            handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, self.project.settings.mode)
            try:
                size = os.fstat(handle).st_size
                torn = size and os.pread(handle, 1, size - 1) != b"\n"
                line = (b"\n" if torn else b"") + message.body
                if os.write(handle, line) != len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            why = (error.strerror or "the system refused").lower()
            raise NotSentError(f"{why} ({channel.path})", broken=True) from None


def _print(message: Message) -> None:
    subject, body = payloads.parted(message.body)
    try:
        for line in (subject, "", *body.splitlines(), ""):
            sys.stdout.write(f"{for_cell(line)}\n")
        sys.stdout.flush()
    except OSError:
        raise NotSentError("nobody reads it (stdout)", broken=True) from None


def _by_apprise(url: str, message: Message) -> None:
    try:
        import apprise  # noqa: PLC0415 - an extra, and slow to import
    except ImportError:
        hint = "Install it: pip install 'flamescore[apprise]'"
        raise UsageError(Problem("U013", "channels of type `apprise` need apprise.", hint=hint)) from None
    import logging  # noqa: PLC0415 - only for apprise

    logging.getLogger("apprise").disabled = True  # it would log the URL
    subject, body = payloads.parted(message.body)
    try:
        there = apprise.Apprise()
        added = there.add(url)
        taken = bool(added) and bool(there.notify(title=subject, body=body))
    except Exception:  # noqa: BLE001 - the text of any error may contain the URL
        taken, added = False, True
    if not added:
        raise NotSentError("apprise does not know this `url`")
    if not taken:
        raise NotSentError("apprise could not send it")


def unsent_messages(connection: sqlite3.Connection) -> tuple[Message, ...]:
    """Return the messages that are neither sent nor given up, oldest first."""
    rows = connection.execute(
        "SELECT id, alert, channel, recipient, subject, body, attempts FROM message"
        " WHERE sent_at IS NULL AND given_up_at IS NULL ORDER BY created_at, rowid"
    )
    return tuple(Message(*row) for row in rows)


def send_all(connection: sqlite3.Connection, sender: Sender, zone: ZoneInfo) -> Sent:
    """Send the stored messages: those about runs first, then the others, as far as their channels may send.

    A message that is not accepted is kept for the next time. If a connection fails, the channel's other
    messages are not tried; those of other channels are.
    """
    settings = sender.project.settings
    done = Sent()
    failures: dict[str, list[_Failure]] = {}
    stopped: dict[str, _Failure] = {}
    urgent = {name for name, alert in settings.alerts.items() if isinstance(alert, RunAlert)}
    for message in sorted(unsent_messages(connection), key=lambda each: each.alert not in urgent):
        channel = settings.channels[message.channel]
        if message.alert not in urgent and not may_send(channel, clock(), zone):
            done.unsent += 1
            continue
        failure = stopped.get(channel.name)
        if failure is None and sender.left <= 0:
            failure = _Failure("A021", f"{LONGEST:g} seconds were not enough for all messages")
        if failure is None:
            failure = _tried(connection, sender, channel, message)
            if failure is None:
                done.sent += 1
                continue
            if failure.stops:
                stopped[channel.name] = failure
            if failure.gave_up:
                done.given_up += 1
                failures.setdefault(channel.name, []).append(failure)
                continue
        done.unsent += 1
        failures.setdefault(channel.name, []).append(failure)
    done.findings += _findings_of(failures)
    return done


class _Failure(Struct, frozen=True):
    code: str
    why: str
    stops: bool = False
    gave_up: bool = False


def _tried(
    connection: sqlite3.Connection, sender: Sender, channel: Channel, message: Message
) -> _Failure | None:
    """Try one message, and record the result; signals are deferred until it is recorded."""
    with unbroken():
        try:
            sender.send(channel, message)
        except UnsetError as error:
            return _Failure("A020", f"the variable {error.name} is not set", stops=True)
        except UsageError as error:
            problem = error.problems[0]
            return _Failure(problem.code, f"{problem.message} {problem.hint}", stops=True)
        except NotSentError as error:
            why = sender.in_use.masked(error.why)
            attempts = message.attempts + error.final
            gave_up = error.final and attempts >= TRIES
            connection.execute(
                "UPDATE message SET attempts = ?, error = ?, given_up_at = ? WHERE id = ?",
                (attempts, why, payloads.instant(clock()) if gave_up else None, message.id),
            )
            return _Failure("A023" if gave_up else "A021", why, error.broken, gave_up)
        connection.execute(
            "UPDATE message SET sent_at = ?, error = NULL WHERE id = ?",
            (payloads.instant(clock()), message.id),
        )
    return None


def _findings_of(failures: dict[str, list[_Failure]]) -> list[Finding]:
    """Return a finding for each channel and code: the first reason, and the number of messages affected."""
    found = []
    for channel, each in failures.items():
        for code in dict.fromkeys(failure.code for failure in each):
            same = [failure for failure in each if failure.code == code]
            many = count(len(same), "message")
            if code == "A023":
                was = "was" if len(same) == 1 else "were"
                text = f"{same[0].why}; {many} {was} given up after {TRIES} tries"
            else:
                text = f"{same[0].why}; {many} will be tried again"
            severity = Severity.ERROR if code == "U013" else Severity.WARNING
            found.append(Finding(code, severity, channel, text, count=len(same)))
    return found
