"""The flow of the engine: contacts once, one pass over the events, then partition by partition."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from flamescore.engine.aggregate import PIECES, Aggregator, LiveSets, WorthTables, groups_of
from flamescore.engine.bins import BIN_BITS, BUDGET, MEMORY, Bins, Spill
from flamescore.engine.bots import BotsPart, Hit
from flamescore.engine.coded import signatures_of
from flamescore.engine.conditions import ConditionEvaluator, ContactFacts
from flamescore.engine.contacts import contacts_of, match_fields
from flamescore.engine.judging import Judge
from flamescore.engine.ledger import NO_AGE, LedgerPart, LedgerWriter
from flamescore.engine.operands import watched
from flamescore.engine.scan import BATCH, Scan
from flamescore.engine.score_limits import ScoreTooLargeError, check_score_size
from flamescore.engine.streams import conditions_of_book, streams_of
from flamescore.engine.tags import tags_of
from flamescore.engine.tally import ignoring
from flamescore.engine.worth import worth_table
from flamescore.memory import release_free_memory
from flamescore.rules import FieldIs, Happened, HasTag, TagRule, leaves
from flamescore.steps import Stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from flamescore.engine.bins import Partition
    from flamescore.engine.calendar import Clock
    from flamescore.engine.contacts import Contacts
    from flamescore.engine.judging import Verdict
    from flamescore.engine.ledger import LedgerBuilder, LedgerSummary
    from flamescore.engine.scan import Scanned
    from flamescore.engine.streams import Streams
    from flamescore.engine.tags import Tags
    from flamescore.frames import Exports
    from flamescore.rules import Condition, EventRule, Predicate, RuleBook
    from flamescore.steps import Step


class Prepared(Struct, frozen=True):
    """Everything that is known before the first event is read; scoring and explaining share it."""

    book: RuleBook
    clock: Clock
    contacts: Contacts
    streams: Streams
    tags: Tags
    facts: ContactFacts
    ledger_writer: LedgerWriter
    unread: tuple[tuple[str, int], ...]
    """Contact columns with cells that can't be parsed as the required number or date, and the cell counts."""

    def aggregator(
        self, sets: Sequence[tuple[int, ...]], *, oldest: int, wide: bool, budget: int = BUDGET
    ) -> Aggregator:
        """Return an aggregator for these live sets; no event is older than `oldest` seconds.

        `wide` counts all streams except followers and resets in the wide form. `budget` is that of `Tuning`.
        """
        streams, beside = self.streams.counted, self.streams.beside
        many = len(streams)
        is_wide = [s.wide or (wide and i not in beside) for i, s in enumerate(streams)]
        return Aggregator(
            streams=self.streams,
            clock=self.clock,
            tables=WorthTables.of([worth_table(stream, oldest) for stream in streams]),
            groups=groups_of(streams, is_wide),
            narrow=LiveSets.of([s for s in some if s < many and not is_wide[s]] for some in sets),
            wide=LiveSets.of([s for s in some if s < many and is_wide[s]] for some in sets),
            age_bits=max(1, oldest.bit_length()),
            at_once=PIECES * budget,
        )


def prepare(
    book: RuleBook,
    exports: Exports,
    clock: Clock,
    *,
    extra_conditions: Sequence[Condition] = (),
    extra_events: Sequence[EventRule] = (),
) -> Prepared:
    """Index the contacts, and compute everything that does not depend on events.

    `extra_conditions` are not part of the book (the call list's exclusions, for example), but can be
    evaluated too. `extra_events` give no points, and are counted like the rules of the book.
    """
    contacts = contacts_of(exports.contacts, exports.aliases)
    streams = streams_of(book, extra_conditions, clock, extra_events)
    conditions = [
        leaf for condition in (*extra_conditions, *conditions_of_book(book)) for leaf in leaves(condition)
    ]
    fields = [p for c in conditions if isinstance(c, FieldIs) for p in c.where]
    matched = match_fields(contacts, tuple(dict.fromkeys(fields)), clock)
    tags = tags_of(contacts, exports.tag_history, clock)
    return Prepared(
        book=book,
        clock=clock,
        contacts=contacts,
        streams=streams,
        tags=tags,
        facts=_facts(book, conditions, matched.matches, tags, streams),
        ledger_writer=LedgerWriter(book, streams, clock),
        unread=matched.unread,
    )


