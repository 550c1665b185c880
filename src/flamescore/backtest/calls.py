"""Who was called: in the time after a cut, and before the outcome, if that came.

A worked example: the horizon is 30 days. One is called on day 3 and buys on day 5: called. One buys on day 2
and is called on day 4, to be thanked: not called. One is called on day 20 and never buys: called.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from flamescore.backtest.reading import coded_events
from flamescore.engine import NO_AGE, SECONDS
from flamescore.frames import INDEX
from flamescore.rules import EventRule, Points, RuleBook, Score
from flamescore.scoring import score_exports
from flamescore.units import POINT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from flamescore.frames import Exports
    from flamescore.rules import EventMatch

    Integers = NDArray[np.int64]

NEVER: Final = int(np.iinfo(np.int64).max)
"""Is later than any instant."""

_FIRST: Final = "\0first"


def until_outcome(
    exports: Exports, book: RuleBook, matches: Sequence[EventMatch], cut: datetime, end: datetime
) -> Exports:
    """Return exports that were read once without what came after each contact's first event of the outcome.

    `matches` are the events of the outcome. Only those after the cut, and at or before `end`, are looked at;
    of who has none all events stay. What came in the very second of the outcome stays too.
    """
    first = first_after(exports, book, matches, cut, end)

    def known(rows: pl.DataFrame) -> pl.DataFrame:
        contact = rows[INDEX].to_numpy()
        return rows.filter(pl.Series((contact < 0) | (rows[SECONDS].to_numpy() <= first[contact])))

    return dataclasses.replace(
        exports, events=tuple(source.edited(known) for source in coded_events(exports))
    )


def first_after(
    exports: Exports, book: RuleBook, matches: Sequence[EventMatch], cut: datetime, end: datetime
) -> Integers:
    """Return in seconds since 1970 when each contact has the first of these events, `NEVER` for who has none.

    In order of contact id. Time is turned around between cut and end, so that the first is the latest: of the
    horizon of 30 days the 5th becomes the 25th. Entries of `ignore` that look at other events too are passed
    over, for they would see them in the wrong order.
    """
    start, stop = int(cut.timestamp()), int(end.timestamp())

    def turned(rows: pl.DataFrame) -> pl.DataFrame:
        at = pl.col(SECONDS)
        return rows.filter((at > start) & (at <= stop)).with_columns((start + stop - at).alias(SECONDS))

    sources = tuple(source.edited(turned) for source in coded_events(exports))
    rules = [EventRule(match, Points(POINT), 1) for match in matches]
    plain = RuleBook(
        book.zone,
        (Score(_FIRST, _FIRST, POINT, ()),),
        ignore=tuple(each for each in book.ignore if not each.in_sequence),
    )
    found = score_exports(plain, dataclasses.replace(exports, events=sources), as_of=end, events=rules).latest
    first = np.full(exports.contacts.height, NEVER, np.int64)
    for age in found.values():
        first = np.where(age == NO_AGE, first, np.minimum(first, int(cut.timestamp()) + age.astype(np.int64)))
    return first
