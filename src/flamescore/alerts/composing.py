"""Composing: decide which notices go into which message now, and store the messages with their bytes.

A message contains all notices of one alert, for one channel and one recipient, that are not in a message yet.
It is stored before it is sent, and every attempt sends the stored bytes unchanged.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from flamescore.alerts.identity import message_id
from flamescore.alerts.payloads import instant
from flamescore.alerts.rendering import Words, rendered
from flamescore.alerts.sending_hours import may_send, waits_for
from flamescore.alerts.stored import lead_of
from flamescore.alerts.wording import Lead, Texts, body_of, footer_of, one_line, subject_of
from flamescore.project import EventAlert, RunAlert
from flamescore.state import meta, transaction
from flamescore.units import parse_period, to_local

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from zoneinfo import ZoneInfo

    from flamescore.project import Alert, Channel, ProjectFile

EXCLUDED: Final = "excluded"
GONE: Final = "no longer configured"
"""The reasons for dropping a notice."""

RUN_KINDS: Final = ("failed", "stale")


class Waiting(Struct, frozen=True):
    """Notices that may not be sent now, and why."""

    alert: str
    channel: str
    recipient: str
    subject: str
    notices: tuple[str, ...]
    why: str


class Composed(Struct, frozen=True):
    """The result of composing.

    `messages` are the ids of the stored messages. `excluded` counts the notices dropped because their
    contacts may no longer be called, `gone` those dropped because their alert or channel no longer exists.
    """

    messages: tuple[str, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    excluded: int = 0
    gone: int = 0

    @property
    def leads_waiting(self) -> int:
        """The number of waiting notices, each counted once."""
        return len({notice for each in self.waiting for notice in each.notices})


class _Notice(Struct, frozen=True):
    id: str
    kind: str
    run_id: str
    row: str


class Composer(Struct, frozen=True, dict=True):
    """Composes messages as of `now`; `zone` is the rule file's time zone.

    `barred` are the contacts that the state's run excludes from calls or holds out. `nobody` are the owner
    names that mean "no owner", case-folded.
    """

    connection: sqlite3.Connection
    settings: ProjectFile
    zone: ZoneInfo
    now: datetime
    barred: frozenset[str] = frozenset()
    nobody: frozenset[str] = frozenset({"unassigned"})

    @cached_property
    def project_id(self) -> str:
        """The id of the project in the state."""
        return meta(self.connection, "project_id") or ""

    def compose(self) -> Composed:
        """Store all messages that may be sent now, in one transaction; those about runs come first."""
        with transaction(self.connection):
            gone = self._drop_gone()
            excluded = self._drop_excluded()
            messages, waiting = [], []
            for (alert, channel, recipient), notices in self._batches():
                for each in self._composed(alert, channel, recipient, notices):
                    if isinstance(each, Waiting):
                        waiting.append(each)
                    else:
                        messages.append(each)
        return Composed(tuple(messages), tuple(waiting), excluded, gone)

    # --- what may no longer be sent

    def _drop_gone(self) -> int:
        """Drop unsent notices whose alert or channel was removed from the project file or disabled."""
        alerts = {name for name, alert in self.settings.alerts.items() if alert.enabled}
        channels = set(self.settings.channels)
        dropped = set()
        open_ = (
            "SELECT notice_id, d.channel, d.recipient, n.alert FROM delivery d"
            " JOIN notice n ON n.id = notice_id LEFT JOIN message m ON m.id = message_id"
            " WHERE dropped IS NULL AND (message_id IS NULL OR (sent_at IS NULL AND given_up_at IS NULL))"
        )
        for notice, channel, recipient, alert in self.connection.execute(open_).fetchall():
            if alert not in alerts or channel not in channels:
                self._drop(notice, channel, recipient, GONE)
                dropped.add(notice)
        self.connection.execute(
            "DELETE FROM message WHERE sent_at IS NULL AND given_up_at IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM delivery WHERE message_id = message.id)"
        )
        return len(dropped)

    def _drop_excluded(self) -> int:
        dropped = set()
        waiting = (
            "SELECT notice_id, channel, recipient, contact_id, kind FROM delivery"
            " JOIN notice ON id = notice_id WHERE message_id IS NULL AND dropped IS NULL"
        )
        for notice, channel, recipient, contact, kind in self.connection.execute(waiting).fetchall():
            if kind not in RUN_KINDS and contact in self.barred:
                self._drop(notice, channel, recipient, EXCLUDED)
                dropped.add(notice)
        return len(dropped)

    def _drop(self, notice: str, channel: str, recipient: str, why: str) -> None:
        self.connection.execute(
            "UPDATE delivery SET dropped = ?, message_id = NULL"
            " WHERE notice_id = ? AND channel = ? AND recipient = ?",
            (why, notice, channel, recipient),
        )

    # --- what goes together

    def _batches(self) -> Iterator[tuple[tuple[Alert, Channel, str], list[_Notice]]]:
        """Yield the notices not in a message yet, by alert, channel and recipient; each batch is ranked.

        Run alerts come first, then the others in project file order.
        """
        rows = self.connection.execute(
            "SELECT n.alert, d.channel, d.recipient, n.id, n.kind, n.run_id, n.row FROM delivery d"
            " JOIN notice n ON n.id = d.notice_id WHERE d.message_id IS NULL AND d.dropped IS NULL"
            " ORDER BY n.place, n.at, n.id"
        ).fetchall()
        found: dict[tuple[str, str, str], list[_Notice]] = {}
        for alert, channel, recipient, *notice in rows:
            found.setdefault((alert, channel, recipient), []).append(_Notice(*notice))
        alerts = sorted(self.settings.alerts.values(), key=lambda each: not isinstance(each, RunAlert))
        places = {alert.name: place for place, alert in enumerate(alerts)}
        channels = {name: place for place, name in enumerate(self.settings.channels)}
        for key in sorted(found, key=lambda key: (places[key[0]], channels[key[1]], key[2])):
            alert, channel, recipient = key
            yield (self.settings.alerts[alert], self.settings.channels[channel], recipient), found[key]

    def _composed(
        self, alert: Alert, channel: Channel, recipient: str, notices: list[_Notice]
    ) -> Iterator[str | Waiting]:
        """Store a batch as one or more messages, as far as the channel may send now.

        Yield the ids of the messages, and a `Waiting` for notices that have to wait.
        """
        if isinstance(alert, RunAlert):
            for notice in notices:
                yield self._write(alert, channel, recipient, [notice])
            return
        parts = [[notice] for notice in notices] if alert.each_contact else [notices]
        if not may_send(channel, self.now, self.zone):
            yield self._waits(alert, channel, recipient, notices, waits_for(channel))
            return
        room = len(parts) if channel.at_most is None else self._room(channel, recipient)
        for part in parts[:room]:
            yield self._write(alert, channel, recipient, part)
        if parts[room:]:
            late = [notice for part in parts[room:] for notice in part]
            yield self._waits(alert, channel, recipient, late, f"at most {channel.at_most} a day")

    def _waits(
        self, alert: Alert, channel: Channel, recipient: str, notices: list[_Notice], why: str
    ) -> Waiting:
        leads = [lead_of(each.row) for each in notices]
        subject = subject_of(texts_of(alert, self.nobody, self.zone), leads, notices[-1].run_id)
        ids = tuple(each.id for each in notices)
        return Waiting(alert.name, channel.name, recipient, subject, ids, why)

    def _room(self, channel: Channel, recipient: str) -> int:
        """Return how many more messages a channel may send to the recipient on this local day."""
        today = to_local(self.now, self.zone).date()
        sent = self.connection.execute(
            "SELECT created_at FROM message WHERE channel = ? AND recipient = ?", (channel.name, recipient)
        )
        many = sum(
            to_local(datetime.fromisoformat(created), self.zone).date() == today for (created,) in sent
        )
        return max(0, (channel.at_most or 0) - many)

    # --- a message

    def _write(self, alert: Alert, channel: Channel, recipient: str, notices: list[_Notice]) -> str:
        id_ = message_id(self.project_id, channel.name, recipient, (each.id for each in notices))
        subject, body = self._rendered(id_, alert, channel, recipient, notices)
        self.connection.execute(
            "INSERT OR IGNORE INTO message VALUES (?, ?, ?, ?, ?, ?, ?, 0, NULL, NULL, NULL)",
            (id_, alert.name, channel.name, recipient, subject, body, instant(self.now)),
        )
        self.connection.executemany(
            "UPDATE delivery SET message_id = ? WHERE notice_id = ? AND channel = ? AND recipient = ?",
            [(id_, each.id, channel.name, recipient) for each in notices],
        )
        return id_

    def _rendered(
        self, id_: str, alert: Alert, channel: Channel, recipient: str, notices: list[_Notice]
    ) -> tuple[str, bytes]:
        leads = [lead_of(each.row) for each in notices]
        run_id = max(each.run_id for each in notices)
        as_of = as_of_of(run_id)
        texts = texts_of(alert, self.nobody, self.zone)
        if isinstance(alert, RunAlert):
            problem = leads[0].fields["problem"]
            subject, body = _of_run(alert, notices[0].kind, problem)
            data = self._data(alert, notices, run_id, as_of, recipient, problem=problem)
        else:
            subject = subject_of(texts, leads, run_id)
            body = partial(body_of, texts, leads, run_id)
            data = self._data(alert, notices, run_id, as_of, recipient, contacts=leads)
        footer = footer_of(run_id or None, as_of, self.zone)
        words = Words(id_, subject, body, min(texts.rows, len(leads)), footer, data)
        return subject, rendered(channel, recipient, words, self.settings, self.now)

    def _data(
        self,
        alert: Alert,
        notices: list[_Notice],
        run_id: str,
        as_of: datetime | None,
        recipient: str,
        *,
        contacts: Iterable[Lead] = (),
        problem: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the data of a message's JSON."""
        rows = [dict(lead.fields) for lead in contacts]
        data: dict[str, Any] = {
            "alert": alert.name,
            "title": alert.title,
            "kind": notices[0].kind,
            "run_id": run_id or None,
            "as_of": None if as_of is None else instant(as_of),
            "recipient": recipient or None,
            "count": len(rows),
        }
        beside = {} if problem is None else {"problem": dict(problem)}
        return {**data, "contacts": rows, **beside}


