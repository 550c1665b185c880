"""The CSV tables: UTF-8, a comma, quotes where needed, LF. Null is an empty cell, empty text is `""`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from flamescore.tables.formula_guard import guard
from flamescore.tables.keep import kept, measures_of
from flamescore.tables.words import flat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from flamescore.scoring import Scored


PIECE: Final = 131_072
"""Contacts whose rows are gathered at once: 50 MB, where those of 2 M took 130."""


def write_csv(frame: pl.DataFrame, path: Path, *, spreadsheet: bool = False) -> None:
    """Write a frame in its order; exact, or with a BOM and guarded cells for a spreadsheet."""
    write_pieces([frame], path, spreadsheet=spreadsheet)


def write_pieces(pieces: Iterable[pl.DataFrame], path: Path, *, spreadsheet: bool = False) -> int:
    """Write frames of the same columns one below the other, as `write_csv` does; return the rows."""
    rows = 0
    with path.open("wb") as file:
        for number, piece in enumerate(pieces):
            plain = piece.pipe(flat)
            (plain.pipe(guard) if spreadsheet else plain).write_csv(
                file,
                include_bom=spreadsheet and number == 0,
                include_header=number == 0,
                float_scientific=False,
                line_terminator="\n",
            )
            rows += piece.height
    return rows


def scores_pieces(scored: Scored, keep: Sequence[str]) -> Iterator[pl.DataFrame]:
    """Yield one row a contact: its id, the kept columns, and each score's measures as `<score>_<measure>`.

    In order of the default score's rank, then those outside it by contact id; null where a score leaves
    a contact out. Of no contacts there is one piece, without rows.
    """
    names = [score.name for score in scored.book.scores]
    order, people = _order(scored, names[0]), kept(scored, keep)
    measures = [(_of_score(scored, name), _rows(scored, name, order)) for name in names]
    for first in range(0, max(len(order), 1), PIECE):
        those = [(people, order), *measures]
        yield pl.concat(
            [frame.select(pl.all().gather(rows.slice(first, PIECE))) for frame, rows in those],
            how="horizontal",
        )


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
