"""`flamescore notify`: take in the latest run, compose what may be sent now, send it, report the result."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import polars as pl
from msgspec import Struct

from flamescore.alerts import payloads
from flamescore.alerts.composing import Composed, Composer
from flamescore.alerts.connecting import NotSentError
from flamescore.alerts.identity import message_id
from flamescore.alerts.in_use import InUse
from flamescore.alerts.of_runs import RunRing, ring_for_run
from flamescore.alerts.rendering import Words, rendered
from flamescore.alerts.sending import Message, Sender, send_all, unsent_messages
from flamescore.alerts.sending_hours import may_send, waits_for
from flamescore.errors import ExitCode, FlamescoreError, NotFoundError, Problem, UsageError
from flamescore.findings import Finding, Severity
from flamescore.project import EmailChannel, RunAlert, UnsetError, is_address, member_named
from flamescore.runs import DamagedRunError, RunStore, uncalled
from flamescore.state import StateDamagedError, StateStore, meta, take_in, transaction, unreadable
from flamescore.text import fold, for_log
from flamescore.units import count
from flamescore.wallclock import clock
from flamescore.yaml_tree import nearest, use

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flamescore.project import Channel, Project, ProjectFile
    from flamescore.runs import Run
    from flamescore.state import Recorder

KEPT: Final = timedelta(days=400)
"""How long a message is kept in the state after it was sent."""

PREVIEW: Final = pl.Schema(
    {
        "channel": pl.String(),
        "recipient": pl.String(),
        "subject": pl.String(),
        "contacts": pl.Int64(),
        "status": pl.String(),
    }
)
"""The list of a dry run: one row per message or waiting batch of leads. `recipient` is null for none."""

_TEST: Final = "flamescore: a test"


class Notified(Struct, frozen=True):
    """The result of an invocation: messages sent and unsent, waiting leads, and findings."""

    sent: int
    waiting: int
    unsent: int
    given_up: int
    findings: tuple[Finding, ...]

    @property
    def line(self) -> str:
        """Return `notify: 3 messages sent, 2 leads waiting, 1 message unsent`."""
        parts = (
            f"{count(self.sent, 'message')} sent",
            f"{count(self.waiting, 'lead')} waiting",
            f"{count(self.unsent, 'message')} unsent",
        )
        return f"notify: {', '.join(parts)}"

    @property
    def exit_code(self) -> ExitCode:
        """Return 7 if a message is unsent or was just given up, else 0. Leads may wait for hours and caps."""
        return ExitCode.UNSENT if self.unsent or self.given_up else ExitCode.DONE


def send_waiting(
    project: Project,
    recorders: tuple[Recorder, ...] = (),
    *,
    timeout: float = 0.0,
    environ: Mapping[str, str] | None = None,
) -> Notified:
    """Take in the latest run unless that was done before, compose, and send.

    The state is locked meanwhile, so that no other command sends. Wait up to `timeout` seconds for the lock.

    Raises:
        NotFoundError: neither a run nor a state exists.
        LockedError: another command holds the state's lock.
        FlamescoreError: with exit code 7: the state can't be read.
    """
    runs, store = _stores(project)
    latest = runs.latest()
    if latest is None and not store.exists():
        text = f"there is neither a run nor a state in {runs.output}"
        raise NotFoundError(Problem("O004", text, hint="flamescore score makes one"))
    try:
        store.make()
        with store.hold(timeout), store.open() as connection:
            taken, late = _taken_in(connection, latest, recorders)
            zone = _zone(connection, runs)
            composed = _composer(connection, project, runs, zone).compose()
            in_use = InUse(os.environ if environ is None else environ)
            sender = Sender(project, in_use)
            try:
                sent = send_all(connection, sender, zone)
            finally:
                sender.close()
            _forget_old(connection)
    except StateDamagedError as error:
        raise StateUnreadableError.of(error) from None
    findings = (*taken, *late, *_dropped(composed), *sent.findings)
    return Notified(sent.sent, composed.leads_waiting, sent.unsent, sent.given_up, findings)


class StateUnreadableError(FlamescoreError):
    """The state can't be read, so nothing can be sent."""

    exit_code = ExitCode.UNSENT

    @classmethod
    def of(cls, error: StateDamagedError) -> StateUnreadableError:
        """Return the error for a damaged state."""
        finding = unreadable(error.why)
        return cls(Problem(finding.code, f"The state {error.why}: nothing was sent.", hint=finding.do))