def _of_run(alert: Alert, kind: str, problem: Mapping[str, Any]) -> tuple[str, Callable[[int], str]]:
    """Return subject and body for a run alert: `TITLE: CODE`, or `TITLE: stale feed`, and the text."""
    what = problem["code"] if kind == "failed" else "stale feed"
    text = "\n".join(one_line(line) for line in str(problem["message"]).splitlines())
    return one_line(f"{alert.title}: {what}"), lambda _most: text


def texts_of(alert: Alert, nobody: frozenset[str], zone: ZoneInfo) -> Texts:
    """Return how an alert words its messages; `nobody` are the names that mean "no owner"."""
    texts = Texts(alert.title, zone, alert.rows, alert.subject, alert.text, nobody=nobody)
    if not isinstance(alert, EventAlert):
        return texts
    unless: Any = alert.unless_followed_by or {}
    within = unless.get("within")
    return Texts(
        alert.title,
        zone,
        alert.rows,
        alert.subject,
        alert.text,
        _names(alert.event),
        _names(unless.get("event")),
        None if within is None else parse_period(str(within)),
        nobody,
    )


def _names(event: object) -> tuple[str, ...]:
    """Return the event types that a condition names: none, one, or several."""
    if event is None:
        return ()
    return tuple(map(str, event)) if isinstance(event, list | tuple) else (str(event),)


def as_of_of(run_id: str) -> datetime | None:
    """Return the `as_of` that a run id begins with; None for an empty id."""
    stamp = run_id.partition("Z-")[0]
    return datetime.strptime(stamp, "%Y-%m-%dT%H%M%S").replace(tzinfo=UTC) if stamp else None
