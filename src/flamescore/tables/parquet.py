"""The Parquet tables. All that shapes their bytes is fixed here: the same frames, the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from polars.io.plugins import register_io_source

from flamescore.frames import POINTS, SCORES, conform
from flamescore.tables.keep import public, with_kept

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import polars as pl

    from flamescore.scoring import Ledger, Scored

ROW_GROUP: Final = 131_072
"""Rows in a row group, whatever the sizes of the pieces that arrive: it bounds the memory of a reader too."""

COMPRESSION: Final = "zstd"
LEVEL: Final = 1


def write_parquet(frame: pl.DataFrame | pl.LazyFrame, path: Path) -> None:
    """Write a frame in its order; a lazy one is streamed."""
    frame.lazy().sink_parquet(
        path,
        compression=COMPRESSION,
        compression_level=LEVEL,
        statistics=True,
        row_group_size=ROW_GROUP,
        maintain_order=True,
    )


def write_scores(path: Path, scored: Scored, keep: Sequence[str]) -> None:
    """Write `frames.SCORES`, ranked, and the kept columns after them."""
    conform(scored.scores, SCORES, name="scores").pipe(with_kept, scored, keep).pipe(write_parquet, path)


def write_points(path: Path, ledger: Ledger) -> int:
    """Write `frames.POINTS`, piece by piece, in bounded memory; return the rows."""
    written = 0

    def pieces(
        columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, _batch: int | None
    ) -> Iterator[pl.DataFrame]:
        assert columns is None
        assert predicate is None
        assert rows is None
        nonlocal written
        for part in ledger.parts():
            written += part.height
            yield conform(part, POINTS, name="points")

    register_io_source(pieces, schema=dict(POINTS)).pipe(write_parquet, path)
    return written


def write_contacts(path: Path, contacts: pl.DataFrame) -> None:
    """Write every mapped contact column, tags as a list, in the order of the frame."""
    contacts.pipe(public).pipe(write_parquet, path)
