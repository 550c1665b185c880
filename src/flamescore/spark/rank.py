"""The global part of a scoring on Spark: balancing the books, ranks from counts, and the result tables.

Only the DataFrame API is used, because Spark Connect offers no RDDs and no Spark context.
"""

from __future__ import annotations

import pickle
from collections import Counter
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any, Final, cast

import polars as pl
import pyarrow as pa
from msgspec import Struct
from msgspec.structs import replace

from flamescore.engine import MANY, TOTAL, standings
from flamescore.errors import InputError, Problem
from flamescore.exports import ranked_reasons
from flamescore.frames import POINTS, REJECTS, SCORES, Counts, SourceRecord
from flamescore.runs import TO_CALL
from flamescore.spark.clean import clean_pieces
from flamescore.spark.plan import (
    CONTACTS,
    EVENTS,
    HISTORY,
    LEDGER,
    NOTE,
    PEOPLE,
    TOO_MANY,
    TOTALS,
)
from flamescore.spark.shard import score_shard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from flamescore.engine import Entry
    from flamescore.exports import FileOutcome
    from flamescore.observations import PartialObservations
    from flamescore.spark.plan import Columns, Plan, SourcePlan
    from flamescore.spark.shard import ShardNote

    DataFrame = Any
    Session = Any
    """A Spark session, or that of a service that speaks its protocol; this package needs neither's types."""

KEPT: Final = 100_000
"""Rejects of a source that are returned as rows; all of them are counted."""

ALWAYS_ALLOWED: Final = 20


def ddl(columns: Columns) -> str:
    """Return a layout as Spark DDL."""
    return ", ".join(f"`{name}` {carrier}" for name, carrier in columns)


