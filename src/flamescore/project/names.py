"""Mappings whose keys are names chosen in the project file: channels, alerts and others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flamescore.schema_reader import At, RefusedError, Value, ValueType, mapped

if TYPE_CHECKING:
    from collections.abc import Callable

NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
"""The syntax of such a name, which is also used in file names and addresses."""


def by_name(value: ValueType, make: Callable[[str, Value], Value], *, words: str) -> ValueType:
    """Return the type of a mapping by name; `make` adds the name to each value."""
    plain = mapped(value)

    def read(at: At) -> dict[str, Value]:
        wrong = [key for key in at.keys if NAME.fullmatch(key) is None]
        for key in wrong:
            text = f"`{key}` is not a name for an entry of {at.label}."
            hint = "Write small letters, digits, `-` and `_`, at most 64, and begin with a letter or a digit."
            at.report("P023", text, hint, path=(key,), key=True)
        found: dict[str, Value] = plain(at)
        if wrong:
            raise RefusedError
        return {name: make(name, each) for name, each in found.items()}

    names = {"propertyNames": {"pattern": f"^{NAME.pattern}$"}}
    return ValueType(read, {**plain.schema, **names}, words)
