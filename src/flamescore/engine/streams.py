"""Every way of counting events that a rule book asks for, once: the streams.

A worked example runs through `streams`, `matching`, `bins` and `aggregate`. Two rules:

    A: {event: visit, where: {url: {contains: /sales}}, points: 8, count: once, expires: 28d, decay: 1%}
    B: {event: visit, points: 1, count: each, expires: 7d}

make two streams: stream 0 (of A) keeps the latest occurrence younger than 2,419,200 s, stream 1 (of B) all
that are younger than 604,800 s. They use two predicates: bit 0 is `event: visit`, bit 1 is `url contains
/sales`. Of four contacts, `1` to `4`, contact `3` has number 2 and three events:

    visit /sales    1 day old     86,400 s
    visit /blog     2 days old   172,800 s
    visit /sales   10 days old   864,000 s
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from flamescore.engine.calendar import DAY
from flamescore.engine.worth import fade_end
from flamescore.rules import (
    NO_DECAY,
    Decay,
    Equals,
    EventMatch,
    EventRule,
    Follower,
    Happened,
    Per,
    Points,
    Predicate,
    conditions_of,
    leaves,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from flamescore.engine.calendar import Clock
    from flamescore.rules import Condition, Idle, RuleBook

EVENT = "event"


@dataclass(frozen=True, slots=True)
class FollowerLink:
    """A follower of a stream: the stream of followers, the seconds within, and whether it must be later."""

    stream: int
    within: int
    strict: bool


@dataclass(frozen=True, slots=True)
class Stream:
    """Occurrences to be counted for each contact: which events, how old at most, and how they count.

    `reach` is the age in seconds at which an occurrence has left the window (None: never). `count` keeps
    the N latest (None: all). Streams of conditions and followers give no points.
    """

    where: tuple[Predicate, ...]
    reach: int | None = None
    per: Per | None = None
    times: int = 1
    count: int | None = None
    followed_by: FollowerLink | None = None
    unless_followed_by: FollowerLink | None = None
    points: Points = field(default_factory=Points)
    decay: Decay = NO_DECAY

    @property
    def counting_key(self) -> Hashable:
        """How occurrences count: streams of one way can be counted side by side."""
        return (
            self.per,
            self.times,
            self.count,
            self.followed_by,
            self.unless_followed_by,
            self.points.column,
        )

    @property
    def wide(self) -> bool:
        """Whether its occurrences carry more than an age: a property's value or its number."""
        return self.points.column is not None or (self.per is not None and self.per.unit is None)


@dataclass(frozen=True)
class Streams:
    """The distinct streams of a rule book, and where each rule and condition finds its own.

    Streams that count alike are neighbours.
    """

    all: tuple[Stream, ...]
    ignored: tuple[tuple[Predicate, ...], ...]
    of_rule: dict[EventRule, int]
    of_condition: dict[Happened, int]
    of_idle: dict[Idle, tuple[int, ...]] = field(default_factory=dict)
    """Those that find the latest activity, one for each form that it takes."""

    @property
    def predicates(self) -> tuple[Predicate, ...]:
        """Every distinct predicate on events, in order of first use."""
        wheres = (*(stream.where for stream in self.all), *self.ignored)
        return tuple(dict.fromkeys(p for where in wheres for p in where))

    @property
    def per_columns(self) -> tuple[str, ...]:
        """The properties whose values tell occurrences apart."""
        return tuple(dict.fromkeys(s.per.column for s in self.all if s.per and s.per.column is not None))

    @property
    def amount_columns(self) -> tuple[str, ...]:
        """The properties whose numbers give points."""
        return tuple(dict.fromkeys(s.points.column for s in self.all if s.points.column is not None))


