"""`flamescore.spark.score`: Spark tables in, Spark tables out."""

from __future__ import annotations

import json
import platform
import secrets
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from msgspec import Struct, field

from flamescore import _version
from flamescore.columns import with_derived
from flamescore.errors import InputError, Problem, RuleFileError, UsageError
from flamescore.exports import ListFiles, Reading, columns_of_frames
from flamescore.given_values import instant
from flamescore.input_errors import EMPTY, fault
from flamescore.project import DEFAULT_LIMIT
from flamescore.rules import (
    bind_condition,
    bind_rules,
    leaves,
    list_columns,
    load_condition,
    load_rules,
    load_rules_text,
    named_columns,
    stands,
)
from flamescore.runs import RulesFile, describe_counted, describe_lists, to_json
from flamescore.spark import rank
from flamescore.spark.plan import (
    CONTACTS,
    EVENTS,
    HISTORY,
    KINDS,
    MOST_EVENTS,
    PEOPLE,
    Plan,
    SourcePlan,
)
from flamescore.yaml_tree import nearest_or_use, parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from flamescore.columns import Columns as Offered
    from flamescore.exports import FileOutcome
    from flamescore.observations import Observations
    from flamescore.project import RejectLimit
    from flamescore.rules import Condition, LoadedCondition, LoadedRules, RuleBook
    from flamescore.spark.plan import Columns
    from flamescore.spark.rank import DataFrame, Session

MOST_FLAMES: Final = 5
"""The number of flames from which a contact is hot."""

MOST_OF_SHARD: Final = 250_000
LEAST_OF_SHARD: Final = 1_000
"""The most and the fewest contacts of a shard, unless the caller sets the number of shards."""

SHARDS_OF_SLOT: Final = 8


class SparkResult(Struct, frozen=True):
    """The result of a scoring on Spark, as Spark tables that can be written as Delta, Iceberg or Parquet.

    `scores` is ranked, score by score, with the kept columns; `points` is the ledger; `excluded` contains the
    `contact_id` of each contact that the call list excludes. `rejects` contains the rejected rows, the first
    100,000 of each source; `rules` contains what each rule and limit gave over all contacts. `record` is the
    content of `run.json`.
    """

    scores: DataFrame
    points: DataFrame
    excluded: DataFrame
    rejects: DataFrame
    rules: DataFrame
    record: dict[str, Any] = field(default_factory=dict)


def score(
    spark: Session,
    rules: str | Path | LoadedRules,
    contacts: DataFrame,
    events: DataFrame | None = None,
    tag_history: DataFrame | None = None,
    *,
    as_of: str | datetime | date = "now",
    keep: Sequence[str] = (),
    exclude: str | Mapping[str, Any] | None = None,
    order_by: str | Mapping[str, str] | None = None,
    shards: int | None = None,
    work: str | None = None,
    max_rejects: RejectLimit | None = None,
    most_events: int = MOST_EVENTS,
) -> SparkResult:
    """Score every contact by every enabled score, as of an instant, on a Spark cluster.

    `spark` is a session; a Spark Connect session is enough. The tables have the columns that
    `flamescore.score` requires: `contact_id`; `contact_id, event, at`; `contact_id, tag, at`. `rules` is a
    path, or YAML text that contains a line break. `keep` lists columns of contacts to include in `scores`.
    `exclude` is a condition, as a mapping or YAML, for the contacts that the call list excludes.

    A table has no first row, so the ids of contacts and events must be unique in it, unless `order_by` names
    the column that determines which rows come first: one name for all tables that have it, or a mapping with
    the keys `contacts`, `events` and `tag_history`. In that case the first row of a contact counts, as in a
    file, and the last one of an event.

    `shards` is the number of pieces that the contacts are split into; by default, there are enough that each
    has at most 250,000 contacts. `work` is a folder that all workers share, where intermediate tables are
    written; without it, Spark caches them. A contact may have at most `most_events` events that may count.

    Every value of the result equals that of `flamescore.score`, for any number of shards.

    Raises:
        RuleFileError: the rules or the condition are invalid, or refer to a column that the tables don't
            have.
        UsageError: S001: the rules or the arguments need something that is not supported on Spark yet.
        InputError: S002 to S005, or the tables have too many rows that don't fit.
    """
    loaded, started_at = rules_given(rules), datetime.now(UTC)
    folder = None if work is None else f"{work.rstrip('/')}/{secrets.token_hex(6)}"
    tables = {CONTACTS: contacts, EVENTS: events, HISTORY: tag_history}
    given = {kind: table for kind, table in tables.items() if table is not None}
    empty = {kind: rank.collected(table.limit(0)) for kind, table in given.items()}
    plan = planned(
        loaded,
        empty,
        as_of,
        keep=keep,
        exclude=exclude,
        order_by=order_by,
        max_rejects=max_rejects,
        most_events=most_events,
    )
    check_workers(spark)
    parts = []
    for number, source in enumerate(plan.sources):
        clean = rank.cleaned(plan, number, given[source.kind])
        parts.append(_held(spark, clean, folder, f"clean-{source.kind}", plan.rows))
    notes = [note for part in parts for note in rank.notes_of(part)]
    _check_unique(plan, parts[0], notes, given.get(EVENTS))
    people = parts[0].where("note is null").count()
    if not people and not any(
        outcome.counts.rows for source, outcome in notes if plan.sources[source].kind == CONTACTS
    ):
        raise fault(EMPTY, "contacts: the table has no row.")
    many = shards or shards_for(spark, people)
    rows = reduce(lambda one, other: one.unionByName(other), parts)
    results = _held(spark, rank.scored(plan, rows, many), folder, "told", plan.result_columns)
    found = rank.summed(plan, notes, results, given=people)
    entries = plan.entries
    observed = found.noticed.to_observations(entries)
    return SparkResult(
        scores=rank.score_table(spark, plan, results, found, plan.kept_names),
        points=rank.points_table(spark, plan, results, entries),
        excluded=results.where(f"part = {PEOPLE} and excluded").select("contact_id").orderBy("contact_id"),
        rejects=rank.table_of(spark, found.rejects),
        rules=rank.table_of(spark, observed.rules),
        record=_record(plan, loaded, found, observed, started_at),
    )


