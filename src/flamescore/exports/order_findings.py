"""Orders that are told wrongly: given back and still a purchase (I149), or without a cell they had (I119).

A worked example: `constants: {event: purchase}`, and of 210 rows 2 have the `Financial Status` `refunded` and
1 has `voided`. 3 of 210 purchases are none: `leave_out: {Financial Status: [refunded, voided]}`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.cells import as_text, fold, present
from flamescore.findings import Finding, InExport, Severity, mapping, samples_of, scalar
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flamescore.cells import Scalar
    from flamescore.exports.plan import Plan
    from flamescore.exports.validate import Validated
    from flamescore.project import Source

LOST_CELL: Final = "I119"
REFUNDS: Final = "I149"

_PURCHASE: Final = "purchase"
_STATUS: Final = "status"
_MOST: Final = 50
"""Different values that a status has at most."""

_GIVEN_BACK: Final = frozenset(
    {
        "refunded", "refund", "partially refunded", "voided", "void", "cancelled", "canceled", "failed",
        "declined", "expired", "disputed", "chargeback",
    }
)  # fmt: skip


def refunds_in(source: Validated) -> Iterator[Finding]:
    """Tell each status of a source whose rows are all purchases by which some of them are none.

    Rows that `leave_out` names don't count. Only a source that makes its type a constant is looked at, and of
    its files only columns with `status` in their header.
    """
    spec = source.spec
    if fold(spec.constants.get("event", "")) != _PURCHASE:
        return
    headers = {each: None for plan in source.plans for each in plan.table.schema if _STATUS in fold(each)}
    for header in headers:
        cells = _cells(source, header)
        rows = cells.total()
        del cells[None]
        undone = {cell: many for cell, many in cells.items() if cell is not None and _is_undone(cell)}
        if undone and len(cells) <= _MOST:
            yield _refunded(spec, header, undone, rows)


def _cells(source: Validated, header: str) -> Counter[str | None]:
    """Count the distinct cells of a column; None stands for those that are missing."""
    found: Counter[str | None] = Counter()
    for plan in source.plans:
        dtype = plan.table.schema.get(header)
        cell = pl.lit(None, pl.String()) if dtype is None else present(as_text(header, dtype))
        rows = plan.counted(plan.table.scan()).select(cell=cell).group_by("cell").len()
        found.update(dict(plan.table.collect(rows).iter_rows()))
    return found


def _is_undone(cell: str) -> bool:
    return fold(cell).replace("_", " ") in _GIVEN_BACK


def _refunded(spec: Source, header: str, undone: Mapping[str, int], rows: int) -> Finding:
    place = InExport(spec.KIND, spec.path)
    many = sum(undone.values())
    values = sorted(undone, key=lambda cell: (-undone[cell], cell))
    *most, last = [f'"{value}"' for value in values]
    named = f"{', '.join(most)} or {last}" if most else last
    are = "is" if many == 1 else "are"
    return Finding(
        REFUNDS,
        Severity.WARNING,
        f"{place} {header}",
        f'{many:,} of {count(rows, "purchase")} {are} {named} in "{header}".',
        place,
        count=many,
        of=rows,
        samples=samples_of(undone, header),
        cure=_left_out(spec, header, values),
    )


def lost_cells(source: Validated, lost: Mapping[str, int]) -> Iterator[Finding]:
    """Tell of each column how many events have no cell of it, since another row of their id had it.

    `lost` are those numbers by the name of the column.
    """
    spec = source.spec
    place = InExport(spec.KIND, spec.path)
    for name, many in lost.items():
        if many:
            its = "its" if many == 1 else "their"
            yield Finding(
                LOST_CELL,
                Severity.WARNING,
                f"{place} {name}",
                f'{count(many, "event")} lost {its} "{name}": the row that is kept has none.',
                place,
                count=many,
                cure=_left_out(spec, _header(source.plans[-1], name), [""]),
            )


def _header(plan: Plan, name: str) -> str:
    """Return the header of a column, its own name where there is not just one."""
    headers = plan.headers.get(name, ())
    return headers[0] if len(headers) == 1 else name


def _left_out(spec: Source, header: str, values: list[str]) -> str:
    """Return `leave_out` of these values of a column, and of those that it names already."""
    every = [_yaml(value) for value in dict.fromkeys((*spec.leave_out.get(header, ()), *values))]
    written = every[0] if every == ['""'] else f"[{', '.join(every)}]"
    return f"leave_out: {mapping({header: written})}"


def _yaml(value: Scalar) -> str:
    """Write a value of `leave_out` as YAML."""
    return scalar(value) if isinstance(value, str) else str(value).lower()
