"""What every worker has to know of a scoring, made once by the driver and sent along with the work."""

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
    from flamescore.rules import Condition, RuleBook

CONTACTS, EVENTS, HISTORY = "contacts", "events", "tag_history"
KINDS: Final = (CONTACTS, HISTORY, EVENTS)
"""In the order in which a record tells of them."""

MOST_EVENTS: Final = 20_000_000
"""Events of one contact that may count in a shard: sorted and summed up they take gigabytes."""

CARRIERS: Final[dict[str, pl.DataType]] = {
    "int": pl.Int32(),
    "bigint": pl.Int64(),
    "double": pl.Float64(),
    "boolean": pl.Boolean(),
    "string": pl.String(),
    "binary": pl.Binary(),
}
"""The types in which values travel, as Spark calls them. What is none of them travels as canonical text."""

Columns = tuple[tuple[str, str], ...]
"""Names of columns and what Spark calls their types."""


class SourcePlan(Struct, frozen=True):
    """A source; `columns` are those of its events beside contact, type and time, by name and carrier.

    `order_by` is the column that says which of its rows come before which; None: nothing does.
    """

    kind: str
    path: str
    columns: Columns = ()
    order_by: str | None = None


class Plan(Struct, frozen=True):
    """A scoring: the rules, when, how exports are read, and which columns travel.

    `contact_columns` are those of contacts that travel, in order (`c0` has the first one): what conditions
    ask of, with their companions, and `keep`, which results show; all of them are text. Rows of contacts,
    events and histories travel in one layout (`ROWS` and the columns `c0`, `c1`, ... and `e0`, `e1`, ...),
    since a shard must get them together.
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
        """What is asked beside the rules."""
        return () if self.exclude is None else (self.exclude,)

    @property
    def needed(self) -> Needed:
        """What the sources must deliver."""
        return needed(self.book, self.conditions, self.clock)

    @property
    def slots(self) -> Columns:
        """The columns of events that travel, in order: `e0` has the first one.

        Where `duration` is a number in one source and text in another, it has two slots.
        """
        return tuple(dict.fromkeys(each for source in self.sources for each in source.columns))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries of the ledger, by their numbers."""
        return entries_of(self.book)

    @property
    def kept_names(self) -> tuple[str, ...]:
        """What kept columns are called in results; one that is called as theirs gets `contact_` before it."""
        return tuple(f"contact_{name}" if name in SCORES else name for name in self.keep)

    def with_columns_of(self, frames: Mapping[str, pl.DataFrame], most_events: int) -> Plan:
        """Return the plan with the columns that travel, of those that frames of each kind have."""
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
        """The layout in which clean rows travel."""
        return (
            *ROWS,
            *((f"c{n}", "string") for n in range(len(self.contact_columns))),
            *((f"e{n}", carrier) for n, (_, carrier) in enumerate(self.slots)),
            ("note", "binary"),
        )

    @property
    def told(self) -> Columns:
        """The layout of what shards tell: contacts, totals, rows of the ledger, and a note."""
        return (*TOLD, *((f"k{n}", "string") for n in range(len(self.keep))), ("note", "binary"))


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
"""Of all kinds (a place in `KINDS`): whose, which source, and where in it.

Contacts have `tags` (JSON), events `event`, `age` (seconds) and maybe `mark` (`frames.DROP`), histories the
tag in `event`, `at` (microseconds since 1970) and `action`.
"""

TOLD: Final[Columns] = (
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
"""What a row of what shards tell is: a contact, its total under a score, an entry of its ledger, a note.

`number` is that of the score, or of the entry; `value` the total in ten-thousandths; `age` that of the last
activity in seconds. Of a contact with more events than a shard holds there is one row, `TOO_MANY`, with
`value` events, and nothing else.
"""


def companions_of(columns: Iterable[str], there: Sequence[str]) -> Iterator[str]:
    """Yield columns that there are, each with its companions; an e-mail address where its domain is asked."""
    for column in columns:
        names = (EMAIL,) if column == DOMAIN and DOMAIN not in there else (column,)
        for name in names:
            for suffix in ("", ISO_SUFFIX, NUMBER_SUFFIX, LIST_SUFFIX):
                if name + suffix in there:
                    yield name + suffix


def carrier_of(dtype: pl.DataType) -> str:
    """Return in which type the cells of a column travel."""
    if dtype.is_integer() and dtype != pl.UInt64() and dtype != pl.Int128():
        return "bigint"
    return next((name for name in ("double", "boolean") if CARRIERS[name] == dtype), "string")


def schema_of(columns: Columns) -> pl.Schema:
    """Return a layout as Polars has it."""
    return pl.Schema({name: CARRIERS[carrier] for name, carrier in columns})


def laid_out(frame: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    """Bring a frame into a layout: columns that it lacks are null."""
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(CARRIERS[carrier]).alias(name)
        for name, carrier in columns
    )
