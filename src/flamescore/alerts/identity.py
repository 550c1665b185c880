"""The ids of messages. They are deterministic: the same message always gets the same id."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_DIGITS = 32


def message_id(project_id: str, channel: str, recipient: str, notice_ids: Iterable[str]) -> str:
    """Return the id of a message: 32 hexadecimal digits of a SHA-256.

    The hash is of the project's id, the channel, the recipient (empty for none) and the sorted ids of the
    notices, joined by NUL. The order in which the notices are passed does not matter.
    """
    parts = (project_id, channel, recipient, *sorted(notice_ids))
    return sha256("\0".join(parts).encode()).hexdigest()[:_DIGITS]
