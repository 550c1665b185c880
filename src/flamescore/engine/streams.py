"""Streams: the distinct ways of counting events that a rule book requires.

A worked example runs through `streams`, `matching`, `bins` and `aggregate`. Two rules:

    A: {event: visit, where: {url: {contains: /sales}}, points: 8, count: once, expires: 28d, decay: 1%}
    B: {event: visit, points: 1, count: each, expires: 7d}

make two streams: stream 0 (of A) keeps the latest occurrence younger than 2,419,200 s, stream 1 (of B) all
that are younger than 604,800 s. They use two predicates: bit 0 is `event: visit`, bit 1 is `url contains
/sales`. Of four contacts, `1` to `4`, contact `3` has number 2 and three events:

    visit /sales    1 day old     86,400 s
    visit /blog     2 days old   172,800 s
    visit /sales   10 days old   864,000 s

Followers and resets are streams too, but only the times of their events matter. With `since: {event:
recycled}` on rule B, its stream has number 2 and `resets = (1,)`: stream 1 is `{event: recycled}` with a
reach of 604,800 s, since an older reset removes nothing that is still in the window. With the same `since` on
rule A too, there is still only one such stream, which reaches 2,419,200 s back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from flamescore.engine.calendar import DAY
from flamescore.engine.judgements import AtOnceTest, FollowsTest, Judged, Judgements
from flamescore.engine.worth import fade_end
from flamescore.rules import (
    NO_DECAY,
    Burst,
    Decay,
    Equals,
    EventMatch,
    EventRule,
    Happened,
    Ignored,
    Per,
    Points,
    Predicate,
    TagRule,
    conditions_of,
    leaves,
)
from flamescore.text import fold

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from flamescore.engine.calendar import Clock
    from flamescore.rules import Condition, Follower, Idle, RuleBook

EVENT = "event"


class FollowerLink(Struct, frozen=True):
    """A follower of a stream: the stream of followers, and how many seconds later it comes, from `after` on.

    With `same`, it has the same value of this property.
    """

    stream: int
    within: int
    after: int = 0
    same: str | None = None


class Stream(Struct, frozen=True):
    """Occurrences to be counted for each contact: which events, their maximum age, and how they count.

    `reach` is the age in seconds at which an occurrence leaves the window (None: never). With `burst`, it is
    the age from which nothing can belong to a burst in the window, and `expires` is the age at which a burst
    leaves it. `resets` are the streams whose latest event is the reset. There must be at least `times`
    occurrences, and at most `most` (None: any number). `count` keeps the N latest (None: all). `carried` are
    the properties whose values are compared between the counted events and their followers. Streams of
    followers, of resets, and of conditions without a sum give no points; the `times` of a condition is tested
    where the condition is evaluated.
    """

    where: tuple[Predicate, ...]
    reach: int | None = None
    resets: tuple[int, ...] = ()
    per: Per | None = None
    times: int = 1
    most: int | None = None
    count: int | None = None
    followed_by: FollowerLink | None = None
    unless_followed_by: FollowerLink | None = None
    points: Points = field(default_factory=Points)
    decay: Decay = NO_DECAY
    carried: tuple[str, ...] = ()
    burst: Burst | None = None
    expires: int | None = None

    @property
    def counting_key(self) -> Hashable:
        """How occurrences count: streams with equal keys can be counted together."""
        return (
            self.resets,
            self.per,
            self.times,
            self.most,
            self.count,
            self.followed_by,
            self.unless_followed_by,
            self.points.column,
            self.burst,
            self.expires,
        )

    @property
    def wide(self) -> bool:
        """Whether its occurrences carry more than an age: a property's value or number."""
        return self.points.column is not None or self.per_column is not None or bool(self.carried)

    @property
    def per_column(self) -> str | None:
        """The property whose values distinguish its occurrences."""
        per = self.per if self.burst is None else self.burst.per
        return None if per is None else per.column

    @property
    def links(self) -> tuple[FollowerLink, ...]:
        """Its followers."""
        return tuple(link for link in (self.followed_by, self.unless_followed_by) if link is not None)


