"""The frames that packages exchange: their schemas, and a check for them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from flamescore.errors import InputError, Problem
from flamescore.input_errors import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from flamescore.findings import Feed, Finding

INSTANT: Final = pl.Datetime("us", "UTC")

SCORES: Final = pl.Schema(
    {
        "contact_id": pl.String(),
        "score_name": pl.String(),
        "score": pl.Float64(),
        "flames": pl.Int32(),
        "percent_of_ideal": pl.Float64(),
        "percentile": pl.Float64(),
        "rank": pl.Int32(),
        "last_activity_at": INSTANT,
    }
)
"""One row per contact and score, ranked; the kept contact columns follow."""

POINTS: Final = pl.Schema(
    {
        "contact_id": pl.String(),
        "score_name": pl.String(),
        "entry": pl.String(),
        "rule_id": pl.String(),
        "occurrences": pl.Int64(),
        "points": pl.Float64(),
        "last_at": INSTANT,
    }
)
"""The ledger: one row per contact, score and rule or limit that gave or took anything."""

PAST_SCORES: Final = pl.Schema(
    {
        "contact_id": pl.String(),
        "score_name": pl.String(),
        "as_of": INSTANT,
        "score": pl.Float64(),
    }
)
"""Recent scores of a report's contacts: one row per contact, score and local day that has a run."""

BOTS: Final = pl.Schema(
    {
        "contact_id": pl.String(),
        "score_name": pl.String(),
        "events": pl.Int64(),
        "points_lost": pl.Float64(),
    }
)
"""Events that look like a mail scanner's: one row per contact with such events and score with a row of it."""

BOTS_FILE: Final = "bots.parquet"

REJECTS: Final = pl.Schema(
    {
        "source": pl.String(),
        "record": pl.Int64(),
        "line": pl.Int64(),
        "reason": pl.String(),
        "message": pl.String(),
        "raw": pl.String(),
    }
)
"""One row per rejected record: source, 1-based record number (without the header), first line, raw text."""

TAG_HISTORY: Final = pl.Schema(
    {"contact_id": pl.String(), "tag": pl.String(), "at": INSTANT, "action": pl.String()}
)
"""In the order of the exports; `action` is `applied` or `removed`."""

ISO_SUFFIX: Final = "\x00iso"
"""A column `X` with its own formats or time zone has a companion `X` + this: its cells as ISO text."""

NUMBER_SUFFIX: Final = "\x00number"
"""A column `X` with its own number format has a companion `X` + this: its numbers in plain notation.

They are text, null if a cell does not parse.
"""

LIST_SUFFIX: Final = "\x00list"
"""A column `X` whose cells have several values has a companion `X` + this: items separated by `ITEM_END`.

Null if the cell as a whole is the only item, or is missing; empty if it has no items.
"""

ITEM_END: Final = "\0"
"""A character that no cell of an export contains: records with it are rejected."""

ISO, PLAIN, ITEMS = "iso", "plain", "items"
"""The names of a column's companions when they are placed next to its cells."""

SURVIVOR: Final = "\x00survivor"
"""The column of `Exports.aliases` with the current id for an old id."""

DROP: Final = "\x00drop"
"""The events' column (UInt8) that marks rows to ignore with one of the two marks below; otherwise 0."""

DUPLICATE, SUPERSEDED = 1, 2
"""Marks of `DROP`: equal to an earlier row, superseded by its event id."""

KEY: Final = "\x00key"
"""The events' column with the keys of their contacts, as written."""

INDEX: Final = "\x00c"
"""The events' column with the numbers of their contacts; below 0 if there is no such contact."""

AGE: Final = "\x00age"
"""The events' column with ages in seconds; null if the time is missing or does not parse."""


