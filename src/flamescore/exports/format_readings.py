"""Translate a declared time format for Polars, whose parser supports less than a project file may declare.

Worked examples: `%Y-%m-%d %H:%M UTC` is passed on unchanged, and its times are in UTC, not in the source's
time zone. `%Y%m%d%H` has no minute, so `2026112009` is read as `2026112009 00` with `%Y%m%d%H %M`.
`%H:%M:%S %Z %Y` becomes three formats, with `UTC`, `GMT` and `Z` for `%Z`; a cell with `PST` there fits none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    import polars as pl

UTC_WORDS: Final = ("UTC", "GMT", "Z")
ISO: Final = (
    r"^(?<day>[0-9]{4}-[0-9]{2}-[0-9]{2})[T ]"
    r"(?<time>(?:[01][0-9]|2[0-3]):[0-5][0-9])(?<second>:[0-5][0-9])?"
    r"(?:[.,][0-9]+)?(?: ?(?:(?<utc>[Zz]|UTC|GMT)"
    r"|(?<sign>[+-])(?<hours>[01][0-9]|2[0-3])(?::?(?<minutes>[0-5][0-9]))?))?$"
)
"""Extended ISO 8601, and its variants in exports: `+0000`, `+00`, ` UTC`, a comma before the fraction."""

_DIRECTIVE: Final = re.compile(r"%[-_0]?[.:#]?[0-9]?([A-Za-z%])")
_DIRECTIVES_OF_OFFSET: Final = re.compile(r"(?<!%)(?:%%)*%[.:#]*z")
_OFFSET_AT_END: Final = re.compile(r"\s*%[.:#]*z$")
_OFFSET: Final = r"\s*(?:[Zz]|[+\-\x{2212}][0-9]{2}(?::?[0-9]{2})?(?::?[0-9]{2})?)$"
_HOURS: Final = frozenset("HIkl")
_MINUTES: Final = frozenset("MTRrXs")


class FormatReading(Struct, frozen=True):
    """One way to read a declared format: the Polars format, a suffix for the cells, and whether it is UTC."""

    form: str
    behind: str = ""
    utc: bool = False

    def read(self, cells: pl.Series) -> pl.Series:
        """Parse cells of a String column as times in UTC, or naive times; null if one can't be parsed."""
        texts = cells.str.strip_chars()
        texts = texts + self.behind if self.behind else texts
        read = texts.str.to_datetime(self.form, strict=False, time_unit="us", cache=False)
        return read.dt.replace_time_zone("UTC") if self.utc else read

    def as_written(self, cells: pl.Series, read: pl.Series) -> pl.Series | None:
        """Return the times `read` from some cells as local times, without any offset at the end.

        None if the format has an offset elsewhere. For `11/01/2026 23:30 -0700`, the instant is on the 12th,
        but the day that may have been swapped with the month is 11.
        """
        if not _DIRECTIVES_OF_OFFSET.search(self.form):
            return read
        plain = _OFFSET_AT_END.sub("", self.form)
        if _DIRECTIVES_OF_OFFSET.search(plain) or self.behind:
            return None
        naive = FormatReading(plain).read(cells.str.strip_chars().str.replace(_OFFSET, ""))
        return naive.filter(read.is_not_null())


def readings(form: str) -> tuple[FormatReading, ...]:
    """Return the ways to read a declared format, in the order to try them; not for epochs or `excel`."""
    plain = form.replace(".%f", "%.f")
    used = [each[1] for each in _DIRECTIVE.finditer(plain)]
    behind = ""
    if {*used} & _HOURS and not {*used} & _MINUTES:
        plain, behind = f"{plain} %M", " 00"
    if "Z" in used:
        return tuple(FormatReading(_with_word(plain, word), behind, utc=True) for word in UTC_WORDS)
    utc = "z" not in used and _ends_in_utc(form)
    return (FormatReading(plain, behind, utc=utc),)


def _with_word(form: str, word: str) -> str:
    return re.sub(r"%[-_0]?Z|%%", lambda found: found[0] if found[0] == "%%" else word, form)


def _ends_in_utc(form: str) -> bool:
    """Return whether a format ends with a literal `UTC`, `GMT` or `Z`, with or without a space before it."""
    word = next((each for each in UTC_WORDS if form.endswith(each)), None)
    if word is None:
        return False
    before = form.removesuffix(word)
    directives = [each.end() for each in _DIRECTIVE.finditer(before)]
    return not before[-1:].isalpha() or directives[-1:] == [len(before)]