def _facts(
    book: RuleBook,
    conditions: Sequence[Condition],
    fields: dict[Predicate, NDArray[np.bool_]],
    tags: Tags,
    streams: Streams,
) -> ContactFacts:
    rules = [r.subject for score in book.scores for r in score.rules if isinstance(r.subject, TagRule)]
    tag_names = dict.fromkeys(
        (*(c.tag for c in conditions if isinstance(c, HasTag)), *(r.tag for r in rules))
    )
    return ContactFacts(
        fields=fields,
        tags={tag: tags.has(tag) for tag in tag_names},
        tagged_at={rule.tag: tags.applied_at(rule.tag) for rule in rules if rule.dated},
        streams_of={c: streams.of_condition[c] for c in conditions if isinstance(c, Happened)},
    )


class Tuning(Struct, frozen=True):
    """How the work is split; no setting changes a result.

    `batch` is the rows of a batch, and `bin_bits` the contacts of a bin as a power of two. `budget` bounds
    the occurrences counted at once, and `workers` the partitions processed at a time. `wide` counts every
    stream in the wide form, to test it against the narrow one. `memory` is the number of bytes of events, and
    of the ledger again, that are kept in memory; more goes to temporary files in `folder` (None: the system's
    default).
    """

    batch: int = BATCH
    bin_bits: int = BIN_BITS
    budget: int = BUDGET
    workers: int = 2
    wide: bool = False
    memory: int = MEMORY
    folder: Path | None = None


DEFAULT_TUNING = Tuning()


class PartitionResult(Struct, frozen=True):
    """A partition's ledger (None if it was not requested) and its summary.

    `extra` contains a mask of the contacts for each extra condition. `latest` contains, for each of the extra
    events, the age of the latest occurrence that counts, by contact, or `NO_AGE`. `earlier_totals` are the
    totals without the youngest events, by score and contact, 0 outside the population; None if they were not
    requested or are too large. `ignored` is the number of its events of each source that entries in sequence
    and `bots` exclude. `bots` describes the events that look like a mail scanner's, and is None if there are
    none.
    """

    ledger: LedgerPart | None
    summary: LedgerSummary
    extra: tuple[NDArray[np.bool_], ...]
    latest: tuple[NDArray[np.int64], ...]
    earlier_totals: NDArray[np.int64] | None = None
    ignored: NDArray[np.int64] | None = None
    bots: BotsPart | None = None


class Run(Struct, frozen=True):
    """The result of the engine: the results of the partitions, in order of contact id."""

    prepared: Prepared
    scanned: Scanned
    results: tuple[PartitionResult, ...]
    steps: tuple[Step, ...]

    @property
    def ledger(self) -> tuple[LedgerPart, ...]:
        """The parts of the ledger; empty if it was not requested."""
        return tuple(result.ledger for result in self.results if result.ledger is not None)

    def by_score(self, rows: Callable[[PartitionResult], NDArray[Any] | None]) -> dict[str, NDArray[Any]]:
        """Concatenate arrays with a row per score and a column per contact, and return them by score."""
        parts = [part for result in self.results if (part := rows(result)) is not None]
        joined = np.concatenate(parts, axis=1)
        return {score.name: joined[n] for n, score in enumerate(self.prepared.book.scores)}


def run(
    book: RuleBook,
    exports: Exports,
    clock: Clock,
    *,
    extra_conditions: Sequence[Condition] = (),
    extra_events: Sequence[EventRule] = (),
    tuning: Tuning = DEFAULT_TUNING,
    earlier_age: int | None = None,
    ledger: bool = True,
    operands: bool = False,
) -> Run:
    """Compute the ledger of every partition from the exports.

    Without `ledger`, only its summary is computed, and rejected rows are dropped silently. With
    `earlier_age`, the totals of the events that are at least this many seconds old are computed too. With
    `operands`, the result records for each operand of a predicate on events whether any event matches it
    (`Scanned.held`).

    Raises:
        InputError: sources have too many rejects.
        ScoreTooLargeError: a contact's score does not fit in 64 bits.
    """
    watch = Stopwatch()
    prepared = prepare(book, exports, clock, extra_conditions=extra_conditions, extra_events=extra_events)
    watch("contacts", prepared.contacts.count)
    memory, folder = tuning.memory, tuning.folder
    streams, contacts = prepared.streams, prepared.contacts
    bins = Bins(contacts.count, len(streams.all), bits=tuning.bin_bits, memory=memory, folder=folder)
    known = signatures_of(exports.events)
    also = watched(streams.predicates) if operands and known is None else ()
    scan = Scan(streams, contacts, clock, batch=tuning.batch, watch=also, signatures=known)
    scanned = scan.run(exports.events, bins, rejects=ledger)
    watch("events", sum(record.counts.rows for record in scanned.records))
    release_free_memory()
    occurrences = bins.occurrences
    counter = _PartitionCounter(
        prepared,
        prepared.aggregator(scanned.sets, oldest=bins.oldest, wide=tuning.wide, budget=tuning.budget),
        Spill(memory, folder) if ledger else None,
        tuple(extra_conditions),
        tuple(extra_events),
        earlier_age,
        Judge(streams, clock, scanned.sets),
        np.array(scanned.sources),
    )
    results = tuple(_in_order(counter.count, bins.partitions(tuning.budget), tuning.workers))
    release_free_memory()
    watch("counting", occurrences)
    records = ignoring(scanned.records, [each.ignored for each in results if each.ignored is not None])
    return Run(prepared, replace(scanned, records=records), results, tuple(watch.steps))


