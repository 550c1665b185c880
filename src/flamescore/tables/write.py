"""All tables of a run into its folder."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from flamescore.tables.hot import hot_file, hot_list
from flamescore.tables.parquet import write_contacts, write_parquet, write_points, write_scores
from flamescore.tables.text import scores_table, write_csv
from flamescore.tables.urls import without_credentials

if TYPE_CHECKING:
    from pathlib import Path

    from flamescore.scoring import Scored


@dataclass(frozen=True, slots=True)
class TableSettings:
    """What shapes the tables beside the scores: `keep` and `hot_flames` of the project, `--spreadsheet`."""

    keep: tuple[str, ...] = ()
    hot_flames: int = 5
    spreadsheet: bool = False


def write_tables(folder: Path, scored: Scored, rejects: pl.DataFrame, settings: TableSettings) -> None:
    """Write every table into the folder, two at a time; `rejects.csv` only where there are any."""
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(write, folder, scored, settings) for write in WRITERS]:
            done.result()
    if not rejects.is_empty():
        table = rejects.pipe(_without_credentials)
        write_csv(table, folder / "rejects.csv", spreadsheet=settings.spreadsheet)


def _scores(folder: Path, scored: Scored, settings: TableSettings) -> None:
    write_scores(folder / "scores.parquet", scored, settings.keep)


def _scores_csv(folder: Path, scored: Scored, settings: TableSettings) -> None:
    table = scores_table(scored, settings.keep)
    write_csv(table, folder / "scores.csv", spreadsheet=settings.spreadsheet)


def _points(folder: Path, scored: Scored, _settings: TableSettings) -> None:
    write_points(folder / "points.parquet", scored.ledger)


def _contacts(folder: Path, scored: Scored, _settings: TableSettings) -> None:
    write_contacts(folder / "contacts.parquet", scored.contacts)


def _excluded(folder: Path, scored: Scored, _settings: TableSettings) -> None:
    """Write whom the call list leaves out, so that a search of the run needs no events."""
    write_parquet(scored.excluded, folder / "excluded.parquet")


def _hot_leads(folder: Path, scored: Scored, settings: TableSettings) -> None:
    for score in scored.book.scores:
        leads = hot_list(scored, score.name, keep=settings.keep, hot_flames=settings.hot_flames)
        write_csv(leads, folder / hot_file(scored, score.name), spreadsheet=True)


def _without_credentials(rejects: pl.DataFrame) -> pl.DataFrame:
    """Cut credentials out of the sources' paths; the raw text stays exact."""
    paths = rejects["source"].drop_nulls().unique().to_list()
    return rejects.with_columns(pl.col("source").replace({path: without_credentials(path) for path in paths}))


WRITERS = (_points, _hot_leads, _scores_csv, _scores, _contacts, _excluded)
"""The longest first."""
