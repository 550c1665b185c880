"""Load events, lazily: mapped columns over sound records, and marks for rows that don't count."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from msgspec.structs import replace
from polars.exceptions import PanicException, PolarsError

from flamescore.cells import as_text, fold, folded, maybe_blank, present, rounded
from flamescore.exports.batch_watch import BatchWatch
from flamescore.exports.cell_checks import rounded_cells
from flamescore.exports.date_columns import iso_columns
from flamescore.exports.dedupe import Repeated, repeated_rows
from flamescore.exports.footers import total_id
from flamescore.exports.list_columns import list_columns
from flamescore.exports.number_columns import filled, number_columns
from flamescore.exports.order_findings import lost_cells, refunds_in
from flamescore.exports.orphans import Orphans
from flamescore.exports.plan import key_column
from flamescore.exports.seen_days import SeenDays
from flamescore.exports.validate import check_cells, enforce_limit
from flamescore.frames import (
    AGE,
    DROP,
    INDEX,
    KEY,
    REJECTS,
    SUPERSEDED,
    EventBatches,
    EventSource,
    EventsRead,
    Window,
)  # fmt: skip
from flamescore.input_errors import UNREADABLE, fault, reading
from flamescore.invisible import bare_ends
from flamescore.project import EventsSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flamescore.exports.contacts import LoadedContacts
    from flamescore.exports.plan import Plan
    from flamescore.exports.validate import LoadOptions, Validated
    from flamescore.findings import Finding
    from flamescore.frames import EventQuery

ROW: Final = "\0row"
ODD: Final = "\0odd"
"""The column (UInt8, not 0) that marks times to be reported: of repeated or skipped hours, for example."""

LEFT_OUT, FAULTY = 3, 4
"""Further marks of `DROP`: left out by the source, rejected for its event id."""

NONE_REPEATED: Final = Repeated()

_DOUBTFUL: Final = "\0doubtful"

_LOCAL: Final = timedelta(days=2)
"""An upper bound on the offset of local times from UTC."""

_TYPES: Final = 10_000
"""The most distinct event types; a file with more of them is read whole if some type never expires."""


def load_events(
    validated: Validated, options: LoadOptions, contacts: LoadedContacts | None = None
) -> EventSource:
    """Return the events of a source as a lazy frame, and its record.

    Only its bytes have been validated; cells are checked when the rows are read.
    """
    return events_of(validated, options, contacts, repeated_rows(validated, options))


def events_of(
    validated: Validated,
    options: LoadOptions,
    contacts: LoadedContacts | None = None,
    repeated: Repeated = NONE_REPEATED,
    *,
    numbered: bool = False,
) -> ExportedEvents:
    """Return the events of a source whose `repeated` rows are known.

    With `numbered`, for a source of one file, they have their index among its sound records (`ROW`), and no
    row is skipped.
    """
    spec = validated.spec
    assert isinstance(spec, EventsSource)
    marks = repeated.marks
    rows = [plan.table.scan() for plan in validated.plans]
    if numbered:
        assert not marks
        marks = {0: pl.zeros(validated.files[0].rows - validated.files[0].damaged, pl.UInt8, eager=True)}
    return ExportedEvents(
        _in_one(rows, marks, validated, options, numbered=numbered),
        validated.record(),
        spec.contact_key or "contact_id",
        marks=marks,
        lost=repeated.lost,
        validated=validated,
        options=options,
        contacts=contacts,
        numbered=numbered,
    )


class ExportedEvents(EventSource, frozen=True, kw_only=True):
    """Events of files whose cells have not been checked yet, so that a sound source is read only once.

    Its frame includes rows without a contact, a type or a time, and has two more marks in `DROP`: `LEFT_OUT`
    and `FAULTY`. `marks` has the marks of each file's repeated rows, `lost` counts the cells lost with them.
    """

    marks: Mapping[int, pl.Series]
    lost: Mapping[str, int]
    validated: Validated
    options: LoadOptions
    contacts: LoadedContacts | None = None
    numbered: bool = False

    def read(self, query: EventQuery) -> EventBatches:
        """Return the events that a scoring needs, batch by batch; each call reads them again."""
        plans, seen = self.validated.plans, SeenDays()
        # Marks refer to rows by their index in the file, so no row may be skipped.
        rows = [plan.table.scan() if self.marks else _recent(plan, query.window) for plan in plans]
        stacked = _in_one(rows, self.marks, self.validated, self.options, seen, numbered=self.numbered)
        return _Batches(self, query, stacked, seen)

    def sound(self, since: datetime | None = None) -> pl.LazyFrame:
        """Return `event` and `at` of readable rows, whatever becomes of them; complete from `since` on."""
        window = Window() if since is None else Window(int(since.timestamp()), widest=1)
        recent = [_recent(plan, window) for plan in self.validated.plans]
        rows = _in_one(recent, {}, self.validated, self.options)
        contact = pl.col("contact_id" if self.key == "contact_id" else "contact")
        reads = pl.col("at").is_not_null() & contact.is_not_null()
        if DROP in rows.collect_schema():
            reads &= pl.col(DROP) != FAULTY
        return rows.filter(reads).select("event", "at")

    def newest_of_files(self) -> tuple[datetime, ...]:
        """Return the time of the newest event of each of its files, in order.

        Raises:
            InputError: a file can no longer be read.
        """
        found = []
        for plan in self.validated.plans:
            rows = _as_written(plan.table.scan(), plan, self.options, None, None)
            with reading(partial(str, plan.table.found.shown)):
                found.append(rows.select(pl.col("at").max()).collect().item())
        return tuple(each for each in found if each is not None)

    def only(self, frame: pl.LazyFrame) -> EventSource:
        """Return the source with only these of its rows, all with a time; the others are not reported."""
        sound = frame.filter(pl.col(DROP) <= SUPERSEDED) if DROP in self.frame.collect_schema() else frame
        return EventSource(sound.drop(ODD, strict=False), self.record, self.key)

    def file_at_fault(self) -> str:
        """Return the first file that can't be read to its end, or the path of the source if all can."""
        return _torn(self.validated)