def _record(
    plan: Plan, loaded: LoadedRules, found: rank.Summed, observed: Observations, started_at: datetime
) -> dict[str, Any]:
    """Return the content of `run.json`."""
    record = describe_counted(
        plan.book,
        plan.as_of,
        found.standings,
        observed,
        rules=RulesFile.of(loaded.path, loaded.text, describe_lists(loaded.lists)),
        started_at=started_at,
        contacts=found.contacts,
        excluded=found.excluded,
        hot_flames=MOST_FLAMES,
    )
    content: dict[str, Any] = json.loads(to_json(record))
    return content


def rules_given(rules: str | Path | LoadedRules) -> LoadedRules:
    """Return rules that are given as a path, as YAML text that contains a line break, or loaded."""
    if isinstance(rules, str) and "\n" in rules:
        return load_rules_text(rules, "rules.yaml", ListFiles(Path()))
    if isinstance(rules, str | Path):
        return load_rules(Path(rules), ListFiles(Path(rules).parent))
    return rules


def planned(
    loaded: LoadedRules,
    empty: Mapping[str, pl.DataFrame],
    as_of: str | datetime | date,
    *,
    keep: Sequence[str] = (),
    exclude: str | Mapping[str, Any] | None = None,
    order_by: str | Mapping[str, str] | None = None,
    max_rejects: RejectLimit | None = None,
    most_events: int = MOST_EVENTS,
) -> Plan:
    """Return the plan for scoring tables with these columns; `empty` has a frame without rows for each.

    Raises:
        RuleFileError, UsageError: as in `score`.
    """
    columns = columns_of_frames(tuple(empty.items()))
    book = bind_rules(loaded, columns).book
    condition = None if exclude is None else _condition(exclude, loaded)
    left_out = None if condition is None else bind_condition(condition, columns, loaded.zone)
    _check_done(book, left_out, keep)
    _check_kept(keep, columns)
    definitions = (loaded,) if condition is None else (loaded, condition)
    reading = Reading(
        loaded.zone,
        max_rejects or DEFAULT_LIMIT,
        named=named_columns(*definitions, keep=frozenset(keep)),
        lists=list_columns(*definitions),
    )
    sources = tuple(
        SourcePlan(kind, kind, order_by=_order_of(kind, empty[kind].columns, order_by))
        for kind in KINDS
        if kind in empty
    )
    plan = Plan(book, left_out, instant(as_of, loaded.zone), reading, sources, keep=tuple(keep))
    return plan.with_columns_of(empty, most_events)


def _order_of(kind: str, there: Sequence[str], order_by: str | Mapping[str, str] | None) -> str | None:
    """Return the column that determines the order of a table's rows, if one is named."""
    if order_by is None or isinstance(order_by, str):
        return order_by if order_by in there else None
    name = order_by.get(kind)
    if name is not None and name not in there:
        hint = nearest_or_use(name, there)
        raise UsageError(Problem("U002", f"order_by: {kind} have no column `{name}`.", hint=hint))
    return name


