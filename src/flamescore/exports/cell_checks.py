"""Check the cells of a file: which rows have no id, type or readable time, and how many times are odd.

A row is rejected for the first check that it fails.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct, field

from flamescore.cells import folded, present, rounded
from flamescore.exports import times
from flamescore.exports.footers import TOTAL_ROW, total_id
from flamescore.exports.plan import key_column
from flamescore.exports.rejects import (
    FAILED,
    REASONS,
    FailedRows,
)
from flamescore.input_errors import IDS, fault

if TYPE_CHECKING:
    from flamescore.errors import InputError
    from flamescore.exports.plan import Plan
    from flamescore.exports.table import Table
    from flamescore.exports.times import TimeColumn
    from flamescore.frames import Window


_ODDITIES: Final = (times.REPEATED, times.SKIPPED, times.LOSSY)
_ODD: Final = times.REPEATED | times.SKIPPED | times.LOSSY
_REASON: Final = "\0reason"
_OLD: Final = "\0old"
_ODDITY: Final = "\0oddity"
_SAFE: Final = 2.0**53
_NOT_WHOLE: Final = "not_whole"
_LEFT_OUT: Final = "left_out"
ROUNDED: Final = "rounded_id"
ID_COLUMNS: Final = ("contact_id", "contact", "opportunity_id", "event_id")
"""The columns that identify a row or its contact: a rounded id in one of them makes the row a reject."""
_ACTIONS: Final = ("applied", "removed")
_CODES: Final = {name: code for code, name in enumerate((*REASONS, _NOT_WHOLE, _LEFT_OUT))}


class CellChecks(Struct, frozen=True):
    """Which rows of a file are wrong, and how many times were odd."""

    failed: FailedRows
    repeated: int = 0
    skipped: int = 0
    lossy: int = 0
    left_out: int = 0


def check_file(plan: Plan, at: TimeColumn | None, most: int, window: Window | None) -> CellChecks:
    """Check every row of a file for what its kind requires; record the first `most` rows that fail.

    `at` has the times of the rows, or is None if the kind has no times. Event rows that are old according to
    the `window` are not reported, whatever is wrong with them.
    """
    looked = with_reasons(plan.table.scan(), plan, at, window)
    checked = looked.select(_REASON, pl.col(_ODDITY) & _ODD).with_row_index("row")
    tally = _Tally(most)
    for batch in plan.table.batches(checked.filter(pl.col(_REASON).is_not_null() | (pl.col(_ODDITY) > 0))):
        tally.add(batch)
    return tally.result(plan.table)


def with_reasons(
    rows: pl.LazyFrame, plan: Plan, at: TimeColumn | None, window: Window | None = None
) -> pl.LazyFrame:
    """Add to the rows of a file why each does not count (a code, else null), and what is odd about its time.

    Rows that the source leaves out, and rows that are old according to the `window`, are never rejected.
    """
    checks, odd = _checks(plan), pl.lit(0, pl.UInt8())
    if at is not None:
        rows, odd = at.staged(rows), at.oddities()
        blank = present(at.cells).is_null() if at.dtype == pl.String() else at.cells.is_null()
        checks |= {"missing_time": blank, "unreadable_time": (pl.col(_ODDITY) & times.UNREAD) != 0}
        if window is not None and window.widest is not None:
            age = window.now - at.instants().dt.epoch("s")
            rows = rows.with_columns(window.old(age, folded(plan.column("event"))).alias(_OLD))
    reason = pl.lit(None, pl.UInt8())
    for name, check in reversed(checks.items()):
        reason = pl.when(check).then(pl.lit(_CODES[name], pl.UInt8())).otherwise(reason)
    left = plan.left_out()
    if left is not None:
        reason = pl.when(left).then(pl.lit(_CODES[_LEFT_OUT], pl.UInt8())).otherwise(reason)
        odd = pl.when(left).then(pl.lit(0, pl.UInt8())).otherwise(odd)
    if window is not None and window.widest is not None:
        reason = pl.when(~pl.col(_OLD)).then(reason)
        odd = pl.when(pl.col(_OLD)).then(pl.lit(0, pl.UInt8())).otherwise(odd)
    return rows.with_columns(odd.alias(_ODDITY)).with_columns(reason.alias(_REASON))


def rejected_for(reason: str) -> pl.Expr:
    """Return a mask of the rows of `with_reasons` that are rejected for a reason."""
    return pl.col(_REASON).eq_missing(pl.lit(_CODES[reason], pl.UInt8()))


def counting() -> pl.Expr:
    """Return a mask of the rows of `with_reasons` that are neither rejected nor left out."""
    return pl.col(_REASON).is_null()


class _Tally(Struct):
    """A tally of what `with_reasons` found, batch by batch, with the first `most` rows that fail."""

    most: int
    left_out: int = 0
    counts: Counter[int] = field(default_factory=Counter)
    first: list[pl.DataFrame] = field(default_factory=list)
    odd: Counter[int] = field(default_factory=Counter)

    def add(self, batch: pl.DataFrame) -> None:
        failed = batch.filter(pl.col(_REASON) != _CODES[_LEFT_OUT])
        self.left_out += int((batch[_REASON] == _CODES[_LEFT_OUT]).sum())
        room = self.most - self.counts.total()
        if room > 0:
            self.first.append(failed.select(pl.col("row").cast(pl.Int64), _REASON).head(room))
        self.counts.update(dict(failed[_REASON].value_counts().iter_rows()))
        odd = batch.filter(pl.col(_REASON).is_null())[_ODDITY]
        self.odd.update({flag: int(((odd & flag) != 0).sum()) for flag in _ODDITIES})

    def result(self, table: Table) -> CellChecks:
        names = {code: name for name, code in _CODES.items()}
        counts = {names[code]: many for code, many in self.counts.items()}
        if wrong := counts.get(_NOT_WHOLE):
            raise _not_whole(table, wrong)
        schema = pl.Schema({"row": pl.Int64(), _REASON: pl.UInt8()})
        first = pl.concat([pl.DataFrame(schema=schema), *self.first])
        reason = pl.col(_REASON).replace_strict(names, return_dtype=pl.String()).alias("reason")
        return CellChecks(
            FailedRows(counts, first.select("row", reason).cast(FAILED)),
            repeated=self.odd[times.REPEATED],
            skipped=self.odd[times.SKIPPED],
            lossy=self.odd[times.LOSSY],
            left_out=self.left_out,
        )


def check_floats(plan: Plan) -> None:
    """Raise an `InputError` if ids are floats that are not whole, or too large to be exact."""
    check = _checks(plan).get(_NOT_WHOLE)
    table = plan.table
    wrong = 0 if check is None else int(table.collect(table.scan().select(check.sum())).item())
    if wrong:
        raise _not_whole(table, wrong)


def _not_whole(table: Table, wrong: int) -> InputError:
    text = f"`{table.found.shown}`: {wrong:,} ids are floats that are not whole, or are 2^53 or more."
    return fault(IDS, text, "Write the ids as text or integers.")


def _checks(plan: Plan) -> dict[str, pl.Expr]:
    """Return the checks that reject a row, by reason, in order of precedence; times are not among them."""
    source, keyed = plan.source, key_column(plan.source)
    checks: dict[str, pl.Expr] = {}
    for name in (keyed, "opportunity_id", "event_id"):
        headers = plan.headers.get(name, ())
        if name in source.CANONICAL and len(headers) == 1 and plan.table.schema[headers[0]].is_float():
            value = pl.col(headers[0])
            safe = (value == value.floor()) & (value.abs() < _SAFE)
            checks[_NOT_WHOLE] = checks.get(_NOT_WHOLE, pl.lit(value=False)) | (value.is_not_nan() & ~safe)
    if keyed in source.CANONICAL:
        checks["missing_contact"] = _missing(keyed, plan)
        if keyed == "contact_id":
            checks[TOTAL_ROW] = total_id(plan.column(keyed))
    if source.KIND != "contacts":
        checks[ROUNDED] = _rounded_row(plan)
    for name, code in (("opportunity_id", "missing_id"), ("event", "missing_event"), ("tag", "missing_tag")):
        if name in source.CANONICAL:
            checks[code] = _missing(name, plan)
    if "action" in source.CANONICAL and "action" in plan:
        action = folded(id_column("action", plan))
        checks["unknown_action"] = action.is_not_null() & ~action.is_in(_ACTIONS)
    return checks


def id_column(name: str, plan: Plan) -> pl.Expr:
    """Return a column as stripped text; null where it is missing or is an id that was rounded."""
    cells = present(plan.column(name))
    return pl.when(~rounded(cells)).then(cells) if name in ID_COLUMNS else cells


def _rounded_row(plan: Plan) -> pl.Expr:
    """Mark the rows in which an identifying column has a text id that a spreadsheet rounded."""
    ids = {key_column(plan.source), "opportunity_id", "event_id"} & {*plan.source.CANONICAL, "contact"}
    marks = [mark for name in ID_COLUMNS if name in ids and (mark := rounded_cells(name, plan)) is not None]
    return pl.any_horizontal(marks) if marks else pl.lit(value=False)


def rounded_cells(name: str, plan: Plan) -> pl.Expr | None:
    """Mark the text cells of an id column that a spreadsheet rounded; None if no cell can be rounded."""
    headers = plan.headers.get(name, ())
    if not headers or any(plan.table.schema[each].is_numeric() for each in headers):
        return None
    return rounded(plan.column(name)).fill_null(value=False)


def _missing(name: str, plan: Plan) -> pl.Expr:
    """Mark where an id is missing; takes two thirds of the time of `id_column(...).is_null()`."""
    cells = plan.column(name)
    return cells.is_null() | (cells.str.strip_chars() == "")