class _Batches(EventBatches):
    """Batches without rows that are incomplete, are left out by the source, or have a rounded id.

    Such rows are not reported if they are old; `_near` counts the old ones within the window's widest reach.
    """

    source: ExportedEvents

    def __init__(self, source: ExportedEvents, query: EventQuery, rows: pl.LazyFrame, seen: SeenDays) -> None:
        super().__init__(source, query, rows)
        self._seen = seen
        self._orphans = Orphans(query.window)
        self._schema = source.frame.collect_schema()
        self._faulty = self._left_out = self._near = 0
        self._odd = False
        self._watch = BatchWatch(source.validated, source.options, query.window)

    def end(self, *, report: bool = True) -> EventsRead:
        """Return what became of the other rows; the rejects and their reasons are found by reading again."""
        record, rejects = self.source.record, pl.DataFrame(schema=REJECTS)
        known = record.counts
        rejected = known.rejected + self._faulty
        if report and (rejected or self._odd):
            looked = check_cells(self.source.validated, self.source.options, self.query.window)
            enforce_limit(looked, self.source.options)
            record, rejects = looked.record(), looked.rejects
            if record.counts.rejected != rejected:
                text = f"`{record.path}` has changed while it was read."
                raise fault(UNREADABLE, text, "Run again when the export is done.")
        ignored = known.ignored + self._left_out
        old = known.rows - rejected - ignored - self._read
        counts = replace(known, old=old, rejected=rejected, ignored=ignored)
        findings = tuple(self._findings()) if report else ()
        record = replace(record, counts=counts, findings=(*record.findings, *findings))
        return EventsRead(record, rejects, beyond=old != self._near)

    def _findings(self) -> Iterator[Finding]:
        """Yield what was noticed while reading, and findings about the source as a whole."""
        source = self.source.validated
        yield from lost_cells(source, self.source.lost)
        yield from refunds_in(source)
        yield from source.noticed(self.source.options)
        yield from self._watch.findings()
        yield from self._seen.findings(source.spec)
        yield from self._orphans.findings(source.spec, self.source.contacts)

    def _marks(self) -> tuple[pl.Expr, ...]:
        """Mark rows that may be incomplete, and odd times, by very cheap comparisons."""
        odd = (pl.col(ODD),) if ODD in self._schema else ()
        contact = "contact_id" if self.source.key == "contact_id" else "contact"
        doubtful = pl.col("at").is_null() | maybe_blank(pl.col(contact)) | maybe_blank(pl.col("event"))
        return (doubtful.alias(_DOUBTFUL), *odd)

    def _sound(self, batch: pl.DataFrame) -> pl.DataFrame:
        if DROP in batch.columns:
            batch, many = self._parted(batch, batch[DROP] == LEFT_OUT)
            self._left_out += many
            batch = self._without(batch, batch[DROP] == FAULTY)
        if ODD in batch.columns:
            self._odd = self._odd or bool((batch[ODD] != 0).any())
        if batch[_DOUBTFUL].any():
            lacking = (
                pl.col(AGE).is_null() | present(pl.col(KEY)).is_null() | present(pl.col("event")).is_null()
            )
            batch = self._without(batch, batch.select(pl.col(_DOUBTFUL) & lacking).to_series())
        numbered = self.query.number(batch.drop(_DOUBTFUL, ODD, strict=False))
        nobody = (numbered[INDEX] < 0).arg_true()
        if len(nobody):
            strangers = numbered[nobody]
            false = self._false_ids(strangers)
            if false.any():
                marked = np.zeros(numbered.height, np.bool_)
                marked[nobody.filter(false).to_numpy()] = True
                numbered, strangers = self._without(numbered, pl.Series(marked)), strangers.filter(~false)
            self._orphans.look(strangers)
        self._watch.look(numbered)
        self._watch.keys(key_column(self.source.validated.spec), numbered[KEY])
        return numbered.drop(KEY)

    def _false_ids(self, strangers: pl.DataFrame) -> pl.Series:
        """Mark total rows, and ids that a spreadsheet rounded, among rows without a contact."""
        false = rounded(pl.col(KEY))
        if self.source.key == "contact_id":
            false |= total_id(pl.col(KEY))
        return strangers.select(false.alias("false").fill_null(value=False)).to_series()

    def _without(self, batch: pl.DataFrame, faulty: pl.Series) -> pl.DataFrame:
        """Remove rejected rows from a batch, and count them."""
        sound, many = self._parted(batch, faulty)
        self._faulty += many
        return sound

    def _parted(self, batch: pl.DataFrame, marked: pl.Series) -> tuple[pl.DataFrame, int]:
        """Remove marked rows from a batch; return the others, and how many of the marked ones are not old."""
        if not marked.any():
            return batch, 0
        window, taken = self.query.window, batch.filter(marked)
        old = taken.filter(window.old(pl.col(AGE), folded(pl.col("event"))))
        self._near += 0 if window.widest is None else int((old[AGE] < window.widest).sum())
        return batch.filter(~marked), taken.height - old.height


