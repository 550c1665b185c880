"""Score frames: resolved rules and clean exports in, a result out. Nothing here reads or writes a file."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, reduce
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from flamescore.bots import BotsFound, bots_of
from flamescore.engine import (
    DEFAULT_TUNING,
    EVENT,
    NO_AGE,
    Clock,
    Held,
    Run,
    Tuning,
    bounds_reached,
    concat_rows,
    entry_table,
    flame_bounds,
    instant_of,
    ranked,
    rules_of_entries,
    run,
    strongest,
    types_of,
)
from flamescore.frames import ISO_SUFFIX, LIST_SUFFIX, NUMBER_SUFFIX, POINTS, REJECTS, ROW
from flamescore.points import quotients, ten_thousandths
from flamescore.rules import label_conditions, leaves, role_conditions, stands
from flamescore.units import POINT, show_points

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from flamescore.account_frames import FoundAccounts
    from flamescore.engine import Entry, LedgerPart, LedgerRows, Past
    from flamescore.frames import Exports, SourceRecord
    from flamescore.rules import Condition, EventRule, RuleBook, Score
    from flamescore.steps import Step


FRAME_ROWS: Final = 131_072
"""Rows of the ledger that are made a frame at once: as frames they take five times the memory."""

TOTAL: Final = pl.Decimal(38, 4)
"""The points of all contacts together: a million of them can have more than 64 bits, or a float, can hold."""


@dataclass(frozen=True)
class Ledger:
    """The ledger of a scoring: summed entries, by contact id, score, and order of the rule file.

    Held as numbers, and made frames (`frames.POINTS`) a piece at a time.
    """

    ids: pl.Series
    entries: tuple[Entry, ...]
    now: int
    stored: tuple[LedgerPart, ...]

    @cached_property
    def _names(self) -> list[pl.Series]:
        """`score_name`, `entry` and `rule_id` of the entries."""
        return entry_table(self.entries).get_columns()[:3]

    def parts(self) -> Iterator[pl.DataFrame]:
        """Yield the ledger in pieces of at most `FRAME_ROWS` rows, in order."""
        for stored in self.stored:
            rows = stored.rows()
            for start in range(0, len(rows.entry), FRAME_ROWS):
                yield self._frame(stored.first, rows.part(start, start + FRAME_ROWS))

    def frame(self) -> pl.DataFrame:
        """Return the whole ledger."""
        return pl.concat([pl.DataFrame(schema=POINTS), *self.parts()])

    def of(self, contact_ids: pl.Series) -> pl.DataFrame:
        """Return the entries of some contacts, in order; ids that nobody has have none."""
        return self._frame(0, concat_rows(self._rows_of(contact_ids, lambda rows: rows)))

    def strongest(self, score_name: str, contact_ids: pl.Series, many: int) -> pl.DataFrame:
        """Return the entries of the rules that gave each of some contacts most under a score, `many` at most.

        Contact by contact, most first, and net of the rule's own limit: see `engine.strongest`.
        """
        rule_of = rules_of_entries(self.entries, score_name)
        found = self._rows_of(contact_ids, lambda rows: strongest(rows, rule_of, many))
        return self._frame(0, concat_rows(found))

    def _rows_of(
        self, contact_ids: pl.Series, pick: Callable[[LedgerRows], LedgerRows]
    ) -> list[tuple[int, LedgerRows]]:
        """Return what is picked of the rows of some contacts, part by part; two parts at a time."""
        place = self.ids.search_sorted(contact_ids)  # ids are in order: 1 ms, where `is_in` takes 50
        known = self.ids.extend_constant(None, 1).gather(place) == contact_ids
        wanted = place.filter(known).unique().sort().to_numpy().astype(np.int64)
        bounds = np.searchsorted(wanted, [(part.first, part.last) for part in self.stored]).tolist()
        asked = [
            (part, wanted[start:end] - part.first)
            for part, (start, end) in zip(self.stored, bounds, strict=True)
            if start < end
        ]
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda each: (each[0].first, pick(each[0].rows().of(each[1]))), asked))

    def counting(
        self, rules: Collection[tuple[str, str]], contacts: int
    ) -> dict[tuple[str, str], NDArray[np.bool_]]:
        """Mark the contacts of whom a rule counts something, or to whom it gives points other than 0.

        Rules are pairs of score and id; the masks are in the order of ids, of so many contacts.
        """
        wanted = {
            (entry.score_name, entry.id): number
            for number, entry in enumerate(self.entries)
            if entry.entry == "rule" and (entry.score_name, entry.id) in rules
        }
        found = {rule: np.zeros(contacts, np.bool_) for rule in rules}
        for part in self.stored if wanted else ():
            rows = part.rows()
            counts = (rows.occurrences >= 1) | (rows.points != 0)
            for rule, number in wanted.items():
                mine = rows.contact[(rows.entry == number) & counts]
                found[rule][mine.astype(np.int64) + part.first] = True
        return found

    def _frame(self, first: int, rows: LedgerRows) -> pl.DataFrame:
        at = pl.when(pl.col("age") != NO_AGE).then(self.now - pl.col("age").cast(pl.Int64))
        entry = pl.Series(rows.entry)
        return pl.DataFrame(
            [
                self.ids.gather(rows.contact.astype(np.int64) + first).alias("contact_id"),
                *(names.gather(entry) for names in self._names),
                pl.Series("occurrences", rows.occurrences.astype(np.int64)),
                pl.Series("points", quotients(rows.points, POINT)),
                pl.DataFrame({"age": rows.age}).select(instant_of(at)).to_series().alias("last_at"),
            ]
        )


@dataclass(frozen=True, slots=True)
class SourcePast:
    """How far back a source of events goes: the age of its oldest event in seconds, None where it has none.

    `named` are the lists of event types, as rules name them, that it has events of.
    """

    path: str
    oldest: int | None
    named: frozenset[tuple[str, ...]] = frozenset()


@dataclass(frozen=True, slots=True)
class Observations:
    """What a scoring noticed beside the scores; it goes into the run's record.

    `rules`: one row a rule or limit: `score_name, entry, rule_id, name, contacts, occurrences, points`
    (String, String, String, String, Int64, Int64, `TOTAL`), zeros included, in order.
    `unread`: (kind, column, cells) of present cells that did not read as the number or date needed.
    `unvalued`: (score, rule id, occurrences) of `points: {from}` that gave 0 for want of a number.
    `undated`: contacts with a matching tag without a date under a rule that needs one.
    `unseen`: event types that rules name and no event in the windows has.
    `types`: the types that events in the windows have. `pasts`: how far back each source of events goes.
    `ambiguous_contacts`: contacts whose e-mail (or other key) an earlier contact has, so gets their events.
    """

    sources: tuple[SourceRecord, ...]
    rules: pl.DataFrame
    unread: tuple[tuple[str, str, int], ...] = ()
    unvalued: tuple[tuple[str, str, int], ...] = ()
    undated: int = 0
    tags_disagree: int = 0
    unseen: tuple[str, ...] = ()
    ambiguous_contacts: int = 0
    types: tuple[str, ...] = ()
    pasts: tuple[SourcePast, ...] = ()
    held: Held = field(default_factory=Held)
    """Which predicates and operands on events held for any event of the types that they are asked of."""

    taken: Mapping[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)
    """By score and rule id, of rules with branches: for how many contacts each branch was taken."""

    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Scored:
    """The result. `contacts` are all, by contact id; `scores` is `frames.SCORES`, ranked, score by score.

    `places` says of each row of `scores` which row of `contacts` it is about: a join by contact id takes four
    times as long as looking rows up.
    `answers` has a mask of `contacts` for each condition on tags, fields and events that was to be answered
    beside the rules, `totals` by score the ten-thousandths of `contacts`, where there were any.
    `accounts` is for `accounts.accounts_of` to find out (None: the book has none), and
    `labels`, `hot` and `excluded` are for `labels.judged` to find out: `contact_id` and a String column a
    label (None: the book has none); and the `contact_id` of who is hot, and of whom the call list leaves out.
    `branches_taken` says by label for how many contacts each branch was taken. `holdout` is for `judged` too:
    who is held out (`labels.HOLDOUT`); None where nobody is to be.
    """

    book: RuleBook
    as_of: datetime
    contacts: pl.DataFrame
    scores: pl.DataFrame
    places: pl.Series
    ledger: Ledger
    observed: Observations
    answers: Mapping[Condition, NDArray[np.bool_]] = field(default_factory=dict)
    totals: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)
    latest: Mapping[EventRule, NDArray[np.int64]] = field(default_factory=dict)
    """Of events that were counted beside the rules, in order of `contacts`: the age of the latest occurrence.

    In seconds; `engine.NO_AGE` where none counts.
    """

    branches_taken: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    labels: pl.DataFrame | None = None
    hot: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"contact_id": pl.String}))
    excluded: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"contact_id": pl.String}))
    holdout: pl.DataFrame | None = None
    routed: pl.DataFrame | None = None
    """Who is routed, for lists: `contact_id, routed_to, routed_reason`; None where nobody is to be."""

    accounts: FoundAccounts | None = None
    rejects: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REJECTS))
    """Every row that was rejected (`frames.REJECTS`): those of the exports, and of events read once."""

    earlier: Mapping[str, NDArray[np.int64]] | None = None
    """By score the total of every contact as of the same instant without what happened after an earlier one.

    In ten-thousandths, in order of `contacts`, 0 outside the population. None where it is not known.
    """

    bots: BotsFound | None = None
    """What looks like a mail scanner's; None where the book says nothing of bots."""

    @property
    def uncalled(self) -> pl.DataFrame:
        """The `contact_id` of who stands on no call list: whom it leaves out, and who is held out."""
        if self.holdout is None:
            return self.excluded
        return pl.concat([self.excluded, self.holdout.select("contact_id").unique(maintain_order=True)])

    def in_ranked_order(self) -> NDArray[np.int64]:
        """Return all contacts, as rows of `contacts`: as the default score ranks them, then others by id."""
        ranked = self.places.filter(self.scores["score_name"] == self.book.scores[0].name).to_numpy()
        others = np.ones(self.contacts.height, np.bool_)
        others[ranked] = False
        return np.concatenate([ranked.astype(np.int64), np.flatnonzero(others)])

    def whole_points(self, name: str) -> NDArray[np.int64]:
        """Return what the rows of a score have in `scores`, in their order, in ten-thousandths."""
        points = self.scores.filter(pl.col("score_name") == name)
        return points.select(ten_thousandths(pl.col("score"), pl.Int64())).to_series().to_numpy()

    def flames_from(self, score: Score) -> tuple[float | None, ...]:
        """Return the points from which there are 1 to 5 flames.

        By percentile these are the lowest scores of this scoring with so many, None where nobody has.
        """
        bounds = flame_bounds(score)
        if bounds is not None:
            return tuple(bound / POINT for bound in bounds)
        return bounds_reached(self.scores.filter(pl.col("score_name") == score.name))


