"""Ways to the next flame: rules for which one more occurrence now would be enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from msgspec.structs import replace

from flamescore.engine import (
    COUNTED,
    EXPIRED,
    MAX_SCORE,
    MISSING,
    ConditionEvaluator,
    KeptEvents,
    Partition,
    StreamSums,
    flames_at,
    types_of,
)
from flamescore.explanations.explanation import Way
from flamescore.rules import EventRule
from flamescore.text import fold
from flamescore.units import POINT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from flamescore.engine import Prepared, Stream, Streams, Traced
    from flamescore.rules import Predicate, Rule, Score

Bounds = tuple[int | None, ...]
"""The totals (ten-thousandths) from which there are 1 to 5 flames; None where no contact has that many."""

MOST: Final = 5
FIVE: Final = 5
_NEW: Final = 2**64 - 1
"""A property value that no event has had."""


def needed(bounds: Bounds | None, total: int) -> float | None:
    """Return the points still needed for the next flame; None at five flames, or if the bound is unknown."""
    now = flames_of(bounds, total)
    bound = None if bounds is None or now is None or now == FIVE else bounds[now]
    return None if bound is None else (bound - total) / POINT


def ways(
    ready: Prepared,
    traced: Traced,
    evaluator: ConditionEvaluator,
    bounds: Mapping[str, Bounds | None],
    given_to: Mapping[tuple[str, str], int] | None,
) -> tuple[tuple[Way, ...], ...]:
    """Return, score by score, the rules for which one more occurrence now brings a flame, after limits.

    The occurrence is assumed to have new values in every property. Rules with followers, and rules with
    points from a property, are left out, because neither can be known in advance. `given_to` is the number
    of contacts that a rule, by score and id, is known to have given something. Rules that gave something to
    the most contacts come first, then in order of the file; rules that gave no contact anything are left
    out. `given_to` is None if the list was not scored.
    """
    streams = ready.streams
    candidates = (_extensible_stream(rule, streams) for score in ready.book.scores for rule in score.rules)
    open_ = tuple(dict.fromkeys(stream for stream in candidates if stream is not None))
    if not open_:
        return ((),) * len(ready.book.scores)
    _, now = ready.ledger_writer.write(evaluator)
    # Scored as one contact per stream, each with one more event; 100 rules one at a time took 0.5 s.
    twins = _twins(evaluator, _one_more(ready, traced, open_), open_, _ended(streams, open_))
    _, then = ready.ledger_writer.write(twins)
    known = {stream for (stream, _), outcome in traced.outcomes.items() if outcome in (COUNTED, EXPIRED)}
    return tuple(
        _likeliest(
            _those_that_bring_a_flame(
                score,
                bounds[score.name],
                streams,
                (int(now.totals[number][0]), dict(zip(open_, then.totals[number].tolist(), strict=True))),
                known,
            ),
            score.name,
            given_to,
        )
        for number, score in enumerate(ready.book.scores)
    )


def flames_of(bounds: Bounds | None, total: int) -> int | None:
    """Return the flames of a total in ten-thousandths; None without bounds."""
    return None if bounds is None else _flames_of(bounds, [total])[0]


def _flames_of(bounds: Bounds, totals: list[int]) -> list[int]:
    held = [max(-MAX_SCORE, min(total, MAX_SCORE)) for total in totals]  # one more may exceed the limit
    return flames_at(bounds, pl.Series(held, dtype=pl.Int64)).to_list()


def _extensible_stream(rule: Rule, streams: Streams) -> int | None:
    """Return the stream of a rule that one more event can be assumed for; None if there is none."""
    if not isinstance(rule.subject, EventRule) or rule.subject.points.fixed <= 0:
        return None
    stream = streams.of_rule[rule.subject]
    return None if streams.all[stream].links else stream


def _likeliest(
    found: Sequence[Way], score_name: str, given_to: Mapping[tuple[str, str], int] | None
) -> tuple[Way, ...]:
    """Return the ways that most contacts took, and none that no contact took; if unknown, the first ones."""
    if given_to is None:
        return tuple(found[:MOST])
    contacts = {way.rule_id: given_to.get((score_name, way.rule_id), 0) for way in found}
    gone = (way for way in found if contacts[way.rule_id])
    return tuple(sorted(gone, key=lambda way: -contacts[way.rule_id])[:MOST])


def _those_that_bring_a_flame(
    score: Score,
    bounds: Bounds | None,
    streams: Streams,
    totals: tuple[int, dict[int, int]],
    known: set[int],
) -> list[Way]:
    """Return the rules that bring a flame.

    `totals` is the current total, and the total after one more event, by stream. `known` are the streams
    where the contact has an occurrence that counts or has expired.
    """
    if bounds is None:
        return []
    candidates = [
        (rule, stream) for rule in score.rules if (stream := _extensible_stream(rule, streams)) is not None
    ]
    now, then = totals
    led_to = [then[stream] for _, stream in candidates]
    least, *reached = _flames_of(bounds, [now, *led_to])
    return [
        Way(rule.id, rule.name, total / POINT, flames, again=stream in known)
        for (rule, stream), total, flames in zip(candidates, led_to, reached, strict=True)
        if flames > least
    ]


def _one_more(ready: Prepared, traced: Traced, streams: Sequence[int]) -> tuple[StreamSums, ...]:
    """Aggregate streams again with one more event at this instant, each for a separate contact.

    The events of a stream's resets belong to its contact too.
    """
    live, every = _live(ready.streams.all, traced), ready.streams.all
    sets = list(dict.fromkeys(each for stream in streams for each in (stream, *every[stream].resets)))
    place = {stream: number for number, stream in enumerate(sets)}
    copies = [
        (contact, place[each], row)
        for contact, stream in enumerate(streams)
        for each in (stream, *every[stream].resets)
        for row in (*live.get(each, ()), *([len(traced.matches)] if each == stream else []))
    ]
    contact, number, rows = (np.array(column, np.int64) for column in zip(*copies, strict=True))
    kept = traced.kept
    pool = KeptEvents(
        contact=np.append(kept.contact, np.uint32(0)),
        live=np.append(kept.live, np.uint32(0)),
        age=np.append(kept.age, 0),
        values=tuple(np.append(v, np.uint64(_NEW)) for v in kept.values),
        amounts=tuple(np.append(a, MISSING) for a in kept.amounts),
    )
    events = replace(pool.take(rows), contact=contact.astype(np.uint32), live=number.astype(np.uint32))
    aggregator = ready.aggregator([(stream,) for stream in sets], oldest=int(events.age.max()), wide=True)
    return aggregator.sums(Partition(0, len(streams), events))


def _live(streams: Sequence[Stream], traced: Traced) -> dict[int, list[int]]:
    """Return the events that each stream matches, without those after `as_of` and those that are too old."""
    found: dict[int, list[int]] = {}
    for row, (matched, age) in enumerate(zip(traced.matches, traced.age.tolist(), strict=True)):
        for number in matched if age >= 0 else ():
            reach = streams[number].reach
            if reach is None or age < reach:
                found.setdefault(number, []).append(row)
    return found


def _ended(streams: Streams, extended: Sequence[int]) -> dict[int, list[int]]:
    """Return which streams' events certainly count as activity, by the stream that looks for activity.

    An event that a rule asks for is activity if the activity requires nothing more: it includes all the
    rule's event types, and has no predicate on properties that the rule does not have too.
    """
    activities = {stream for looked_for in streams.of_idle.values() for stream in looked_for}
    return {
        activity: [
            number
            for number, stream in enumerate(extended)
            if _implies(streams.all[stream].where, streams.all[activity].where)
        ]
        for activity in activities
    }


def _implies(predicates: tuple[Predicate, ...], other: tuple[Predicate, ...]) -> bool:
    types, wanted = ({fold(each) for each in types_of(where[0])} for where in (predicates, other))
    return types <= wanted and set(other[1:]) <= set(predicates[1:])


def _twins(
    evaluator: ConditionEvaluator,
    more: Sequence[StreamSums],
    streams: Sequence[int],
    ended: Mapping[int, Sequence[int]],
) -> ConditionEvaluator:
    """Repeat the contact once per stream, each copy with the new sums of that stream.

    `ended` lists, by stream that looks for activity, the copies in which the new event is activity.
    """
    facts, many = evaluator.facts, len(streams)
    place = {stream: number for number, stream in enumerate(streams)}
    return ConditionEvaluator(
        facts=replace(
            facts,
            fields={each: np.repeat(holds, many) for each, holds in facts.fields.items()},
            tags={each: np.repeat(has, many) for each, has in facts.tags.items()},
            tagged_at={each: np.repeat(at, many) for each, at in facts.tagged_at.items()},
        ),
        first=0,
        last=many,
        sums=tuple(
            _active(_spread(sums, more[stream], many, place.get(stream)), ended.get(stream, ()))
            for stream, sums in enumerate(evaluator.sums)
        ),
    )


def _active(sums: StreamSums, times: Sequence[int]) -> StreamSums:
    """Add an event at this instant to the given copies of the contact."""
    if not times:
        return sums
    now = np.array(times, np.int64)
    others = np.flatnonzero(~np.isin(sums.contact, now))
    contact = np.concatenate([sums.contact[others], now])
    order = np.argsort(contact)
    occurrences, points, age = (
        np.concatenate([known[others], np.full(len(now), new, known.dtype)])[order]
        for known, new in zip(_summed(sums), (1, 0, 0), strict=True)
    )
    return StreamSums(contact[order], occurrences, points, age)


def _spread(mine: StreamSums, more: StreamSums, many: int, own: int | None) -> StreamSums:
    """Give every copy the contact's sums, except that copy `own`, if set, gets the new ones."""
    others = np.arange(many if len(mine.contact) else 0)
    if own is None:
        occurrences, points, age = (np.repeat(each, many) for each in _summed(mine))
        return StreamSums(others, occurrences, points, age)
    others = others[others != own]
    contact = np.concatenate([others, more.contact])
    order = np.argsort(contact)
    occurrences, points, age = (
        np.concatenate([np.repeat(one, len(others)), new])[order]
        for one, new in zip(_summed(mine), _summed(more), strict=True)
    )
    return StreamSums(contact[order], occurrences, points, age)


def _summed(sums: StreamSums) -> tuple[NDArray[np.int64], ...]:
    return sums.occurrences, sums.points, sums.age
