"""All tables of a run into its folder, so that the same frames give the same bytes.

CSV is UTF-8 with commas, quotes where needed, and LF; null is an empty cell, empty text is `""`. All that
shapes the bytes of Parquet is fixed here.
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
"""Rows in a row group, whatever the sizes of the pieces that arrive: it bounds the memory of a reader too."""

COMPRESSION: Final = "zstd"
LEVEL: Final = 1

PIECE: Final = 131_072
"""Contacts whose rows are gathered at once: 50 MB, where those of 2 M took 130."""


class TableSettings(Struct, frozen=True):
    """What shapes the tables beside the scores: `keep` and `hot_flames` of the project, `--spreadsheet`.

    Without `hot_flames` the scoring says who is hot, by a condition.
    """

    keep: tuple[str, ...] = ()
    hot_flames: int | None = 5
    spreadsheet: bool = False
    hot_since: pl.DataFrame | None = None
    """Since when contacts are hot: `contact_id, since`; None: of nobody known."""

    changes: pl.DataFrame | None = None
    """What changed since the run before (`changes.CHANGES`); None: it is not known."""

    decimals: int = 1
    """With how many decimals at most people read points."""


def write_tables(
    folder: Path, scored: Scored, rejects: pl.DataFrame, settings: TableSettings
) -> tuple[Step, ...]:
    """Write every table into the folder, two at a time.

    `rejects.csv` is there only where there are any, `bots.parquet` where the rules say anything of `bots`,
    `holdout.parquet` where the project file holds contacts out.
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
    """Write whom the call list leaves out, so that a search of the run needs no events."""
    write_parquet(scored.excluded, folder / "excluded.parquet")
    return scored.excluded.height


def _labels(folder: Path, scored: Scored, _settings: TableSettings) -> int:
    """Write every label of every contact."""
    assert scored.labels is not None
    write_parquet(scored.labels, folder / LABELS_FILE)
    return scored.labels.height


def _hot(folder: Path, scored: Scored, _settings: TableSettings) -> int:
    """Write who is hot, whether the call list leaves them out or not."""
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
    LABELS_FILE: _labels,
    HOT_FILE: _hot,
}
"""The longest first; labels are there where the rule file has any."""


# --- CSV


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
    """Yield one row a contact: id, kept columns, account, measures as `<score>_<measure>`, labels.

    In order of the default score's rank, then those outside it by contact id; null where a score leaves
    a contact out. Of no contacts there is one piece, without rows.
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
    """Return where among its rows a score has each contact, null for those whom it leaves out."""
    import numpy as np  # noqa: PLC0415 - takes 40 ms, and who reads a stored run needs none

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


def write_contacts(path: Path, scored: Scored) -> None:
    """Write every mapped contact column, tags as a list, in the order of the frame; last, the account.

    Where there are accounts, a column of theirs that is called like it is `contact_account_key`.
    """
    contacts = scored.contacts.pipe(public)
    if scored.accounts is not None and ACCOUNT_KEY in contacts.columns:
        contacts = contacts.rename({ACCOUNT_KEY: free_name(ACCOUNT_KEY, contacts.columns, prefix="contact_")})
    contacts.pipe(with_account, scored).pipe(write_parquet, path)
