"""Load contacts: all their columns as text, one row an id, whatever file it stands in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.cells import keyed, present, rounded
from flamescore.exports.date_columns import companions
from flamescore.exports.examine import enforce
from flamescore.exports.mapping import column, counted, mapped
from flamescore.exports.merged import links, parted, settle
from flamescore.exports.rejects import Bad
from flamescore.exports.tags import tag_list
from flamescore.exports.validate import ROUNDED, guarded
from flamescore.frames import SURVIVOR
from flamescore.project import ContactsSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from flamescore.exports.examine import Examined, Terms
    from flamescore.exports.mapping import Mapped
    from flamescore.exports.rejects import Rejected
    from flamescore.exports.table import Table
    from flamescore.frames import SourceRecord
    from flamescore.project import Source

ROW, FILE, AGE = "\0row", "\0file", "\0age"
_ALWAYS: Final = ("contact_id",)
_NEVER_DATES: Final = frozenset({"contact_id", "tags"})


@dataclass(frozen=True, slots=True)
class People:
    """The contacts, their sources' rejects and records."""

    contacts: pl.DataFrame
    rejects: tuple[pl.DataFrame, ...]
    records: tuple[SourceRecord, ...]
    aliases: pl.DataFrame | None = None
    warnings: tuple[str, ...] = ()
    whole: Callable[[str], pl.DataFrame] | None = None
    """As in `frames.Exports`."""


def load_people(examined: Sequence[Examined], terms: Terms, keys: frozenset[str] | None = None) -> People:
    """Read contacts. Of ids that stand in several files the newer file's row stays.

    With `keys` only ids, the columns of these names, and who was merged into whom are read.
    """
    read = [_read(each, terms, keys) for each in examined]
    for each, _ in read:
        enforce(each, terms)
    parts = [frame for _, frames in read for frame in frames]
    ages = [
        (index, table.found.age_key)
        for index, table in enumerate(table for each, _ in read for table in each.tables)
    ]
    rank = {
        index: place for place, (index, _) in enumerate(sorted(ages, key=lambda pair: (pair[1], pair[0])))
    }
    numbered = [
        frame.with_columns(pl.lit(i).alias(FILE), pl.lit(rank[i]).alias(AGE)) for i, frame in enumerate(parts)
    ]
    every = _in_one(numbered)
    standing = every.filter(pl.col(AGE) == pl.col(AGE).max().over("contact_id")) if len(parts) > 1 else every
    merged = settle(_links(standing, read))
    all_of = parted(standing, merged)
    kept = dict(all_of.standing[FILE].value_counts().iter_rows())
    records, first = [], 0
    for each, frames in read:
        span = range(first, first := first + len(frames))
        left = sum(kept.get(index, 0) for index in span)
        records.append(each.record(kept=left, superseded=sum(frame.height for frame in frames) - left))
    files = tuple((table, each) for each, _ in read for table in each.tables)
    return People(
        all_of.standing.drop(ROW, FILE, AGE),
        tuple(each.rejects for each, _ in read),
        tuple(records),
        None if all_of.aliases is None else all_of.aliases.drop(ROW, FILE, AGE),
        (*merged.warnings(), *all_of.warnings()),
        None if keys is None else partial(_whole, files, terms, all_of.standing),
    )


def _whole(
    files: Sequence[tuple[Table, Examined]], terms: Terms, standing: pl.DataFrame, contact_id: str
) -> pl.DataFrame:
    """Read the row of a contact with the columns of all files; `standing` says where it is."""
    [(here, row)] = standing.filter(pl.col("contact_id") == contact_id).select(FILE, ROW).rows()
    parts = []
    for number, (table, each) in enumerate(files):
        rows = table.scan().slice(row, 1) if number == here else table.scan().clear()
        parts.append(guarded(_selected(rows, table, each.spec, terms), table))
    return _in_one(parts)


def _links(
    standing: pl.DataFrame, read: Sequence[tuple[Examined, list[pl.DataFrame]]]
) -> Iterator[tuple[str, str]]:
    """Yield who was merged into whom, by the sources that say it."""
    first = 0
    for each, frames in read:
        span = range(first, first := first + len(frames))
        spec = each.spec
        assert isinstance(spec, ContactsSource)
        if spec.merged is not None:
            rows = standing.filter(pl.col(FILE).is_between(span.start, span.stop - 1))
            yield from links(rows, _name_of(spec.merged.named, each), spec.merged)


def _name_of(column: str, examined: Examined) -> str:
    """Return the name that a header goes by."""
    for table in examined.tables:
        plan = mapped(table, examined.spec)
        if column not in plan.names:
            return next((name for name, headers in plan.headers.items() if column in headers), column)
    return column


