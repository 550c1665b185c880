"""The CSV tables: UTF-8, a comma, quotes where needed, LF. Null is an empty cell, empty text is `""`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
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
    order = _order(scored, names[0])
    people = kept(scored, keep).select(pl.all().gather(order))
    measures = (_of_score(scored, name).select(pl.all().gather(_rows(scored, name, order))) for name in names)
    return pl.concat([people, *measures], how="horizontal")


def _order(scored: Scored, default: str) -> pl.Series:
    """Return the rows of the contacts: those of a score as they are ranked, then the others."""
    ranked = scored.places.filter(scored.scores["score_name"] == default)
    others = np.ones(scored.contacts.height, np.bool_)
    others[ranked.to_numpy()] = False
    return pl.concat([ranked.cast(pl.Int64), pl.Series(np.flatnonzero(others))])


def _rows(scored: Scored, name: str, order: pl.Series) -> pl.Series:
    """Return where among its rows a score has each contact, null for those whom it leaves out."""
    mine = scored.places.filter(scored.scores["score_name"] == name).to_numpy()
    row = np.full(scored.contacts.height, -1, np.int64)
    row[mine] = np.arange(len(mine))
    found = pl.Series(row[order.to_numpy()])
    return found.set(found < 0, None)


def _of_score(scored: Scored, name: str) -> pl.DataFrame:
    rows = scored.scores.filter(pl.col("score_name") == name)
    return rows.select(pl.col(measure).alias(f"{name}_{measure}") for measure in measures_of(scored))
