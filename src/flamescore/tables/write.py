"""Write all tables of a run into its folder, so that equal frames give equal bytes.

CSV is UTF-8 with commas, quotes where needed, and LF; null is an empty cell, empty text is `""`. Every
setting that affects the bytes of Parquet is fixed here.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct
from polars.io.plugins import register_io_source

from flamescore.frames import BOTS, BOTS_FILE, POINTS, SCORES, conform
from flamescore.labels import HOLDOUT_FILE, HOT_FILE, LABELS_FILE
from flamescore.steps import Step, Stopwatch
from flamescore.tables.columns import (
    ACCOUNT_KEY,
    flat,
    free_name,
    kept,
    measures_of,
    public,
    with_account,
    with_kept,
)
from flamescore.tables.formula_guard import guard
from flamescore.tables.hot_leads import hot_list, list_file
from flamescore.tables.labels import labels_beside
from flamescore.text import for_log

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from flamescore.scoring import Ledger, Scored

ROW_GROUP: Final = 131_072
"""Rows per row group, whatever the sizes of the incoming pieces; it also bounds a reader's memory."""

COMPRESSION: Final = "zstd"
LEVEL: Final = 1

PIECE: Final = 131_072
"""Contacts whose rows are gathered at once: 50 MB; gathering 2 M contacts at once took 130."""


class TableSettings(Struct, frozen=True):
    """Settings of the tables besides the scores: `keep` and `hot_flames` of the project, `--spreadsheet`.

    Without `hot_flames` the scoring determines who is hot, by a condition.
    """

    keep: tuple[str, ...] = ()
    hot_flames: int | None = 5
    spreadsheet: bool = False
    hot_since: pl.DataFrame | None = None
    """Since when contacts are hot: `contact_id, since`; None: not known for any contact."""

    changes: pl.DataFrame | None = None
    """The changes since the previous run (`changes.CHANGES`); None: not known."""

    decimals: int = 1
    """The maximum number of decimals of points shown to people."""


def write_tables(
    folder: Path, scored: Scored, rejects: pl.DataFrame, settings: TableSettings
) -> tuple[Step, ...]:
    """Write every table into the folder, two at a time.

    `rejects.csv` is written only if there are rejects, `bots.parquet` if the rules have `bots`, and
    `holdout.parquet` if the project file holds contacts out.
    """

    def timed(name: str, write: Writer) -> Step:
        watch = Stopwatch()
        return watch(name, write(folder, scored, settings))

    writers = {name: write for name, write in WRITERS.items() if name != LABELS_FILE or scored.book.labels}
    with ThreadPoolExecutor(2) as pool:
        steps = tuple(pool.map(timed, *zip(*writers.items(), strict=True)))
    if not rejects.is_empty():
        write_rejects(rejects, folder / "rejects.csv", spreadsheet=settings.spreadsheet)
    if scored.holdout is not None:
        write_parquet(scored.holdout, folder / HOLDOUT_FILE)
    if scored.bots is not None:
        write_parquet(conform(scored.bots.table, BOTS, name="bots"), folder / BOTS_FILE)
    return steps


def write_rejects(rejects: pl.DataFrame, path: Path, *, spreadsheet: bool = False) -> None:
    """Write rejected rows as CSV."""
    write_csv(rejects.pipe(_for_log), path, spreadsheet=spreadsheet)


def _scores(folder: Path, scored: Scored, settings: TableSettings) -> int:
    write_scores(folder / "scores.parquet", scored, settings.keep)
    return scored.scores.height


def _scores_csv(folder: Path, scored: Scored, settings: TableSettings) -> int:
    pieces = scores_pieces(scored, settings.keep)
    return write_pieces(pieces, folder / "scores.csv", spreadsheet=settings.spreadsheet)


def _points(folder: Path, scored: Scored, _settings: TableSettings) -> int:
    return write_points(folder / "points.parquet", scored.ledger)


def _contacts(folder: Path, scored: Scored, _settings: TableSettings) -> int:
    write_contacts(folder / "contacts.parquet", scored)
    return scored.contacts.height


def _excluded(folder: Path, scored: Scored, _settings: TableSettings) -> int:
    """Write the contacts that the call list leaves out, so that a search of the run needs no events."""
    write_parquet(scored.excluded, folder / "excluded.parquet")
    return scored.excluded.height


def _labels(folder: Path, scored: Scored, _settings: TableSettings) -> int:
    """Write every label of every contact."""
    assert scored.labels is not None
    write_parquet(scored.labels, folder / LABELS_FILE)
    return scored.labels.height


def _hot(folder: Path, scored: Scored, _settings: TableSettings) -> int:
    """Write the hot contacts, including those that the call list leaves out."""
    write_parquet(scored.hot, folder / HOT_FILE)
    return scored.hot.height


