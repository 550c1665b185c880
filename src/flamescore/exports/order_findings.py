"""Misreported orders: refunded but counted as purchases (I149), or missing a cell they had (I119).

A worked example: with `constants: {event: purchase}`, 2 of 210 rows have the `Financial Status` `refunded`
and 1 has `voided`. So 3 of 210 purchases are not purchases:
`leave_out: {Financial Status: [refunded, voided]}`.
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
"""Maximum number of distinct values in a status column."""

_GIVEN_BACK: Final = frozenset(
    {
        "refunded", "refund", "partially refunded", "voided", "void", "cancelled", "canceled", "failed",
        "declined", "expired", "disputed", "chargeback",
    }
)  # fmt: skip


def refunds_in(source: Validated) -> Iterator[Finding]:
    """Yield a finding for each status column of a source of purchases that marks some of them as undone.

    Rows that `leave_out` matches don't count. Only sources whose event type is a constant are examined, and
    of their files only columns with `status` in the header.
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
    """Count the distinct cells of a column; the key None counts the missing ones."""
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
    """Yield a finding for each column whose cell some events lost: another row of their id had it.

    `lost` maps the names of columns to the number of these events.
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
    """Return the only header of a column, or the name of the column if it does not have exactly one."""
    headers = plan.headers.get(name, ())
    return headers[0] if len(headers) == 1 else name


def _left_out(spec: Source, header: str, values: list[str]) -> str:
    """Return `leave_out` with these values of a column, in addition to those that it already lists."""
    every = [_yaml(value) for value in dict.fromkeys((*spec.leave_out.get(header, ()), *values))]
    written = every[0] if every == ['""'] else f"[{', '.join(every)}]"
    return f"leave_out: {mapping({header: written})}"


def _yaml(value: Scalar) -> str:
    """Return a value of `leave_out` as YAML."""
    return scalar(value) if isinstance(value, str) else str(value).lower()
