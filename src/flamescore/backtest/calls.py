"""Which contacts were called after a cut, and before the outcome if it occurred.

A worked example: the horizon is 30 days. A contact who is called on day 3 and buys on day 5 counts as called.
One who buys on day 2 and gets a thank-you call on day 4 counts as not called. One who is called on day 20 and
never buys counts as called.
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
"""A timestamp later than any instant."""

_FIRST: Final = "\0first"


def until_outcome(
    exports: Exports, book: RuleBook, matches: Sequence[EventMatch], cut: datetime, end: datetime
) -> Exports:
    """Return exports that were read once, without the events after each contact's first outcome event.

    `matches` are the events of the outcome. Only those after the cut, and at or before `end`, count; a
    contact without any keeps all events. Events in the same second as the outcome are kept too.
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
    """Return each contact's first of these events in seconds since 1970, `NEVER` for contacts without one.

    Values are in order of contact id. Time is reversed between cut and end, so that the first event becomes
    the latest: in a horizon of 30 days, the 5th becomes the 25th. Entries of `ignore` that depend on other
    events are skipped, because they would see those events in the wrong order.
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
