"""Secrets: `${NAME}` stands for a variable of the environment, and no message shows what was in it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HIDDEN: Final = "***"
VARIABLE: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SECRET_PARAMETERS: Final = ("password", "sslpassword")
_USER: Final = re.compile(r"://[^/?#]*?:([^/?#]*)@")


class UnsetVariableError(Exception):
    """A variable is named that the environment does not have, or that is empty there."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A text of the project file with its variables put in. It is never shown; `written` is."""

    written: str
    text: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def hide(self, told: str) -> str:
        """Return what a library says with `***` in place of every secret of this text."""
        return hidden(told, self.secrets)


def resolve(written: str, environ: Mapping[str, str] | None = None) -> Resolved:
    """Put variables into a text, now.

    Secret are the value of each variable, and the password of a URL, as it is written there and unquoted.

    Raises:
        UnsetVariableError: one of them is not set, or empty.
    """
    there = os.environ if environ is None else environ
    values = {}
    for name in VARIABLE.findall(written):
        if not there.get(name):
            raise UnsetVariableError(name)
        values[name] = there[name]
    text = VARIABLE.sub(lambda found: values[found[1]], written)
    return Resolved(written, text, tuple({*values.values(), *_passwords(text)}))


def hidden(told: str, secrets: Iterable[str]) -> str:
    """Return a text with `***` in place of secrets, the longest first."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        told = told.replace(secret, HIDDEN)
    return told


def literal_password(written: str) -> bool:
    """Say whether a URL of the project file has a password in it that is no variable."""
    return any(VARIABLE.sub("", each) for each in _passwords(written))


def _passwords(url: str) -> set[str]:
    found = {each for each in _USER.findall(url) if each}
    try:
        query = parse_qsl(urlsplit(url).query)
    except ValueError:
        query = []
    found |= {value for name, value in query if name in _SECRET_PARAMETERS and value}
    return found | {unquote(each) for each in found}
