"""Rows of which nobody has seen yet whether they say a contact, a type and a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.cells import as_text, maybe_blank, present
from flamescore.engine.people import INDEX, KEY, ROUNDED, contact_of
from flamescore.engine.streams import EVENT
from flamescore.errors import InputError
from flamescore.exports.faults import UNREADABLE, fault
from flamescore.frames import ODD, REJECTS, Settled, Window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.errors import Problem
    from flamescore.frames import EventSource

DOUBTFUL: Final = "\x00doubtful"
"""Events' column (Boolean) that marks the rows which are to be looked at closely."""

AGE: Final = "\x00age"
"""Events' column of ages in seconds; null where the time is missing or does not read."""

_ENOUGH: Final = 1_000
"""Faulty rows after which a source that seems to hold little else is settled at once."""


@dataclass
class Doubts:
    """What a source has been found to hold so far: faulty rows among others, and odd times.

    `pruned` rows are not looked at, since statistics rule them out. Of rows outside the `window` it is not
    told that their key is rounded: not all of them are read.
    """

    rows: int = 0
    pruned: int = 0
    faulty: int = 0
    odd: bool = False
    window: Window = field(default_factory=Window)

    def without(self, batch: pl.DataFrame, source: EventSource) -> pl.DataFrame:
        """Take the rows that are rejected out of a batch, and note what is to be told of them."""
        if DOUBTFUL not in batch.columns:
            return batch
        self.rows += batch.height
        if ODD in batch.columns and not self.odd:
            self.odd = bool((batch[ODD] != 0).any())
        if not batch[DOUBTFUL].any():
            return batch
        marked = batch.select(faulty=pl.col(DOUBTFUL) & faulty(batch.schema)).to_series()
        self.faulty += int(marked.sum())
        if self.faulty > _ENOUGH and self.faulty * 2 > self.rows and source.settle is not None:
            source.settle(self.window)  # raises where the source is not to be read on
        return batch.filter(~marked)

    def without_rounded(self, batch: pl.DataFrame, source: EventSource, needed: pl.Expr) -> pl.DataFrame:
        """Take the `needed` rows whose key a spreadsheet rounded out of a batch that has its contacts."""
        marked = batch[INDEX] == ROUNDED
        if source.settle is None or not marked.any():
            return batch
        marked = batch.select(faulty=pl.lit(marked) & needed).to_series()
        self.faulty += int(marked.sum())
        return batch.filter(~marked)


def doubtful_rows(source: EventSource) -> pl.Expr:
    """Mark rows that may lack something, and odd times, by comparisons that cost next to nothing."""
    schema = source.frame.collect_schema()
    contact, event = contact_of(source, schema), as_text(EVENT, schema[EVENT])
    odd = pl.col(ODD) != 0 if ODD in schema else pl.lit(value=False)
    return pl.col("at").is_null() | maybe_blank(contact) | maybe_blank(event) | odd


def faulty(schema: pl.Schema) -> pl.Expr:
    """Mark rows without a contact, a type or a time."""
    event = present(as_text(EVENT, schema[EVENT]))
    return pl.col(AGE).is_null() | present(pl.col(KEY)).is_null() | event.is_null()


def settle(sources: Sequence[tuple[EventSource, Doubts]]) -> list[Settled]:
    """Have what is rejected told with its reason, of sources where anything is; of the others nothing is.

    Raises:
        InputError: sources have too many rejects, all in one.
    """
    settled: list[Settled] = []
    problems: list[Problem] = []
    for source, doubts in sources:
        try:
            settled.append(_settled(source, doubts))
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return settled


def _settled(source: EventSource, doubts: Doubts) -> Settled:
    known = source.record.counts.rejected
    if source.settle is None or not (known or doubts.faulty or doubts.odd):
        return Settled(source.record, pl.DataFrame(schema=REJECTS))
    settled = source.settle(doubts.window)
    if settled.record.counts.rejected != known + doubts.faulty:
        text = f"`{source.record.path}` has changed while it was read."
        raise fault(UNREADABLE, text, "Run again when the export is done.")
    return settled