def _hot_leads(folder: Path, scored: Scored, settings: TableSettings) -> int:
    rows = 0
    lists = scored.book.scores if settings.hot_flames is not None else scored.book.scores[:1]
    for number, score in enumerate(lists):
        file = list_file(score.name, default=number == 0)
        leads = hot_list(
            scored,
            score.name,
            keep=settings.keep,
            hot_flames=settings.hot_flames,
            since=settings.hot_since,
            changes=settings.changes,
            decimals=settings.decimals,
        )
        write_csv(leads, folder / file, spreadsheet=True)
        rows += leads.height
    return rows


def _for_log(rejects: pl.DataFrame) -> pl.DataFrame:
    """Remove credentials from the sources' paths; the raw text stays exact."""
    paths = rejects["source"].drop_nulls().unique().to_list()
    return rejects.with_columns(pl.col("source").replace({path: for_log(path) for path in paths}))


Writer = Callable[["Path", "Scored", TableSettings], int]
"""A function that writes a table of a scoring into a folder and returns its number of rows."""

WRITERS: Final[dict[str, Writer]] = {
    "points.parquet": _points,
    "hot_leads.csv": _hot_leads,
    "scores.csv": _scores_csv,
    "scores.parquet": _scores,
    "contacts.parquet": _contacts,
    "excluded.parquet": _excluded,
    LABELS_FILE: _labels,
    HOT_FILE: _hot,
}
"""The slowest first; labels are written only if the rule file has any."""


# --- CSV


def write_csv(frame: pl.DataFrame, path: Path, *, spreadsheet: bool = False) -> None:
    """Write a frame in its order: exactly, or with a BOM and guarded cells for a spreadsheet."""
    write_pieces([frame], path, spreadsheet=spreadsheet)


def write_pieces(pieces: Iterable[pl.DataFrame], path: Path, *, spreadsheet: bool = False) -> int:
    """Write frames with the same columns one after the other, like `write_csv`; return the number of rows."""
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
    """Yield one row per contact: id, kept columns, account, measures as `<score>_<measure>`, labels.

    Rows are in order of the default score's rank, followed by contacts outside it, by contact id. Measures
    are null if a score leaves a contact out. Without contacts there is one piece, without rows.
    """
    names = [score.name for score in scored.book.scores]
    order, people = pl.Series(scored.in_ranked_order()), kept(scored, keep).pipe(with_account, scored)
    measures = [(_of_score(scored, name), rows_in_score(scored, name, order)) for name in names]
    labels = [] if scored.labels is None else [(labels_beside(scored, keep), order)]
    for first in range(0, max(len(order), 1), PIECE):
        those = [(people, order), *measures, *labels]
        yield pl.concat(
            [frame.select(pl.all().gather(rows.slice(first, PIECE))) for frame, rows in those],
            how="horizontal",
        )


def rows_in_score(scored: Scored, name: str, order: pl.Series) -> pl.Series:
    """Return each contact's index among the rows of a score; null for contacts that the score leaves out."""
    import numpy as np  # noqa: PLC0415 - takes 40 ms, and reading a stored run doesn't need it

    mine = scored.places.filter(scored.scores["score_name"] == name).to_numpy()
    row = np.full(scored.contacts.height, -1, np.int64)
    row[mine] = np.arange(len(mine))
    found = pl.Series(row[order.to_numpy()])
    return found.set(found < 0, None)


def _of_score(scored: Scored, name: str) -> pl.DataFrame:
    rows = scored.scores.filter(pl.col("score_name") == name)
    return rows.select(pl.col(measure).alias(f"{name}_{measure}") for measure in measures_of(scored))


# --- Parquet


def write_parquet(frame: pl.DataFrame | pl.LazyFrame, path: Path) -> None:
    """Write a frame in its order; a lazy frame is streamed."""
    frame.lazy().sink_parquet(
        path,
        compression=COMPRESSION,
        compression_level=LEVEL,
        statistics=True,
        row_group_size=ROW_GROUP,
        maintain_order=True,
    )


def write_scores(path: Path, scored: Scored, keep: Sequence[str]) -> None:
    """Write `frames.SCORES`, ranked, followed by the kept columns."""
    conform(scored.scores, SCORES, name="scores").pipe(with_kept, scored, keep).pipe(write_parquet, path)


def write_points(path: Path, ledger: Ledger) -> int:
    """Write `frames.POINTS`, piece by piece, in bounded memory; return the number of rows."""
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


def write_contacts(path: Path, scored: Scored) -> None:
    """Write every mapped contact column, tags as a list, in the order of the frame, and the account last.

    If there are accounts, a contact column with the same name becomes `contact_account_key`.
    """
    contacts = scored.contacts.pipe(public)
    if scored.accounts is not None and ACCOUNT_KEY in contacts.columns:
        contacts = contacts.rename({ACCOUNT_KEY: free_name(ACCOUNT_KEY, contacts.columns, prefix="contact_")})
    contacts.pipe(with_account, scored).pipe(write_parquet, path)
