"""The way to the next flame: rules of which one more occurrence now would do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from flamescore.bind.resolved import EventRule
from flamescore.engine.bins import Kept, Partition
from flamescore.engine.rank import flames
from flamescore.engine.readings import MISSING
from flamescore.insight.explanation import Way
from flamescore.units import POINT

if TYPE_CHECKING:
    from flamescore.bind.resolved import Score
    from flamescore.engine.judge import Judge
    from flamescore.engine.prepare import Prepared
    from flamescore.engine.tail import Sums
    from flamescore.engine.trace import Traced

MOST: Final = 5
_NEW: Final = 2**64 - 1
"""The value of a property that no event has had."""


def needed(score: Score, total: int) -> float | None:
    """Return the points that are missing to the next flame, None with five."""
    now = flames_of(score, total)
    if now == 5:  # noqa: PLR2004 - five flames are all there are
        return None
    bound = score.flames[now] if score.flames else -(-(now + 1) * score.ideal // 5)
    return (bound - total) / POINT


def ways(ready: Prepared, traced: Traced, judge: Judge, number: int) -> tuple[Way, ...]:
    """Return the rules of a score of which one more occurrence now brings a flame, after limits.

    The occurrence is thought of as new in every property. Rules with followers or with points from a
    property are left out: what would follow, or stand in the property, nobody knows. Best first.
    """
    score = ready.book.scores[number]
    now = flames_of(score, int(ready.teller.share(judge).totals[number][0]))
    found = []
    for rule in score.rules:
        if not isinstance(rule.subject, EventRule) or rule.subject.points.fixed <= 0:
            continue
        stream = ready.streams.of_rule[rule.subject]
        if ready.streams.all[stream].followed_by or ready.streams.all[stream].unless_followed_by:
            continue
        sums = (*judge.sums[:stream], _one_more(ready, traced, stream), *judge.sums[stream + 1 :])
        total = int(ready.teller.share(replace(judge, sums=sums)).totals[number][0])
        if flames_of(score, total) > now:
            found.append(Way(rule.id, rule.name, total / POINT, flames_of(score, total)))
    return tuple(sorted(found, key=lambda way: -way.score)[:MOST])


def flames_of(score: Score, total: int) -> int:
    """Return the flames of a total in ten-thousandths."""
    return int(pl.select(flames(score, pl.lit(total, pl.Int64))).item())


def _one_more(ready: Prepared, traced: Traced, stream: int) -> Sums:
    """Sum a stream up again with one more event at this very instant."""
    reach = ready.streams.all[stream].reach
    rows = [
        row
        for row, streams in enumerate(traced.matches)
        if stream in streams and traced.age[row] >= 0 and (reach is None or traced.age[row] < reach)
    ]
    events = traced.kept.take(np.array(rows, np.int64))
    one = Kept(
        contact=np.append(events.contact, np.uint32(0)),
        live=np.ones(len(rows) + 1, np.uint32),
        age=np.append(events.age, 0),
        values=tuple(np.append(v, np.uint64(_NEW)) for v in events.values),
        amounts=tuple(np.append(a, MISSING) for a in events.amounts),
    )
    tail = ready.tail([(), (stream,)], oldest=int(one.age.max()), wide=True)
    return tail.sums(Partition(0, 1, one))[stream]
