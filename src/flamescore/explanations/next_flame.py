"""The way to the next flame: rules of which one more occurrence now would do."""

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
"""The totals (ten-thousandths) from which there are 1 to 5 flames; None where nobody has so many."""

MOST: Final = 5
FIVE: Final = 5
_NEW: Final = 2**64 - 1
"""The value of a property that no event has had."""


def needed(bounds: Bounds | None, total: int) -> float | None:
    """Return the points that are missing to the next flame, None with five, and where nobody can say."""
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
    """Return, score by score, the rules of which one more occurrence now brings a flame, after limits.

    The occurrence is thought of as new in every property. Rules with followers or with points from a
    property are left out: what would follow, or stand in the property, nobody knows. `given_to` says of how
    many contacts a rule, by score and id, is known to have given something: those that gave most contacts
    something come first, then as in the file, and those that gave nobody anything are left out. None where
    the list was not scored.
    """
    streams = ready.streams
    asked = (_asked(rule, streams) for score in ready.book.scores for rule in score.rules)
    open_ = tuple(dict.fromkeys(stream for stream in asked if stream is not None))
    if not open_:
        return ((),) * len(ready.book.scores)
    _, now = ready.ledger_writer.write(evaluator)
    # As so many contacts scored at once, each with one event more: a rule at a time took 0.5 s for 100.
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
    held = [max(-MAX_SCORE, min(total, MAX_SCORE)) for total in totals]  # one occurrence more may be too much
    return flames_at(bounds, pl.Series(held, dtype=pl.Int64)).to_list()


def _asked(rule: Rule, streams: Streams) -> int | None:
    """Return the stream of a rule that an event more can be thought of for; None where it can't."""
    if not isinstance(rule.subject, EventRule) or rule.subject.points.fixed <= 0:
        return None
    stream = streams.of_rule[rule.subject]
    return None if streams.all[stream].links else stream


def _likeliest(
    found: Sequence[Way], score_name: str, given_to: Mapping[tuple[str, str], int] | None
) -> tuple[Way, ...]:
    """Return the ways that most contacts went, and none that nobody went; all alike where that is unknown."""
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
    """Return the rules that bring a flame, by `totals`: that of now, and what one more of each stream makes.

    `known` are the streams of which the contact has something that counts, or has expired.
    """
    if bounds is None:
        return []
    asked = [(rule, stream) for rule in score.rules if (stream := _asked(rule, streams)) is not None]
    now, then = totals
    led_to = [then[stream] for _, stream in asked]
    least, *reached = _flames_of(bounds, [now, *led_to])
    return [
        Way(rule.id, rule.name, total / POINT, flames, again=stream in known)
        for (rule, stream), total, flames in zip(asked, led_to, reached, strict=True)
        if flames > least
    ]


def _one_more(ready: Prepared, traced: Traced, streams: Sequence[int]) -> tuple[StreamSums, ...]:
    """Sum streams up again with one more event at this very instant, each as that of a contact of its own.

    A stream's resets are events of its contact too.
    """
    live, every = _live(ready.streams.all, traced), ready.streams.all
    sets = list(dict.fromkeys(each for stream in streams for each in (stream, *every[stream].resets)))
    place = {stream: number for number, stream in enumerate(sets)}
    asked = [
        (contact, place[each], row)
        for contact, stream in enumerate(streams)
        for each in (stream, *every[stream].resets)
        for row in (*live.get(each, ()), *([len(traced.matches)] if each == stream else []))
    ]
    contact, number, rows = (np.array(column, np.int64) for column in zip(*asked, strict=True))
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
    """Return the events that each stream matches, and that are neither after `as_of` nor too old."""
    found: dict[int, list[int]] = {}
    for row, (matched, age) in enumerate(zip(traced.matches, traced.age.tolist(), strict=True)):
        for number in matched if age >= 0 else ():
            reach = streams[number].reach
            if reach is None or age < reach:
                found.setdefault(number, []).append(row)
    return found


def _ended(streams: Streams, asked: Sequence[int]) -> dict[int, list[int]]:
    """Return which of some streams' events are certainly activity, by the stream that looks for it.

    An event that a rule asks for is, if the activity asks for no more: for all its types, and for nothing of
    its properties that the rule does not ask for too.
    """
    activities = {stream for looked_for in streams.of_idle.values() for stream in looked_for}
    return {
        activity: [
            number
            for number, stream in enumerate(asked)
            if _implies(streams.all[stream].where, streams.all[activity].where)
        ]
        for activity in activities
    }


def _implies(asked: tuple[Predicate, ...], other: tuple[Predicate, ...]) -> bool:
    types, wanted = ({fold(each) for each in types_of(where[0])} for where in (asked, other))
    return types <= wanted and set(other[1:]) <= set(asked[1:])


def _twins(
    evaluator: ConditionEvaluator,
    more: Sequence[StreamSums],
    streams: Sequence[int],
    ended: Mapping[int, Sequence[int]],
) -> ConditionEvaluator:
    """Evaluate the contact as often as there are streams: each time with the new sums of one of them.

    `ended` says, by streams that look for activity, which of these times the event is activity.
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
    """Let there be an event at this very instant, some times."""
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
    """Give every contact the sums that the one has, and `own`, if there is one, the new ones."""
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
