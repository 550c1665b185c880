"""Score frames: resolved rules and clean exports in, a result out. Nothing here reads or writes a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import polars as pl
from msgspec import Struct, field
from msgspec.structs import replace

from flamescore.bots import BotsFound, bots_of
from flamescore.engine import (
    DEFAULT_TUNING,
    Clock,
    Run,
    Tuning,
    bounds_reached,
    flame_bounds,
    ranked,
    run,
)
from flamescore.frames import ISO_SUFFIX, LIST_SUFFIX, NUMBER_SUFFIX, REJECTS, ROW
from flamescore.ledger_frames import Ledger
from flamescore.observations import Observations, PartialObservations, SourceSpan
from flamescore.points import ten_thousandths
from flamescore.rules import label_conditions, leaves, role_conditions, stands
from flamescore.units import POINT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from flamescore.account_frames import FoundAccounts
    from flamescore.engine import BotsPart
    from flamescore.frames import Exports
    from flamescore.rules import Condition, EventRule, RuleBook, Score


__all__ = ["Ledger", "Observations", "Scored", "Shares", "SourceSpan", "finish", "score_exports", "shares"]

K = TypeVar("K")


class Scored(Struct, frozen=True):
    """The result. `contacts` are all contacts, by id; `scores` is `frames.SCORES`, ranked, score by score.

    `places` has the row of `contacts` for each row of `scores`: a join by contact id takes four times as long
    as looking rows up.

    `answers` has a mask of `contacts` for each condition on tags, fields and events evaluated in addition to
    the rules. `totals` has the ten-thousandths of `contacts` by score, if anything needs them.

    `accounts` is set by `accounts.accounts_of` (None: the book has none). `labels`, `hot` and `excluded` are
    set by `labels.judged`: `contact_id` and a String column per label (None: the book has none), and the
    `contact_id` of hot contacts and of those excluded from the call list. `branches_taken` has, by label, how
    many contacts took each branch. `holdout` is set by `judged` too: the contacts held out
    (`labels.HOLDOUT`); None without a hold-out.
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
    """For events counted in addition to the rules: the age of the latest occurrence, in order of `contacts`.

    In seconds; `engine.NO_AGE` if none counts.
    """

    branches_taken: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    labels: pl.DataFrame | None = None
    hot: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"contact_id": pl.String}))
    excluded: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"contact_id": pl.String}))
    holdout: pl.DataFrame | None = None
    routed: pl.DataFrame | None = None
    """The routes for lists: `contact_id, routed_to, routed_reason`; None without `route`."""

    accounts: FoundAccounts | None = None
    rejects: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REJECTS))
    """Every row that was rejected (`frames.REJECTS`): those of the exports, and of events read once."""

    earlier: Mapping[str, NDArray[np.int64]] | None = None
    """By score, every contact's total as of the same time without what happened after an earlier time.

    In ten-thousandths, in order of `contacts`, 0 outside the population. None if unknown.
    """

    bots: BotsFound | None = None
    """Events that look like a mail scanner's; None if the book does not mention bots."""

    @property
    def uncalled(self) -> pl.DataFrame:
        """The `contact_id` of contacts on no call list: those excluded, and those held out."""
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
        """Return the points of a score's rows in `scores`, in their order, in ten-thousandths."""
        points = self.scores.filter(pl.col("score_name") == name)
        return points.select(ten_thousandths(pl.col("score"), pl.Int64())).to_series().to_numpy()

    def flames_from(self, score: Score) -> tuple[float | None, ...]:
        """Return the points from which there are 1 to 5 flames.

        By percentile, these are the lowest scores of this scoring with that many flames, None if there are
        none.
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
    """Score every contact of the exports by every score of the book, as of a point in time.

    A contact without a matching rule scores 0. `conditions` are evaluated in addition to the rules, like
    those of labels: their tests of tags, fields and events (`Scored.answers`). `events` are counted like
    those of event rules but give no points (`Scored.latest`). For an `earlier` time, `Scored.earlier` is
    computed if one pass over the events allows it.

    Raises:
        InputError: events that are read once have too many rejects, or a contact's score is too large
            (`engine.ScoreTooLargeError`).
    """
    return finish(
        shares(book, exports, as_of, conditions=conditions, events=events, tuning=tuning, earlier=earlier)
    )


class Shares(Struct, frozen=True):
    """The results for some contacts before ranking; those of other contacts by the same rules can be added.

    `contacts` are by contact id. `columns` have, by score, the totals (ten-thousandths), the ages of the last
    activity (seconds, `engine.NO_AGE` without one) and who is in the population, in order of `contacts`.
    `answers`, `latest` and `earlier` are as in `Scored`. `bots` are the parts of the partitions, whose
    `contact` counts from the first contact of all. `with_totals` is whether `Scored.totals` is needed.
    """

    book: RuleBook
    as_of: datetime
    contacts: pl.DataFrame
    columns: tuple[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]], ...]
    ledger: Ledger
    noticed: PartialObservations
    rejects: pl.DataFrame
    answers: Mapping[Condition, NDArray[np.bool_]] = field(default_factory=dict)
    latest: Mapping[EventRule, NDArray[np.int64]] = field(default_factory=dict)
    earlier: Mapping[str, NDArray[np.int64]] | None = None
    bots: tuple[BotsPart, ...] = ()
    with_totals: bool = False

    def __add__(self, other: Shares) -> Shares:
        """Combine the shares of two disjoint sets of contacts.

        Every contact must be complete: all its events that may count must be in the same share.
        """
        rows = pl.concat([self.contacts, other.contacts], how="diagonal")
        order = rows["contact_id"].arg_sort().to_numpy()
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        mine, theirs = place[: self.contacts.height], place[self.contacts.height :]
        contacts = rows[pl.Series(order)]

        def joined(first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
            both: NDArray[Any] = np.concatenate([first, second])[order]
            return both

        def by_key(
            first: Mapping[K, NDArray[Any]], second: Mapping[K, NDArray[Any]]
        ) -> dict[K, NDArray[Any]]:
            return {key: joined(array, second[key]) for key, array in first.items()}

        known = self.earlier is not None and other.earlier is not None
        return replace(
            self,
            contacts=contacts,
            columns=tuple(
                tuple(joined(*pair) for pair in zip(*both, strict=True))
                for both in zip(self.columns, other.columns, strict=True)
            ),
            ledger=self.ledger.with_other(other.ledger, contacts["contact_id"], (mine, theirs)),
            noticed=self.noticed + other.noticed,
            rejects=pl.concat([self.rejects, other.rejects]),
            answers=by_key(self.answers, other.answers),
            latest=by_key(self.latest, other.latest),
            earlier=by_key(self.earlier, other.earlier) if known else None,  # type: ignore[arg-type] # neither is None
            bots=(
                *(replace(part, contact=mine[part.contact]) for part in self.bots),
                *(replace(part, contact=theirs[part.contact]) for part in other.bots),
            ),
        )


def shares(
    book: RuleBook,
    exports: Exports,
    as_of: datetime,
    *,
    conditions: Sequence[Condition] = (),
    events: Sequence[EventRule] = (),
    tuning: Tuning = DEFAULT_TUNING,
    earlier: datetime | None = None,
) -> Shares:
    """Compute the results of each contact of the exports that do not depend on other contacts.

    The parameters and errors are those of `score_exports`.
    """
    clock = Clock(as_of, book.zone)
    also = (*label_conditions(book), *role_conditions(book), *conditions)
    extra = tuple(dict.fromkeys(leaf for each in also for leaf in leaves(each) if not stands(leaf)))
    subscribed = tuple(dict.fromkeys(events))
    done = run(
        book,
        exports,
        clock,
        extra_conditions=extra,
        extra_events=subscribed,
        tuning=tuning,
        earlier_age=None if earlier is None else _earlier_age(earlier, exports, clock),
        operands=True,
    )
    contacts, results = done.prepared.contacts.frame, done.results
    entries = done.prepared.ledger_writer.entries
    return Shares(
        book=book,
        as_of=as_of,
        contacts=contacts,
        columns=tuple(_columns(done, number) for number in range(len(book.scores))),
        ledger=Ledger(contacts["contact_id"], entries, clock.now, done.ledger),
        noticed=PartialObservations.of(done, exports),
        rejects=pl.concat([exports.rejects, *done.scanned.rejects]),
        answers={
            leaf: np.concatenate([result.extra[number] for result in results])
            for number, leaf in enumerate(extra)
        },
        latest={
            each: np.concatenate([result.latest[number] for result in results])
            for number, each in enumerate(subscribed)
        },
        earlier=_earlier(done),
        bots=tuple(result.bots for result in results if result.bots is not None),
        with_totals=bool(also) or book.accounts is not None,
    )


def finish(everyone: Shares) -> Scored:
    """Rank all contacts: compute what depends on all contacts together."""
    book, ids = everyone.book, everyone.contacts["contact_id"]
    clock = Clock(everyone.as_of, book.zone)
    scores = [
        ranked(score, *each, ids=ids, clock=clock)
        for score, each in zip(book.scores, everyone.columns, strict=True)
    ]
    totals = {s.name: each[0] for s, each in zip(book.scores, everyone.columns, strict=True)}
    return Scored(
        book=book,
        as_of=everyone.as_of,
        contacts=_public(everyone.contacts),
        scores=pl.concat(table for table, _ in scores),
        places=pl.concat(numbers for _, numbers in scores),
        ledger=everyone.ledger,
        observed=everyone.noticed.to_observations(everyone.ledger.entries),
        answers=everyone.answers,
        latest=everyone.latest,
        totals=totals if everyone.with_totals else {},
        rejects=everyone.rejects,
        earlier=everyone.earlier,
        bots=None
        if book.bots is None
        else bots_of(book, everyone.bots, [(each[0], each[2]) for each in everyone.columns], ids),
    )


def _earlier_age(earlier: datetime, exports: Exports, clock: Clock) -> int | None:
    """Return how many seconds ago a time was; None if tags have changed since, or it is in the future."""
    history, seconds = exports.tag_history, clock.now - int(earlier.timestamp())
    tagged = history is not None and (history["at"] > earlier).any()
    return None if tagged or seconds < 0 else seconds


def _earlier(done: Run) -> dict[str, NDArray[np.int64]] | None:
    known = all(result.earlier_totals is not None for result in done.results)
    return done.by_score(lambda result: result.earlier_totals) if known else None


def _columns(done: Run, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the totals, the ages of the last activity, and who is in the population, for one score."""
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
