"""The ids of messages: the same message has the same id, whoever works it out."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_DIGITS = 32


def message_id(project_id: str, channel: str, recipient: str, notice_ids: Iterable[str]) -> str:
    """Return the id of a message: 32 hexadecimal digits of a SHA-256.

    It is that of the project's id, the channel, the recipient (empty for none) and the ids of the notices in
    order of text, joined by NUL. The order in which the notices are given changes nothing.
    """
    parts = (project_id, channel, recipient, *sorted(notice_ids))
    return sha256("\0".join(parts).encode()).hexdigest()[:_DIGITS]
