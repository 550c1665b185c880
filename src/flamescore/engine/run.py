"""The engine's flow on one page: contacts once, one pass over the events, then partition by partition."""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from flamescore.bind.resolved import FieldIs, Happened, HasTag, TagRule
from flamescore.engine.counting import Counting
from flamescore.engine.judge import Judge, Known
from flamescore.engine.ledger import Share, Teller
from flamescore.engine.people import facts_of, people_of
from flamescore.engine.scan import BATCH, Scan
from flamescore.engine.streams import conditions_of, leaves, streams_of
from flamescore.engine.tags import tags_of
from flamescore.engine.tail import Tail, flattened
from flamescore.engine.worth import worth_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from flamescore.bind.resolved import Condition, Predicate, RuleBook
    from flamescore.engine.bins import Partition
    from flamescore.engine.clock import Clock
    from flamescore.engine.people import People
    from flamescore.engine.scan import Scanned
    from flamescore.engine.streams import Streams
    from flamescore.engine.tags import Tags
    from flamescore.frames import Exports


@dataclass(frozen=True)
class Tuning:
    """How the work is cut up; nothing of it changes a result.

    `budget` bounds the occurrences counted at once, `workers` the partitions at a time; `wide` sends every
    stream through the wide form of counting, which is there to be tested against the narrow one.
    """

    batch: int = BATCH
    budget: int = 4_000_000
    workers: int = 2
    wide: bool = False


DEFAULT = Tuning()


@dataclass(frozen=True)
class Told:
    """A partition's ledger, and for whom each further condition holds."""

    first: int
    share: Share
    holds: tuple[NDArray[np.bool_], ...]


@dataclass(frozen=True)
class Run:
    """What the engine worked out before the ledger is put together."""

    people: People
    tags: Tags
    teller: Teller
    scanned: Scanned
    streams: Streams
    unread_fields: tuple[tuple[str, int], ...]
    shares: tuple[Told, ...]
    seconds: tuple[tuple[str, float], ...]


def run(book: RuleBook, exports: Exports, clock: Clock, *, also: Sequence[Condition], tuning: Tuning) -> Run:
    """Go from exports to the ledger of every partition, in order of contact id."""
    watch = _Watch()
    people = people_of(exports.contacts)
    streams = streams_of(book, also, clock)
    conditions = [leaf for condition in asked(book, also) for leaf in leaves(condition)]
    facts = facts_of(people, [p for c in conditions if isinstance(c, FieldIs) for p in c.where], clock)
    tags = tags_of(people, exports.tag_history, clock)
    known = known_of(book, conditions, facts.holds, tags, streams)
    watch("contacts")
    scanned = Scan(streams, people, clock, batch=tuning.batch).run(exports.events)
    watch("events")
    teller = Teller(book, streams.of_rule, clock)
    tail = tail_of(streams, scanned, clock, wide=tuning.wide)
    partitions = scanned.bins.partitions(tuning.budget)

    def tell(partition: Partition) -> Told:
        judge = Judge(known, partition.first, partition.last, tail.sums(partition))
        return Told(partition.first, teller.share(judge), tuple(judge.holds(c) for c in also))

    shares = tuple(_in_turn(tell, partitions, tuning.workers))
    watch("counting")
    return Run(people, tags, teller, scanned, streams, facts.unread, shares, watch.seconds)


def asked(book: RuleBook, also: Sequence[Condition]) -> Iterator[Condition]:
    """Yield every condition that is asked of contacts."""
    yield from also
    for score in book.scores:
        if score.population is not None:
            yield score.population
        for rule in score.rules:
            yield from conditions_of(rule)


def known_of(
    book: RuleBook,
    conditions: Sequence[Condition],
    fields: dict[Predicate, NDArray[np.bool_]],
    tags: Tags,
    streams: Streams,
) -> Known:
    """Work out who has which tags, as conditions and tag rules ask."""
    rules = [r.subject for score in book.scores for r in score.rules if isinstance(r.subject, TagRule)]
    asked_tags = dict.fromkeys((*(c.tag for c in conditions if isinstance(c, HasTag)), *(r.tag for r in rules)))
    return Known(
        fields=fields,
        tags={tag: tags.has(tag) for tag in asked_tags},
        since={rule.tag: tags.since(rule.tag) for rule in rules if rule.dated},
        happened={c: streams.of_condition[c] for c in conditions if isinstance(c, Happened)},
    )


def tail_of(streams: Streams, scanned: Scanned, clock: Clock, *, wide: bool) -> Tail:
    """Make the tables that counting needs, as far back as the events go."""
    followers = {
        link.stream for s in streams.all for link in (s.followed_by, s.unless_followed_by) if link is not None
    }
    forms = [s.wide or (wide and i not in followers) for i, s in enumerate(streams.all)]
    oldest = scanned.bins.oldest
    offsets, flat = flattened(scanned.sets)
    how = Counting(streams.all, clock, oldest=oldest)
    return Tail(streams, how, worth_of(streams.all, oldest), offsets, flat, np.array(forms, np.bool_))


def _in_turn(tell: Callable[[Partition], Told], partitions: Iterator[Partition], workers: int) -> Iterator[Told]:
    """Work on a few partitions at a time, and yield their shares in order."""
    if workers <= 1:
        yield from map(tell, partitions)
        return
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[Told]] = deque()
        for partition in partitions:
            waiting.append(pool.submit(tell, partition))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


class _Watch:
    def __init__(self) -> None:
        self._last = time.perf_counter()
        self.seconds: tuple[tuple[str, float], ...] = ()

    def __call__(self, step: str) -> None:
        now = time.perf_counter()
        self.seconds = (*self.seconds, (step, now - self._last))
        self._last = now
