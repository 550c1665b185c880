"""Ids that a spreadsheet rounded: `1.00216E+11` may be a hundred people, who must never share a score."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.cells import folded, rounded
from flamescore.exports.audit import ID_COLUMNS, ROUNDED, guarded, judged, rejected_for, time_column
from flamescore.exports.mapping import column, mapped
from flamescore.exports.rejects import Bad

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.exports.examine import Examined, Terms
    from flamescore.exports.model import Source
    from flamescore.exports.rejects import Rejected
    from flamescore.exports.tables import Table
    from flamescore.frames import Window

_LOOKED_AT: Final = 10_000
"""How many rounded ids of a file are looked at for their shape."""


def rounded_ids(tables: Sequence[Table], files: Sequence[Rejected], spec: Source) -> str:
    """Return a sentence on the ids that a spreadsheet rounded, with their commonest shape; else nothing."""
    many = sum(each.reasons().get(ROUNDED, 0) for each in files)
    if not many:
        return ""
    ids = pl.concat([_ids(table, spec) for table in tables])
    shaped = ids.str.strip_chars().str.replace_all(r"[0-9]", "9").str.replace_all(r"[a-zA-Z]", "a")
    shape = min(shaped.value_counts().iter_rows(), key=lambda pair: (-pair[1], pair[0]))[0]
    rows = sum(each.rows for each in files)
    what = f"{many:,} of {rows:,} ids {'is' if many == 1 else 'are'} written like {shape}"
    return (
        f" {what}: a spreadsheet rounded {'it' if many == 1 else 'them'}. Export again, with the ids as text."
    )


def _ids(table: Table, spec: Source) -> pl.Series:
    names = [name for name in ID_COLUMNS if name in mapped(table, spec).names]
    cells = [column(name, table, spec) for name in names]
    first = pl.coalesce(pl.when(rounded(cell)).then(cell) for cell in cells)
    return guarded(table.scan().select(first.alias("id")).drop_nulls().head(_LOOKED_AT), table)["id"]


def rounded_within(examined: Examined, window: Window, terms: Terms) -> Examined:
    """Reject rows of events for a rounded id only where a window asks for them; not all others are read."""
    files = [
        replace(each, bad=_needed(table, each, examined.spec, window, terms))
        for table, each in zip(examined.tables, examined.files, strict=True)
    ]
    return replace(examined, files=tuple(files))


def _needed(table: Table, rejected: Rejected, spec: Source, window: Window, terms: Terms) -> Bad:
    """Return what is rejected of a file without the rounded ids that the window does not ask for."""
    bad = rejected.bad
    if not bad.counts.get(ROUNDED):
        return bad
    clock = terms.clock(spec)
    rows = judged(table.scan().with_row_index("row"), table, spec, clock).filter(rejected_for(ROUNDED))
    asked = (pl.col("at") >= window.since) | folded(pl.col("event")).is_in(list(window.lasting))
    told = rows.select(
        pl.col("row").cast(pl.Int64), at=time_column(table, spec, clock), event=column("event", table, spec)
    )
    needed = guarded(told.filter(asked.fill_null(value=False)), table)["row"]
    counts = {reason: many for reason, many in bad.counts.items() if reason != ROUNDED}
    if len(needed):
        counts[ROUNDED] = len(needed)
    first = bad.first.filter((pl.col("reason") != ROUNDED) | pl.col("row").is_in(needed.implode()))
    return Bad(counts, first)
