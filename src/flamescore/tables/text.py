"""The CSV tables: UTF-8, a comma, quotes where needed, LF. Null is an empty cell, empty text is `""`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flamescore.tables.guard import guard
from flamescore.tables.keep import kept, measures_of
from flamescore.tables.words import flat

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flamescore.scoring import Scored


def write_csv(frame: pl.DataFrame, path: Path, *, spreadsheet: bool = False) -> None:
    """Write a frame in its order; exact, or with a BOM and guarded cells for a spreadsheet."""
    plain = frame.pipe(flat)
    cells = plain.pipe(guard) if spreadsheet else plain
    cells.write_csv(path, include_bom=spreadsheet, float_scientific=False, line_terminator="\n")


def scores_table(scored: Scored, keep: Sequence[str]) -> pl.DataFrame:
    """Return one row a contact: its id, the kept columns, and each score's measures as `<score>_<measure>`.

    In order of the default score's rank, then those outside it by contact id; null where a score leaves
    a contact out.
    """
    names = [score.name for score in scored.book.scores]
    table = _ordered(scored, names[0]).join(
        kept(scored, keep), on="contact_id", how="left", maintain_order="left"
    )
    for name in names:
        table = table.join(_of_score(scored, name), on="contact_id", how="left", maintain_order="left")
    return table


def _ordered(scored: Scored, default: str) -> pl.DataFrame:
    ranked = scored.scores.filter(pl.col("score_name") == default).select("contact_id")
    everyone = scored.contacts.select("contact_id")
    others = everyone.join(ranked, on="contact_id", how="anti").sort("contact_id")
    return pl.concat([ranked, others])


def _of_score(scored: Scored, name: str) -> pl.DataFrame:
    rows = scored.scores.filter(pl.col("score_name") == name)
    measures = measures_of(scored)
    return rows.select("contact_id", *(pl.col(measure).alias(f"{name}_{measure}") for measure in measures))
