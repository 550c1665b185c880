"""Say what times that don't read look like, and which formats would fit them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import polars as pl

from flamescore.exports.mapping import column
from flamescore.exports.times import Clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.exports.model import Source
    from flamescore.exports.rejects import Rejected
    from flamescore.exports.tables import Table

MOST: Final = 10_000
FORMATS: Final = (
    "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y",
    "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y",
    "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d", "%Y%m%d", "%Y-%m-%d %H:%M:%S",
    "%b %d, %Y %I:%M %p", "%b %d, %Y", "%d %b %Y %H:%M:%S", "%d %b %Y", "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%dT%H:%M:%S%z",
    "%m/%d/%y %H:%M", "%m/%d/%y", "epoch_s", "epoch_ms", "epoch_us",
)  # fmt: skip


def unread_times(tables: Sequence[Table], files: Sequence[Rejected], spec: Source) -> str:
    """Return a sentence on the times that don't read: shapes, samples, fitting formats; else nothing."""
    cells = [_cells(table, each, spec) for table, each in zip(tables, files, strict=False)]
    found = pl.concat(
        [each for each in cells if each is not None] or [pl.Series("at", [], dtype=pl.String)]
    ).drop_nulls()
    if not len(found):
        return ""
    samples = ", ".join(f"`{each[:40]}`" for each in found.unique(maintain_order=True).head(3))
    fitting = fitting_formats(found)
    formats = f"; formats that fit: {', '.join(f'`{each}`' for each in fitting)}" if fitting else ""
    return f" Times that don't read are {_shapes(found)}, such as {samples}{formats}."


def _cells(table: Table, rejected: Rejected, spec: Source) -> pl.Series | None:
    rows = rejected.bad.filter(pl.col("reason") == "unreadable_time")["row"].head(MOST)
    if not len(rows):
        return None
    numbered = table.scan().select(column("at", table, spec).alias("at")).with_row_index("row")
    return numbered.filter(pl.col("row").is_in(rows.implode())).collect()["at"]


def fitting_formats(cells: pl.Series) -> list[str]:
    """Return the formats that read every one of the cells; at most five."""
    distinct = cells.unique()
    fits = (form for form in FORMATS if Clock(ZoneInfo("UTC"), (form,)).read(distinct).at.null_count() == 0)
    return [form for form in fits if not form.startswith("epoch") or _plausible(distinct, form)][:5]


def _plausible(cells: pl.Series, form: str) -> bool:
    years = Clock(ZoneInfo("UTC"), (form,)).read(cells).at.dt.year()
    return bool(years.is_between(1990, 2100).all())


def _shapes(cells: pl.Series) -> str:
    shaped = pl.Series([re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", each.strip()))[:30] for each in cells])
    ranked = sorted(shaped.value_counts().iter_rows(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{count:,} x `{shape}`" for shape, count in ranked[:4])