def _condition(exclude: str | Mapping[str, Any], loaded: LoadedRules) -> LoadedCondition:
    text = exclude if isinstance(exclude, str) else json.dumps(dict(exclude))
    parsed = parse(text, "exclude")
    if parsed.document is None or parsed.problems:
        raise RuleFileError(parsed.problems)
    return load_condition(parsed.document, names=loaded.names)


def unsupported(what: str) -> UsageError:
    """Return the error for a request that is not supported on Spark."""
    return UsageError(
        Problem("S001", f"The engine on Spark does not do {what} yet.", hint="Score it on one machine.")
    )


def _check_done(book: RuleBook, exclude: Condition | None, keep: Sequence[str]) -> None:
    """Check that the rules need nothing that spans several contacts and is not supported here."""
    if book.accounts is not None:
        raise unsupported("`accounts`")
    if book.labels:
        raise unsupported("`labels`")
    if book.bots is not None:
        raise unsupported("`bots`")
    if exclude is not None and any(stands(leaf) for leaf in leaves(exclude)):
        raise unsupported("an `exclude` that asks for scores, labels, rules or segments")
    if "tags" in keep:
        raise unsupported("`keep` of `tags`")


def _check_kept(keep: Sequence[str], columns: Offered) -> None:
    there = with_derived(columns.contacts)
    for name in keep:
        if name not in there:
            hint = nearest_or_use(name, there)
            raise UsageError(Problem("U002", f"keep: contacts have no column `{name}`.", hint=hint))


def _held(spark: Session, frame: DataFrame, folder: str | None, name: str, columns: Columns) -> DataFrame:
    """Write an intermediate table to shared storage, or cache it in Spark, since it is read often."""
    if folder is None:
        return frame.cache()
    place = f"{folder}/{name}"
    frame.write.parquet(place)
    return spark.read.schema(rank.ddl(columns)).parquet(place)


def check_workers(spark: Session) -> None:
    """Check that the workers run the same versions as this process.

    Raises:
        InputError: S002: they have another Python, Polars or flamescore, or one of them is missing.
    """

    def versions(batches: Any) -> Any:  # noqa: ANN401 - Spark's type
        for batch in batches:
            del batch
            yield pl.DataFrame({"text": [versions_here()]})

    found = rank.collected(rank.mapped(spark.range(1), (("text", "string"),), versions))
    theirs = found["text"].unique().to_list()
    if theirs != [versions_here()]:
        text = f"The workers run {theirs[0]}; here it is {versions_here()}."
        raise InputError(Problem("S002", text, hint="Install the same versions on both."))


def versions_here() -> str:
    """Return the versions in this process that scores depend on."""
    python = ".".join(platform.python_version_tuple()[:2])
    return f"Python {python}, polars {pl.__version__} and flamescore {_version.__version__}"


def shards_for(spark: Session, contacts: int) -> int:
    """Return how many shards keep a cluster busy without being too large, or too small to be worth it."""
    slots = spark.conf.get("spark.default.parallelism", None)
    wanted = spark.conf.get("spark.sql.shuffle.partitions", None)
    if slots is not None and str(slots).isdigit():
        busy = SHARDS_OF_SLOT * int(slots)
    else:
        busy = int(wanted) if wanted is not None and str(wanted).isdigit() else 1
    return max(1, -(-contacts // MOST_OF_SHARD), min(busy, -(-contacts // LEAST_OF_SHARD)))


def _check_unique(
    plan: Plan, people: DataFrame, notes: Sequence[tuple[int, FileOutcome]], events: DataFrame | None
) -> None:
    """Check that ids are unique in tables without an order, where no row is the first or the last."""
    ordered = {source.kind for source in plan.sources if source.order_by is not None}
    repeated = (
        0 if CONTACTS in ordered else sum(outcome.reasons.get("repeated_id", 0) for _, outcome in notes)
    )
    ids = people.where("note is null").groupBy("contact_id").count().where("count > 1")
    many = repeated or ids.count()
    if many:
        raise InputError(rank.not_unique(CONTACTS, many, "contact_ids", "contact_id"))
    if events is not None and EVENTS not in ordered and "event_id" in events.columns:
        named = events.where("trim(cast(event_id as string)) <> ''").groupBy("event_id").count()
        many = named.where("count > 1").count()
        if many:
            raise InputError(rank.not_unique(EVENTS, many, "event_ids", "event_id"))
