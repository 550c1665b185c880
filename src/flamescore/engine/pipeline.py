"""The engine's flow on one page: contacts once, one pass over the events, then partition by partition."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from flamescore.engine.aggregate import LiveSets, Tables, Tail, groups_of
from flamescore.engine.bins import ROOM, Bins, Spill
from flamescore.engine.conditions import Judge, Known
from flamescore.engine.contacts import facts_of, people_of
from flamescore.engine.ledger import Page, Teller
from flamescore.engine.scan import BATCH, Scan
from flamescore.engine.score_limits import ScoreTooLargeError, check
from flamescore.engine.streams import streams_of
from flamescore.engine.tags import tags_of
from flamescore.engine.worth import worths
from flamescore.memory import give_back
from flamescore.rules import FieldIs, Happened, HasTag, TagRule, conditions_of, leaves
from flamescore.steps import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from flamescore.engine.bins import Partition
    from flamescore.engine.calendar import Clock
    from flamescore.engine.contacts import People
    from flamescore.engine.ledger import Draft, Share
    from flamescore.engine.scan import Scanned
    from flamescore.engine.streams import Streams
    from flamescore.engine.tags import Tags
    from flamescore.frames import Exports
    from flamescore.rules import Condition, Predicate, RuleBook
    from flamescore.steps import Step


@dataclass(frozen=True)
class Prepared:
    """What scoring and explaining have in common: one meaning of a rule."""

    book: RuleBook
    clock: Clock
    people: People
    streams: Streams
    tags: Tags
    known: Known
    teller: Teller
    unread: tuple[tuple[str, int], ...]

    def tail(self, sets: Sequence[tuple[int, ...]], *, oldest: int, wide: bool) -> Tail:
        """Make what counts occurrences of these live sets, as far back as the oldest event is old.

        `wide` sends every stream but followers through the wide form.
        """
        streams = self.streams.all
        links = (link for s in streams for link in (s.followed_by, s.unless_followed_by))
        followers = {link.stream for link in links if link is not None}
        broad = np.array([s.wide or (wide and i not in followers) for i, s in enumerate(streams)], np.bool_)
        return Tail(
            streams=self.streams,
            clock=self.clock,
            tables=Tables.of([worths(stream, oldest) for stream in streams]),
            groups=groups_of(streams, broad.tolist()),
            narrow=LiveSets.of([s for s in streams if not broad[s]] for streams in sets),
            broad=LiveSets.of([s for s in streams if broad[s]] for streams in sets),
            age_bits=max(1, oldest.bit_length()),
        )


def prepare(book: RuleBook, exports: Exports, clock: Clock, *, also: Sequence[Condition] = ()) -> Prepared:
    """Read the contacts, and answer once whatever does not depend on events."""
    people = people_of(exports.contacts, exports.aliases)
    streams = streams_of(book, also, clock)
    conditions = [leaf for condition in _asked(book, also) for leaf in leaves(condition)]
    fields = [p for c in conditions if isinstance(c, FieldIs) for p in c.where]
    facts = facts_of(people, tuple(dict.fromkeys(fields)), clock)
    tags = tags_of(people, exports.tag_history, clock)
    return Prepared(
        book=book,
        clock=clock,
        people=people,
        streams=streams,
        tags=tags,
        known=_known(book, conditions, facts.holds, tags, streams),
        teller=Teller(book, streams.of_rule, clock),
        unread=facts.unread,
    )


def _asked(book: RuleBook, also: Sequence[Condition]) -> Iterator[Condition]:
    yield from also
    for score in book.scores:
        if score.population is not None:
            yield score.population
        for rule in score.rules:
            yield from conditions_of(rule)


def _known(
    book: RuleBook,
    conditions: Sequence[Condition],
    fields: dict[Predicate, NDArray[np.bool_]],
    tags: Tags,
    streams: Streams,
) -> Known:
    rules = [r.subject for score in book.scores for r in score.rules if isinstance(r.subject, TagRule)]
    asked = dict.fromkeys((*(c.tag for c in conditions if isinstance(c, HasTag)), *(r.tag for r in rules)))
    return Known(
        fields=fields,
        tags={tag: tags.has(tag) for tag in asked},
        since={rule.tag: tags.since(rule.tag) for rule in rules if rule.dated},
        happened={c: streams.of_condition[c] for c in conditions if isinstance(c, Happened)},
    )


@dataclass(frozen=True)
class Tuning:
    """How the work is cut up; nothing of it changes a result.

    `batch` is the rows of a batch, `bin_bits` the contacts of a bin as a power of two; `budget` bounds the
    occurrences counted at once, `workers` the partitions at a time. `wide` sends every stream through the
    wide form of counting, which is there to be tested against the narrow one. `room` is the bytes of events,
    and as many of the ledger, that are held in memory; more goes into temporary files in `folder` (None:
    where the system has its own).
    """

    batch: int = BATCH
    bin_bits: int = 14
    budget: int = 1_000_000
    workers: int = 2
    wide: bool = False
    room: int = ROOM
    folder: Path | None = None


DEFAULT = Tuning()


@dataclass(frozen=True)
class Told:
    """A partition's ledger, what it comes to, and for whom each further condition holds.

    There is no page where nobody wants the ledger. `earlier` are the totals without the youngest events, by
    score and contact, 0 outside the population; None where nobody wants them, or they are too large.
    """

    page: Page | None
    share: Share
    holds: tuple[NDArray[np.bool_], ...]
    earlier: NDArray[np.int64] | None = None


@dataclass(frozen=True)
class Run:
    """What the engine worked out: the shares of the ledger, in order of contact id."""

    prepared: Prepared
    scanned: Scanned
    told: tuple[Told, ...]
    steps: tuple[Step, ...]

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages of the ledger."""
        return tuple(told.page for told in self.told if told.page is not None)

    def by_score(self, rows: Callable[[Told], NDArray[Any] | None]) -> dict[str, NDArray[Any]]:
        """Lay what has a row a score and a column a contact end to end, score by score."""
        parts = [part for told in self.told if (part := rows(told)) is not None]
        whole = np.concatenate(parts, axis=1)
        return {score.name: whole[n] for n, score in enumerate(self.prepared.book.scores)}