def mapped(
    frame: DataFrame, columns: Columns, work: Callable[[Iterator[pl.DataFrame]], Iterator[pl.DataFrame]]
) -> DataFrame:
    """Return the result of running `work` on a frame's rows on the workers, partition by partition."""
    layout = _arrow(columns)

    def go(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        came = (cast("pl.DataFrame", pl.from_arrow(batch)) for batch in batches if batch.num_rows)
        for made in work(came):
            for start in range(0, made.height, _BATCH):
                table = made.slice(start, _BATCH).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(layout)
                yield from table.combine_chunks().to_batches()

    return frame.mapInArrow(go, ddl(columns))


_BATCH: Final = 65_536
"""Rows per record batch returned to Spark: its Arrow writer takes quadratic time for larger batches."""


def _arrow(columns: Columns) -> pa.Schema:
    types = {
        "int": pa.int32(), "bigint": pa.int64(), "double": pa.float64(), "boolean": pa.bool_(),
        "string": pa.string(), "binary": pa.binary(),
    }  # fmt: skip
    return pa.schema([(name, types[carrier]) for name, carrier in columns])


def collected(frame: DataFrame) -> pl.DataFrame:
    """Collect a small Spark frame on the driver."""
    return cast("pl.DataFrame", pl.from_arrow(frame.toArrow()))


def cleaned(plan: Plan, number: int, table: DataFrame) -> DataFrame:
    """Return the clean rows of a table (`Plan.rows`), and its notes.

    If the table has an order, rows that may have the same id go to the same worker: those whose ids have the
    same letters and digits, whatever other characters they contain.
    """
    source = plan.sources[number]
    if source.order_by is not None:
        ids = ("event_id", "contact_id") if source.kind == EVENTS else ("contact_id",)
        names = {name.strip(): name for name in table.columns}
        bare = (_BARE.format(names[each]) for each in ids if each in names)
        table = table.withColumn(_SAME, _expression(f"coalesce({', '.join(bare)})"))
        table = table.repartition(_SAME).drop(_SAME)
    return mapped(table, plan.rows, lambda batches: clean_pieces(plan, number, batches))


_SAME: Final = "flamescore_same"
_BARE: Final = "nullif(regexp_replace(cast(`{}` as string), '[^0-9A-Za-z]', ''), '')"


def _expression(text: str) -> Any:  # noqa: ANN401 - a Spark column
    from pyspark.sql import functions as F  # noqa: N812, PLC0415 - the usual name; imported only with Spark

    return F.expr(text)


def notes_of(rows: DataFrame) -> list[tuple[int, FileOutcome]]:
    """Return the report on each piece, with its source."""
    notes = collected(rows.where("note is not null").select("source", "note"))
    return [(source, pickle.loads(note)) for source, note in notes.iter_rows()]  # noqa: S301 - our own workers'


def scored(plan: Plan, rows: DataFrame, shards: int) -> DataFrame:
    """Return the shards' results (`Plan.result_columns`); all rows of a contact go to the same shard."""
    parted = rows.where("note is null").repartition(shards, "contact_id")
    return mapped(parted, plan.result_columns, lambda batches: score_shard(plan, batches))


class Summed(Struct, frozen=True):
    """The validated totals of all shards: observations, records and rejects by source, and counts by total.

    `standings` contains the result of `engine.standings` for each score, with `to_call`: the number of
    contacts with a total that the call list does not exclude.
    """

    noticed: PartialObservations
    records: tuple[SourceRecord, ...]
    rejects: pl.DataFrame
    standings: tuple[pl.DataFrame, ...]
    contacts: int
    excluded: int


def summed(plan: Plan, notes: Sequence[tuple[int, FileOutcome]], results: DataFrame, *, given: int) -> Summed:
    """Add up the results of the shards; `given` is the number of contacts that were handed to them.

    Raises:
        InputError: S003: a tag was applied and removed at the same instant; S004: the books don't balance;
            S005: a contact has more events than a shard holds; I007: a source has too many rejects.
    """
    too_many = collected(results.where(f"part = {TOO_MANY}").select("contact_id", "value"))
    if not too_many.is_empty():
        raise InputError(_too_many(int(too_many["value"].max()), plan.most_events))  # type: ignore[arg-type] # whole
    raw = collected(results.where(f"part = {NOTE}").select("note"))["note"]
    shard_notes: list[ShardNote] = [pickle.loads(each) for each in raw]  # noqa: S301 - our own workers'
    people = collected(results.where(f"part = {PEOPLE}").groupBy("excluded").count())
    many = dict(people.iter_rows())
    contacts = sum(many.values())
    undecided = sum(each.undecided for each in shard_notes)
    if undecided:
        raise InputError(not_unique(HISTORY, undecided, "tags", "tag", where="at one instant"))
    if contacts != given or contacts != sum(sum(each.contacts.values()) for each in shard_notes):
        raise InputError(unbalanced(contacts, given, "contacts"))
    noticed = reduce(add, (each.noticed for each in shard_notes))
    records = tuple(
        _record(plan, number, [each for n, each in notes if n == number], shard_notes, noticed)
        for number in range(len(plan.sources))
    )
    for number, record in enumerate(records):
        _check_limit(plan, plan.sources[number], record.counts, [each for n, each in notes if n == number])
    counts = collected(
        results.where(f"part = {TOTALS}").groupBy("number", "value", "excluded").count()
    )  # small: as many rows as there are distinct totals
    return Summed(
        replace(noticed, sources=records),
        records,
        _rejects(plan, notes),
        tuple(_stood(plan, number, counts) for number in range(len(plan.book.scores))),
        contacts,
        many.get(True, 0),
    )


def _rejects(plan: Plan, notes: Sequence[tuple[int, FileOutcome]]) -> pl.DataFrame:
    """Return the first rejects of each source, in order of the sources."""
    nothing = pl.DataFrame(schema=REJECTS)
    of_source = (
        pl.concat([nothing, *(each.rejects for n, each in notes if n == number)]).head(KEPT)
        for number in range(len(plan.sources))
    )
    return pl.concat([nothing, *of_source])


def _stood(plan: Plan, number: int, counts: pl.DataFrame) -> pl.DataFrame:
    mine = counts.filter(pl.col("number") == number)
    by_total = mine.group_by(pl.col("value").alias(TOTAL)).agg(
        pl.col("count").sum().alias(MANY), pl.col("count").filter(~pl.col("excluded")).sum().alias(TO_CALL)
    )
    return standings(plan.book.scores[number], by_total.select(TOTAL, MANY)).join(
        by_total, on=TOTAL, how="left", maintain_order="left"
    )


def unbalanced(counted: int, given: int, what: str) -> Problem:
    """Return the problem for row counts that don't add up."""
    text = f"The shards told of {counted:,} {what}, and {given:,} were given. Nothing is published."
    return Problem("S004", text, hint="Run it again; if it stays, something between the workers loses rows.")


def not_unique(kind: str, many: int, what: str, column: str, where: str = "more than once") -> Problem:
    """Return the problem for rows of which the first or the last would count, in a table without an order."""
    text = f"{kind}: {many:,} {what} stand {where}; a table has no first row."
    hint = f"Give `order_by=`, or keep one row of each `{column}`."
    return Problem("S003", text, hint=hint)


def _too_many(events: int, most: int) -> Problem:
    text = f"One contact has {events:,} events that may count; a shard holds {most:,}."
    return Problem(
        "S005", text, hint="Name its events under `ignore:`, or raise `most_events` (`--most-events`)."
    )


_OF_PIECES: Final = ("rows", "old", "rejected", "ignored", "superseded")


def _record(
    plan: Plan,
    number: int,
    notes: Sequence[FileOutcome],
    shards: Sequence[ShardNote],
    noticed: PartialObservations,
) -> SourceRecord:
    """Return the record of what became of a source's rows, after checking that each is accounted for."""
    source, known = plan.sources[number], _counted(notes)
    if source.kind == CONTACTS:
        known["kept"] = sum(each.contacts.get(number, 0) for each in shards)
    elif source.kind == HISTORY:
        owned = [each.history.get(number, (0, 0)) for each in shards]
        known["kept"], known["orphans"] = sum(kept for kept, _ in owned), sum(lost for _, lost in owned)
    else:
        place = [n for n, each in enumerate(plan.sources) if each.kind == EVENTS].index(number)
        found = noticed.sources[place].counts
        for name in ("old", "later", "ignored", "duplicates", "superseded", "orphans", "kept"):
            known[name] += getattr(found, name)
    counts = Counts(**known)
    counted = sum(known.values()) - counts.rows
    if counted != counts.rows:
        raise InputError(unbalanced(counted, counts.rows, f"rows of {source.kind}"))
    return SourceRecord(source.kind, source.path, counts=counts)


def check_limits(plan: Plan, notes: Sequence[tuple[int, FileOutcome]]) -> None:
    """Check the rejects of every source, which are known before anything is scored.

    Raises:
        InputError: I007: a source has too many.
    """
    for number, source in enumerate(plan.sources):
        mine = [outcome for n, outcome in notes if n == number]
        _check_limit(plan, source, Counts(**_counted(mine)), mine)


def _counted(notes: Sequence[FileOutcome]) -> Counter[str]:
    """Return the sums of what is known of a source's pieces by themselves."""
    known: Counter[str] = Counter()
    for each in notes:
        known.update({name: getattr(each.counts, name) for name in _OF_PIECES})
    return known


def reasons_of(notes: Sequence[FileOutcome]) -> Counter[str]:
    """Return the number of rejects by reason in all these pieces."""
    reasons: Counter[str] = Counter()
    for each in notes:
        reasons.update(each.reasons)
    return reasons


def _check_limit(plan: Plan, source: SourcePlan, counts: Counts, notes: Sequence[FileOutcome]) -> None:
    """Raise `InputError` if a source has too many rejects in all its pieces together."""
    limit, rejected = source.limit or plan.reading.fallback, counts.rejected
    everything = rejected == counts.rows - counts.ignored
    if not rejected or not (
        everything or (rejected > ALWAYS_ALLOWED and not limit.allows(rejected, counts.rows))
    ):
        return
    by_reason = ranked_reasons(reasons_of(notes))
    why = "which leaves nothing" if everything else f"more than {limit}"
    name = source.kind if source.path == source.kind else f"{source.kind} `{source.path}`"
    text = f"{name}: {rejected:,} of {counts.rows:,} rows are rejected, {why}: {by_reason}."
    raise InputError(Problem("I007", text, hint="Fix the export, or raise max_rejects."))


def score_table(
    spark: Session, plan: Plan, results: DataFrame, found: Summed, names: Sequence[str]
) -> DataFrame:
    """Return `frames.SCORES` and the kept columns, named `names`, ranked, score by score."""
    from pyspark.sql import functions as F  # noqa: N812, PLC0415 - the usual name; imported only with Spark

    totals = ranked_totals(spark, plan, results, found)
    ordered = totals.orderBy("number", F.desc("value"), F.asc_nulls_last("age"), "contact_id")
    at = F.timestamp_micros((F.lit(plan.clock.now) - F.col("age")) * 1_000_000).alias("last_activity_at")
    kept = [F.col(f"k{n}").alias(name) for n, name in enumerate(names)]
    return ordered.select(*(at if name == "last_activity_at" else F.col(name) for name in SCORES), *kept)


def ranked_totals(spark: Session, plan: Plan, results: DataFrame, found: Summed) -> DataFrame:
    """Return the contacts' totals with their standing, in any order: what `frames.SCORES` is made from."""
    from pyspark.sql import functions as F  # noqa: N812, PLC0415 - as above

    rows = pl.concat(
        each.drop(MANY, TO_CALL).with_columns(
            number=pl.lit(number, pl.Int32), score_name=pl.lit(plan.book.scores[number].name)
        )
        for number, each in enumerate(found.standings)
    )
    known = table_of(spark, rows.rename({TOTAL: "value"}))
    return results.where(f"part = {TOTALS}").join(F.broadcast(known), ["number", "value"])


def points_table(spark: Session, plan: Plan, results: DataFrame, entries: Sequence[Entry]) -> DataFrame:
    """Return the ledger (`frames.POINTS`), by contact id, then score, then rule file order."""
    from pyspark.sql import functions as F  # noqa: N812, PLC0415 - as above

    rows = [(n, each.score_name, each.entry, each.id) for n, each in enumerate(entries)]
    schema = {"number": pl.Int32, "score_name": pl.String, "entry": pl.String, "rule_id": pl.String}
    names = table_of(spark, pl.DataFrame(rows, schema, orient="row"))
    ledger = (
        results.where(f"part = {LEDGER}").join(F.broadcast(names), "number").orderBy("contact_id", "number")
    )
    at = F.timestamp_micros((F.lit(plan.clock.now) - F.col("age")) * 1_000_000).alias("last_at")
    return ledger.select(*(at if name == "last_at" else F.col(name) for name in POINTS))


_OLDEST: Final = pl.CompatLevel.oldest()
_TYPES: Final = {
    "String": "string", "Int32": "int", "Int64": "bigint", "Float64": "double", "Boolean": "boolean",
    "Datetime": "timestamp", "Decimal": "decimal(38, 4)", "List": "array<string>",
}  # fmt: skip
"""Spark's names of the types in small frames such as rejects and standings."""


def table_of(spark: Session, frame: pl.DataFrame) -> DataFrame:
    """Convert a small frame to a Spark DataFrame; for an empty one, the types are given explicitly."""
    if frame.is_empty():
        types = tuple((name, _TYPES[str(dtype.base_type())]) for name, dtype in frame.schema.items())
        return spark.createDataFrame([], ddl(types))
    return spark.createDataFrame(frame.to_arrow(compat_level=_OLDEST))
