"""Read one file of a source, or a piece of a table, by itself.

Whatever needs all files is left to the caller: which row of an id is kept (`contacts.settle_contacts`), which
events are duplicates (`dedupe.marks_of`), and whether a source has too many rejects. In each file the row
counts add up: `rows` is the sum of all other counts and of the rows that are returned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct, field
from msgspec.structs import replace

from flamescore.cells import as_text, keyed, rounded
from flamescore.columns import NO_LISTS, DateColumns
from flamescore.errors import InputError
from flamescore.exports.column_types import plain_types
from flamescore.exports.contacts import ROW as PLACE
from flamescore.exports.contacts import column_name, contact_rows, read_contacts
from flamescore.exports.contents import contents_of
from flamescore.exports.dedupe import Keys, keys_of_file
from flamescore.exports.events import ROW, events_of, load_events
from flamescore.exports.find import find_files
from flamescore.exports.footers import total_id
from flamescore.exports.missing_columns import needed_columns
from flamescore.exports.number_columns import filled
from flamescore.exports.opening import OpenSource, columns_of, headers_named, with_named
from flamescore.exports.paths import with_paths
from flamescore.exports.plan import plan_of
from flamescore.exports.records import KEPT
from flamescore.exports.rejects import NONE_FAILED, Rejected
from flamescore.exports.seen_days import SeenDays
from flamescore.exports.table import frame_table, open_table
from flamescore.exports.tag_history import history_of_file
from flamescore.exports.tempfiles import Spool
from flamescore.exports.validate import (
    NO_NUMBERS,
    NOT_NAMED,
    LoadOptions,
    Validated,
    check_cells,
    check_records,
    validate,
)
from flamescore.frames import AGE, DROP, INDEX, KEY, REJECTS, Counts, EventQuery
from flamescore.input_errors import EMPTY, FRAME, fault
from flamescore.project import DEFAULT_LIMIT, ContactsSource, EventsSource, TagHistorySource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from zoneinfo import ZoneInfo

    from flamescore.columns import Columns, ListColumns, NamedColumns, NumberColumns
    from flamescore.exports.find import Found
    from flamescore.frames import Window
    from flamescore.project import Project, RejectLimit, Source

OF_KIND: Final[dict[str, Callable[..., Source]]] = {
    "contacts": ContactsSource, "events": EventsSource, "tag_history": TagHistorySource,
}  # fmt: skip

_BATCH: Final = 262_144


class Reading(Struct, frozen=True):
    """The options that `load` takes, in a form that can be sent to another machine."""

    zone: ZoneInfo
    fallback: RejectLimit = DEFAULT_LIMIT
    dates: DateColumns = field(default_factory=DateColumns)
    numbers: NumberColumns = NO_NUMBERS
    named: NamedColumns = NOT_NAMED
    lists: ListColumns = NO_LISTS

    def options(self, spool: Spool | None = None) -> LoadOptions:
        """Return the options for loading on this machine."""
        return LoadOptions(
            self.dates,
            self.zone,
            Spool() if spool is None else spool,
            self.fallback,
            numbers=self.numbers,
            named=self.named,
            lists=self.lists,
        )


class FileOutcome(Struct):
    """What became of the rows of a file that are not returned; `rows` is how many the file has.

    It is complete once the last returned row has been read. `reasons` is the number of rejects by reason,
    `rejects` are the rejects themselves (`frames.REJECTS`).
    """

    counts: Counts = field(default_factory=Counts)
    reasons: dict[str, int] = field(default_factory=dict)
    rejects: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REJECTS))

    def take(self, looked: Validated, counts: Counts | None = None) -> None:
        """Record what is known about the rows."""
        self.counts = looked.record().counts if counts is None else counts
        for each in looked.files:
            for reason, many in each.reasons().items():
                self.reasons[reason] = self.reasons.get(reason, 0) + many
        self.rejects = looked.rejects


def source_of_frame(kind: str, frame: pl.DataFrame, named: NamedColumns | None) -> OpenSource:
    """Return a frame with canonical column names as a source of a kind; all its rows belong to one file.

    Raises:
        InputError: I009: the frame has no column that its kind requires.
    """
    spec = OF_KIND[kind](path=kind)
    plan = plan_of(frame_table(frame.lazy(), spec.path), spec)
    missing = needed_columns(plan)
    if missing:
        names = ", ".join(f"`{name}`" for name in missing)
        raise fault(FRAME, f"The frame of {kind} has no column {names}.", "Rename its columns to these.")
    (source,) = plain_types(with_named((OpenSource(spec, (plan,), (kind, 0)),), named), named)
    return source


def source_of_file(spec: Source, found: Found, reading: Reading, spool: Spool) -> OpenSource:
    """Open one file of a source by itself; `spec` and `found` may come from another machine.

    The path must be the same there and here. Copies go to the spool, which must stay open while it is read.
    """
    table = with_paths(open_table(found, spec, spool, KEPT), headers_named(spec))
    opened = OpenSource(spec, (plan_of(table, spec),), (spec.KIND, 0))
    (source,) = plain_types(with_named((opened,), reading.named), reading.named)
    return source


def schema_of_files(source: OpenSource, reading: Reading) -> pl.Schema:
    """Return the columns and types that rows of contacts or events have over all files of a source.

    Only headers are read, and the first cells of times. A property whose type differs by file is text.
    """
    options = reading.options()
    if source.spec.KIND == "contacts":
        schemas = [contact_rows(plan, options).collect_schema() for plan in source.plans]
        return pl.Schema({name: dtype for schema in schemas for name, dtype in schema.items()})
    files = tuple(Rejected(plan.table, 0, NONE_FAILED, None, 0) for plan in source.plans)
    unread = Validated(source, source.plans, files, 0, ())
    return events_of(unread, options).frame.collect_schema()


def files_of(source: OpenSource, project: Project, spool: Spool) -> tuple[Found, ...]:
    """Return the files of a source as they were found, before any was unpacked, in the order of its plans."""
    found = contents_of(
        find_files(source.spec, project.folder, project.cache_folder, spool), source.spec, spool
    )
    by_name = {each.shown: each for each in found.files}
    return tuple(by_name[table.found.shown] for table in source.tables)


def merged_column(source: OpenSource) -> str | None:
    """Return the column of contacts that says who was merged into whom; None without one."""
    merged = getattr(source.spec, "merged", None)
    return None if merged is None else column_name(merged.named, source.plans)


def repeated_by(source: OpenSource, reading: Reading) -> Keys | None:
    """Return how repeated rows of a source of events are found; None if it requires no deduplication."""
    return Keys.of(source, reading.options()) or None


def columns_of_frames(frames: Sequence[tuple[str, pl.DataFrame]]) -> Columns:
    """Return the columns that frames of some kinds offer to rules, without reading any row."""
    return columns_of([source_of_frame(kind, frame.clear(), None) for kind, frame in frames])


def schema_by_file(source: OpenSource, reading: Reading) -> pl.Schema:
    """Return the columns and types that the rows of a frame of contacts or events will have."""
    options = reading.options()
    plan = source.plans[0]
    if source.spec.KIND == "events":
        return events_of(check_records(source, options), options).frame.collect_schema()
    if source.spec.KIND == "contacts":
        return contact_rows(plan, options).collect_schema()
    return pl.Schema()


def contacts_by_file(
    source: OpenSource, reading: Reading, outcome: FileOutcome, columns: Sequence[str] = ()
) -> pl.DataFrame:
    """Return the contacts of a file, each id once, with their `PLACE` in it; `outcome` records the others.

    Companions among `columns` that only other files of the source need are added.
    """
    options = reading.options()  # its copies of damaged files live as long as it does
    try:
        read = read_contacts(validate(source, options), options)
    except InputError as error:
        if any(problem.code != EMPTY for problem in error.problems):
            raise
        return pl.DataFrame(schema={"contact_id": pl.String, PLACE: pl.UInt32})
    outcome.take(read.validated)
    (frame,) = read.frames
    return filled(frame.lazy(), frame.schema, dict.fromkeys(columns)).collect()


def history_by_file(source: OpenSource, reading: Reading, outcome: FileOutcome) -> pl.DataFrame:
    """Return the rows of a tag history file in order; `contact_id` contains the keys of their contacts."""
    options = reading.options()  # as above
    looked = validate(source, options)
    outcome.take(looked)
    return history_of_file(looked.plans[0], options, SeenDays())


def events_by_file(
    source: OpenSource,
    reading: Reading,
    window: Window,
    columns: Sequence[str],
    outcome: FileOutcome,
    *,
    numbered: bool = False,
    marked: bool = False,
) -> Iterator[pl.DataFrame]:
    """Yield the events of a file that a window needs, except those that are rejected or left out.

    They have `key` (normalized for comparison), `event` (as text), `AGE` in seconds and those of `columns`
    that the file has, including companions; with `numbered` also `row`, the index among the sound records of
    the file. With `marked`, repeated rows of the file are marked (`DROP`).
    """
    options = reading.options()
    validated = check_records(source, options)
    events = load_events(validated, options) if marked else events_of(validated, options, numbered=numbered)
    schema = events.frame.collect_schema()
    own = "contact_id" if events.key == "contact_id" else "contact"
    wanted = [name for name in columns if name in schema]

    def number(batch: pl.DataFrame) -> pl.DataFrame:
        """Mark the keys that cannot belong to any contact; all others are treated as if they had one."""
        nobody = rounded(pl.col(KEY))
        if events.key == "contact_id":
            nobody |= total_id(pl.col(KEY))
        index = pl.when(nobody.fill_null(value=False)).then(-1).otherwise(0).alias(INDEX)
        return batch.with_columns(index, keyed(pl.col(KEY), events.key).alias("key"))

    selected = (
        as_text(own, schema[own]).alias(KEY),
        window.age(pl.col("at")).alias(AGE),
        as_text("event", schema["event"]).alias("event"),
        *(pl.col(name) for name in wanted),
        *(pl.col(name) for name in schema if name == DROP),
        *((pl.col(ROW).alias("row"),) if numbered else ()),
    )
    batches = events.read(EventQuery(window, selected, number, _BATCH))
    for batch in batches:
        rows = batch.drop(INDEX, *(() if marked else (DROP,)), strict=False)
        yield filled(rows.lazy(), rows.schema, dict.fromkeys(columns)).collect()
    end = batches.end(report=False)
    looked = check_cells(validated, options, window) if end.record.counts.rejected else validated
    outcome.take(looked, end.record.counts)


def keys_by_file(source: OpenSource, reading: Reading, keys: Keys, names: Sequence[str]) -> pl.DataFrame:
    """Return `row` and the hashes by which repeated rows of a file are found."""
    options = reading.options()
    (plan,) = check_records(source, options).plans
    return keys_of_file(plan, names, options, replace(keys, named=()))
