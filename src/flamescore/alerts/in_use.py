"""The values of variables that channels use: substituted where they are used, and masked in all output."""

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
    """The environment, and which of its values have been used so far."""

    environ: Mapping[str, str]
    _values: set[str] = field(default_factory=set)

    def filled(self, text: str) -> str:
        """Return a value of the project file with its variables substituted.

        Raises:
            UnsetError: a variable is not set, or is empty.
        """
        found = filled(text, self.environ)
        self._values |= {self.environ[name] for name in variables(text)}
        return found

    def masked(self, text: str) -> str:
        """Return a text with each used value replaced by `***`, in any of its encodings."""
        forms = {form for value in self._values for form in _forms(value)}
        for each in sorted(filter(None, forms), key=len, reverse=True):
            text = text.replace(each, _HIDDEN)
        return text


def _forms(value: str) -> tuple[str, ...]:
    encoded = base64.b64encode(value.encode("utf-8", "replace")).decode("ascii")
    return value, value.strip(), quote(value, safe=""), quote(value), quote_plus(value), encoded