def _torn(validated: Validated) -> str:
    """Return the first file that can't be read to its end, or the path of the source if all can."""
    tables = [plan.table for plan in validated.plans]
    for table in tables if len(tables) > 1 else ():
        try:
            for _ in table.scan().collect_batches():
                pass
        except (PolarsError, PanicException, OSError):
            return table.found.shown
    return tables[0].found.shown if len(tables) == 1 else validated.spec.path


def _as_written(
    rows: pl.LazyFrame,
    plan: Plan,
    options: LoadOptions,
    marks: pl.Series | None,
    seen: SeenDays | None,
    *,
    numbered: bool = False,
) -> pl.LazyFrame:
    """Return rows with ids and types as written, and `at` null where it is missing or can't be read."""
    at = options.times(plan, seen)
    odd = () if at.complete else (at.oddities().alias(ODD),)
    rows = rows if marks is None else rows.with_row_index(ROW)
    return at.staged(rows).select(
        *(plan.column(name).alias(name) for name in sorted(_fixed(plan) - {"at"})),
        at.instants().alias("at"),
        *_properties(plan, options, seen),
        *odd,
        *_drop(plan, marks),
        *((pl.col(ROW),) if numbered else ()),
    )


def _drop(plan: Plan, marks: pl.Series | None) -> Iterator[pl.Expr]:
    """Yield the column of marks (`DROP`) if a row of the file can have one; `marks` are of repeated rows."""
    left = plan.left_out()
    lossy = rounded_cells("event_id", plan)
    if marks is None and left is None and lossy is None:
        return
    mark = pl.lit(0, pl.UInt8())
    if marks is not None:
        mark = pl.col(ROW).map_batches(marks.gather, return_dtype=pl.UInt8(), is_elementwise=True)
    if lossy is not None:
        mark = pl.when(lossy).then(pl.lit(FAULTY, pl.UInt8())).otherwise(mark)
    if left is not None:
        mark = pl.when(left).then(pl.lit(LEFT_OUT, pl.UInt8())).otherwise(mark)
    yield mark.alias(DROP)


