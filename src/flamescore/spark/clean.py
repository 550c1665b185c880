"""Cleans rows of tables with the loader for files, a piece at a time, into rows that can be sent on."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.cells import as_text
from flamescore.exports import (
    PLACE,
    FileOutcome,
    contacts_by_file,
    events_by_file,
    history_by_file,
    source_of_frame,
)
from flamescore.frames import AGE, DROP
from flamescore.spark.plan import CARRIERS, CONTACTS, EVENTS, KINDS, laid_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.spark.plan import Plan

PIECE: Final = 262_144
"""Minimum rows cleaned at once: smaller pieces cost more time per row, larger ones more memory."""


def clean_pieces(plan: Plan, number: int, batches: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Yield the clean rows of a table's batches (`Plan.rows`); after each piece, its `FileOutcome` as a row.

    Rows of a table have no row number, so rejects are reported without one. For each piece, the clean rows
    and those counted in its note add up to the rows that came in. For a table with an order, `batches`
    contains all rows of an id, and all of it is one piece.
    """
    order = plan.sources[number].order_by
    if order is not None:
        every = list(batches)
        if every:
            yield from _clean(plan, number, pl.concat(every).sort(order, maintain_order=True))
        return
    waiting: list[pl.DataFrame] = []
    for batch in batches:
        waiting.append(batch)
        if sum(each.height for each in waiting) >= PIECE:
            yield from _clean(plan, number, pl.concat(waiting, how="vertical"))
            waiting = []
    if any(each.height for each in waiting):
        yield from _clean(plan, number, pl.concat(waiting, how="vertical"))


def _clean(plan: Plan, number: int, piece: pl.DataFrame) -> Iterator[pl.DataFrame]:
    source, outcome = plan.sources[number], FileOutcome()
    opened = source_of_frame(source.kind, piece, plan.reading.named)
    kind = pl.lit(KINDS.index(source.kind)).alias("kind")
    here = pl.lit(number).alias("source")
    if source.kind == CONTACTS:
        frame = contacts_by_file(opened, plan.reading, outcome)
        tags = [pl.struct(t="tags").struct.json_encode().alias("tags")] if "tags" in frame.columns else []
        named = [(f"c{n}", name) for n, name in enumerate(plan.contact_columns) if name in frame.columns]
        yield laid_out(
            frame.select(
                "contact_id", kind, here, *tags, *(pl.col(name).alias(slot) for slot, name in named),
                place=PLACE,
            ),
            plan.rows,
        )  # fmt: skip
    elif source.kind == EVENTS:
        names = tuple(dict.fromkeys(name for name, _ in source.columns))
        window = plan.needed.window
        marked = source.order_by is not None
        for batch in events_by_file(opened, plan.reading, window, names, outcome, marked=marked):
            mark = [pl.col(DROP).alias("mark")] if DROP in batch.columns else []
            slots = [
                _carried(batch, name, carrier).alias(f"e{plan.slots.index((name, carrier))}")
                for name, carrier in source.columns
                if name in batch.columns
            ]
            rows = batch.select(
                kind, here, pl.col("key").alias("contact_id"), "event", *mark, *slots, age=AGE
            )
            yield laid_out(rows, plan.rows)
    else:
        frame = history_by_file(opened, plan.reading, outcome)
        rows = frame.with_row_index("place").select(
            "contact_id", "place", "action", kind, here, event="tag", at=pl.col("at").dt.epoch("us")
        )
        yield laid_out(rows, plan.rows)
    outcome.rejects = outcome.rejects.with_columns(record=pl.lit(None, pl.Int64))
    yield note_row(plan, number, outcome)


def _carried(batch: pl.DataFrame, name: str, carrier: str) -> pl.Expr:
    dtype, wanted = batch.schema[name], CARRIERS[carrier]
    return as_text(name, dtype) if carrier == "string" else pl.col(name).cast(wanted)


def note_row(plan: Plan, number: int, outcome: FileOutcome) -> pl.DataFrame:
    """Return the report on a piece as a row that can be sent on."""
    return laid_out(pl.DataFrame({"source": [number], "note": [pickle.dumps(outcome)]}), plan.rows)