def run(
    book: RuleBook,
    exports: Exports,
    clock: Clock,
    *,
    also: Sequence[Condition],
    tuning: Tuning,
    before: int | None = None,
    ledger: bool = True,
) -> Run:
    """Go from exports to the ledger of every partition.

    Without `ledger` only to what it comes to, and nothing is told of rejects. With `before` the totals of the
    events that are at least so many seconds old are worked out too.

    Raises:
        ScoreTooLargeError: 64 bits don't hold a contact's score.
    """
    watch = Watch()
    ready = prepare(book, exports, clock, also=also)
    watch("contacts", ready.people.count)
    room, folder = tuning.room, tuning.folder
    bins = Bins(ready.people.count, len(ready.streams.all), bits=tuning.bin_bits, room=room, folder=folder)
    scanned = Scan(ready.streams, ready.people, clock, batch=tuning.batch).run(
        exports.events, bins, rejects=ledger
    )
    watch("events", sum(record.counts.rows for record in scanned.records))
    give_back()
    occurrences, pages = bins.occurrences, Spill(room, folder) if ledger else None
    tail = ready.tail(scanned.sets, oldest=bins.oldest, wide=tuning.wide)

    accountant = _Accountant(ready, tail, pages, tuple(also), before)
    told = tuple(_in_turn(accountant.tell, bins.partitions(tuning.budget), tuning.workers))
    give_back()
    watch("counting", occurrences)
    return Run(ready, scanned, told, tuple(watch.steps))


@dataclass(frozen=True)
class _Accountant:
    """Works out what a partition comes to."""

    ready: Prepared
    tail: Tail
    pages: Spill | None
    also: tuple[Condition, ...]
    before: int | None

    def tell(self, partition: Partition) -> Told:
        """Count the events, write the page, answer the further conditions."""
        judge, draft, share = self._counted(partition)
        self._check(partition, draft, share)
        stored = None if self.pages is None else self.pages.put(draft.rows().arrays)
        page = None if stored is None else Page(judge.first, judge.last, stored)
        holds = tuple(judge.holds(condition) for condition in self.also)
        earlier = None if self.before is None else self._earlier(partition, share, self.before)
        return Told(page, share, holds, earlier)

    def _counted(self, partition: Partition) -> tuple[Judge, Draft, Share]:
        judge = Judge(self.ready.known, partition.first, partition.last, self.tail.sums(partition))
        return judge, *self.ready.teller.share(judge)

    def _check(self, partition: Partition, draft: Draft, share: Share) -> None:
        teller, ids = self.ready.teller, self.ready.people.frame["contact_id"]
        check(
            draft,
            share,
            teller.entries,
            as_of=self.ready.clock.as_of,
            id_of=lambda place: str(ids[partition.first + place]),
        )

    def _earlier(self, partition: Partition, share: Share, before: int) -> NDArray[np.int64] | None:
        """Count again for those alone who have younger events: from one night to the next they are few."""
        past, who = partition.earlier(before)
        totals = share.inside()
        if not who.any():
            return totals
        _, draft, earlier = self._counted(past)
        try:
            self._check(past, draft, earlier)
        except ScoreTooLargeError:
            return None
        return np.where(who, earlier.inside(), totals)


def _in_turn(
    tell: Callable[[Partition], Told], partitions: Iterator[Partition], workers: int
) -> Iterator[Told]:
    """Work on a few partitions at a time, and yield what they came to in order."""
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[Told]] = deque()
        for partition in partitions:
            waiting.append(pool.submit(tell, partition))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
