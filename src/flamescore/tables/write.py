"""All tables of a run into its folder."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.steps import Step, Stopwatch
from flamescore.tables.hot import hot_file, hot_list
from flamescore.tables.parquet import write_contacts, write_parquet, write_points, write_scores
from flamescore.tables.text import scores_pieces, write_csv, write_pieces
from flamescore.text import for_log

if TYPE_CHECKING:
    from pathlib import Path

    from flamescore.scoring import Scored


@dataclass(frozen=True, slots=True)
class TableSettings:
    """What shapes the tables beside the scores: `keep` and `hot_flames` of the project, `--spreadsheet`."""

    keep: tuple[str, ...] = ()
    hot_flames: int = 5
    spreadsheet: bool = False


def write_tables(
    folder: Path, scored: Scored, rejects: pl.DataFrame, settings: TableSettings
) -> tuple[Step, ...]:
    """Write every table into the folder, two at a time; `rejects.csv` only where there are any."""

    def timed(name: str, write: Writer) -> Step:
        watch = Stopwatch()
        return watch(name, write(folder, scored, settings))

    with ThreadPoolExecutor(2) as pool:
        steps = tuple(pool.map(timed, *zip(*WRITERS.items(), strict=True)))
    if not rejects.is_empty():
        table = rejects.pipe(_for_log)
        write_csv(table, folder / "rejects.csv", spreadsheet=settings.spreadsheet)
    return steps


def _scores(folder: Path, scored: Scored, settings: TableSettings) -> int:
    write_scores(folder / "scores.parquet", scored, settings.keep)
    return scored.scores.height


def _scores_csv(folder: Path, scored: Scored, settings: TableSettings) -> int:
    pieces = scores_pieces(scored, settings.keep)
    return write_pieces(pieces, folder / "scores.csv", spreadsheet=settings.spreadsheet)


def _points(folder: Path, scored: Scored, _settings: TableSettings) -> int:
    return write_points(folder / "points.parquet", scored.ledger)


def _contacts(folder: Path, scored: Scored, _settings: TableSettings) -> int:
    write_contacts(folder / "contacts.parquet", scored.contacts)
    return scored.contacts.height


def _excluded(folder: Path, scored: Scored, _settings: TableSettings) -> int:
    """Write whom the call list leaves out, so that a search of the run needs no events."""
    write_parquet(scored.excluded, folder / "excluded.parquet")
    return scored.excluded.height


def _hot_leads(folder: Path, scored: Scored, settings: TableSettings) -> int:
    rows = 0
    for score in scored.book.scores:
        leads = hot_list(scored, score.name, keep=settings.keep, hot_flames=settings.hot_flames)
        write_csv(leads, folder / hot_file(scored, score.name), spreadsheet=True)
        rows += leads.height
    return rows


def _for_log(rejects: pl.DataFrame) -> pl.DataFrame:
    """Cut credentials out of the sources' paths; the raw text stays exact."""
    paths = rejects["source"].drop_nulls().unique().to_list()
    return rejects.with_columns(pl.col("source").replace({path: for_log(path) for path in paths}))


Writer = Callable[["Path", "Scored", TableSettings], int]
"""Writes a table of a scoring into a folder, and returns its rows."""

WRITERS: Final[dict[str, Writer]] = {
    "points.parquet": _points,
    "hot_leads.csv": _hot_leads,
    "scores.csv": _scores_csv,
    "scores.parquet": _scores,
    "contacts.parquet": _contacts,
    "excluded.parquet": _excluded,
}
"""The longest first."""
