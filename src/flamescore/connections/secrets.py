"""Secrets: values of environment variables in an address never appear in messages."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from flamescore.project import filled, passwords, variables

if TYPE_CHECKING:
    from collections.abc import Mapping

HIDDEN: Final = "***"


@dataclass(frozen=True, slots=True)
class Resolved:
    """A text of the project file with its variables substituted. Only `written` is ever shown."""

    written: str
    text: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def hide(self, message: str) -> str:
        """Return a library's message with the secrets of this text replaced by `***`, longest first."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            message = message.replace(secret, HIDDEN)
        return message


def resolve(written: str, environ: Mapping[str, str] | None = None) -> Resolved:
    """Substitute the current values of variables into a text.

    Secrets are the value of each variable, and the password of a URL, both as written and unquoted.

    Raises:
        UnsetError: a variable is not set, or is empty.
    """
    there = os.environ if environ is None else environ
    text = filled(written, there)
    values = {there[name] for name in variables(written)}
    return Resolved(written, text, tuple(values | passwords(text)))