class Streams(Struct, frozen=True):
    """The distinct streams of a rule book, and a mapping from rules and conditions to their streams.

    Streams that count alike are adjacent. A condition has one stream for each of its sums, and at least one;
    they differ only in the property that is summed. A tag rule has the streams of its resets. The streams of
    `judgements` come after all streams that are counted.
    """

    all: tuple[Stream, ...]
    ignored: tuple[tuple[Predicate, ...], ...]
    of_rule: dict[EventRule, int]
    of_condition: dict[Happened, tuple[int, ...]]
    of_tag_rule: dict[TagRule, tuple[int, ...]] = field(default_factory=dict)
    of_idle: dict[Idle, tuple[int, ...]] = field(default_factory=dict)
    """The streams that find the latest activity, one for each of its forms."""

    judgements: Judgements = field(default_factory=lambda: Judgements(0))
    reset_reach: int | None = None
    """The longest finite window of a rule or condition with resets, whose own streams may reach further."""

    @property
    def widest(self) -> int | None:
        """The longest finite window, as an age in seconds; None if no window ends."""
        ends = (*(stream.reach for stream in self.all), self.reset_reach)
        return max((reach for reach in ends if reach is not None), default=None)

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
    def value_columns(self) -> tuple[str, ...]:
        """The properties whose values distinguish occurrences, or are compared with those of followers."""
        per = (s.per_column for s in self.all if s.per_column is not None)
        return tuple(dict.fromkeys((*per, *(column for s in self.all for column in s.carried))))

    @property
    def amount_columns(self) -> tuple[str, ...]:
        """The properties whose numbers give points, or are summed."""
        return tuple(dict.fromkeys(s.points.column for s in self.all if s.points.column is not None))

    @property
    def columns(self) -> tuple[str, ...]:
        """All event columns besides their type that are read."""
        needed = (*(p.column for p in self.predicates), *self.amount_columns, *self.value_columns)
        return tuple(column for column in dict.fromkeys(needed) if column != EVENT)

    @property
    def summed(self) -> dict[int, str]:
        """The streams of conditions that sum a property, with that property."""
        of_conditions = {number for numbers in self.of_condition.values() for number in numbers}
        return {i: s.points.column for i, s in enumerate(self.all) if i in of_conditions and s.points.column}

    @property
    def beside(self) -> frozenset[int]:
        """The streams of followers and resets."""
        links = {link.stream for stream in self.all for link in stream.links}
        of_tags = {number for numbers in self.of_tag_rule.values() for number in numbers}
        return frozenset(links | of_tags | {number for stream in self.all for number in stream.resets})


def streams_of(
    book: RuleBook, conditions: Sequence[Condition], clock: Clock, events: Sequence[EventRule] = ()
) -> Streams:
    """Collect the streams of all enabled rules, their conditions, and other conditions and events.

    These are further conditions (the call list's) and `events` that are counted like those of a rule
    (alerts').
    """
    subjects = [*(rule.subject for score in book.scores for rule in score.rules), *events]
    happened = [leaf for condition in (*conditions_of_book(book), *conditions) for leaf in leaves(condition)]
    counted = [
        *(each for each in subjects if isinstance(each, EventRule | TagRule)),
        *(leaf for leaf in happened if isinstance(leaf, Happened)),
    ]
    gathered = _Gathered(clock, _reaches_of_resets(counted, clock))
    for each in counted:
        gathered.add(each)
    for score in book.scores:
        for _, idle in score.idles:
            gathered.add_idle(idle)
    made = _neighbours(
        Streams(
            all=tuple(gathered.found),
            ignored=tuple(where_of(entry.match) for entry in book.ignore if not entry.in_sequence),
            of_rule=gathered.of_rule,
            of_condition=gathered.of_condition,
            of_tag_rule=gathered.of_tag_rule,
            of_idle=gathered.of_idle,
            reset_reach=max(
                (r for each in counted if each.since and (r := _reach(each, clock)) is not None), default=None
            ),
        )
    )
    return _judged(made, book)