def preview(
    project: Project, recorders: tuple[Recorder, ...] = ()
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Return what `send_waiting` would send now, and what would wait and why (`PREVIEW`); change nothing.

    It works on an in-memory copy of the state. Nothing is sent, so no variable is read.

    Raises:
        NotFoundError: neither a run nor a state exists.
        FlamescoreError: with exit code 7: the state can't be read.
    """
    runs, store = _stores(project)
    latest = runs.latest()
    if not store.exists():
        if latest is None:
            text = f"there is neither a run nor a state in {runs.output}"
            raise NotFoundError(Problem("O004", text, hint="flamescore score makes one"))
        return pl.DataFrame(schema=PREVIEW), ()
    try:
        with store.open(write=False) as there, closing(_in_memory(there)) as connection:
            taken, late = _taken_in(connection, latest, recorders)
            zone = _zone(connection, runs)
            composed = _composer(connection, project, runs, zone).compose()
            rows = list(_rows(connection, project, composed, zone))
    except StateDamagedError as error:
        raise StateUnreadableError.of(error) from None
    return pl.DataFrame(rows, schema=PREVIEW, orient="row"), (*taken, *late, *_dropped(composed))


def send_test(
    project: Project, name: str, to: str | None, *, environ: Mapping[str, str] | None = None
) -> None:
    """Send one test message through a channel, and record nothing.

    `to` is an address or a member of the team. For mail the default is the first member with an address,
    or else the sender.

    Raises:
        UsageError: the channel does not exist, or `to` is not a recipient that it can reach.
        FlamescoreError: with exit code 7: it was not sent.
    """
    channels = project.settings.channels
    if name not in channels:
        meant = nearest(name, tuple(channels))
        there = use(channels) if channels else "The project file has no `channels`."
        hint = f"Did you mean `{meant}`?" if meant else there
        raise UsageError(Problem("U002", f"There is no channel `{name}`.", hint=hint))
    channel = channels[name]
    recipient = _test_recipient(project.settings, channel, to)
    now = clock()
    id_ = message_id("test", name, recipient, (payloads.instant(now), os.urandom(8).hex()))
    body = rendered(channel, recipient, _test_words(id_, recipient), project.settings, now)
    message = Message(id_, "test", name, recipient, _TEST, body)
    in_use = InUse(os.environ if environ is None else environ)
    sender = Sender(project, in_use)
    try:
        sender.send(channel, message)
    except NotSentError as error:
        raise UnsentError(Problem("A021", f"{name}: {in_use.masked(error.why)}; nothing was sent")) from None
    except UnsetError as error:
        raise UnsentError(Problem("A020", f"{name}: the variable {error.name} is not set")) from None
    finally:
        sender.close()


class UnsentError(FlamescoreError):
    """A message that had to be sent now was not sent."""

    exit_code = ExitCode.UNSENT


def ring_failed(project: Project, problem: Problem, started_at: datetime) -> int:
    """Record in the state that a run has failed, for the alerts that wait for this; return how many rang.

    Create the state if it does not exist yet. `send_waiting` sends the messages.

    Raises:
        LockedError: another command holds the state's lock.
        FlamescoreError: with exit code 7: the state can't be read, or can't be created.
    """
    runs, store = _stores(project)
    if not any(isinstance(alert, RunAlert) for alert in project.settings.alerts.values()):
        return 0
    text = for_log(problem.message if problem.where is None else f"{problem.where}: {problem.message}")
    try:
        store.make()
        with store.hold_patiently(), store.open() as connection, transaction(connection):
            zone = _zone(connection, runs)
            failed = RunRing("failed", problem.code, problem.code, text, started_at)
            return ring_for_run(connection, project.settings, failed, zone)
    except StateDamagedError as error:
        raise StateUnreadableError.of(error) from None


def _stores(project: Project) -> tuple[RunStore, StateStore]:
    return RunStore.of(project), StateStore.of(project)


def _taken_in(
    connection: sqlite3.Connection, latest: Run | None, recorders: tuple[Recorder, ...]
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Take in the latest run. An error in its files becomes a finding and stops nothing."""
    if latest is None:
        return (), ()
    try:
        return take_in(connection, latest, recorders), ()
    except FlamescoreError as error:
        text = f"could not take in {latest.run_id}: {error.problems[0].message}"
        return (), (unreadable(text),)


def _zone(connection: sqlite3.Connection, runs: RunStore) -> ZoneInfo:
    """Return the rule file's time zone as recorded by the state's run or else the latest run; else UTC."""
    for run in (_state_run(connection, runs), runs.latest()):
        try:
            if run is not None:
                return ZoneInfo(run.record.timezone)
        except FlamescoreError:
            continue
    return ZoneInfo("UTC")


def _state_run(connection: sqlite3.Connection, runs: RunStore) -> Run | None:
    run_id = meta(connection, "run_id")
    return next((runs.whole(run) for run in runs.runs() if run.run_id == run_id), None)


def _composer(connection: sqlite3.Connection, project: Project, runs: RunStore, zone: ZoneInfo) -> Composer:
    settings, barred = project.settings, _barred(_state_run(connection, runs))
    nobody = ("Unassigned",) if settings.route is None else settings.route.unowned
    return Composer(connection, settings, zone, clock(), barred, frozenset(map(fold, nobody)))


def _barred(run: Run | None) -> frozenset[str]:
    """Return the contacts that a run excludes from calls or holds out; none if they can't be read."""
    try:
        return frozenset() if run is None else frozenset(uncalled(run).collect()["contact_id"])
    except DamagedRunError:
        return frozenset()


def _dropped(composed: Composed) -> tuple[Finding, ...]:
    found = []
    if composed.excluded:
        many = count(composed.excluded, "lead")
        text = f"{many} may no longer be called, and no message tells of them."
        found.append(Finding("A022", Severity.NOTE, "call_list", text, count=composed.excluded))
    if composed.gone:
        many = count(composed.gone, "notice")
        text = f"{many} of alerts or channels that are no longer in force dropped."
        found.append(Finding("A022", Severity.WARNING, "alerts", text, count=composed.gone))
    return tuple(found)


def _forget_old(connection: sqlite3.Connection) -> None:
    """Delete messages sent over 400 days ago, and their notices; keep when each alert last rang."""
    before = payloads.instant(clock() - KEPT)
    with transaction(connection):
        connection.execute(
            "DELETE FROM delivery WHERE message_id IN"
            " (SELECT id FROM message WHERE coalesce(sent_at, given_up_at) < ?)",
            (before,),
        )
        connection.execute("DELETE FROM message WHERE coalesce(sent_at, given_up_at) < ?", (before,))
        connection.execute(
            "DELETE FROM notice WHERE at < ? AND NOT EXISTS"
            " (SELECT 1 FROM delivery WHERE notice_id = id AND dropped IS NULL)",
            (before,),
        )
        connection.execute("DELETE FROM delivery WHERE notice_id NOT IN (SELECT id FROM notice)")


# --- a dry run, and a test


def _in_memory(there: sqlite3.Connection) -> sqlite3.Connection:
    copy = sqlite3.connect(":memory:", isolation_level=None)
    there.backup(copy)
    return copy


def _rows(
    connection: sqlite3.Connection, project: Project, composed: Composed, zone: ZoneInfo
) -> list[tuple[Any, ...]]:
    settings = project.settings
    urgent = {name for name, alert in settings.alerts.items() if isinstance(alert, RunAlert)}
    errors = dict(connection.execute("SELECT id, error FROM message WHERE error IS NOT NULL"))
    rows: list[tuple[Any, ...]] = []
    for message in sorted(unsent_messages(connection), key=lambda each: each.alert not in urgent):
        channel = settings.channels[message.channel]
        many = connection.execute(
            "SELECT count(*) FROM delivery JOIN notice ON id = notice_id"
            " WHERE message_id = ? AND kind NOT IN ('failed', 'stale')",
            (message.id,),
        ).fetchone()[0]
        if message.alert not in urgent and not may_send(channel, clock(), zone):
            status = waits_for(channel)
        elif message.id in errors:
            status = f"goes again: {errors[message.id]}"
        else:
            status = "goes now"
        rows.append((message.channel, message.recipient or None, message.subject, many, status))
    rows += (
        (each.channel, each.recipient or None, each.subject, len(each.notices), each.why)
        for each in composed.waiting
    )
    return rows


def _test_words(id_: str, recipient: str) -> Words:
    data: dict[str, Any] = {
        "alert": "test",
        "title": _TEST,
        "kind": "test",
        "run_id": None,
        "as_of": None,
        "recipient": recipient or None,
        "count": 0,
        "contacts": [],
    }
    text = "If you can read this, flamescore can send by this channel."
    return Words(id_, _TEST, lambda _most: text, 1, "flamescore", data)


def _test_recipient(settings: ProjectFile, channel: Channel, to: str | None) -> str:
    if to is not None:
        member = member_named(settings.team, to)
        if member is None and not is_address(to):
            text = f"--to: `{to}` is not an e-mail address, and `team` has nobody of that name."
            raise UsageError(Problem("U002", text))
        if member is not None and member.email is None and isinstance(channel, EmailChannel):
            raise UsageError(Problem("U002", f"--to: `{member.name}` has no e-mail address in `team`."))
        return to if member is None else member.name
    if not isinstance(channel, EmailChannel):
        return ""
    known = next((member.name for member in settings.team if member.email is not None), None)
    return payloads.address_of(channel.sender) if known is None else known