def _fixed(plan: Plan) -> frozenset[str]:
    return frozenset({key_column(plan.source), "event", "at"})


def _properties(plan: Plan, options: LoadOptions, seen: SeenDays | None) -> Iterator[pl.Expr]:
    """Yield the columns of events other than contact, type and time, and their companions."""
    fixed = _fixed(plan)
    for name in plan.names:
        if name not in fixed and name not in ("contact", "contact_id"):
            yield plan.column(name, text=False).alias(name)
    yield from iso_columns(options.dates.events - fixed, plan, options.zone, seen)
    yield from number_columns(options.numbers.events - fixed, plan)
    yield from list_columns(options.lists.events - fixed, plan)


def _in_one(
    rows: Sequence[pl.LazyFrame],
    marks: Mapping[int, pl.Series],
    validated: Validated,
    options: LoadOptions,
    seen: SeenDays | None = None,
    *,
    numbered: bool = False,
) -> pl.LazyFrame:
    """Concatenate the rows of files. A property with different types in them becomes canonical text in all.

    Rows of files without a column of marks get 0 in it.
    """
    frames = [
        _as_written(some, plan, options, marks.get(index), seen, numbered=numbered)
        for index, (some, plan) in enumerate(zip(rows, validated.plans, strict=True))
    ]
    if len(frames) == 1:
        return frames[0]
    with reading(partial(_torn, validated)):
        schemas = [frame.collect_schema() for frame in frames]
    types: dict[str, set[pl.DataType]] = {}
    for schema in schemas:
        for name, dtype in schema.items():
            types.setdefault(name, set()).add(dtype)
    mixed = [name for name, found in types.items() if len(found) > 1]
    alike = [
        filled(frame, schema, types).with_columns(
            as_text(name, schema[name]).alias(name) for name in mixed if name in schema
        )
        for frame, schema in zip(frames, schemas, strict=True)
    ]
    stacked = pl.concat(alike, how="diagonal")
    there = [mark for mark in (ODD, DROP) if any(mark in schema for schema in schemas)]
    return stacked.with_columns(pl.col(mark).fill_null(0) for mark in there)


def _recent(plan: Plan, window: Window) -> pl.LazyFrame:
    """Return the rows of a file, without those that are certainly old.

    These are the rows inside the widest window, those of types that never expire, and all rows whose time is
    missing or may be unreadable. A file whose times are not of type Datetime is returned whole.

    A Parquet reader decodes the columns of the predicate first, skips row groups whose statistics rule it
    out, and decodes the other columns only for the remaining rows. So a nightly run does not get slower with
    every year of history. This is only a prefilter: every row that it removes is old, and the remaining rows
    are checked by their exact time.
    """
    dtype, since, rows = plan.time_type, window.since, plan.table.scan()
    if since is None or not isinstance(dtype, pl.Datetime):
        return rows
    plan = replace(plan, bare=False)  # compare values as stored, so that the file's statistics can be used
    lasting = _lasting(plan, window)
    if lasting is None:
        return rows
    at = plan.column("at", text=False)
    cut = since if dtype.time_zone is not None else since.replace(tzinfo=None) - _LOCAL
    # Values before year 1 are not readable as times.
    first = datetime.min.replace(tzinfo=cut.tzinfo)
    wanted = (at >= _in_zone(cut, dtype)) | at.is_null() | (at < _in_zone(first, dtype))
    return rows.filter(wanted | plan.column("event").is_in(lasting) if lasting else wanted)


def _in_zone(instant: datetime, dtype: pl.Datetime) -> pl.Expr:
    """Return an instant in the time zone of a type, since Polars does not compare different time zones."""
    value = pl.lit(instant)
    return value if dtype.time_zone in (None, "UTC") else value.dt.convert_time_zone(dtype.time_zone)


def _lasting(plan: Plan, window: Window) -> list[str] | None:
    """Return the types of a file's events, as written, that never expire; None if there are too many."""
    if not window.lasting:
        return []
    types = plan.table.scan().select(plan.column("event").alias("event").unique()).head(_TYPES + 1)
    found = plan.table.collect(types)["event"].drop_nulls()
    if len(found) > _TYPES:
        return None
    return [each for each in found if fold(bare_ends(each)) in window.lasting]
