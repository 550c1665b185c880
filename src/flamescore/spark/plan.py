"""The plan of a scoring that every worker needs, made once by the driver and sent along with the work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from flamescore.columns import DOMAIN, EMAIL
from flamescore.engine import Clock, entries_of, needed
from flamescore.exports import schema_by_file, source_of_frame
from flamescore.frames import ISO_SUFFIX, LIST_SUFFIX, NUMBER_SUFFIX, SCORES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from flamescore.engine import Entry, Needed
    from flamescore.exports import Reading
    from flamescore.project import RejectLimit
    from flamescore.rules import Condition, RuleBook

CONTACTS, EVENTS, HISTORY = "contacts", "events", "tag_history"
KINDS: Final = (CONTACTS, HISTORY, EVENTS)
"""The kinds of sources, in the order in which a record lists them."""

MOST_EVENTS: Final = 20_000_000
"""The most events of one contact that may count in a shard: sorting and summing them takes gigabytes."""

CARRIERS: Final[dict[str, pl.DataType]] = {
    "int": pl.Int32(),
    "bigint": pl.Int64(),
    "double": pl.Float64(),
    "boolean": pl.Boolean(),
    "string": pl.String(),
    "binary": pl.Binary(),
}
"""The types in which values are sent, under Spark's names. Other values are sent as canonical text."""

Columns = tuple[tuple[str, str], ...]
"""The names of columns and their types, under Spark's names."""


class SourcePlan(Struct, frozen=True):
    """A source; `columns` are its event columns besides contact, type and time, by name and carrier.

    `order_by` is the column that determines the order of its rows; None means that they have no order.
    `limit` is how many rejects it may have, if not as many as others.
    """

    kind: str
    path: str
    columns: Columns = ()
    order_by: str | None = None
    limit: RejectLimit | None = None


class Plan(Struct, frozen=True):
    """A scoring: the rules, the point in time, how exports are read, and which columns are sent.

    `contact_columns` are the contact columns that are sent, in order (`c0` is the first): those that
    conditions refer to, with their companions, and `keep`, which results show; all of them are text. Rows of
    contacts, events and histories share one layout (`ROWS` and the columns `c0`, `c1`, ... and `e0`, `e1`,
    ...), because a shard must receive them together.
    """

    book: RuleBook
    exclude: Condition | None
    as_of: datetime
    reading: Reading
    sources: tuple[SourcePlan, ...]
    contact_columns: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    tagged: bool = False
    most_events: int = MOST_EVENTS

    @property
    def clock(self) -> Clock:
        """The instant that ages are measured from."""
        return Clock(self.as_of, self.book.zone)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions in addition to the rules."""
        return () if self.exclude is None else (self.exclude,)

    @property
    def needed(self) -> Needed:
        """What the sources must provide."""
        return needed(self.book, self.conditions, self.clock)

    @property
    def slots(self) -> Columns:
        """The event columns that are sent, in order: `e0` is the first.

        If `duration` is a number in one source and text in another, it has two slots.
        """
        return tuple(dict.fromkeys(each for source in self.sources for each in source.columns))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries of the ledger, in the order of their numbers."""
        return entries_of(self.book)

    @property
    def kept_names(self) -> tuple[str, ...]:
        """The kept columns' names in results, with the prefix `contact_` if they clash with `SCORES`."""
        return tuple(f"contact_{name}" if name in SCORES else name for name in self.keep)

    def with_columns_of(self, frames: Mapping[str, pl.DataFrame], most_events: int) -> Plan:
        """Return the plan with the columns to send, selected from the frames of each kind."""
        needs, columns, tagged = self.needed, {}, False
        contacts: tuple[str, ...] = ()
        for source in self.sources:
            opened = source_of_frame(source.kind, frames[source.kind].clear(), self.reading.named)
            schema = schema_by_file(opened, self.reading)
            if source.kind == EVENTS:
                names = companions_of(needs.events, tuple(schema))
                columns[source.kind] = tuple((name, carrier_of(schema[name])) for name in names)
            elif source.kind == CONTACTS:
                contacts = tuple(companions_of((*needs.contacts, *self.keep), tuple(schema)))
                tagged = "tags" in schema
        sources = tuple(replace(each, columns=columns.get(each.kind, ())) for each in self.sources)
        return replace(
            self,
            sources=sources,
            contact_columns=tuple(name for name in contacts if name != "tags"),
            tagged=tagged,
            most_events=most_events,
        )

    @property
    def rows(self) -> Columns:
        """The layout in which clean rows are sent."""
        return (
            *ROWS,
            *((f"c{n}", "string") for n in range(len(self.contact_columns))),
            *((f"e{n}", carrier) for n, (_, carrier) in enumerate(self.slots)),
            ("note", "binary"),
        )

    @property
    def result_columns(self) -> Columns:
        """The layout of what shards return: contacts, totals, rows of the ledger, and a note."""
        return (*RESULT_COLUMNS, *((f"k{n}", "string") for n in range(len(self.keep))), ("note", "binary"))


ROWS: Final[Columns] = (
    ("kind", "int"),
    ("contact_id", "string"),
    ("source", "int"),
    ("place", "bigint"),
    ("tags", "string"),
    ("event", "string"),
    ("age", "bigint"),
    ("mark", "int"),
    ("at", "bigint"),
    ("action", "string"),
)
"""The columns of clean rows. All kinds of rows have a kind (an index into `KINDS`), a contact and a source.

Contacts also have `place` and `tags` (JSON), events have `event`, `age` (seconds) and possibly `mark`
(`frames.DROP`), and histories have `place`, the tag in `event`, `at` (microseconds since 1970) and `action`.
"""

RESULT_COLUMNS: Final[Columns] = (
    ("part", "int"),
    ("contact_id", "string"),
    ("number", "int"),
    ("value", "bigint"),
    ("age", "bigint"),
    ("excluded", "boolean"),
    ("occurrences", "bigint"),
    ("points", "double"),
)
PEOPLE, TOTALS, LEDGER, NOTE, TOO_MANY = range(5)
"""The parts of what shards return: a contact, its total under a score, a ledger entry, a note.

`number` is that of the score or the entry, `value` is the total in ten-thousandths, and `age` is that of the
last activity in seconds. If a contact has more events than a shard can hold, the shard returns a single
`TOO_MANY` row with the number of events as `value`.
"""


def companions_of(columns: Iterable[str], there: Sequence[str]) -> Iterator[str]:
    """Yield the existing columns with their companions; the e-mail address in place of a missing domain."""
    for column in columns:
        names = (EMAIL,) if column == DOMAIN and DOMAIN not in there else (column,)
        for name in names:
            for suffix in ("", ISO_SUFFIX, NUMBER_SUFFIX, LIST_SUFFIX):
                if name + suffix in there:
                    yield name + suffix


def carrier_of(dtype: pl.DataType) -> str:
    """Return the type in which the cells of a column are sent."""
    if dtype.is_integer() and dtype != pl.UInt64() and dtype != pl.Int128():
        return "bigint"
    return next((name for name in ("double", "boolean") if CARRIERS[name] == dtype), "string")


def schema_of(columns: Columns) -> pl.Schema:
    """Return a layout as a Polars schema."""
    return pl.Schema({name: CARRIERS[carrier] for name, carrier in columns})


def laid_out(frame: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    """Convert a frame to a layout; missing columns become null."""
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(CARRIERS[carrier]).alias(name)
        for name, carrier in columns
    )
