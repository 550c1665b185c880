"""The frames that cross a room's door: their schemas, and a check for them."""

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
"""One row a contact and score, ranked; the kept contact columns follow."""

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
"""The ledger: one row a contact, score and rule or limit that gave or took anything."""

PAST_SCORES: Final = pl.Schema(
    {
        "contact_id": pl.String(),
        "score_name": pl.String(),
        "as_of": INSTANT,
        "score": pl.Float64(),
    }
)
"""What the contacts of a report scored lately: one row a contact, score and local day that has a run."""

BOTS: Final = pl.Schema(
    {
        "contact_id": pl.String(),
        "score_name": pl.String(),
        "events": pl.Int64(),
        "points_lost": pl.Float64(),
    }
)
"""What looks like a mail scanner's: one row a contact with such events and score that has a row of it."""

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
"""One row a rejected record: its source, 1-based record number (the header is none), first line, raw text."""

TAG_HISTORY: Final = pl.Schema(
    {"contact_id": pl.String(), "tag": pl.String(), "at": INSTANT, "action": pl.String()}
)
"""In order of the exports; `action` is `applied` or `removed`."""

ISO_SUFFIX: Final = "\x00iso"
"""A column `X` with formats or a zone of its own has a companion `X` + this: its cells as ISO text."""

NUMBER_SUFFIX: Final = "\x00number"
"""A column `X` whose numbers are written in a way of their own has a companion `X` + this: its plain numbers.

They are text, null where a cell does not read.
"""

LIST_SUFFIX: Final = "\x00list"
"""A column `X` whose cells hold several values has a companion `X` + this: its items, parted by `ITEM_END`.

Null where the cell as a whole is the only item, or is missing; empty where it has no items.
"""

ITEM_END: Final = "\0"
"""What no cell of an export holds: records with it are rejected."""

ISO, PLAIN, ITEMS = "iso", "plain", "items"
"""What the companions of a column are called where they stand beside its cells."""

SURVIVOR: Final = "\x00survivor"
"""The column of `Exports.aliases` that says whose an old id is now."""

DROP: Final = "\x00drop"
"""Events' column (UInt8) that marks rows which don't count, by one of the two marks below; else 0."""

DUPLICATE, SUPERSEDED = 1, 2
"""Marks of `DROP`: equal to an earlier row, superseded by its event id."""

KEY: Final = "\x00key"
"""Events' column of the keys that say whose they are, as written."""

INDEX: Final = "\x00c"
"""Events' column of the contacts that they belong to, by number; below 0: to none."""

AGE: Final = "\x00age"
"""Events' column of ages in seconds; null where the time is missing or does not read."""


