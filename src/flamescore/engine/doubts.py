"""Rows of which nobody has seen yet whether they say a contact, a type and a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.cells import as_text, folded, maybe_blank, present
from flamescore.engine.contacts import INDEX, KEY, ROUNDED, event_key
from flamescore.engine.streams import EVENT
from flamescore.errors import InputError
from flamescore.frames import DROP, FAULTY, LEFT_OUT, ODD, REJECTS, Settled
from flamescore.input_errors import UNREADABLE, fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.errors import Problem
    from flamescore.frames import EventSource, Window

DOUBTFUL: Final = "\x00doubtful"
"""Events' column (Boolean) that marks the rows which are to be looked at closely."""

AGE: Final = "\x00age"
"""Events' column of ages in seconds; null where the time is missing or does not read."""


@dataclass
class Doubts:
    """What a source has been found to hold so far, beside the rows that count.

    Rows that lack something (`faulty`), are left out by the source, or have an id that was rounded are taken
    out of its batches. Those of them that are old by the `window` are not told of: `old` counts the ones that
    are not past its widest reach.
    """

    window: Window
    faulty: int = 0
    left_out: int = 0
    old: int = 0
    odd: bool = False

    def without(self, batch: pl.DataFrame) -> pl.DataFrame:
        """Take the rows that the source leaves out, or that are rejected, out of a batch, and count them."""
        if DROP in batch.columns:
            batch, many = self._parted(batch, batch[DROP] == LEFT_OUT)
            self.left_out += many
            batch, many = self._parted(batch, batch[DROP] == FAULTY)
            self.faulty += many
        if DOUBTFUL not in batch.columns:
            return batch
        if ODD in batch.columns and not self.odd:
            self.odd = bool((batch[ODD] != 0).any())
        if batch[DOUBTFUL].any():
            marked = batch.select(faulty=pl.col(DOUBTFUL) & faulty(batch.schema)).to_series()
            batch, many = self._parted(batch, marked)
            self.faulty += many
        return batch

    def without_rounded(self, batch: pl.DataFrame, source: EventSource) -> pl.DataFrame:
        """Take the rows whose key a spreadsheet rounded out of a batch that has its contacts."""
        if source.settle is None:
            return batch
        batch, many = self._parted(batch, batch[INDEX] == ROUNDED)
        self.faulty += many
        return batch

    def _parted(self, batch: pl.DataFrame, marked: pl.Series) -> tuple[pl.DataFrame, int]:
        """Take marked rows out of a batch; return the others, and how many of the marked ones are not old."""
        if not marked.any():
            return batch, 0
        taken = batch.filter(marked)
        event = as_text(EVENT, batch.schema[EVENT]) if EVENT in batch.columns else pl.lit(None, pl.String)
        old = taken.filter(self.window.old(pl.col(AGE), folded(event)))
        widest = self.window.widest
        self.old += 0 if widest is None else int((old[AGE] < widest).sum())
        return batch.filter(~marked), taken.height - old.height


def doubtful_rows(source: EventSource) -> pl.Expr:
    """Mark rows that may lack something, and odd times, by comparisons that cost next to nothing."""
    schema = source.frame.collect_schema()
    contact, event = event_key(source, schema), as_text(EVENT, schema[EVENT])
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


def untold(source: EventSource) -> Settled:
    """Return the source as it is known already, without any reject."""
    return Settled(source.record, pl.DataFrame(schema=REJECTS))


def _settled(source: EventSource, doubts: Doubts) -> Settled:
    known = source.record.counts.rejected
    if source.settle is None or not (known or doubts.faulty or doubts.odd):
        return untold(source)
    settled = source.settle(doubts.window)
    if settled.record.counts.rejected != known + doubts.faulty:
        text = f"`{source.record.path}` has changed while it was read."
        raise fault(UNREADABLE, text, "Run again when the export is done.")
    return settled
