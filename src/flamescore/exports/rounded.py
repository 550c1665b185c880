"""Ids that a spreadsheet rounded: `1.00216E+11` may be a hundred people, who must never share a score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.cells import rounded
from flamescore.exports.mapping import column, mapped
from flamescore.exports.validate import ID_COLUMNS, ROUNDED, guarded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.exports.rejects import Rejected
    from flamescore.exports.table import Table
    from flamescore.project import Source

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
