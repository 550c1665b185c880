r"""The bytes of messages: a mail, the JSON of webhooks and files, Slack's and Teams' JSON.

A message is made once and kept with its bytes, so that sending it again repeats them. What a channel's own
language would obey is escaped here: a name is never a header, a link or a mention.
"""

from __future__ import annotations

import base64
import hmac
import json
import quopri
import re
from datetime import UTC
from email.utils import format_datetime, formataddr, parseaddr
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

SLACK_CHARACTERS: Final = 39_000
TEAMS_BYTES: Final = 24_000
_LONGEST_LINE: Final = 76
"""Characters of a header's line; a longer subject goes on in the next."""

_BYTES_A_WORD: Final = 39
"""Bytes of an encoded word: in Base64, with what stands around it and `Subject: `, it fits in a line."""

_PLAIN: Final = re.compile(r"[ -~]*")
_KEY_FOLLOWS: Final = "whsec_"


# --- mails


def mail(
    *,
    id_: str,
    sender: str,
    recipient: tuple[str, str],
    subject: str,
    body: str,
    footer: str,
    created_at: datetime,
) -> bytes:
    """Return a mail as RFC 5322 has it: plain text in UTF-8, quoted-printable, lines ended by CRLF.

    `sender` is an address, maybe with a name, `Leads <leads@example.com>`; `recipient` a name, empty for
    none, and an address. The id of the message and the domain of the sender make its `Message-ID`.
    """
    name, address = parseaddr(sender)
    headers = (
        f"From: {_address(name, address)}",
        f"To: {_address(*recipient)}",
        _header("Subject", subject),
        f"Date: {format_datetime(created_at.astimezone(UTC).replace(microsecond=0))}",
        f"Message-ID: <{id_}@flamescore.{address.rpartition('@')[2]}>",
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
        'Content-Type: text/plain; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
    )
    text = f"{body}\n\n-- \n{footer}\n"
    encoded = quopri.encodestring(text.encode("utf-8", "replace"), quotetabs=False)
    lines = encoded.decode("ascii").splitlines()
    return "".join(f"{line}\r\n" for line in (*headers, "", *lines)).encode("ascii")


def address_of(sender: str) -> str:
    """Return the address alone of `Leads <leads@example.com>`."""
    return parseaddr(sender)[1]


def _address(name: str, address: str) -> str:
    if _needs_encoding(name):
        return f"{_in_words(name)}\r\n <{address}>"
    return formataddr((name, address))


def _header(name: str, value: str) -> str:
    """Return a header; one that is long or not plain ASCII becomes encoded words, a line each (RFC 2047)."""
    plain = f"{name}: {value}"
    if not _needs_encoding(value) and len(plain) <= _LONGEST_LINE:
        return plain
    return f"{name}: {_in_words(value)}"


def _needs_encoding(value: str) -> bool:
    return _PLAIN.fullmatch(value) is None or "=?" in value


def _in_words(value: str) -> str:
    words, some = [], b""
    for character in value:
        encoded = character.encode("utf-8", "replace")
        if len(some) + len(encoded) > _BYTES_A_WORD:
            words.append(some)
            some = b""
        some += encoded
    words.append(some)
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(each).decode('ascii')}?=" for each in words)


# --- JSON: webhooks and files


def event_json(created_at: datetime, data: Mapping[str, Any]) -> bytes:
    """Return what webhooks and files get: compact JSON in UTF-8, of the message's data."""
    return _compact({"type": "flamescore.alert", "timestamp": instant(created_at), "data": data})


def instant(at: datetime) -> str:
    """Return an instant as `2026-11-21T07:00:00Z`, in whole seconds."""
    return at.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"


def signature(secret: str, id_: str, timestamp: int, body: bytes) -> str:
    """Return the header `webhook-signature` as Standard Webhooks defines it: `v1,` and an HMAC in Base64.

    The key is what follows `whsec_`, in Base64, or else the secret's own bytes.
    """
    key = secret.encode()
    if secret.startswith(_KEY_FOLLOWS):
        encoded = secret.removeprefix(_KEY_FOLLOWS)
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4))
    signed = b"".join((f"{id_}.{timestamp}.".encode(), body))
    return f"v1,{base64.b64encode(hmac.digest(key, signed, sha256)).decode('ascii')}"


def _compact(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "replace")


# --- chats


def slack(subject: str, body: Callable[[int], str], leads: int) -> bytes:
    """Return what Slack's incoming webhooks take: `{"text": ...}`, of at most 39,000 characters.

    `body` is called with a number of leads, `leads` at most; of a text that is too long fewer are told.
    """

    def text(most: int) -> str:
        return _slack_escaped(f"{subject}\n\n{body(most)}")

    return _compact({"text": _fitting(text, leads, lambda told: len(told) <= SLACK_CHARACTERS)})


def teams(subject: str, body: Callable[[int], str], leads: int) -> bytes:
    """Return what Teams' webhooks take: a message with one Adaptive Card, of at most 24,000 bytes.

    `body` is called as by `slack`.
    """

    def card(text: str) -> bytes:
        blocks = (
            {"type": "TextBlock", "text": _teams_escaped(subject), "weight": "Bolder", "wrap": True},
            {"type": "TextBlock", "text": text, "wrap": True},
        )
        content = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": blocks,
        }
        kind = "application/vnd.microsoft.card.adaptive"
        return _compact(
            {
                "type": "message",
                "attachments": [{"contentType": kind, "contentUrl": None, "content": content}],
            }
        )

    return card(
        _fitting(lambda most: _teams_escaped(body(most)), leads, lambda told: len(card(told)) <= TEAMS_BYTES)
    )


def _fitting(text: Callable[[int], str], leads: int, fits: Callable[[str], bool]) -> str:
    """Return the text of as many leads as fit, one at least; if that does not fit, its beginning."""
    low, high = 1, max(leads, 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(text(middle)) else (low, middle - 1)
    told = text(low)
    if fits(told):
        return told
    short, long = 0, len(told)
    while short < long:
        middle = (short + long + 1) // 2
        short, long = (middle, long) if fits(f"{told[:middle]}…") else (short, middle - 1)
    return f"{told[:short]}…"


_SLACK: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_TEAMS: Final = str.maketrans({each: f"\\{each}" for each in "\\`*_[]#"})


def _slack_escaped(text: str) -> str:
    return text.translate(_SLACK)


def _teams_escaped(text: str) -> str:
    return text.translate(_TEAMS)


# --- everything else


def plain(subject: str, body: str) -> bytes:
    """Return subject and body as text, which `stdout` shows and apprise sends: see `parted`."""
    return f"{subject}\n\n{body}\n".encode("utf-8", "replace")


def parted(text: bytes) -> tuple[str, str]:
    """Return subject and body of what `plain` has made."""
    subject, _, body = text.decode().partition("\n\n")
    return subject, body.removesuffix("\n")
