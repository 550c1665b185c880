"""Secrets: what variables of the environment put into an address is shown by no message."""

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
    """A text of the project file with its variables put in. It is never shown; `written` is."""

    written: str
    text: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def hide(self, told: str) -> str:
        """Return what a library says with `***` in place of every secret of this text, the longest first."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            told = told.replace(secret, HIDDEN)
        return told


def resolve(written: str, environ: Mapping[str, str] | None = None) -> Resolved:
    """Put variables into a text, now.

    Secret are the value of each variable, and the password of a URL, as it is written there and unquoted.

    Raises:
        UnsetError: one of them is not set, or empty.
    """
    there = os.environ if environ is None else environ
    text = filled(written, there)
    values = {there[name] for name in variables(written)}
    return Resolved(written, text, tuple(values | passwords(text)))
