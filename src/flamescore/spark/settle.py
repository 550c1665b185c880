"""What takes the rows of all files together: newest rows, merged ids, keys of contacts, repeated events.

Only the DataFrame API is used, as everywhere in this package.
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct, field

from flamescore.errors import InputError
from flamescore.exports import Merged, Split, links, resolve
from flamescore.frames import DUPLICATE, SUPERSEDED, SURVIVOR
from flamescore.merged import TEXT_COLUMNS
from flamescore.spark import rank
from flamescore.spark.files import REPEATS, FileNote, keys_of
from flamescore.spark.plan import CONTACTS, EVENTS, HISTORY, KINDS
from flamescore.spark.scoring import unsupported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from flamescore.findings import Finding
    from flamescore.spark.files import FilesPlan
    from flamescore.spark.plan import Columns
    from flamescore.spark.rank import DataFrame, Session

MOST_MERGED: Final = 1_000_000
"""The most contacts that may say who was merged into whom: their chains are followed on the driver."""

_NOBODY: Final = "\0"
"""The beginning of the id of a row whose key no contact has: no id contains this character."""

_PEOPLE, _HISTORY, _EVENTS = (KINDS.index(kind) for kind in (CONTACTS, HISTORY, EVENTS))


class Settled(Struct, frozen=True):
    """Rows for the shards, and the contacts that are scored, with all their columns (`FilesPlan.rows`).

    `superseded` counts, by source, the rows of contacts that don't stand. `shared` is how many contacts have
    a key that an earlier contact has. `aliases` is as in `frames.Exports`, with the columns that runs store.
    """

    rows: DataFrame
    contacts: DataFrame
    superseded: dict[int, int] = field(default_factory=dict)
    shared: int = 0
    aliases: pl.DataFrame | None = None
    findings: tuple[Finding, ...] = ()


def settled(spark: Session, files: FilesPlan, clean: DataFrame) -> Settled:
    """Settle the clean rows of all files (without notes): each row gets the id of the contact it belongs to.

    Raises:
        UsageError: S001: too many contacts were merged.
        InputError: a file of events can't be read.
    """
    from pyspark.sql import functions as F  # noqa: N812, PLC0415 - the usual name; imported only with Spark

    people = clean.where(f"kind = {_PEOPLE}")
    standing = people
    if sum(files.specs[each.source].KIND == CONTACTS for each in files.files) > 1:
        newest = people.groupBy("contact_id").agg(F.max("age").alias("age"))
        standing = people.join(newest, ["contact_id", "age"])
    merged = resolve(_links(files, standing))
    known, aliases, findings = standing, None, tuple(merged.findings())
    if merged.into:
        known, aliases, lost = _without_merged(spark, files, standing, merged)
        findings = (*findings, *lost)
    rows = known.select(*(name for name, _ in files.plan.rows))
    for number, source in enumerate(files.plan.sources):
        if source.kind == CONTACTS:
            continue
        kind = _EVENTS if source.kind == EVENTS else _HISTORY
        mine = clean.where(f"kind = {kind} and source = {number}")
        if source.kind == EVENTS and files.repeats[number] is not None:
            mine = _marked(spark, files, number, mine)
        mine = _owned(spark, files, number, mine, _Contacts(known, aliases))
        rows = rows.unionByName(mine.select(*(name for name, _ in files.plan.rows)))
    before, after = (_by_source(each) for each in (people, known))
    return Settled(
        rows,
        known,
        {source: many - after.get(source, 0) for source, many in before.items()},
        _shared(files, known),
        aliases,
        findings,
    )


def _by_source(people: DataFrame) -> dict[int, int]:
    return dict(rank.collected(people.groupBy("source").count()).iter_rows())


# --- merged contacts


def _links(files: FilesPlan, standing: DataFrame) -> Iterator[tuple[str, str]]:
    """Yield who was merged into whom, in the order of the exports."""
    if not any(files.links):
        return
    linked = standing.where("link is not null").select("source", "place", "contact_id", "link")
    if linked.count() > MOST_MERGED:
        raise unsupported(f"more than {MOST_MERGED:,} contacts with merged ids")
    for (source,), some in (
        rank.collected(linked)
        .sort("source", "place")
        .partition_by("source", as_dict=True, maintain_order=True)
    ).items():
        form = getattr(files.specs[source], "merged", None)
        if form is not None:
            yield from links(some, "link", form)


def _without_merged(
    spark: Session, files: FilesPlan, standing: DataFrame, merged: Merged
) -> tuple[DataFrame, pl.DataFrame, tuple[Finding, ...]]:
    """Return the contacts that remain, those merged into one of them, and a finding on the others."""
    into = pl.DataFrame(
        list(merged.into.items()), schema={"contact_id": pl.String, SURVIVOR: pl.String}, orient="row"
    ).with_row_index("n")
    table = rank.table_of(spark, into.select("contact_id", survivor=SURVIVOR))
    known = standing.join(table.select("contact_id"), "contact_id", "left_anti")
    survivors = table.select(table.survivor.alias("contact_id")).distinct()
    there = rank.collected(known.join(survivors, "contact_id", "left_semi").select("contact_id"))
    stored = {
        name: files.slot(name)
        for name in TEXT_COLUMNS
        if name in (*files.plan.contact_columns, *files.stored)
    }
    old = standing.join(table.select("contact_id"), "contact_id", "left_semi")
    columns = ["contact_id", *stored.values(), *(f"key{n}" for n in range(len(files.keys)))]
    found = rank.collected(old.select(*dict.fromkeys(columns)))
    named = [pl.col(slot).alias(name) for name, slot in stored.items()]
    keys = [pl.col(f"key{n}") for n in range(len(files.keys))]
    rows = found.select("contact_id", *named, *keys)
    aliases = into.filter(pl.col(SURVIVOR).is_in(there["contact_id"].implode()))
    lost = rows.join(aliases, on="contact_id", how="anti").height
    aliases = aliases.join(rows, on="contact_id", how="left", maintain_order="left").drop("n")
    return known, aliases, tuple(Split(rows, aliases, lost).findings())


# --- the contacts of other rows


class _Contacts(Struct, frozen=True):
    """The contacts that remain, and those that were merged into one of them."""

    known: DataFrame
    aliases: pl.DataFrame | None = None


def _owned(spark: Session, files: FilesPlan, number: int, rows: DataFrame, contacts: _Contacts) -> DataFrame:
    """Return rows of events or a tag history under the id of their contact; others keep no contact's id."""
    from pyspark.sql import functions as F  # noqa: N812, PLC0415 - as above

    known, aliases = contacts.known, contacts.aliases
    name = getattr(files.specs[number], "contact_key", None) or "contact_id"
    if name == "contact_id":
        if aliases is None:
            return rows
        old = aliases.select(pl.col("contact_id").alias("old"), owner=SURVIVOR)
        table = rank.table_of(spark, old)
        joined = rows.join(F.broadcast(table), rows.contact_id == table.old, "left")
        return joined.withColumn("contact_id", F.coalesce("owner", "contact_id")).drop("old", "owner")
    slot = f"key{files.keys.index(name)}"
    owners = (
        known.where(f"{slot} is not null")
        .groupBy(F.col(slot).alias("old"))
        .agg(F.min_by("contact_id", "place").alias("owner"))
    )
    if aliases is not None:
        more = aliases.select(pl.col(slot).alias("old"), owner=SURVIVOR).drop_nulls("old")
        table = rank.table_of(spark, more.unique("old", keep="first", maintain_order=True))
        owners = owners.unionByName(table.join(owners.select("old"), "old", "left_anti"))
    joined = rows.join(owners, rows.contact_id == owners.old, "left")
    nobody = F.concat(F.lit(_NOBODY), F.col("contact_id"))
    return joined.withColumn("contact_id", F.coalesce(F.col("owner"), nobody)).drop("old", "owner")


