"""Who was called: in the time after a cut, and before the outcome, if that came.

A worked example: the horizon is 30 days. One is called on day 3 and buys on day 5: called. One buys on day 2
and is called on day 4, to be thanked: not called. One is called on day 20 and never buys: called.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from flamescore.engine import NO_AGE
from flamescore.frames import AGE, INDEX, INSTANT, EventBatches, EventSource
from flamescore.rules import EventRule, Points, RuleBook, Score
from flamescore.scoring import score_exports
from flamescore.units import POINT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from flamescore.frames import EventQuery, Exports
    from flamescore.rules import EventMatch

    Integers = NDArray[np.int64]

NEVER: Final = int(np.iinfo(np.int64).max)
"""Is later than any instant."""

_FIRST: Final = "\0first"
_SECOND: Final = 1_000_000


def until_outcome(
    exports: Exports, book: RuleBook, matches: Sequence[EventMatch], cut: datetime, end: datetime
) -> Exports:
    """Return the exports without what came after each contact's first event of the outcome.

    `matches` are the events of the outcome. Only those after the cut, and at or before `end`, are looked at;
    of who has none all events stay. What came in the very second of the outcome stays too.
    """
    first = first_after(exports, book, matches, cut, end)
    return replace(exports, events=tuple(_Until.of(source, first) for source in exports.events))


def first_after(
    exports: Exports, book: RuleBook, matches: Sequence[EventMatch], cut: datetime, end: datetime
) -> Integers:
    """Return in seconds since 1970 when each contact has the first of these events, `NEVER` for who has none.

    In order of contact id. Time is turned around between cut and end, so that the first is the latest: of the
    horizon of 30 days the 5th becomes the 25th. Entries of `ignore` that look at other events too are passed
    over, for they would see them in the wrong order.
    """
    ends = pl.lit(round((cut.timestamp() + end.timestamp()) * _SECOND))
    turned = (ends - pl.col("at").dt.epoch("us")).cast(INSTANT)
    inside = (pl.col("at") > cut) & (pl.col("at") <= end)
    sources = tuple(
        source.only(source.frame.filter(inside).with_columns(at=turned)) for source in exports.events
    )
    rules = [EventRule(match, Points(POINT), 1) for match in matches]
    plain = RuleBook(
        book.zone,
        (Score(_FIRST, _FIRST, POINT, ()),),
        ignore=tuple(each for each in book.ignore if not each.in_sequence),
    )
    found = score_exports(plain, replace(exports, events=sources), as_of=end, events=rules).latest
    first = np.full(exports.contacts.height, NEVER, np.int64)
    for age in found.values():
        first = np.where(age == NO_AGE, first, np.minimum(first, int(cut.timestamp()) + age.astype(np.int64)))
    return first


@dataclass(frozen=True, slots=True, kw_only=True)
class _Until(EventSource):
    """Events up to an instant of each contact's own, in seconds since 1970, by number."""

    until: Integers

    @classmethod
    def of(cls, source: EventSource, until: Integers) -> _Until:
        sound = source.only(source.frame.filter(pl.col("at").is_not_null()))
        return cls(sound.frame, sound.record, sound.key, until=until)

    def read(self, query: EventQuery) -> EventBatches:
        """Return the events that a scoring asks for, batch by batch; each call reads them anew."""
        return _BatchesUntil(self, query, self.frame)


class _BatchesUntil(EventBatches):
    source: _Until

    def _sound(self, batch: pl.DataFrame) -> pl.DataFrame:
        numbered = super()._sound(batch)
        contact = numbered[INDEX].to_numpy()
        at = self.query.window.now - numbered[AGE].to_numpy().astype(np.int64)
        return numbered.filter(pl.Series((contact < 0) | (at <= self.source.until[np.maximum(contact, 0)])))
