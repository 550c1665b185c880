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
    Ignored,
    Per,
    Points,
    Predicate,
    conditions_of,
    leaves,
)
from flamescore.text import fold

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


@dataclass(frozen=True, slots=True)
class FollowsTest:
    """Whether an event comes at most `within` seconds after one of the stream `before`.

    `named` is the stream of the events that are asked; `strict`: not at the same time. With `same` both have
    a value of this property, and an equal one.
    """

    named: int
    before: int
    within: int
    strict: bool
    same: str | None


@dataclass(frozen=True, slots=True)
class AtOnceTest:
    """Whether an event is one of at least `times` of its stream within so many seconds; after `per`."""

    named: int
    times: int
    within: int
    per: Per | None


@dataclass(frozen=True, slots=True)
class Judged:
    """An entry whose events are told contact by contact: all of them, or those for which every test holds."""

    named: tuple[int, ...]
    tests: tuple[FollowsTest | AtOnceTest, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgements:
    """The entries of `ignore` in sequence, and the patterns of `bots`; `remove`: these are ignored too.

    None where there is no `bots`. Their streams are the last, from `first` on; nothing is counted of them.
    """

    first: int
    ignore: tuple[Judged, ...] = ()
    patterns: tuple[Judged, ...] | None = None
    remove: bool = False


@dataclass(frozen=True)
class Streams:
    """The distinct streams of a rule book, and where each rule and condition finds its own.

    Streams that count alike are neighbours. After all that are counted come those of `judgements`.
    """

    all: tuple[Stream, ...]
    ignored: tuple[tuple[Predicate, ...], ...]
    of_rule: dict[EventRule, int]
    of_condition: dict[Happened, int]
    of_idle: dict[Idle, tuple[int, ...]] = field(default_factory=dict)
    """Those that find the latest activity, one for each form that it takes."""

    judgements: Judgements = field(default_factory=lambda: Judgements(0))

    @property
    def counted(self) -> tuple[Stream, ...]:
        """The streams that rules and conditions count."""
        return self.all[: self.judgements.first]

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
    ignored = tuple(where_of(entry.match) for entry in book.ignore if not entry.in_sequence)
    return _judged(_neighbours(Streams(tuple(found), ignored, of_rule, of_condition, of_idle)), book)


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


def _judged(streams: Streams, book: RuleBook) -> Streams:
    """Add the streams of what is judged contact by contact."""
    counted = list(streams.all)
    made = list(counted)
    ignore = tuple(_entry(entry, counted, made) for entry in book.ignore if entry.in_sequence)
    bots = book.bots
    patterns = None if bots is None else tuple(_entry(entry, counted, made) for entry in bots.patterns)
    remove = bots is not None and bots.action == "remove"
    return replace(
        streams, all=tuple(made), judgements=Judgements(len(counted), ignore, patterns, remove=remove)
    )


def _entry(entry: Ignored, counted: Sequence[Stream], made: list[Stream]) -> Judged:
    """Add the streams of an entry: one for each type of a plain entry, one or two for each test.

    A plain entry looks at its events for as long as others need them. One in sequence looks at all of them,
    and at those that they follow, for as long as any is needed, and `within` longer: what is named at the
    edge of a window may be so by what lies beyond it.
    """

    def added(match: EventMatch, reach: int | None, column: str | None) -> int:
        made.append(Stream(where_of(match), reach, None if column is None else Per(column=column)))
        return len(made) - 1

    if not entry.in_sequence:
        each = (replace(entry.match, types=(kind,)) for kind in entry.match.types)
        return Judged(tuple(added(match, _needed(match, counted), None) for match in each))
    needed, tests = _needed(entry.match, counted), list[FollowsTest | AtOnceTest]()
    follows, at_once = entry.follows, entry.at_once
    if follows is not None:
        reach, same = _longer(needed, follows.within), follows.same
        named, before = added(entry.match, reach, same), added(follows.match, reach, same)
        tests.append(FollowsTest(named, before, follows.within, follows.strict, same))
    if at_once is not None:
        column = None if at_once.per is None else at_once.per.column
        named = added(entry.match, _longer(needed, at_once.within), column)
        tests.append(AtOnceTest(named, at_once.times, at_once.within, at_once.per))
    return Judged(tuple(test.named for test in tests), tuple(tests))


def _needed(match: EventMatch, counted: Sequence[Stream]) -> int | None:
    """Return the age to which rules and conditions need any of the types; else what they need of others."""
    types = {fold(kind) for kind in match.types}
    reaches = [s.reach for s in counted if not types.isdisjoint(map(fold, types_of(s.where[0])))]
    if reaches:
        return None if None in reaches else max(reach for reach in reaches if reach is not None)
    return max((s.reach for s in counted if s.reach is not None), default=None)


def _longer(reach: int | None, within: int) -> int | None:
    return None if reach is None else reach + within


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