def _reaches_of_resets(
    subjects: Iterable[EventRule | TagRule | Happened], clock: Clock
) -> dict[EventMatch, int | None]:
    """Return how far back each reset is searched for: as far as the widest window that refers to it.

    So a single stream serves all of them; a reset older than a window removes nothing inside it.
    """
    reaches: dict[EventMatch, int | None] = {}
    for each in subjects:
        for match in each.since:
            reach, known = _reach(each, clock), reaches.get(match, 0)
            reaches[match] = None if reach is None or known is None else max(known, reach)
    return reaches


def _reach(subject: EventRule | TagRule | Happened, clock: Clock) -> int | None:
    """Return the age from which events are irrelevant: a burst in the window may begin before the window."""
    burst = None if isinstance(subject, TagRule) else subject.burst
    return clock.reach(subject.window, 0 if burst is None else burst.seconds)


class _Gathered(Struct):
    """The streams of rules and conditions while they are collected, without duplicates."""

    clock: Clock
    resets: dict[EventMatch, int | None]
    found: dict[Stream, int] = field(default_factory=dict)
    of_rule: dict[EventRule, int] = field(default_factory=dict)
    of_condition: dict[Happened, tuple[int, ...]] = field(default_factory=dict)
    of_tag_rule: dict[TagRule, tuple[int, ...]] = field(default_factory=dict)
    of_idle: dict[Idle, tuple[int, ...]] = field(default_factory=dict)

    def add(self, subject: EventRule | TagRule | Happened) -> None:
        """Add the streams of a rule or condition."""
        match subject:
            case EventRule():
                self.of_rule[subject] = self._index(
                    replace(
                        self._stream(subject),
                        times=max(subject.times.least, 1),
                        most=subject.times.most,
                        count=subject.count,
                        points=subject.points,
                        decay=subject.decay,
                    )
                )
            case TagRule():
                if subject.since:
                    self.of_tag_rule[subject] = self._resets(subject.since)
            case Happened():
                counted = self._stream(subject)
                points = [Points(column=each.column) for each in subject.sums] or [Points()]
                self.of_condition[subject] = tuple(
                    self._index(replace(counted, points=each)) for each in points
                )

    def add_idle(self, idle: Idle) -> None:
        """Add the streams that find the latest activity.

        They reach back only as far as an activity can still leave part of a sum.
        """
        end = fade_end(idle.decay)
        reach = None if end is None else end * DAY
        streams = (Stream(where=where_of(match), reach=reach, count=1) for match in idle.activity)
        self.of_idle[idle] = tuple(self._index(stream) for stream in streams)

    def _stream(self, subject: EventRule | Happened) -> Stream:
        """Return a stream with the settings that rules and conditions share."""
        followed, unless = (
            self._link(subject.followed_by, subject),
            self._link(subject.unless_followed_by, subject),
        )
        same = (link.same for link in (followed, unless) if link is not None)
        return Stream(
            where=where_of(subject.match),
            reach=_reach(subject, self.clock),
            resets=self._resets(subject.since),
            per=subject.per,
            followed_by=followed,
            unless_followed_by=unless,
            carried=tuple(dict.fromkeys(column for column in same if column is not None)),
            burst=subject.burst,
            expires=None if subject.burst is None else self.clock.reach(subject.window),
        )

    def _link(self, follower: Follower | None, subject: EventRule | Happened) -> FollowerLink | None:
        """Return a follower's link; the window of what it follows suffices, since it is never older."""
        if follower is None:
            return None
        carried = () if follower.same is None else (follower.same,)
        stream = Stream(where_of(follower.match), _reach(subject, self.clock), carried=carried)
        return FollowerLink(self._index(stream), follower.within, follower.after, follower.same)

    def _resets(self, since: tuple[EventMatch, ...]) -> tuple[int, ...]:
        return tuple(sorted({self._index(Stream(where_of(each), self.resets[each])) for each in since}))

    def _index(self, stream: Stream) -> int:
        return self.found.setdefault(stream, len(self.found))


