"""The values of variables that channels use: put in where they are used, and cut out of whatever is told."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, quote_plus

from msgspec import Struct, field

from flamescore.project import filled, variables

if TYPE_CHECKING:
    from collections.abc import Mapping

_HIDDEN: Final = "***"


class InUse(Struct):
    """The environment, and which of its values were asked for so far."""

    environ: Mapping[str, str]
    _values: set[str] = field(default_factory=set)

    def filled(self, text: str) -> str:
        """Return a value of the project file with its variables put in.

        Raises:
            UnsetError: one of them is not set, or is empty.
        """
        found = filled(text, self.environ)
        self._values |= {self.environ[name] for name in variables(text)}
        return found

    def masked(self, text: str) -> str:
        """Return a text in which `***` stands for each value that was asked for, however it is encoded."""
        forms = {form for value in self._values for form in _forms(value)}
        for each in sorted(filter(None, forms), key=len, reverse=True):
            text = text.replace(each, _HIDDEN)
        return text


def _forms(value: str) -> tuple[str, ...]:
    encoded = base64.b64encode(value.encode("utf-8", "replace")).decode("ascii")
    return value, value.strip(), quote(value, safe=""), quote(value), quote_plus(value), encoded
