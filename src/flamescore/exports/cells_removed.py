"""Notes on invisible characters that were stripped from the ends of cells (I126)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec.structs import replace

from flamescore.exports.invisible_ends import has_invisible_ends, removed
from flamescore.exports.plan import key_column
from flamescore.findings import Finding, InExport, Severity
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flamescore.columns import NamedColumns
    from flamescore.exports.plan import Plan
    from flamescore.project import Source

INVISIBLE: Final = "I126"
_EXAMINED: Final = ("event_id", "opportunity_id", "event", "at", "tags", "tag", "action")


def invisible_ends(source: Source, plans: Sequence[Plan], named: NamedColumns) -> Iterator[Finding]:
    """Yield a note for each column of ids, types, times or tags, or that rules name, if its cells lost any.

    Only files whose bytes contain such characters are read again. Of binary files, which must be read first,
    those are read again in which cells with such characters were noticed, or whose tags are lists.
    """
    names = dict.fromkeys((key_column(source), *_EXAMINED, *sorted(getattr(named, source.KIND, ()))))
    place = InExport(source.KIND, source.path)
    for name in names:
        candidates = [
            plan for plan in plans if name in plan and name not in source.constants and _may_have(name, plan)
        ]
        cells = [_odd(replace(plan, bare=False), name) for plan in candidates]
        found = removed(pl.concat(cells)) if cells else None
        if found is None or not found.cells:
            continue
        text = (
            f'{count(found.cells, "cell")} of "{name}" had invisible characters at an end; '
            f"they were removed ({found.named})."
        )
        yield Finding(INVISIBLE, Severity.NOTE, f"{place} {name}", text, place, count=found.cells)


def _may_have(name: str, plan: Plan) -> bool:
    """Return whether cells of a column may have lost invisible characters."""
    if not plan.bare or plan.noticed is None or plan.listed(name):
        return plan.bare
    return not plan.noticed.headers.isdisjoint(plan.headers[name])


def _odd(plan: Plan, name: str) -> pl.Series:
    lists = plan.listed(name) is not None
    rows = plan.table.scan().select(plan.column(name, text=not lists).alias("cell"))
    if lists:
        rows = rows.explode("cell", empty_as_null=False, keep_nulls=False).cast(pl.String)
    rows = rows.filter(has_invisible_ends(pl.col("cell")))
    return plan.table.collect(rows)["cell"]
