"""Names of time zones that don't say where: they mean another zone on each machine, or none."""

from __future__ import annotations

from typing import Final

NO_PLACE: Final = "is another name on each machine; write the place, such as America/Phoenix"
_NAMES: Final = ("localtime", "factory", "posixrules")
_FOLDERS: Final = ("posix/", "right/")


def names_no_place(text: str) -> bool:
    """Tell whether a name, in any case, is one that every machine fills with a zone of its own."""
    folded = text.strip().casefold()
    return folded in _NAMES or folded.startswith(_FOLDERS)
