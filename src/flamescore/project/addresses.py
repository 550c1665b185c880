"""E-mail addresses in the project file."""

from __future__ import annotations

import re
from email.utils import parseaddr
from typing import Final

from flamescore.project.values import of_text
from flamescore.text import printable

_ADDRESS: Final = re.compile(r"[^\s@<>(),;:\"\[\]\\]+@[^\s@<>(),;:\"\[\]\\]+")


def is_address(text: str) -> bool:
    """Return whether a text is an e-mail address and nothing else: `dana@example.com`."""
    return printable(text) == text and _ADDRESS.fullmatch(text) is not None


def _address(text: str) -> str:
    if not is_address(text):
        msg = f"must be an e-mail address, not `{text}`"
        raise ValueError(msg)
    return text


def _sender(text: str) -> str:
    if printable(text) != text or not is_address(parseaddr(text)[1]):
        msg = f"must be an e-mail address such as `Leads <leads@example.com>`, not `{text}`"
        raise ValueError(msg)
    return text


ADDRESS: Final = of_text("e-mail address", _address)
SENDER: Final = of_text("e-mail address", _sender)