class Window(Struct, frozen=True):
    """Which events a scoring looks at: those whose age in seconds, as of `now`, is below a reach.

    `reaches` are those of the (folded) types that rules name, None for a type that some rule never forgets.
    All others, and events without a type, have the widest one that ends (None: no window ends). Events at or
    past their reach are old.

    With rules that look 30 days back for `visit`, 60 for `open`, and for ever for `deal`: old are a visit of
    30 days ago, an `open` of 60, an `other` of 60, an event without a type of 60; never a deal.
    """

    now: int = 0
    reaches: tuple[tuple[str, int | None], ...] = ()
    widest: int | None = None

    @property
    def since(self) -> datetime | None:
        """Return the instant before which all events are old but those of types that last; None: none is."""
        return None if self.widest is None else datetime.fromtimestamp(self.now - self.widest + 1, UTC)

    @property
    def lasting(self) -> frozenset[str]:
        """Return the types that some rule never forgets."""
        return frozenset(text for text, reach in self.reaches if reach is None)

    def age(self, at: pl.Expr) -> pl.Expr:
        """Return the age in seconds of instants."""
        return self.now - at.dt.epoch("s")

    def recent(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Leave out most of what is older than the widest window; where a type lasts nothing is left out."""
        since = self.since
        if since is None or self.lasting:
            return rows
        return rows.filter((pl.col("at") >= since) | pl.col("at").is_null())

    def old(self, age: pl.Expr, kind: pl.Expr) -> pl.Expr:
        """Mark events that are old by their age in seconds and (folded) type; none without an age is."""
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
    """What became of the rows of a source. `rows` is the sum of all the others."""

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
    """One source of the exports, as the run's record tells it. `path` is as the project file has it."""

    kind: str
    path: str
    files: tuple[tuple[str, int, str], ...] = ()
    counts: Counts = Counts()
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    newest: datetime | None = None
    """Of events: the newest one that is not after `as_of` (UTC)."""

    feeds: tuple[Feed, ...] = ()
    """Of events: what became of the source as a feed, and of each type of it that somebody names."""


class EventQuery(Struct, frozen=True):
    """What a scoring asks of the events of a source: those inside a window, and some columns of them.

    `columns` hold `KEY`, `AGE` and `event`. `number` gives the rows of a batch their contacts (`INDEX`) and
    takes away what it needs for that alone. Batches have about `size` rows.
    """

    window: Window
    columns: tuple[pl.Expr, ...]
    number: Callable[[pl.DataFrame], pl.DataFrame]
    size: int


class EventsRead(Struct, frozen=True):
    """What became of the rows of a source that are in no batch.

    Of `record.counts` are known `rows`, and of the rows that are in no batch `old`, `rejected` and `ignored`.
    `beyond`: whether any of them is older than every window that ends.
    """

    record: SourceRecord
    rejects: pl.DataFrame
    beyond: bool


class EventBatches:
    """The events of a source that a window needs, batch by batch, each row sound and with its contact.

    Rows that don't fit are set aside on the way; when the last batch has been read, `end` says what became of
    them. Of 10 rows, 2 of them too old and 1 without a type, the batches hold 7, and `end` counts
    `rows: 10, old: 2, rejected: 1`.
    """

    def __init__(self, source: EventSource, query: EventQuery, rows: pl.LazyFrame) -> None:
        self.source, self.query = source, query
        self._rows = query.window.recent(rows)
        self._read = 0

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """Yield the batches, in no certain order.

        Raises:
            InputError: a file can't be read to its end.
        """
        rows = self._rows.select(*self.query.columns, *self._marks())
        with reading(self.source.file_at_fault):
            for batch in rows.collect_batches(maintain_order=False, chunk_size=self.query.size):
                sound = self._sound(batch)
                self._read += sound.height
                yield sound

    def end(self, *, tell: bool = True) -> EventsRead:
        """Return what became of the other rows; without `tell` rejects are counted alone.

        Raises:
            InputError: the source has more rejects than it may.
        """
        del tell
        counts = self.source.record.counts
        old = counts.rows - counts.rejected - self._read
        record = replace(self.source.record, counts=replace(counts, old=old))
        return EventsRead(record, pl.DataFrame(schema=REJECTS), beyond=old != 0)

    def _marks(self) -> tuple[pl.Expr, ...]:
        """Return what is to be selected beside the columns that are asked for."""
        return ()

    def _sound(self, batch: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of a batch that fit, with their contacts."""
        return self.query.number(batch).drop(KEY)


class EventSource(Struct, frozen=True):
    """The events of one source, lazily: here of a frame whose rows are all sound.

    `frame` has `contact_id` (or `contact` where `key` is the contacts' column to match on), `event`, `at`
    (`Datetime("us", "UTC")`, whole seconds) and the properties in their own types, maybe `DROP`.
    `record.counts` holds `rows` and, of these, `rejected` (which are not in the frame).
    """

    frame: pl.LazyFrame
    record: SourceRecord
    key: str = "contact_id"

    def read(self, query: EventQuery) -> EventBatches:
        """Return the events that a scoring asks for, batch by batch; each call reads them anew."""
        return EventBatches(self, query, self.frame)

    def sound(self, since: datetime | None = None) -> pl.LazyFrame:
        """Return `event` and `at` of the rows that read, whatever becomes of them; all from an instant on.

        Some that are before it may be among them.
        """
        del since
        return self.frame.select("event", "at")

    def newest_of_files(self) -> tuple[datetime, ...]:
        """Return the time of the newest event of each of its files, in order; a frame comes from none.

        A file without events that read has no newest one.
        """
        return ()

    def only(self, frame: pl.LazyFrame) -> EventSource:
        """Return the source with these of its rows alone, all with a time: nothing is told of the others."""
        return EventSource(frame, self.record, self.key)

    def file_at_fault(self) -> str:
        """Return the file that can't be read, where reading failed; it may read them all to find out."""
        return self.record.path


class AskedColumn(Struct, frozen=True):
    """A column of a kind of exports that a rule asks as numbers (`numeric`) or as dates.

    `who` asks is said as `rule "Visit" (rules.yaml:9)`, of events of some `types` (none: of all). Where
    points come from it, `occurrences` are those that had no number.
    """

    kind: str
    column: str
    who: str
    numeric: bool = True
    types: tuple[str, ...] = ()
    occurrences: int | None = None


class OddCells(Protocol):
    """Goes over a column once more."""

    def unread(self, asked: AskedColumn) -> Iterator[Finding]:
        """Yield a finding for each source in which cells don't read as a rule asks them."""

    def doubtful(self, asked: AskedColumn) -> Iterator[Finding]:
        """Yield a finding for each source whose numbers are all written like `1.250`."""

    def quoted(self, kind: str, column: str) -> Iterator[Finding]:
        """Yield a finding for each source in which half of a column's cells begin with an apostrophe."""


@dataclass(frozen=True, slots=True)
class Exports:
    """Clean frames, the rejects and the counts.

    `contacts`: `contact_id` (String, unique, in export order, or by id and with `ROW`), canonical columns,
    `tags` (List[String]) where there is one, every other column as String. `tag_history`: `TAG_HISTORY` or
    None. `records` has an entry a source of contacts, tag history and opportunities with its final counts; of
    events they are in `events`. `aliases` has a row for each old id of a contact: `contact_id` (the old id),
    `SURVIVOR` (whose it is now), and the contacts' other columns, null where the old id is no row of the
    export.

    Where there is `whole`, `contacts` and `aliases` have ids and the columns that were asked for or that
    something is matched by alone. `whole` reads the row of one contact with all its columns, `addressed` the
    contacts and aliases with their e-mail addresses.
    """

    contacts: pl.DataFrame
    events: tuple[EventSource, ...] = ()
    tag_history: pl.DataFrame | None = None
    opportunities: pl.DataFrame | None = None
    rejects: pl.DataFrame = dataclasses.field(default_factory=lambda: pl.DataFrame(schema=REJECTS))
    records: tuple[SourceRecord, ...] = ()
    aliases: pl.DataFrame | None = None
    findings: tuple[Finding, ...] = ()
    """What is to be told of the exports as a whole; what is of one source stands in its record."""

    later: Callable[[datetime], Iterator[Finding]] | None = None
    """Of tag histories: tells their rows that are after an instant, and later than their file can say."""

    odd_cells: OddCells | None = None
    """Looks at cells once more that a rule could not read, where the exports are those of files."""

    whole: Callable[[str], pl.DataFrame] | None = None
    unused: Callable[[str, int, Sequence[Any]], tuple[Any, ...]] | None = None
    """Of a kind, a source's place and `exports.SettingValue`s: the `exports.Unused` ones."""

    addressed: Callable[[], tuple[pl.DataFrame, pl.DataFrame | None]] | None = None


ROW: Final = "\x00row"
"""Names the column that says which row of the export a contact is; with it, contacts are in order of id."""


def companions(frame: pl.DataFrame, column: str) -> pl.DataFrame | None:
    """Return what stands beside a column, as `ISO`, `PLAIN` and `ITEMS`; None where nothing does."""
    there = {ISO: column + ISO_SUFFIX, PLAIN: column + NUMBER_SUFFIX, ITEMS: column + LIST_SUFFIX}
    found = [frame[long].alias(short) for short, long in there.items() if long in frame.columns]
    return pl.DataFrame(found) if found else None


def in_order(contacts: pl.DataFrame) -> pl.DataFrame:
    """Put contacts in order of contact id, by code point, and keep their order in the export as `ROW`."""
    return contacts if ROW in contacts.columns else contacts.with_row_index(ROW).sort("contact_id")


def conform(frame: pl.DataFrame, schema: pl.Schema, *, name: str) -> pl.DataFrame:
    """Return the frame if its first columns are the schema's, else raise `TypeError`: a fault of ours."""
    found = dict(list(frame.schema.items())[: len(schema)])
    if found != dict(schema):
        msg = f"{name}: expected {dict(schema)}, found {found}"
        raise TypeError(msg)
    return frame


class ExportsRefusedError(InputError):
    """The exports can't be loaded, mostly since sources have more rejects than they may.

    `records` are those of the sources that were looked at, `rows` and `rejected` of whose counts are known;
    `rejects` their rejects.
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
        """Return several such errors, and others, as one."""
        refused = [each for each in errors if isinstance(each, cls)]
        return cls(
            [problem for each in errors for problem in each.problems],
            [record for each in refused for record in each.records],
            [rejects for each in refused for rejects in each.rejects],
        )