def score_exports(
    book: RuleBook,
    exports: Exports,
    *,
    as_of: datetime,
    conditions: Sequence[Condition] = (),
    events: Sequence[EventRule] = (),
    tuning: Tuning = DEFAULT_TUNING,
    earlier: datetime | None = None,
) -> Scored:
    """Score every contact of the exports by every score of the book, as of an instant.

    A contact without a single matching rule scores 0. `conditions` are answered beside the rules, as those of
    labels are: what they ask of tags, fields and events (`Scored.answers`). `events` are counted as those of
    event rules are, and give nobody anything (`Scored.latest`). Of an `earlier` instant
    `Scored.earlier` tells, where one pass over the events can say it.

    Raises:
        InputError: events that are read once have too many rejects, or a contact's score is too large
            (`engine.ScoreTooLargeError`).
    """
    clock = Clock(as_of, book.zone)
    also = (*label_conditions(book), *role_conditions(book), *conditions)
    asked = tuple(dict.fromkeys(leaf for each in also for leaf in leaves(each) if not stands(leaf)))
    subscribed = tuple(dict.fromkeys(events))
    done = run(
        book,
        exports,
        clock,
        extra_conditions=asked,
        extra_events=subscribed,
        tuning=tuning,
        earlier_age=None if earlier is None else _earlier_age(earlier, exports, clock),
        operands=True,
    )
    ids = done.prepared.contacts.frame["contact_id"]
    columns = [_columns(done, number) for number in range(len(book.scores))]
    scores = [
        ranked(score, *each, ids=ids, clock=clock) for score, each in zip(book.scores, columns, strict=True)
    ]
    ledger = Ledger(ids, done.prepared.ledger_writer.entries, clock.now, done.ledger)
    return Scored(
        book=book,
        as_of=as_of,
        contacts=_public(done.prepared.contacts.frame),
        scores=pl.concat(table for table, _ in scores),
        places=pl.concat(numbers for _, numbers in scores),
        ledger=ledger,
        observed=_observed(done, exports),
        answers={
            leaf: np.concatenate([result.extra[number] for result in done.results])
            for number, leaf in enumerate(asked)
        },
        latest={
            each: np.concatenate([result.latest[number] for result in done.results])
            for number, each in enumerate(subscribed)
        },
        totals=done.by_score(lambda result: result.summary.totals) if also or book.accounts else {},
        rejects=pl.concat([exports.rejects, *done.scanned.rejects]),
        earlier=_earlier(done),
        bots=None
        if book.bots is None
        else bots_of(book.bots, done, [(each[0], each[2]) for each in columns]),
    )


