"""Names that a sheet may bear: legal, and unique in any case."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

ALL: Final = "All"
_MOST: Final = 31
_ILLEGAL: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_RESERVED: Final = "history"


def sheet_names(names: Iterable[str]) -> list[str]:
    r"""Return each name without `[]:*?/\` and control characters, cut to 31, told apart by ` (2)`."""
    taken: set[str] = {_RESERVED}
    return [_free(_legal(name), taken) for name in names]


def _legal(name: str) -> str:
    return " ".join(_ILLEGAL.sub(" ", name).split()).strip("'").strip() or "-"


def _free(name: str, taken: set[str]) -> str:
    found, number = cut(name, _MOST).rstrip("' "), 1
    while found.casefold() in taken:
        number += 1
        tail = f" ({number})"
        found = cut(name, _MOST - len(tail)).rstrip("' ") + tail
    taken.add(found.casefold())
    return found


def cut(text: str, most: int) -> str:
    """Cut a text to so many UTF-16 units, as spreadsheets count characters; no character is cut apart."""
    if len(text) * 2 <= most:
        return text
    return text.encode("utf-16-le", "replace")[: most * 2].decode("utf-16-le", "ignore")
