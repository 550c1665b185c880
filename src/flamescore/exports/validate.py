"""Look over the rows of a file once: which lack an id, a type or a time, and what was odd of their times."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.cells import folded, present, rounded
from flamescore.exports import times
from flamescore.exports.instants import UNREAD, instants, oddities, staged
from flamescore.exports.mapping import column, key_column, left_out, mapped
from flamescore.exports.rejects import BAD, REASONS, Bad
from flamescore.input_errors import IDS, fault, reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flamescore.errors import InputError
    from flamescore.exports.table import Table
    from flamescore.exports.times import Clock
    from flamescore.frames import Window
    from flamescore.project import Source

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
"""The columns that say who or what a row is: a rounded id in one of them is a reject."""
_ACTIONS: Final = ("applied", "removed")
_CODES: Final = {name: code for code, name in enumerate((*REASONS, _NOT_WHOLE, _LEFT_OUT))}


@dataclass(frozen=True, slots=True)
class Audit:
    """Which rows of a file are wrong, and how many times were odd."""

    bad: Bad
    repeated: int = 0
    skipped: int = 0
    lossy: int = 0
    left_out: int = 0


def id_column(name: str, table: Table, source: Source) -> pl.Expr:
    """Return a column as text, trimmed; null where it is missing, and where it is an id that was rounded."""
    cells = present(column(name, table, source))
    return pl.when(~rounded(cells)).then(cells) if name in ID_COLUMNS else cells


def timed(frame: pl.LazyFrame, table: Table, source: Source, clock: Clock) -> pl.LazyFrame:
    """Prepare the rows of a table for `time_column`."""
    cells = column("at", table, source, text=False)
    return staged(frame, cells, time_type(table, source), clock=clock, sample=first_times(table, source))


def time_column(table: Table, source: Source, clock: Clock) -> pl.Expr:
    """Return `at` as instants (`frames.INSTANT`); null where it is missing or does not read."""
    return instants(column("at", table, source, text=False), time_type(table, source), clock)


def first_times(table: Table, source: Source) -> pl.Series:
    """Return the first cells of `at` as text."""
    return guarded(table.scan().select(column("at", table, source).alias("at")).head(100), table)["at"]


def audit(table: Table, source: Source, clock: Clock, most: int, window: Window | None = None) -> Audit:
    """Check every row of a file for what its kind needs; note the first `most` bad rows.

    Of rows of events that are old by the `window` nothing is told, whatever is wrong with them.
    """
    looked = judged(table.scan(), table, source, clock, window)
    told = looked.select(_REASON, pl.col(_ODDITY) & _ODD).with_row_index("row")
    tally = _Tally(most)
    for batch in guarded_batches(told.filter(pl.col(_REASON).is_not_null() | (pl.col(_ODDITY) > 0)), table):
        tally.add(batch)
    return tally.audit(table)


def judged(
    rows: pl.LazyFrame, table: Table, source: Source, clock: Clock, window: Window | None = None
) -> pl.LazyFrame:
    """Add to rows of a table the code of why each does not count, else null, and what is odd of its time.

    Rows that the source leaves out are never rejected, and rows that are old by the `window` are neither.
    """
    checks, odd = _checks(table, source), pl.lit(0, pl.UInt8())
    if "at" in source.CANONICAL:
        rows = timed(rows, table, source, clock)
        at = column("at", table, source, text=False)
        odd = oddities(at, time_type(table, source), clock)
        blank = _blank(at, table, source)
        checks |= {"missing_time": blank, "unreadable_time": (pl.col(_ODDITY) & UNREAD) != 0}
    reason = pl.lit(None, pl.UInt8())
    for name, check in reversed(checks.items()):
        reason = pl.when(check).then(pl.lit(_CODES[name], pl.UInt8())).otherwise(reason)
    left = left_out(table, source)
    if left is not None:
        reason = pl.when(left).then(pl.lit(_CODES[_LEFT_OUT], pl.UInt8())).otherwise(reason)
        odd = pl.when(left).then(pl.lit(0, pl.UInt8())).otherwise(odd)
    if window is not None and window.widest is not None:
        rows = rows.with_columns(_old(table, source, clock, window).alias(_OLD))
        reason = pl.when(~pl.col(_OLD)).then(reason)
        odd = pl.when(pl.col(_OLD)).then(pl.lit(0, pl.UInt8())).otherwise(odd)
    return rows.with_columns(odd.alias(_ODDITY)).with_columns(reason.alias(_REASON))


def _old(table: Table, source: Source, clock: Clock, window: Window) -> pl.Expr:
    age = window.now - time_column(table, source, clock).dt.epoch("s")
    return window.old(age, folded(column("event", table, source)))


def rejected_for(reason: str) -> pl.Expr:
    """Say which of the rows that `judged` returns are rejected for a reason."""
    return pl.col(_REASON).eq_missing(pl.lit(_CODES[reason], pl.UInt8()))


def counting() -> pl.Expr:
    """Say which of the rows that `judged` returns are neither rejected nor left out."""
    return pl.col(_REASON).is_null()


def guarded(frame: pl.LazyFrame, table: Table) -> pl.DataFrame:
    """Collect rows; what can't be read is an error without any of the file's data."""
    with reading(table.found.shown, table.cure):
        return frame.collect()


def guarded_batches(frame: pl.LazyFrame, table: Table) -> Iterator[pl.DataFrame]:
    """Yield rows in order, a piece at a time; what can't be read is an error without any of the data."""
    with reading(table.found.shown, table.cure):
        yield from frame.collect_batches(maintain_order=True)