class _PartitionCounter(Struct, frozen=True):
    """Computes the ledger of a partition from its events."""

    prepared: Prepared
    aggregator: Aggregator
    spill: Spill | None
    extra_conditions: tuple[Condition, ...]
    extra_events: tuple[EventRule, ...]
    earlier_age: int | None
    judge: Judge
    sources: NDArray[np.int64]
    """The source of the events of each live set."""

    def count(self, partition: Partition) -> PartitionResult:
        """Count the events, write the ledger, and evaluate the extra conditions."""
        verdict = self.judge.judge(partition)
        gone = None if verdict is None else verdict.gone
        evaluator, builder, summary = self._ledger_of(partition.without(gone))
        self._check(partition, builder, summary)
        stored = None if self.spill is None else self.spill.put(builder.rows().arrays)
        ledger = None if stored is None else LedgerPart(evaluator.first, evaluator.last, stored)
        extra = tuple(evaluator.evaluate(condition) for condition in self.extra_conditions)
        age = self.earlier_age
        return PartitionResult(
            ledger,
            summary,
            extra,
            tuple(self._latest(evaluator, each) for each in self.extra_events),
            None if age is None else self._earlier_totals(partition, summary, age),
            None if gone is None else np.bincount(self.sources[partition.events.live[gone]]),
            self._bots(partition, verdict, summary),
        )

    def _ledger_of(self, partition: Partition) -> tuple[ConditionEvaluator, LedgerBuilder, LedgerSummary]:
        sums = self.aggregator.sums(partition)
        evaluator = ConditionEvaluator(self.prepared.facts, partition.first, partition.last, sums)
        return evaluator, *self.prepared.ledger_writer.write(evaluator)

    def _latest(self, evaluator: ConditionEvaluator, rule: EventRule) -> NDArray[np.int64]:
        sums = evaluator.sums[self.prepared.streams.of_rule[rule]]
        out = np.full(evaluator.count, NO_AGE, np.int64)
        out[sums.contact] = sums.age
        return out

    def _bots(self, partition: Partition, verdict: Verdict | None, summary: LedgerSummary) -> BotsPart | None:
        """Count again with the other action of `bots`, for contacts with events like a scanner's."""
        hit = Hit.of(partition, verdict)
        if hit is None or verdict is None:
            return None
        other = hit.partition(partition, verdict)
        facts = self.prepared.facts.only(hit.contact + partition.first)
        evaluator = ConditionEvaluator(facts, 0, other.last, self.aggregator.sums(other))
        _, counted = self.prepared.ledger_writer.write(evaluator)
        remove = self.prepared.streams.judgements.remove
        return hit.part(partition.first, summary, counted, remove=remove)

    def _check(self, partition: Partition, builder: LedgerBuilder, summary: LedgerSummary) -> None:
        ids = self.prepared.contacts.frame["contact_id"]
        check_score_size(
            builder,
            summary,
            self.prepared.ledger_writer.entries,
            as_of=self.prepared.clock.as_of,
            id_of=lambda place: str(ids[partition.first + place]),
        )

    def _earlier_totals(
        self, partition: Partition, summary: LedgerSummary, age: int
    ) -> NDArray[np.int64] | None:
        """Count again only for contacts with younger events, which are few from one run to the next."""
        past, changed = partition.earlier(age)
        totals = summary.population_totals()
        if not changed.any():
            return totals
        verdict = self.judge.judge(past)
        _, builder, earlier = self._ledger_of(past.without(None if verdict is None else verdict.gone))
        try:
            self._check(past, builder, earlier)
        except ScoreTooLargeError:
            return None
        return np.where(changed, earlier.population_totals(), totals)


def _in_order(
    count: Callable[[Partition], PartitionResult], partitions: Iterator[Partition], workers: int
) -> Iterator[PartitionResult]:
    """Process a few partitions at a time, and yield their results in order."""
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[PartitionResult]] = deque()
        for partition in partitions:
            waiting.append(pool.submit(count, partition))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