def _shared(files: FilesPlan, known: DataFrame) -> int:
    """Count the contacts whose key an earlier contact has too, over the keys that events are matched by."""
    named = (getattr(spec, "contact_key", None) for spec in files.specs if spec.KIND == EVENTS)
    many = 0
    for name in sorted({each for each in named if each not in (None, "contact_id")}):
        slot = f"key{files.keys.index(name)}"
        there = known.where(f"{slot} is not null").select(slot)
        many += there.count() - there.distinct().count()
    return many


# --- repeated events


def _marked(spark: Session, files: FilesPlan, number: int, rows: DataFrame) -> DataFrame:
    """Return events with a mark on those that an event id supersedes, and on exact duplicates."""
    from pyspark.sql import functions as F  # noqa: N812, PLC0415 - as above

    keys = files.repeats[number]
    assert keys is not None
    mine = [n for n, each in enumerate(files.files) if each.source == number]
    found = by_file(spark, files, mine, REPEATS, keys_of).cache()
    _check_read(found)
    marks = None
    for wanted, pair, pick, mark in (
        (keys.ids, ["id0", "id1"], F.max, SUPERSEDED),
        (keys.distinct, ["all0", "all1"], F.min, DUPLICATE),
    ):
        if wanted:
            there = found.where(f"{pair[0]} is not null").select("place", "age", *pair)
            several = there.groupBy(*pair).agg(pick("age").alias("kept"), F.count("*").alias("many"))
            others = there.join(several.where("many > 1"), pair).where("age <> kept")
            marked = others.select("place", F.lit(mark).alias("marked"))
            marks = marked if marks is None else marks.unionByName(marked)
    assert marks is not None
    marks = marks.groupBy("place").agg(F.min("marked").alias("marked"))
    return rows.drop("mark").join(marks, "place", "left").withColumnRenamed("marked", "mark")


def _check_read(found: DataFrame) -> None:
    notes = rank.collected(found.where("note is not null").select("note"))["note"]
    read: list[FileNote] = [pickle.loads(each) for each in notes]  # noqa: S301 - our own workers'
    problems = [problem for each in read for problem in each.problems]
    if problems:
        raise InputError(problems)


def by_file(
    spark: Session,
    files: FilesPlan,
    numbers: Sequence[int],
    columns: Columns,
    work: Callable[[FilesPlan, int], Iterator[pl.DataFrame]],
) -> DataFrame:
    """Return what `work(files, number)` yields for each file, one task a file."""
    chosen = tuple(numbers)

    def go(batches: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        for batch in batches:
            for (place,) in batch.iter_rows():
                yield from work(files, chosen[place])

    return rank.mapped(spark.range(0, len(chosen), 1, max(1, len(chosen))), columns, go)
