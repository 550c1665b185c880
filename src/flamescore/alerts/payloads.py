r"""The bytes of messages: a mail, the JSON of webhooks and files, Slack's and Teams' JSON.

A message is rendered once and its bytes are stored, so that a retry sends the same bytes. Characters with a
meaning in a channel's own markup are escaped here: a name can't become a header, a link or a mention.
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
"""Characters in a header line; a longer subject continues on the next line."""

_BYTES_A_WORD: Final = 39
"""Bytes in an encoded word: in Base64, with its delimiters and `Subject: `, it fits on a line."""

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
    """Return a mail in the format of RFC 5322: plain text in UTF-8, quoted-printable, with CRLF line endings.

    `sender` is an address with an optional name, such as `Leads <leads@example.com>`. `recipient` is a name,
    empty for none, and an address. The message's id and the sender's domain make up its `Message-ID`.
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
    """Return only the address of `Leads <leads@example.com>`."""
    return parseaddr(sender)[1]


def _address(name: str, address: str) -> str:
    if _needs_encoding(name):
        return f"{_in_words(name)}\r\n <{address}>"
    return formataddr((name, address))


def _header(name: str, value: str) -> str:
    """Return a header. A long or non-ASCII one becomes encoded words, one per line (RFC 2047)."""
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
    """Return the payload of webhooks and files: the message's data as compact JSON in UTF-8."""
    return _compact({"type": "flamescore.alert", "timestamp": instant(created_at), "data": data})


def instant(at: datetime) -> str:
    """Return an instant as `2026-11-21T07:00:00Z`, in whole seconds."""
    return at.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"


def signature(secret: str, id_: str, timestamp: int, body: bytes) -> str:
    """Return the `webhook-signature` header as Standard Webhooks defines it: `v1,` and an HMAC in Base64.

    The key is the Base64 text after `whsec_`, decoded, or else the secret's own bytes.
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
    """Return the payload of Slack's incoming webhooks: `{"text": ...}`, of at most 39,000 characters.

    `body` is called with a number of leads, at most `leads`. If the text is too long, fewer leads are listed.
    """

    def text(most: int) -> str:
        return _slack_escaped(f"{subject}\n\n{body(most)}")

    return _compact({"text": _fitting(text, leads, lambda candidate: len(candidate) <= SLACK_CHARACTERS)})


def teams(subject: str, body: Callable[[int], str], leads: int) -> bytes:
    """Return the payload of Teams' webhooks: a message with one Adaptive Card, of at most 24,000 bytes.

    `body` is called as in `slack`.
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
        _fitting(
            lambda most: _teams_escaped(body(most)),
            leads,
            lambda candidate: len(card(candidate)) <= TEAMS_BYTES,
        )
    )


def _fitting(text: Callable[[int], str], leads: int, fits: Callable[[str], bool]) -> str:
    """Return the text of as many leads as fit, at least one; if that does not fit, truncate it."""
    low, high = 1, max(leads, 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(text(middle)) else (low, middle - 1)
    full = text(low)
    if fits(full):
        return full
    short, long = 0, len(full)
    while short < long:
        middle = (short + long + 1) // 2
        short, long = (middle, long) if fits(f"{full[:middle]}…") else (short, middle - 1)
    return f"{full[:short]}…"


_SLACK: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_TEAMS: Final = str.maketrans({each: f"\\{each}" for each in "\\`*_[]#"})


def _slack_escaped(text: str) -> str:
    return text.translate(_SLACK)


def _teams_escaped(text: str) -> str:
    return text.translate(_TEAMS)


# --- everything else


def plain(subject: str, body: str) -> bytes:
    """Return subject and body as text, as `stdout` shows and apprise sends them: see `parted`."""
    return f"{subject}\n\n{body}\n".encode("utf-8", "replace")


def parted(text: bytes) -> tuple[str, str]:
    """Split the result of `plain` into subject and body."""
    subject, _, body = text.decode().partition("\n\n")
    return subject, body.removesuffix("\n")
