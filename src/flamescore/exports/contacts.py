"""Load contacts: all columns as text, one row per id across all files, and who was merged into whom."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from flamescore.cells import as_text, is_rounded, keyed, maybe_blank, present, rounded
from flamescore.exports.cell_checks import ROUNDED
from flamescore.exports.date_columns import iso_columns
from flamescore.exports.json_tags import json_lists
from flamescore.exports.list_columns import distinct_items, list_columns, list_text
from flamescore.exports.number_columns import filled, number_columns
from flamescore.exports.rejects import FailedRows
from flamescore.exports.seen_days import SeenDays
from flamescore.exports.source_findings import Note
from flamescore.exports.validate import enforce_limit
from flamescore.findings import Finding, Severity
from flamescore.frames import SURVIVOR
from flamescore.project import ContactsSource
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from flamescore.exports.plan import Plan
    from flamescore.exports.rejects import Rejected
    from flamescore.exports.validate import LoadOptions, Validated
    from flamescore.frames import SourceRecord
    from flamescore.project import MergedIds, TagFormat

ROW, FILE, AGE = "\0row", "\0file", "\0age"
JSON: Final = "\0json"
"""Marks the rows whose tags are a JSON list."""

_ALWAYS: Final = ("contact_id",)
_NEVER_DATES: Final = frozenset({"contact_id", "tags"})
_TIME: Final = ":"
"""HubSpot writes `76340251:1661707291575`: the id, and the time of the merge."""


MERGED: Final = "I145"


class LoadedContacts(Struct, frozen=True):
    """The contacts, and the rejects and records of their sources."""

    contacts: pl.DataFrame
    rejects: tuple[pl.DataFrame, ...]
    records: tuple[SourceRecord, ...]
    aliases: pl.DataFrame | None = None
    findings: tuple[Finding, ...] = ()
    whole: Callable[[str], pl.DataFrame] | None = None
    """As in `frames.Exports`."""


def load_contacts(
    lists: Sequence[Validated], options: LoadOptions, keys: frozenset[str] | None = None
) -> LoadedContacts:
    """Read contacts. If an id is in several files, the row of the newest file is kept.

    With `keys`, only the ids, the columns with these names, and who was merged into whom are read.
    """
    files = [read_contacts(each, options, keys) for each in lists]
    for each in files:
        enforce_limit(each.validated, options)
    return settle_contacts(files, options, keys)


class ContactsRead(Struct, frozen=True):
    """The contacts of a source before its files are combined: a frame per file, with `ROW`, each id once."""

    validated: Validated
    frames: tuple[pl.DataFrame, ...]


def settle_contacts(
    read: Sequence[ContactsRead], options: LoadOptions, keys: frozenset[str] | None = None
) -> LoadedContacts:
    """Decide which row of each id is kept and who was merged into whom, which takes all files together."""
    parts = [frame for each in read for frame in each.frames]
    plans = tuple(plan for each in read for plan in each.validated.plans)
    by_age = sorted(range(len(plans)), key=lambda index: plans[index].table.found.age_key)
    rank = {index: place for place, index in enumerate(by_age)}
    numbered = [
        frame.with_columns(pl.lit(i).alias(FILE), pl.lit(rank[i]).alias(AGE)) for i, frame in enumerate(parts)
    ]
    every = _in_one(numbered)
    standing = every.filter(pl.col(AGE) == pl.col(AGE).max().over("contact_id")) if len(parts) > 1 else every
    merged = resolve(_links(standing, read))
    all_of = split(standing, merged)
    kept = dict(all_of.standing[FILE].value_counts().iter_rows())
    records, first = [], 0
    for each in read:
        span = range(first, first := first + len(each.frames))
        left = sum(kept.get(index, 0) for index in span)
        superseded = sum(frame.height for frame in each.frames) - left
        record = each.validated.record(kept=left, superseded=superseded)
        noticed = each.validated.noticed(options)
        records.append(replace(record, findings=(*record.findings, *noticed)))
    return LoadedContacts(
        all_of.standing.drop(ROW, FILE, AGE),
        tuple(each.validated.rejects for each in read),
        tuple(records),
        None if all_of.aliases is None else all_of.aliases.drop(ROW, FILE, AGE),
        (*merged.findings(), *all_of.findings()),
        None if keys is None else partial(_whole, plans, options, all_of.standing),
    )


def _whole(
    plans: Sequence[Plan], options: LoadOptions, standing: pl.DataFrame, contact_id: str
) -> pl.DataFrame:
    """Read the row of a contact, located by `standing`, with the columns of all files."""
    [(here, row)] = standing.filter(pl.col("contact_id") == contact_id).select(FILE, ROW).rows()
    parts = []
    for number, plan in enumerate(plans):
        rows = plan.table.scan().slice(row, 1) if number == here else plan.table.scan().clear()
        parts.append(plan.table.collect(_selected(rows, plan, options)))
    return _in_one(parts)


def _links(standing: pl.DataFrame, read: Sequence[ContactsRead]) -> Iterator[tuple[str, str]]:
    """Yield who was merged into whom, according to the sources that list merged ids."""
    first = 0
    for each in read:
        span = range(first, first := first + len(each.frames))
        spec = each.validated.spec
        assert isinstance(spec, ContactsSource)
        if spec.merged is not None:
            rows = standing.filter(pl.col(FILE).is_between(span.start, span.stop - 1))
            yield from links(rows, column_name(spec.merged.named, each.validated.plans), spec.merged)


def column_name(column: str, plans: Sequence[Plan]) -> str:
    """Return the column name that a header is mapped to."""
    for plan in plans:
        if column not in plan:
            return next((name for name, headers in plan.headers.items() if column in headers), column)
    return column


def _in_one(parts: list[pl.DataFrame]) -> pl.DataFrame:
    wanted = dict.fromkeys(name for part in parts for name in part.columns)
    alike = [filled(part.lazy(), part.schema, wanted).collect() for part in parts]
    every = pl.concat(alike, how="diagonal") if len(parts) > 1 else parts[0]
    tagged = [pl.col("tags").fill_null([])] if "tags" in every.columns else []
    return every.with_columns(tagged)


def read_contacts(
    validated: Validated, options: LoadOptions, keys: frozenset[str] | None = None
) -> ContactsRead:
    """Read the files of a source separately; rows that repeat an id within their file become rejects."""
    frames, files, as_json = [], [], 0
    seen = SeenDays()
    spec = validated.spec
    assert isinstance(spec, ContactsSource)
    if keys is not None and spec.merged is not None:
        keys |= {column_name(spec.merged.named, validated.plans)}
    for plan, rejected in zip(validated.plans, validated.files, strict=True):
        named = _selected(
            plan.table.scan().with_row_index(ROW), plan, options, keys, numbered=True, seen=seen
        )
        sound, again = _without(plan.table.collect(named), rejected)
        as_json += int(sound[JSON].sum()) if JSON in sound.columns else 0
        frames.append(sound.drop(JSON, strict=False))
        files.append(again)
    notes = validated.notes
    if as_json:
        text = f"{count(as_json, 'cell')} of `tags` read as a JSON list"
        notes = (*notes, Note(text, many=as_json))
    findings = (*validated.findings, *seen.findings(spec))
    return ContactsRead(replace(validated, files=tuple(files), notes=notes, findings=findings), tuple(frames))


def contact_rows(plan: Plan, options: LoadOptions) -> pl.LazyFrame:
    """Return the rows of a file that the source does not leave out, lazily, with the columns of contacts."""
    return _selected(plan.table.scan(), plan, options)


def _selected(
    rows: pl.LazyFrame,
    plan: Plan,
    options: LoadOptions,
    keys: frozenset[str] | None = None,
    *,
    numbered: bool = False,
    seen: SeenDays | None = None,
) -> pl.LazyFrame:
    """Select columns, all or only `keys`, of the rows that are not left out, and `ROW` if `numbered`.

    `seen` records the days of their dates.
    """
    dates = options.dates.contacts - _NEVER_DATES if keys is None else frozenset[str]()
    tagged = "tags" in plan and plan.listed("tags") is None and (keys is None or "tags" in keys)
    json = (json_lists(plan.column("tags")).is_not_null().alias(JSON),) if numbered and tagged else ()
    return plan.counted(rows).select(
        *((ROW,) if numbered else ()),
        *json,
        *_columns(plan, keys),
        *iso_columns(dates, plan, options.zone, seen),
        *number_columns(options.numbers.contacts - _NEVER_DATES, plan),
        *list_columns(frozenset() if keys is not None else options.lists.contacts - _NEVER_DATES, plan),
    )


def _without(rows: pl.DataFrame, rejected: Rejected) -> tuple[pl.DataFrame, Rejected]:
    """Remove rejected rows, including those with a rounded id and all but the first row of each id."""
    named = rows.filter(pl.col("contact_id").is_not_null()) if rows["contact_id"].null_count() else rows
    lossy = named.select(rounded(pl.col("contact_id"))).to_series()
    if lossy.any():
        rejected = _with_rejects(rejected, named[ROW].filter(lossy), ROUNDED)
        named = named.filter(~lossy)
    # Distinct hashes mean distinct ids. Finding the first row of each id takes seven times as long.
    if named["contact_id"].hash().n_unique() == named.height:
        return named, rejected
    first = pl.col("contact_id").is_first_distinct()
    later = named[ROW].filter(~named.select(first).to_series())
    return named.filter(first), _with_rejects(rejected, later, "repeated_id")


def _with_rejects(rejected: Rejected, rows: pl.Series, reason: str) -> Rejected:
    """Add rows, given by their numbers in the file in order, to its rejects."""
    first = rows.head(rejected.room).cast(pl.Int64).alias("row").to_frame()
    more = FailedRows({reason: len(rows)}, first.with_columns(reason=pl.lit(reason)))
    return replace(rejected, failed=rejected.failed.joined(more, rejected.room))


def _columns(plan: Plan, keys: frozenset[str] | None) -> Iterator[pl.Expr]:
    names = plan.names if keys is None else tuple(name for name in plan.names if name in keys)
    for name in (*_ALWAYS, *(each for each in names if each not in _ALWAYS)):
        yield _column(name, plan).alias(name)


def _column(name: str, plan: Plan) -> pl.Expr:
    if name == "contact_id":
        return present(plan.column(name))
    if name == "tags":
        return _tags(plan)
    return plan.column(name).map_batches(_filled, return_dtype=pl.String(), is_elementwise=True)


def _filled(cells: pl.Series) -> pl.Series:
    """Make blank cells null. Most columns have no cell that may be blank and are returned unchanged."""
    cell = pl.col("cell")
    frame = cells.to_frame("cell")
    if not frame.select((maybe_blank(cell) & cell.is_not_null()).any()).item():
        return cells
    return frame.select(pl.when(present(cell).is_not_null()).then(cell)).to_series().alias(cells.name)


def _tags(plan: Plan) -> pl.Expr:
    assert isinstance(plan.source, ContactsSource)
    listed = plan.listed("tags")
    if listed is not None:
        return tag_list(pl.col(listed), plan.table.schema[listed], plan.source.tags, bare=plan.bare)
    return tag_list(plan.column("tags"), pl.String(), plan.source.tags, bare=plan.bare)


def owners_of(loaded: LoadedContacts, key: str) -> pl.DataFrame:
    """Return `key, owner`: the contacts of each value of a column, in order; survivors for merged ones."""
    text = keyed(pl.col(key), key).alias("key")
    pairs = [loaded.contacts.select(text, owner="contact_id")]
    if loaded.aliases is not None:
        pairs.append(loaded.aliases.select(text, owner=SURVIVOR))
    return pl.concat(pairs).drop_nulls("key").unique(maintain_order=True)


def tag_list(cells: pl.Expr, dtype: pl.DataType, form: TagFormat, *, bare: bool = False) -> pl.Expr:
    """Return tags as List[String], stripped, in order; a missing cell is an empty list.

    A cell that is a JSON list of strings is read as such, whatever the separator. `bare`: whether tags may
    begin or end with invisible characters.
    """
    if isinstance(dtype, pl.List):
        return list_text(cells, dtype, bare=bare)
    return distinct_items(as_text(cells, dtype), form.separator, bare=bare)


class Merged(Struct, frozen=True):
    """Old ids and their survivors (`into`), and how many links were left out.

    `clashes` are old ids that a second contact claims too, `cycles` are links that would make a contact an
    old id of itself, and `rounded` are old ids that a spreadsheet rounded, which may be any contact's.
    """

    into: dict[str, str]
    clashes: int = 0
    cycles: int = 0
    rounded: int = 0

    def findings(self) -> Iterator[Finding]:
        """Yield findings on contradictions between the lists, and on rounded ids."""
        first = "the one that comes first in the export"
        if self.clashes:
            what = f"{count(self.clashes, 'merged id')} claimed by a second contact"
            yield _of_merged(f"{what}; {first} has it.", self.clashes)
        if self.cycles:
            rings = count(self.cycles, "ring")
            yield _of_merged(
                f"{rings} of contacts that are merged into each other; {first} is kept.", self.cycles
            )
        if self.rounded:
            what = f"{count(self.rounded, 'merged id')} written like 9.99999a+99"
            yield _of_merged(f"{what}: a spreadsheet rounded them, and they are left out.", self.rounded)


def _of_merged(message: str, many: int) -> Finding:
    return Finding(MERGED, Severity.WARNING, "contacts merged", message, count=many)


def links(contacts: pl.DataFrame, column: str, form: MergedIds) -> Iterator[tuple[str, str]]:
    """Yield pairs (old id, survivor) from a column of the contacts, in the order of the export."""
    if form.into is not None:
        pairs = contacts.select("contact_id", present(pl.col(column)).alias("into"))
        yield from pairs.drop_nulls().iter_rows()
        return
    separator = form.separator.strip() or form.separator
    listed = contacts.select("contact_id", old=pl.col(column).str.split(separator)).explode(
        "old", empty_as_null=True
    )
    ids = listed.with_columns(present(pl.col("old").str.split(_TIME).list.first())).drop_nulls()
    yield from ids.select("old", "contact_id").iter_rows()


def resolve(pairs: Iterable[tuple[str, str]]) -> Merged:
    """Follow every chain to its end. If claims contradict each other, the first one wins."""
    into: dict[str, str] = {}
    clashes = cycles = rounded = 0
    for old, survivor in pairs:
        if old == survivor:
            continue
        if is_rounded(old):
            rounded += 1
            continue
        end = _end(survivor, into)
        if end == old:
            cycles += 1
        elif old not in into:
            into[old] = survivor
        elif _end(old, into) != end:
            clashes += 1
    return Merged({old: _end(old, into) for old in into}, clashes, cycles, rounded)


def _end(contact: str, into: dict[str, str]) -> str:
    path = []
    while contact in into:
        path.append(contact)
        contact = into[contact]
    for each in path[:-1]:  # chains stay short
        into[each] = contact
    return contact


class Split(Struct, frozen=True):
    """The remaining contacts, and the merged ones with their `SURVIVOR` (`frames.Exports.aliases`).

    `lost` is the number of rows merged into a contact that is not in the list; they are in neither frame.
    """

    standing: pl.DataFrame
    aliases: pl.DataFrame | None = None
    lost: int = 0

    def findings(self) -> Iterator[Finding]:
        """Yield a finding if rows were lost."""
        if self.lost:
            what = f"{count(self.lost, 'contact')} merged into somebody who is not in the list"
            yield _of_merged(f"{what}; they get no score.", self.lost)


def split(contacts: pl.DataFrame, merged: Merged) -> Split:
    """Split the contacts into those that remain and those that were merged into others."""
    if not merged.into:
        return Split(contacts)
    into = pl.DataFrame(
        list(merged.into.items()), schema={"contact_id": pl.String, SURVIVOR: pl.String}, orient="row"
    )
    standing = contacts.join(into, on="contact_id", how="anti", maintain_order="left")
    there = pl.col(SURVIVOR).is_in(standing["contact_id"].implode())
    aliases = into.filter(there).join(contacts, on="contact_id", how="left", maintain_order="left")
    lost = into.filter(~there).join(contacts, on="contact_id", how="semi").height
    return Split(standing, aliases, lost)