def streams_of(book: RuleBook, conditions: Sequence[Condition], clock: Clock) -> Streams:
    """Gather the streams of every enabled rule, its conditions, and further conditions (the call list's)."""
    found: dict[Stream, int] = {}

    def index(stream: Stream) -> int:
        return found.setdefault(stream, len(found))

    of_rule: dict[EventRule, int] = {}
    for rule in (rule for score in book.scores for rule in score.rules):
        if isinstance(rule.subject, EventRule):
            links = [
                None
                if f is None
                else FollowerLink(index(_follower(f, rule.subject, clock)), f.within, f.strict)
                for f in (rule.subject.followed_by, rule.subject.unless_followed_by)
            ]
            of_rule[rule.subject] = index(_counted(rule.subject, clock, *links))
    happened = [leaf for condition in (*conditions_of_book(book), *conditions) for leaf in leaves(condition)]
    of_condition = {h: index(_condition(h, clock)) for h in happened if isinstance(h, Happened)}
    of_idle = {
        idle: tuple(index(_activity(match, idle.decay)) for match in idle.activity)
        for score in book.scores
        for _, idle in score.idles
    }
    ignored = tuple(where_of(match) for match in book.ignore)
    return _neighbours(Streams(tuple(found), ignored, of_rule, of_condition, of_idle))


def _neighbours(streams: Streams) -> Streams:
    """Number the streams anew, so that those which count alike are neighbours."""
    alike: dict[Hashable, list[int]] = {}
    for number, stream in enumerate(streams.all):
        alike.setdefault(stream.counting_key, []).append(number)
    order = [number for numbers in alike.values() for number in numbers]
    place = {number: i for i, number in enumerate(order)}

    def moved(link: FollowerLink | None) -> FollowerLink | None:
        return None if link is None else replace(link, stream=place[link.stream])

    return Streams(
        tuple(
            replace(s, followed_by=moved(s.followed_by), unless_followed_by=moved(s.unless_followed_by))
            for s in (streams.all[number] for number in order)
        ),
        streams.ignored,
        {rule: place[number] for rule, number in streams.of_rule.items()},
        {condition: place[number] for condition, number in streams.of_condition.items()},
        {idle: tuple(place[number] for number in numbers) for idle, numbers in streams.of_idle.items()},
    )


def where_of(match: EventMatch) -> tuple[Predicate, ...]:
    """Return an event's type and properties as predicates alike."""
    return (Predicate(EVENT, (Equals(texts=match.types),)), *match.where)


def types_of(predicate: Predicate) -> tuple[str, ...]:
    """Return the event types that a predicate on the type names."""
    return tuple(text for test in predicate.tests for text in getattr(test, "texts", ()))


def conditions_of_book(book: RuleBook) -> Iterator[Condition]:
    """Yield every condition of a book: populations, and what rules depend on."""
    for score in book.scores:
        if score.population is not None:
            yield score.population
        for rule in score.rules:
            yield from conditions_of(rule)


def _counted(
    rule: EventRule, clock: Clock, followed: FollowerLink | None, unless: FollowerLink | None
) -> Stream:
    return Stream(
        where=where_of(rule.match),
        reach=clock.reach(rule.window),
        per=rule.per,
        times=rule.times,
        count=rule.count,
        followed_by=followed,
        unless_followed_by=unless,
        points=rule.points,
        decay=rule.decay,
    )


def _follower(follower: Follower, rule: EventRule, clock: Clock) -> Stream:
    """A follower is never older than what it follows, so the rule's window is wide enough for it."""
    return Stream(where=where_of(follower.match), reach=clock.reach(rule.window))


def _condition(happened: Happened, clock: Clock) -> Stream:
    return Stream(
        where=where_of(happened.match),
        reach=clock.reach(happened.window),
        per=happened.per,
        times=happened.times,
    )


def _activity(match: EventMatch, decay: Decay) -> Stream:
    """Look for the latest event; one so old that nothing is left by it need not be looked for."""
    end = fade_end(decay)
    return Stream(where=where_of(match), reach=None if end is None else end * DAY, count=1)
