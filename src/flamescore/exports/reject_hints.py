"""Say what rejected cells look like: times that don't read, formats that fit them, ids that were rounded."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.exports.times import UTC_ZONE, TimeFormat
from flamescore.project import EPOCHS, EXCEL

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_SHAPES: Final = 10_000
"""How many different shapes are counted, at most: the first ones."""

_TRIED: Final = 10_000
"""How many cells formats are tried on, the first ones."""

_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY: Final = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_DATE: Final = (
    r"(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2})"
    rf"|(?:19|20)[0-9]{{6}}|{_MONTH} +{_DAY},? +[0-9]{{4}}|{_DAY}[ -]+{_MONTH}[ -]+(?:[0-9]{{4}}|[0-9]{{2}}))"
)
_CLOCK: Final = (
    r"(?:at +)?[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2}(?:[.,][0-9]+)?)? *(?:[ap]\.?m\.?)?"
    r" *(?:z|utc|gmt|[-+][0-9]{2}:?[0-9]{2})?"
)
_SERIAL: Final = r"[0-9]{5}(?:\.[0-9]+)?"
_TIME: Final = rf"(?i)^\s*(?:{_DATE}(?:[T, ]+{_CLOCK})?|{_SERIAL})\s*$"
"""What is shown as it is: if the wrong column is taken for the time, other cells may tell who somebody is."""

_LONGEST: Final = 100
"""How many characters of a cell are looked at; no format reads more."""

NUMBERS: Final = (*EPOCHS, EXCEL)
FORMATS: Final = (
    "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y",
    "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y",
    "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d", "%Y%m%d", "%Y-%m-%d %H:%M:%S",
    "%b %d, %Y %I:%M %p", "%b %d, %Y", "%d %b %Y %H:%M:%S", "%d %b %Y", "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%dT%H:%M:%S%z",
    "%m/%d/%y %H:%M", "%m/%d/%y", "epoch_s", "epoch_ms", "epoch_us", "excel",
)  # fmt: skip


def unread_times(batches: Iterable[pl.Series]) -> str:
    """Return a sentence on cells of `at` that don't read: shapes, samples, fitting formats; else nothing."""
    found = _Unread()
    for cells in batches:
        found.add(cells.drop_nulls())
    if not found.shapes:
        return ""
    first = pl.Series("at", found.first, dtype=pl.String)
    told = first.filter(first.str.contains(_TIME)).unique(maintain_order=True).head(3)
    samples = ", ".join(f"`{each[:40]}`" for each in told)
    such = f", such as {samples}" if samples else ""
    fitting = _fitting(first, pl.Series("at", list(found.distinct), dtype=pl.String))
    return f" Times that don't read are {found.ranked()}{such}{fitting}."


def rounded_ids(ids: pl.Series, many: int, rows: int) -> str:
    """Return a sentence on ids that a spreadsheet rounded, `many` of so many `rows`: their commonest shape.

    `1.00216E+11` may be a hundred people, who must never share a score.
    """
    shaped = ids.str.strip_chars().str.replace_all(r"[0-9]", "9").str.replace_all(r"[a-zA-Z]", "a")
    shape = min(shaped.value_counts().iter_rows(), key=lambda pair: (-pair[1], pair[0]))[0]
    what = f"{many:,} of {rows:,} ids {'is' if many == 1 else 'are'} written like {shape}"
    return (
        f" {what}: a spreadsheet rounded {'it' if many == 1 else 'them'}. Export again, with the ids as text."
    )


@dataclass
class _Unread:
    """The cells that don't read: how many of each shape, the first ones, the first different ones."""

    shapes: Counter[str] = field(default_factory=Counter)
    first: list[str] = field(default_factory=list)
    distinct: dict[str, None] = field(default_factory=dict)

    def add(self, cells: pl.Series) -> None:
        cells = cells.str.head(_LONGEST)
        self.first += cells.head(_TRIED - len(self.first)).to_list()
        if len(self.distinct) < _TRIED:
            for cell in cells.unique(maintain_order=True).head(_TRIED):
                if len(self.distinct) < _TRIED:
                    self.distinct[cell] = None
        digits = cells.str.strip_chars().str.replace_all(r"\p{N}", "9")
        shaped = digits.str.replace_all(r"[\p{L}\p{M}]", "a").str.head(30)
        counted = shaped.to_frame("shape").group_by("shape", maintain_order=True).len()
        for shape, many in counted.iter_rows():
            if shape in self.shapes or len(self.shapes) < MOST_SHAPES:
                self.shapes[shape] += many

    def ranked(self) -> str:
        ranked = sorted(self.shapes.items(), key=lambda pair: (-pair[1], pair[0]))
        return ", ".join(f"{count:,} x `{shape}`" for shape, count in ranked[:4])


def _fitting(first: pl.Series, distinct: pl.Series) -> str:
    if fitting := fitting_formats(distinct):
        return f"; formats that fit: {', '.join(f'`{each}`' for each in fitting)}"
    parts = partly_fitting(first)
    return f"; formats that fit some: {', '.join(f'`{each}` ({n:,})' for each, n in parts)}" if parts else ""


def fitting_formats(cells: pl.Series) -> list[str]:
    """Return the formats that read every one of the cells; at most five."""
    distinct = cells.unique(maintain_order=True).head(_TRIED)
    return [form for form in FORMATS if not _unread(distinct, form).any()][:5]


def partly_fitting(cells: pl.Series) -> list[tuple[str, int]]:
    """Return the formats that read the most of what the ones before leave, and how much; at most three."""
    found: list[tuple[str, int]] = []
    while len(cells) and len(found) < 3:  # noqa: PLR2004 - more would be no help
        left = min((cells.filter(_unread(cells, form)) for form in FORMATS), key=len)
        if len(left) == len(cells):
            break
        best = next(form for form in FORMATS if len(cells.filter(_unread(cells, form))) == len(left))
        found.append((best, len(cells) - len(left)))
        cells = left
    return found


def _unread(cells: pl.Series, form: str) -> pl.Series:
    """Say which cells a format does not read; a number that would mean another age is none of its."""
    at = TimeFormat(UTC_ZONE, (form,)).read(cells).at
    return (~at.dt.year().is_between(1990, 2100)).fill_null(value=True) if form in NUMBERS else at.is_null()