def _neighbours(streams: Streams) -> Streams:
    """Renumber the streams, so that those that count alike are adjacent."""
    alike: dict[Hashable, list[int]] = {}
    for number, stream in enumerate(streams.all):
        alike.setdefault(stream.counting_key, []).append(number)
    order = [number for numbers in alike.values() for number in numbers]
    place = {number: i for i, number in enumerate(order)}

    def link(old: FollowerLink | None) -> FollowerLink | None:
        return None if old is None else replace(old, stream=place[old.stream])

    def several(old: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(place[number] for number in old)

    return Streams(
        tuple(
            replace(
                stream,
                resets=several(stream.resets),
                followed_by=link(stream.followed_by),
                unless_followed_by=link(stream.unless_followed_by),
            )
            for stream in (streams.all[number] for number in order)
        ),
        streams.ignored,
        {rule: place[number] for rule, number in streams.of_rule.items()},
        {condition: several(numbers) for condition, numbers in streams.of_condition.items()},
        {rule: several(numbers) for rule, numbers in streams.of_tag_rule.items()},
        {idle: several(numbers) for idle, numbers in streams.of_idle.items()},
        reset_reach=streams.reset_reach,
    )


def _judged(streams: Streams, book: RuleBook) -> Streams:
    """Add the streams of the entries that are judged contact by contact."""
    made = list(streams.all)
    ignore = tuple(_entry(entry, streams, made) for entry in book.ignore if entry.in_sequence)
    bots = book.bots
    patterns = None if bots is None else tuple(_entry(entry, streams, made) for entry in bots.patterns)
    remove = bots is not None and bots.action == "remove"
    return replace(
        streams, all=tuple(made), judgements=Judgements(len(streams.all), ignore, patterns, remove=remove)
    )


def _entry(entry: Ignored, counted: Streams, made: list[Stream]) -> Judged:
    """Add the streams of an entry: one per type for a plain entry, one or two per test otherwise.

    A plain entry needs its events for as long as others do. An entry in sequence needs all of its events, and
    those that they follow, for as long as any is needed, and `within` longer: events beyond the edge of a
    window can decide whether those at the edge match.
    """

    def added(match: EventMatch, reach: int | None, column: str | None) -> int:
        made.append(Stream(where_of(match), reach, carried=() if column is None else (column,)))
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


def _needed(match: EventMatch, counted: Streams) -> int | None:
    """Return the age up to which rules and conditions need any of the types, or other types if none does."""
    types = {fold(kind) for kind in match.types}
    reaches = [s.reach for s in counted.all if not types.isdisjoint(map(fold, types_of(s.where[0])))]
    if reaches:
        return None if None in reaches else max(reach for reach in reaches if reach is not None)
    return counted.widest


def _longer(reach: int | None, within: int) -> int | None:
    return None if reach is None else reach + within


def where_of(match: EventMatch) -> tuple[Predicate, ...]:
    """Return an event's type and properties uniformly as predicates."""
    return (Predicate(EVENT, (Equals(texts=match.types),)), *match.where)


def types_of(predicate: Predicate) -> tuple[str, ...]:
    """Return the event types that a predicate on the type names."""
    return tuple(text for test in predicate.tests for text in getattr(test, "texts", ()))


def conditions_of_book(book: RuleBook) -> Iterator[Condition]:
    """Yield all conditions of a book: populations, and those that rules depend on."""
    for score in book.scores:
        if score.population is not None:
            yield score.population
        for rule in score.rules:
            yield from conditions_of(rule)