@dataclass
class _Tally:
    """Counts what `judged` told of rows, batch by batch; notes the first `most` bad ones."""

    most: int
    left_out: int = 0
    counts: Counter[int] = field(default_factory=Counter)
    first: list[pl.DataFrame] = field(default_factory=list)
    odd: Counter[int] = field(default_factory=Counter)

    def add(self, batch: pl.DataFrame) -> None:
        bad = batch.filter(pl.col(_REASON) != _CODES[_LEFT_OUT])
        self.left_out += int((batch[_REASON] == _CODES[_LEFT_OUT]).sum())
        room = self.most - self.counts.total()
        if room > 0:
            self.first.append(bad.select(pl.col("row").cast(pl.Int64), _REASON).head(room))
        self.counts.update(dict(bad[_REASON].value_counts().iter_rows()))
        odd = batch.filter(pl.col(_REASON).is_null())[_ODDITY]
        self.odd.update({flag: int(((odd & flag) != 0).sum()) for flag in _ODDITIES})

    def audit(self, table: Table) -> Audit:
        names = {code: name for name, code in _CODES.items()}
        counts = {names[code]: many for code, many in self.counts.items()}
        if wrong := counts.get(_NOT_WHOLE):
            raise _not_whole(table, wrong)
        schema = pl.Schema({"row": pl.Int64(), _REASON: pl.UInt8()})
        first = pl.concat([pl.DataFrame(schema=schema), *self.first])
        reason = pl.col(_REASON).replace_strict(names, return_dtype=pl.String()).alias("reason")
        return Audit(
            Bad(counts, first.select("row", reason).cast(BAD)),
            repeated=self.odd[times.REPEATED],
            skipped=self.odd[times.SKIPPED],
            lossy=self.odd[times.LOSSY],
            left_out=self.left_out,
        )


def check_floats(table: Table, source: Source) -> None:
    """Stop where ids are floats that are not whole, or so large that they are not exact."""
    check = _checks(table, source).get(_NOT_WHOLE)
    wrong = 0 if check is None else int(guarded(table.scan().select(check.sum()), table).item())
    if wrong:
        raise _not_whole(table, wrong)


def _not_whole(table: Table, wrong: int) -> InputError:
    text = f"`{table.found.shown}`: {wrong:,} ids are floats that are not whole, or are 2^53 or more."
    return fault(IDS, text, "Write the ids as text or integers.")


def _checks(table: Table, source: Source) -> dict[str, pl.Expr]:
    names = mapped(table, source).names
    keyed = key_column(source)
    checks: dict[str, pl.Expr] = {}
    for name in (keyed, "opportunity_id", "event_id"):
        headers = mapped(table, source).headers.get(name, ()) if name in names else ()
        if name in source.CANONICAL and len(headers) == 1 and table.schema[headers[0]].is_float():
            value = pl.col(headers[0])
            safe = (value == value.floor()) & (value.abs() < _SAFE)
            checks[_NOT_WHOLE] = checks.get(_NOT_WHOLE, pl.lit(value=False)) | (value.is_not_nan() & ~safe)
    if keyed in source.CANONICAL:
        checks["missing_contact"] = _missing(keyed, table, source)
    if source.KIND != "contacts":
        checks[ROUNDED] = rounded_row(table, source)
    for name, code in (("opportunity_id", "missing_id"), ("event", "missing_event"), ("tag", "missing_tag")):
        if name in source.CANONICAL:
            checks[code] = _missing(name, table, source)
    if "action" in source.CANONICAL and "action" in names:
        action = folded(id_column("action", table, source))
        checks["unknown_action"] = action.is_not_null() & ~action.is_in(_ACTIONS)
    return checks


def rounded_row(table: Table, source: Source) -> pl.Expr:
    """Mark the rows in which a column that says who or what they are is text that a spreadsheet rounded."""
    headers = mapped(table, source).headers
    asked = {key_column(source), "opportunity_id", "event_id"} & {*source.CANONICAL, "contact"}
    texts = [
        name
        for name in ID_COLUMNS
        if name in asked and name in headers and not any(table.schema[h].is_numeric() for h in headers[name])
    ]
    marks = [rounded(column(name, table, source)) for name in texts]
    return pl.any_horizontal(marks).fill_null(value=False) if marks else pl.lit(value=False)


def rounded_event_id(table: Table, source: Source) -> pl.Expr | None:
    """Mark the rows of events whose own id is text that a spreadsheet rounded; None where they have none."""
    headers = mapped(table, source).headers.get("event_id", ())
    if not headers or any(table.schema[each].is_numeric() for each in headers):
        return None
    return rounded(column("event_id", table, source)).fill_null(value=False)


def _missing(name: str, table: Table, source: Source) -> pl.Expr:
    """Say where an id is missing; two thirds of the time that `id_column(...).is_null()` takes."""
    cells = column(name, table, source)
    return cells.is_null() | (cells.str.strip_chars() == "")


def _blank(at: pl.Expr, table: Table, source: Source) -> pl.Expr:
    return present(at).is_null() if time_type(table, source) == pl.String() else at.is_null()


def time_type(table: Table, source: Source) -> pl.DataType:
    """Return the type that the cells of `at` have before they are read."""
    headers: Mapping[str, tuple[str, ...]] = mapped(table, source).headers
    one = len(headers.get("at", ())) == 1 and "at" not in source.rename
    return table.schema[headers["at"][0]] if one else pl.String()