def _earlier_age(earlier: datetime, exports: Exports, clock: Clock) -> int | None:
    """Return how many seconds ago an instant was; None where tags have changed since, or it is to come."""
    history, seconds = exports.tag_history, clock.now - int(earlier.timestamp())
    tagged = history is not None and (history["at"] > earlier).any()
    return None if tagged or seconds < 0 else seconds


def _earlier(done: Run) -> dict[str, NDArray[np.int64]] | None:
    known = all(result.earlier_totals is not None for result in done.results)
    return done.by_score(lambda result: result.earlier_totals) if known else None


def _columns(done: Run, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the totals, the ages of the last activity, and who is in the population, of one score."""
    summaries = [result.summary for result in done.results]
    return (
        np.concatenate([summary.totals[number] for summary in summaries]),
        np.concatenate([summary.last_activity_age[number] for summary in summaries]),
        np.concatenate([summary.in_population[number] for summary in summaries]),
    )


def _public(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.drop(
        ROW, *(name for name in frame.columns if name.endswith((ISO_SUFFIX, NUMBER_SUFFIX, LIST_SUFFIX)))
    )


def _observed(done: Run, exports: Exports) -> Observations:
    entries = done.prepared.ledger_writer.entries
    unvalued = sum((result.summary.unvalued for result in done.results), np.zeros(len(entries), np.int64))
    return Observations(
        sources=(*exports.records, *done.scanned.records),
        rules=_rules(done),
        unread=(
            *(("contacts", column, cells) for column, cells in done.prepared.unread),
            *(("events", column, cells) for column, cells in done.scanned.unread),
        ),
        unvalued=tuple((e.score_name, e.id, int(n)) for e, n in zip(entries, unvalued, strict=True) if n),
        undated=sum(result.summary.undated for result in done.results),
        tags_disagree=done.prepared.tags.disagree,
        unseen=_unseen(done) if exports.events else (),
        ambiguous_contacts=sum(
            done.prepared.contacts.shared(key)
            for key in {s.key for s in exports.events}
            if key != "contact_id"
        ),
        types=tuple(sorted(set(done.scanned.types))),
        pasts=tuple(_past(past, done) for past in done.scanned.pasts),
        held=done.scanned.held,
        taken={
            (entries[entry].score_name, entries[entry].id): tuple(map(sum, zip(*parts, strict=True)))
            for entry, parts in _taken(done).items()
        },
        steps=done.steps,
    )


def _taken(done: Run) -> dict[int, list[tuple[int, ...]]]:
    found: dict[int, list[tuple[int, ...]]] = {}
    for result in done.results:
        for entry, many in result.summary.taken.items():
            found.setdefault(entry, []).append(many)
    return found


def _past(past: Past, done: Run) -> SourcePast:
    streams = done.prepared.streams
    seen = {p for i, p in enumerate(streams.predicates) if past.holds >> i & 1}
    types = (predicate for predicate in seen if predicate.column == EVENT)
    return SourcePast(past.path, past.oldest, frozenset(types_of(each) for each in types))


def _rules(done: Run) -> pl.DataFrame:
    contacts, occurrences, points = reduce(np.add, (result.summary.entry_totals for result in done.results))
    return entry_table(done.prepared.ledger_writer.entries).with_columns(
        contacts=pl.Series(contacts.astype(np.int64)),
        occurrences=pl.Series(occurrences.astype(np.int64)),
        points=pl.Series([Decimal(show_points(each)) for each in points], dtype=TOTAL),
    )


def _unseen(done: Run) -> tuple[str, ...]:
    """Name the event types of rules that no event had, by the predicates that never held."""
    place = {p: i for i, p in enumerate(done.prepared.streams.predicates)}
    matches = [stream.where[0] for stream in done.prepared.streams.counted]
    missing = [p for p in dict.fromkeys(matches) if not done.scanned.seen >> place[p] & 1]
    return tuple(dict.fromkeys(text for p in missing for text in types_of(p)))
