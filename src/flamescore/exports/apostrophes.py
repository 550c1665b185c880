"""Cells that a spreadsheet marked as text with a leading apostrophe (I127)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.cells import present
from flamescore.exports.missing_columns import flow
from flamescore.findings import Finding, InExport, Severity
from flamescore.units import count

if TYPE_CHECKING:
    from flamescore.exports.validate import Validated

APOSTROPHES: Final = "I127"
_HALF: Final = 2


def apostrophes_in(source: Validated, column: str) -> Finding | None:
    """Return a warning if at least half of the non-missing cells of a column begin with an apostrophe."""
    there = quoted = 0
    for plan in source.plans:
        if column in plan:
            cell = present(plan.column(column))
            rows = plan.counted(plan.table.scan()).select(
                there=cell.count(), quoted=cell.str.starts_with("'").sum()
            )
            [(some, odd)] = plan.table.collect(rows).rows()
            there, quoted = there + int(some), quoted + int(odd or 0)
    if not quoted or quoted * _HALF < there:
        return None
    spec = source.spec
    place = InExport(spec.KIND, spec.path)
    begin = "begins" if quoted == 1 else "begin"
    text = f'{quoted:,} of {count(there, "cell")} of "{column}" {begin} with an apostrophe, as part of them.'
    cure = f'cut: {{{flow(column)}: "\'"}}'
    return Finding(
        APOSTROPHES, Severity.WARNING, f"{place} {column}", text, place, count=quoted, of=there, cure=cure
    )