def _in_one(parts: list[pl.DataFrame]) -> pl.DataFrame:
    every = pl.concat(parts, how="diagonal") if len(parts) > 1 else parts[0]
    tagged = [pl.col("tags").fill_null([])] if "tags" in every.columns else []
    return every.with_columns(tagged)


def _read(
    examined: Examined, terms: Terms, keys: frozenset[str] | None
) -> tuple[Examined, list[pl.DataFrame]]:
    frames, files = [], []
    spec = examined.spec
    assert isinstance(spec, ContactsSource)
    if keys is not None and spec.merged is not None:
        keys |= {_name_of(spec.merged.named, examined)}
    for table, rejected in zip(examined.tables, examined.files, strict=True):
        named = _selected(table.scan().with_row_index(ROW), table, spec, terms, keys, numbered=True)
        rows = guarded(named, table)
        sound, again = _without(rows, rejected)
        frames.append(sound)
        files.append(again)
    return replace(examined, files=tuple(files)), frames


def _selected(
    rows: pl.LazyFrame,
    table: Table,
    spec: Source,
    terms: Terms,
    keys: frozenset[str] | None = None,
    *,
    numbered: bool = False,
) -> pl.LazyFrame:
    """Name and read the columns of rows that count, all or `keys` alone, and `ROW` of `numbered` ones."""
    assert isinstance(spec, ContactsSource)
    dates = terms.dates.contacts - _NEVER_DATES if keys is None else frozenset[str]()
    return counted(rows, table, spec).select(
        *((ROW,) if numbered else ()),
        *_columns(table, spec, keys),
        *companions(dates, table, spec, zone=terms.zone),
    )


def _without(rows: pl.DataFrame, rejected: Rejected) -> tuple[pl.DataFrame, Rejected]:
    """Take out what is rejected; rows with a rounded id, and the later ones of an id, are rejects too."""
    named = rows.filter(pl.col("contact_id").is_not_null()) if rows["contact_id"].null_count() else rows
    lossy = named.select(rounded(pl.col("contact_id"))).to_series()
    if lossy.any():
        rejected = _with_rejects(rejected, named[ROW].filter(lossy), ROUNDED)
        named = named.filter(~lossy)
    # Hashes that all differ are of ids that do; to tell the first of each id takes seven times as long.
    if named["contact_id"].hash().n_unique() == named.height:
        return named, rejected
    first = pl.col("contact_id").is_first_distinct()
    later = named[ROW].filter(~named.select(first).to_series())
    return named.filter(first), _with_rejects(rejected, later, "repeated_id")


def _with_rejects(rejected: Rejected, rows: pl.Series, reason: str) -> Rejected:
    """Add rows, by their numbers in the file and in order, to what is rejected of it."""
    told = rows.head(rejected.room).cast(pl.Int64).alias("row").to_frame()
    more = Bad({reason: len(rows)}, told.with_columns(reason=pl.lit(reason)))
    return replace(rejected, bad=rejected.bad.joined(more, rejected.room))


def _columns(table: Table, spec: ContactsSource, keys: frozenset[str] | None) -> Iterator[pl.Expr]:
    plan = mapped(table, spec)
    names = plan.names if keys is None else tuple(name for name in plan.names if name in keys)
    for name in (*_ALWAYS, *(each for each in names if each not in _ALWAYS)):
        yield _column(name, table, spec, plan).alias(name)


def _column(name: str, table: Table, spec: ContactsSource, plan: Mapped) -> pl.Expr:
    if name == "contact_id":
        return present(column(name, table, spec, plan=plan))
    if name == "tags":
        headers = plan.headers.get("tags", ())
        listed = len(headers) == 1 and isinstance(table.schema[headers[0]], pl.List)
        cells = pl.col(headers[0]) if listed else column(name, table, spec, plan=plan)
        return tag_list(cells, table.schema[headers[0]] if listed else pl.String(), spec.tags)
    cell = column(name, table, spec, plan=plan)
    return pl.when(present(cell).is_not_null()).then(cell)


def owners_of(people: People, key: str) -> pl.DataFrame:
    """Return `key, owner`: every contact of each value of a column, in order; merged ones' survivors."""
    text = keyed(pl.col(key), key).alias("key")
    pairs = [people.contacts.select(text, owner="contact_id")]
    if people.aliases is not None:
        pairs.append(people.aliases.select(text, owner=SURVIVOR))
    return pl.concat(pairs).drop_nulls("key").unique(maintain_order=True)