class Window(Struct, frozen=True):
    """Which events a scoring needs: those whose age in seconds, as of `now`, is below a reach.

    `reaches` has the reach of each (folded) type that rules name, None for a type that some rule never
    forgets. All other types, and events without a type, have the widest reach that ends (None: no window
    ends). Events at or past their reach are old.

    Suppose that rules look back 30 days for `visit`, 60 for `open`, and without end for `deal`. Old are then
    a `visit` of 30 days ago, and an `open`, an `other` and an event without a type of 60 days ago; a `deal`
    never is.
    """

    now: int = 0
    reaches: tuple[tuple[str, int | None], ...] = ()
    widest: int | None = None

    @property
    def since(self) -> datetime | None:
        """Return the time before which all events except lasting types are old; None if none are."""
        return None if self.widest is None else datetime.fromtimestamp(self.now - self.widest + 1, UTC)

    @property
    def lasting(self) -> frozenset[str]:
        """Return the types that some rule never forgets."""
        return frozenset(text for text, reach in self.reaches if reach is None)

    def age(self, at: pl.Expr) -> pl.Expr:
        """Return the age of timestamps in seconds."""
        return self.now - at.dt.epoch("s")

    def recent(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Drop most rows older than the widest window; if a type is lasting, drop none."""
        since = self.since
        if since is None or self.lasting:
            return rows
        return rows.filter((pl.col("at") >= since) | pl.col("at").is_null())

    def old(self, age: pl.Expr, kind: pl.Expr) -> pl.Expr:
        """Mark events that are old by their age in seconds and (folded) type; never those without an age."""
        if self.widest is None:
            return pl.lit(value=False)
        reach = pl.lit(self.widest, pl.Int64)
        for each in {seconds for _, seconds in self.reaches if seconds not in (None, self.widest)}:
            named = [text for text, seconds in self.reaches if seconds == each]
            reach = pl.when(kind.is_in(named)).then(pl.lit(each, pl.Int64)).otherwise(reach)
        old = (age >= reach).fill_null(value=False)
        lasting = sorted(self.lasting)
        return old & ~kind.is_in(lasting).fill_null(value=False) if lasting else old


class Counts(Struct, frozen=True):
    """What happened to the rows of a source. `rows` is the sum of all the others."""

    rows: int = 0
    old: int = 0
    rejected: int = 0
    later: int = 0
    ignored: int = 0
    duplicates: int = 0
    superseded: int = 0
    orphans: int = 0
    kept: int = 0


class SourceRecord(Struct, frozen=True):
    """One source of the exports, as stored in the run's record. `path` is as written in the project file."""

    kind: str
    path: str
    files: tuple[tuple[str, int, str], ...] = ()
    counts: Counts = Counts()
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    newest: datetime | None = None
    """For events: the newest one that is not after `as_of` (UTC)."""

    feeds: tuple[Feed, ...] = ()
    """For events: the feed of the whole source, and of each of its types that is named somewhere."""


class EventQuery(Struct, frozen=True):
    """What a scoring requires of a source's events: those inside a window, and some of their columns.

    `columns` include `KEY`, `AGE` and `event`. `number` adds the contacts (`INDEX`) to the rows of a batch
    and drops the columns needed only for that. Batches have about `size` rows.
    """

    window: Window
    columns: tuple[pl.Expr, ...]
    number: Callable[[pl.DataFrame], pl.DataFrame]
    size: int


class EventsRead(Struct, frozen=True):
    """What happened to the rows of a source that are in no batch.

    `record.counts` has `rows`, and the `old`, `rejected` and `ignored` ones among the rows in no batch.
    `beyond` is whether any of these is older than every window that ends.
    """

    record: SourceRecord
    rejects: pl.DataFrame
    beyond: bool


class EventBatches:
    """The events of a source that a window needs, in batches of valid rows with their contacts.

    Invalid rows are set aside on the way. After the last batch, `end` reports what happened to them. Of 10
    rows, with 2 too old and 1 without a type, the batches have 7, and `end` counts `rows: 10, old: 2,
    rejected: 1`.
    """

    def __init__(self, source: EventSource, query: EventQuery, rows: pl.LazyFrame) -> None:
        self.source, self.query = source, query
        self._rows = query.window.recent(rows)
        self._read = 0

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """Yield the batches, in no particular order.

        Raises:
            InputError: a file can't be read to its end.
        """
        rows = self._rows.select(*self.query.columns, *self._marks())
        with reading(self.source.file_at_fault):
            for batch in rows.collect_batches(maintain_order=False, chunk_size=self.query.size):
                sound = self._sound(batch)
                self._read += sound.height
                yield sound

    def end(self, *, report: bool = True) -> EventsRead:
        """Return what happened to the other rows; without `report`, rejects are only counted.

        Raises:
            InputError: the source has more rejects than allowed.
        """
        del report
        counts = self.source.record.counts
        old = counts.rows - counts.rejected - self._read
        record = replace(self.source.record, counts=replace(counts, old=old))
        return EventsRead(record, pl.DataFrame(schema=REJECTS), beyond=old != 0)

    def _marks(self) -> tuple[pl.Expr, ...]:
        """Return what to select in addition to the requested columns."""
        return ()

    def _sound(self, batch: pl.DataFrame) -> pl.DataFrame:
        """Return the valid rows of a batch, with their contacts."""
        return self.query.number(batch).drop(KEY)


class EventSource(Struct, frozen=True):
    """The events of one source, lazily; this base class has a frame whose rows are all valid.

    `frame` has `contact_id` (or `contact` if `key` is the contacts' column to match on), `event`, `at`
    (`Datetime("us", "UTC")`, whole seconds), the properties with their own types, and optionally `DROP`.
    `record.counts` has `rows` and, among these, `rejected` (which are not in the frame).
    """

    frame: pl.LazyFrame
    record: SourceRecord
    key: str = "contact_id"

    def read(self, query: EventQuery) -> EventBatches:
        """Return the events that a scoring needs, in batches; each call reads them again."""
        return EventBatches(self, query, self.frame)

    def sound(self, since: datetime | None = None) -> pl.LazyFrame:
        """Return `event` and `at` of the rows that parse, even if dropped later; all rows from `since` on.

        Some earlier rows may be included.
        """
        del since
        return self.frame.select("event", "at")

    def newest_of_files(self) -> tuple[datetime, ...]:
        """Return the time of the newest event of each file, in order; a frame has no files.

        A file without events that parse is skipped.
        """
        return ()

    def only(self, frame: pl.LazyFrame) -> EventSource:
        """Return the source with only these rows, all with a time; nothing is reported about the others."""
        return EventSource(frame, self.record, self.key)

    def file_at_fault(self) -> str:
        """Return the file that could not be read, after an error; this may read all files to find out."""
        return self.record.path


class TypedColumnUse(Struct, frozen=True):
    """A column of a kind of exports that a rule reads as numbers (`numeric`) or as dates.

    `who` names the rule, as `rule "Visit" (rules.yaml:9)`. `types` are the event types concerned (empty:
    all). If points come from the column, `occurrences` is how many occurrences had no number.
    """

    kind: str
    column: str
    who: str
    numeric: bool = True
    types: tuple[str, ...] = ()
    occurrences: int | None = None


class OddCells(Protocol):
    """Examines a column a second time."""

    def unread(self, use: TypedColumnUse) -> Iterator[Finding]:
        """Yield a finding for each source with cells that don't parse as the rule requires."""

    def doubtful(self, use: TypedColumnUse) -> Iterator[Finding]:
        """Yield a finding for each source whose numbers are all written like `1.250`."""

    def quoted(self, kind: str, column: str) -> Iterator[Finding]:
        """Yield a finding for each source in which half of a column's cells begin with an apostrophe."""


@dataclass(frozen=True, slots=True)
class Exports:
    """Clean frames, the rejects and the counts.

    `contacts`: `contact_id` (String, unique, in export order, or by id and with `ROW`), canonical columns,
    `tags` (List[String]) if any, every other column as String. `tag_history`: `TAG_HISTORY` or None.
    `records` has one entry per source of contacts, tag history and opportunities, with its final counts;
    those of events are in `events`. `aliases` has one row per old id of a contact: `contact_id` (the old id),
    `SURVIVOR` (the current id), and the contacts' other columns, null if the old id is not a row of the
    export.

    If `whole` is set, `contacts` and `aliases` only have ids and the columns that were requested or are
    matched on. `whole` reads the row of one contact with all its columns, `addressed` the contacts and
    aliases with their e-mail addresses.
    """

    contacts: pl.DataFrame
    events: tuple[EventSource, ...] = ()
    tag_history: pl.DataFrame | None = None
    opportunities: pl.DataFrame | None = None
    rejects: pl.DataFrame = dataclasses.field(default_factory=lambda: pl.DataFrame(schema=REJECTS))
    records: tuple[SourceRecord, ...] = ()
    aliases: pl.DataFrame | None = None
    findings: tuple[Finding, ...] = ()
    """Findings about the exports as a whole; those about one source are in its record."""

    later: Callable[[datetime], Iterator[Finding]] | None = None
    """For tag histories: yields findings about rows after a given time, later than their file can contain."""

    odd_cells: OddCells | None = None
    """Examines cells again that a rule could not read, if the exports come from files."""

    whole: Callable[[str], pl.DataFrame] | None = None
    unused: Callable[[str, int, Sequence[Any]], tuple[Any, ...]] | None = None
    """Takes a kind, a source's index and `exports.SettingValue`s; returns the `exports.Unused` ones."""

    addressed: Callable[[], tuple[pl.DataFrame, pl.DataFrame | None]] | None = None


ROW: Final = "\x00row"
"""The column with the row of the export that a contact is; with it, contacts are sorted by id."""


def companions(frame: pl.DataFrame, column: str) -> pl.DataFrame | None:
    """Return a column's companions, as `ISO`, `PLAIN` and `ITEMS`; None if it has none."""
    there = {ISO: column + ISO_SUFFIX, PLAIN: column + NUMBER_SUFFIX, ITEMS: column + LIST_SUFFIX}
    found = [frame[long].alias(short) for short, long in there.items() if long in frame.columns]
    return pl.DataFrame(found) if found else None


def in_order(contacts: pl.DataFrame) -> pl.DataFrame:
    """Sort contacts by contact id, by code point, and keep their order in the export as `ROW`."""
    return contacts if ROW in contacts.columns else contacts.with_row_index(ROW).sort("contact_id")


def conform(frame: pl.DataFrame, schema: pl.Schema, *, name: str) -> pl.DataFrame:
    """Return the frame if its first columns match the schema; otherwise raise `TypeError` (a bug)."""
    found = dict(list(frame.schema.items())[: len(schema)])
    if found != dict(schema):
        msg = f"{name}: expected {dict(schema)}, found {found}"
        raise TypeError(msg)
    return frame


class ExportsRefusedError(InputError):
    """The exports can't be loaded, usually because sources have more rejects than allowed.

    `records` are those of the sources examined, with only the counts `rows` and `rejected` known. `rejects`
    are their rejects.
    """

    def __init__(
        self,
        problems: Problem | Sequence[Problem],
        records: Sequence[SourceRecord] = (),
        rejects: Sequence[pl.DataFrame] = (),
    ) -> None:
        super().__init__(problems)
        self.records, self.rejects = tuple(records), tuple(rejects)

    @classmethod
    def of(cls, errors: Sequence[InputError]) -> ExportsRefusedError:
        """Combine several errors, of this class or not, into one."""
        refused = [each for each in errors if isinstance(each, cls)]
        return cls(
            [problem for each in errors for problem in each.problems],
            [record for each in refused for record in each.records],
            [rejects for each in refused for rejects in each.rejects],
        )
