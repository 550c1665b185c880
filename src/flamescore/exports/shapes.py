"""Say what times that don't read look like, and which formats would fit them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.exports.audit import guarded
from flamescore.exports.mapping import column
from flamescore.exports.times import UTC_ZONE, Clock
from flamescore.exports.values import EPOCHS, EXCEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.exports.model import Source
    from flamescore.exports.rejects import Rejected
    from flamescore.exports.tables import Table

MOST: Final = 1_000_000
"""How many cells that don't read are looked at, at most, for their shapes; for formats the first of them."""
_TRIED: Final = 10_000
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
_TIME: Final = rf"(?i)^\s*{_DATE}(?:[T, ]+{_CLOCK})?\s*$"
"""What is shown as it is: if the wrong column is taken for the time, other cells may tell who somebody is."""
NUMBERS: Final = (*EPOCHS, EXCEL)
FORMATS: Final = (
    "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y",
    "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y",
    "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d", "%Y%m%d", "%Y-%m-%d %H:%M:%S",
    "%b %d, %Y %I:%M %p", "%b %d, %Y", "%d %b %Y %H:%M:%S", "%d %b %Y", "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%dT%H:%M:%S%z",
    "%m/%d/%y %H:%M", "%m/%d/%y", "epoch_s", "epoch_ms", "epoch_us", "excel",
)  # fmt: skip


def unread_times(tables: Sequence[Table], files: Sequence[Rejected], spec: Source) -> str:
    """Return a sentence on the times that don't read: shapes, samples, fitting formats; else nothing."""
    cells = [_cells(table, each, spec) for table, each in zip(tables, files, strict=False)]
    found = pl.concat(
        [each for each in cells if each is not None] or [pl.Series("at", [], dtype=pl.String)]
    ).drop_nulls()
    if not len(found):
        return ""
    told = found.filter(found.str.contains(_TIME)).unique(maintain_order=True).head(3)
    samples = ", ".join(f"`{each[:40]}`" for each in told)
    such = f", such as {samples}" if samples else ""
    return f" Times that don't read are {_shapes(found)}{such}{_fitting(found)}."


def _fitting(cells: pl.Series) -> str:
    fitting, tried = fitting_formats(cells), cells.head(_TRIED)
    if fitting:
        return f"; formats that fit: {', '.join(f'`{each}`' for each in fitting)}"
    parts = partly_fitting(tried)
    return f"; formats that fit some: {', '.join(f'`{each}` ({n:,})' for each, n in parts)}" if parts else ""


def _cells(table: Table, rejected: Rejected, spec: Source) -> pl.Series | None:
    rows = rejected.bad.filter(pl.col("reason") == "unreadable_time")["row"].head(MOST)
    if not len(rows):
        return None
    numbered = table.scan().select(column("at", table, spec).alias("at")).with_row_index("row")
    return guarded(numbered.filter(pl.col("row").is_in(rows.implode())), table)["at"]


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
    at = Clock(UTC_ZONE, (form,)).read(cells).at
    return (~at.dt.year().is_between(1990, 2100)).fill_null(value=True) if form in NUMBERS else at.is_null()


def _shapes(cells: pl.Series) -> str:
    digits = cells.str.strip_chars().str.replace_all(r"\p{N}", "9")
    shaped = digits.str.replace_all(r"[\p{L}\p{M}]", "a").str.head(30)
    ranked = sorted(shaped.value_counts().iter_rows(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{count:,} x `{shape}`" for shape, count in ranked[:4])
