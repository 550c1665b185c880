"""Rendering the bytes of a message for its channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from flamescore.alerts import payloads
from flamescore.project import (
    EmailChannel,
    FileChannel,
    SlackChannel,
    TeamsChannel,
    WebhookChannel,
    member_named,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from flamescore.project import Channel, ProjectFile


class Words(Struct, frozen=True):
    """The content of a message: `body` is called with the number of leads to list, at most `most`.

    `id` is the message's id, `footer` the last line of a mail, `data` the content as JSON.
    """

    id: str
    subject: str
    body: Callable[[int], str]
    most: int
    footer: str
    data: Mapping[str, Any]


def rendered(
    channel: Channel, recipient: str, words: Words, settings: ProjectFile, created_at: datetime
) -> bytes:
    """Return the bytes that a channel sends: a mail, JSON, or subject and body as text."""
    match channel:
        case EmailChannel():
            return payloads.mail(
                id_=words.id,
                sender=channel.sender,
                recipient=_addressed(recipient, settings),
                subject=words.subject,
                body=words.body(words.most),
                footer=words.footer,
                created_at=created_at,
            )
        case WebhookChannel():
            return payloads.event_json(created_at, words.data)
        case FileChannel():
            return payloads.event_json(created_at, words.data) + b"\n"
        case SlackChannel():
            return payloads.slack(words.subject, words.body, words.most)
        case TeamsChannel():
            return payloads.teams(words.subject, words.body, words.most)
    return payloads.plain(words.subject, words.body(words.most))


def address_of(recipient: str, settings: ProjectFile) -> str:
    """Return the address of a recipient: that of the team member, or else the recipient itself."""
    member = member_named(settings.team, recipient)
    return recipient if member is None or member.email is None else member.email


def _addressed(recipient: str, settings: ProjectFile) -> tuple[str, str]:
    """Return name and address of a recipient; the name is empty if the recipient is just an address."""
    address = address_of(recipient, settings)
    return ("" if address == recipient else recipient), address
