"""What is told of invisible characters at the ends of cells, which are taken away (I126)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

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
_ASKED: Final = ("event_id", "opportunity_id", "event", "at", "tags", "tag", "action")


def invisible_ends(source: Source, plans: Sequence[Plan], named: NamedColumns) -> Iterator[Finding]:
    """Yield a note for each column of ids, types, times, tags, or that rules name, if its cells lost any.

    Only files whose bytes hold such characters are gone over once more.
    """
    asked = dict.fromkeys((key_column(source), *_ASKED, *sorted(getattr(named, source.KIND, ()))))
    told = [replace(plan, bare=False) for plan in plans if plan.bare]
    place = InExport(source.KIND, source.path)
    for name in asked:
        cells = [_odd(plan, name) for plan in told if name in plan and name not in source.constants]
        found = removed(pl.concat(cells)) if cells else None
        if found is None or not found.cells:
            continue
        text = (
            f'{count(found.cells, "cell")} of "{name}" had invisible characters at an end; '
            f"they were removed ({found.named})."
        )
        yield Finding(INVISIBLE, Severity.NOTE, f"{place} {name}", text, place, count=found.cells)


def _odd(plan: Plan, name: str) -> pl.Series:
    cell = plan.column(name).alias("cell")
    rows = plan.table.scan().select(cell).filter(has_invisible_ends(pl.col("cell")))
    return plan.table.collect(rows)["cell"]
