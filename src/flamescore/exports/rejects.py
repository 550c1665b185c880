"""Rejected rows as data: their reasons, their raw text, and when there are too many of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from flamescore.errors import InputError, Problem
from flamescore.exports import sweep as swept
from flamescore.exports.faults import REJECTS as TOO_MANY
from flamescore.exports.faults import reading
from flamescore.frames import REJECTS
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Callable

    from flamescore.exports.sweep import Sweep
    from flamescore.exports.tables import Table
    from flamescore.exports.values import RejectLimit

REASONS: Final = {
    "short_row": "The row has fewer cells than the header.",
    "long_row": "The row has more cells than the header.",
    "stray_quote": "A quote stands inside a cell, or is escaped by a backslash; write it twice.",
    "unclosed_quote": "A quote is opened and not closed.",
    "too_long": "The row is longer than 8 MB.",
    "nul_byte": "The row holds a NUL byte.",
    "no_object": "The line is no JSON object.",
    "missing_contact": "The row says no contact.",
    "rounded_id": "The id is a number that a spreadsheet rounded.",
    "missing_event": "The row says no type of event.",
    "missing_time": "The row says no time.",
    "unreadable_time": "The time does not read.",
    "missing_tag": "The row says no tag.",
    "unknown_action": "The action is neither `applied` nor `removed`.",
    "missing_id": "The row has no id.",
    "repeated_id": "An earlier row of the file has the same id.",
}
"""Every reason code, and its message; docs/exports.md has the same table."""

ALWAYS_ALLOWED: Final = 20
BAD: Final = pl.Schema({"row": pl.Int64(), "reason": pl.String()})
NONE_BAD: Final = pl.DataFrame(schema=BAD)


@dataclass(frozen=True, slots=True)
class Rejected:
    """The rejects of a file: damaged records of `sweep`, and of the sound ones those that fail a check."""

    table: Table
    rows: int
    bad: pl.DataFrame
    sweep: Sweep | None = None

    @property
    def count(self) -> int:
        """Return how many there are."""
        return self.bad.height + (0 if self.sweep is None else self.sweep.damaged)

    def reasons(self) -> dict[str, int]:
        """Return how many rejects each reason has."""
        damaged = {} if self.sweep is None else self.sweep.reasons()
        return {**damaged, **dict(self.bad["reason"].value_counts().iter_rows())}

    def frame(self, most: int | None = None) -> pl.DataFrame:
        """Return the rejects in order (`frames.REJECTS`), or the first ones of them."""
        found = self._records(most) if self.table.text else self._rows(most)
        shown = pl.lit(self.table.found.shown, pl.String()).alias("source")
        message = pl.col("reason").replace_strict(REASONS, return_dtype=pl.String())
        return found.sort("record").with_columns(shown, message=message).select(*REJECTS).cast(REJECTS)

    def _records(self, most: int | None) -> pl.DataFrame:
        text, sweep = self.table.text, self.sweep
        assert text is not None
        assert sweep is not None
        bad = self.bad.sort("row").head(most) if most is not None else self.bad.sort("row")
        numbers = sweep.numbers(bad["row"])
        places = (
            swept.fetch(text, np.sort(numbers))
            if len(numbers)
            else pl.DataFrame(schema=swept.PLACES).drop("state")
        )
        found = (
            places.with_columns(reason=bad["reason"])
            if len(numbers)
            else places.with_columns(reason=pl.lit("", pl.String()))
        )
        every = pl.concat([found, sweep.flaws(most)]).sort("record")
        every = every if most is None else every.head(most)
        return every.with_columns(raw=pl.Series(swept.raw_texts(text, every), dtype=pl.String()))

    def _rows(self, most: int | None) -> pl.DataFrame:
        bad = self.bad.sort("row")
        bad = bad if most is None else bad.head(most)
        numbered = self.table.scan_for_json().with_row_index("\0row")
        wanted = numbered.filter(pl.col("\0row").is_in(bad["row"].implode()))
        with reading(self.table.found.shown):
            rows = wanted.collect().sort("\0row").drop("\0row")
        raw = [json.dumps(row, default=str, ensure_ascii=False) for row in rows.iter_rows(named=True)]
        line = pl.lit(None, pl.Int64())
        return bad.select(
            record=pl.col("row") + 1, line=line, reason="reason", raw=pl.Series(raw, dtype=pl.String())
        )


def check_limit(
    name: str,
    files: list[Rejected],
    *,
    limit: RejectLimit,
    strict: bool,
    shapes: Callable[[], str],
    left_out: int = 0,
) -> None:
    """Stop where a source has too many rejects: more than 20 and more than the limit, or nothing but them.

    `shapes` says what the times among them look like.
    """
    rows, rejected = sum(each.rows for each in files), sum(each.count for each in files)
    if not rejected:
        return
    over = rejected > ALWAYS_ALLOWED and not limit.allows(rejected, rows)
    if not (over or strict or rejected == rows - left_out):
        return
    why = (
        "nothing else is left of it"
        if rejected == rows - left_out
        else f"more than {limit}"
        if over
        else "with --strict none may be"
    )
    text = (
        f"{name}: {rejected:,} of {count(rows, 'row')} {'is' if rejected == 1 else 'are'} rejected, {why}: "
        f"{_by_reason(files)}. {_samples(files)}"
    )
    hint = "Mend the export, or its settings in the project file; or raise max_rejects."
    raise InputError(Problem(TOO_MANY, text + shapes(), None, hint))


def _by_reason(files: list[Rejected]) -> str:
    counts: dict[str, int] = {}
    for each in files:
        for reason, many in each.reasons().items():
            counts[reason] = counts.get(reason, 0) + many
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{many:,} {reason}" for reason, many in ranked)


def _samples(files: list[Rejected]) -> str:
    firsts = pl.concat([each.frame(3) for each in files if each.count][:3]).head(3)
    places = [
        f"{row['source']} record {row['record']}" + (f" (line {row['line']})" if row["line"] else "")
        for row in firsts.iter_rows(named=True)
    ]
    return f"The first: {', '.join(places)}."
