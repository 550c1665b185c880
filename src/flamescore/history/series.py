"""The history of one contact: its score and flames, run by run, and how they changed.

six days     20th  21st  22nd  23rd  24th  25th
score        0     12.5  25    25    50    6.2
sparkline    ▁     ▃     ▅     ▅     █     ▁       eighths of the way from 0 to 50, rounded down, 50 the last
rows         yes   yes   yes   no    yes   yes     nothing changed on the 23rd
change             up    up          up    down
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl
from polars.exceptions import PanicException, PolarsError

from flamescore.changes import SAME, with_kind
from flamescore.errors import InputError, Problem
from flamescore.frames import INSTANT
from flamescore.history.files import HISTORY, last_of_each_day
from flamescore.points import in_points

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from flamescore.history.files import HistoryFile

DAMAGED: Final = "O005"
SERIES: Final = pl.Schema(
    {
        "run_id": pl.String(),
        "as_of": INSTANT,
        "score_name": pl.String(),
        "score": pl.Float64(),
        "flames": pl.Int32(),
        "change": pl.String(),
    }
)
"""One row per file and score, by score name, then oldest first.

`change` is one of `changes.KINDS`, null in the row of the first file; score and flames are null where the
contact is no longer scored (`vanished`).
"""

MARKS: Final = "▁▂▃▄▅▆▇█"
_FILE: Final = "\x00file"
_OWN: Final = "\x00own"


def read_contact(files: Sequence[HistoryFile], ids: Sequence[str]) -> pl.DataFrame:
    """Return `run_id`, `as_of`, and the score name, score and flames (`HISTORY`) of one contact, unsorted.

    `ids` are its own id, then those that were merged into it. If a file has several of them, the contact's
    own row is used, else the one with the highest score, then the most flames, then the first id. All files
    are read in one scan, which skips row groups by their statistics. Files that are deleted in the meantime
    are left out.

    Raises:
        InputError: a file is damaged; it is named.
    """
    while True:
        try:
            return _read(files, ids)
        except (PolarsError, PanicException, OSError) as error:
            there = [each for each in files if each.path.exists()]
            if len(there) == len(files):
                raise _damaged(files, error) from error
            files = there


def _read(files: Sequence[HistoryFile], ids: Sequence[str]) -> pl.DataFrame:
    of_run = pl.DataFrame(
        [(str(each.path), each.run_id, each.as_of) for each in files],
        schema={_FILE: pl.String(), "run_id": pl.String(), "as_of": INSTANT},
        orient="row",
    )
    if not files:
        return of_run.select(
            "run_id", "as_of", *(pl.lit(None, HISTORY[name]).alias(name) for name in _WITHOUT_ID)
        )
    meant = reduce(or_, (pl.col("contact_id") == each for each in ids))
    rows = pl.scan_parquet(
        [each.path for each in files], glob=False, hive_partitioning=False, include_file_paths=_FILE
    )
    found = rows.filter(meant).collect()
    return (
        found.with_columns((pl.col("contact_id") == ids[0]).alias(_OWN))
        .sort(_OWN, "score", "flames", "contact_id", descending=[True, True, True, False])
        .unique([_FILE, "score_name"], keep="first", maintain_order=True)
        .join(of_run, on=_FILE, how="left", maintain_order="left")
        .select("run_id", "as_of", *(pl.col(name).cast(HISTORY[name]) for name in _WITHOUT_ID))
    )


_WITHOUT_ID: Final = tuple(name for name in HISTORY if name != "contact_id")


def read_file(file: HistoryFile, ids: pl.Series | None = None) -> pl.DataFrame:
    """Return a file (`HISTORY`), or only its rows of some contacts.

    Raises an `InputError` that names the file if it is damaged or missing.
    """
    rows = _scan(file) if ids is None else _scan(file).filter(pl.col("contact_id").is_in(ids.implode()))
    try:
        return rows.collect()
    except (PolarsError, PanicException, OSError) as error:
        raise _damaged([file], error) from error


def _scan(file: HistoryFile) -> pl.LazyFrame:
    rows = pl.scan_parquet(file.path, glob=False, hive_partitioning=False)
    return rows.select(pl.col(name).cast(kind) for name, kind in HISTORY.items())


def _damaged(files: Sequence[HistoryFile], error: BaseException) -> InputError | BaseException:
    """Return an error that names the first unreadable file; if all are readable, the error itself."""
    for each in files:
        try:
            _scan(each).collect(engine="streaming")
        except (PolarsError, PanicException, OSError):
            name = Path(each.path.parent.name, each.path.name)
            hint = "Move it away: the other files are read without it."
            return InputError(Problem(DAMAGED, f"{name} is damaged: it can't be read.", hint=hint))
    return error


def series(
    found: pl.DataFrame,
    files: Sequence[HistoryFile],
    zone: ZoneInfo,
    *,
    hot_flames: int | None,
    every: bool = False,
) -> pl.DataFrame:
    """Return the `SERIES` of what `read_contact` found in files.

    It has the last file of each local day in which score or flames changed since the previous day with a
    file, and the first and last file that contain the contact; with `every`, all files that contain it. A
    file without the contact has a row too if the one before has it. `hot_flames` is the threshold for newly
    hot and cooled off; None if these can't be determined.
    """
    chosen = files if every else last_of_each_day(files, zone)
    times = pl.DataFrame(
        [(each.run_id, each.as_of) for each in chosen],
        schema={"run_id": pl.String(), "as_of": INSTANT},
        orient="row",
    )
    rows = [_of_score(found, times, name, hot_flames, every=every) for name in _names(found)]
    return pl.concat([pl.DataFrame(schema=SERIES), *rows])


def _names(found: pl.DataFrame) -> list[str]:
    return sorted(found["score_name"].unique().to_list())


def _of_score(
    found: pl.DataFrame, times: pl.DataFrame, name: str, hot_flames: int | None, *, every: bool
) -> pl.DataFrame:
    mine = found.filter(pl.col("score_name") == name).select("run_id", "score", "flames")
    all_rows = (
        times.join(mine, on="run_id", how="left", maintain_order="left")
        .sort("as_of")
        .with_columns(pl.col("score", "flames").shift(1).name.prefix("previous_"))
        .with_columns((pl.col("score") - pl.col("previous_score")).alias("difference"))
        .pipe(with_kind, *_turned(hot_flames))
        .with_row_index("place")
    )
    rows = all_rows.filter(pl.col("score").is_not_null() | pl.col("previous_score").is_not_null())
    here, ends = pl.col("place"), (rows["place"].min(), rows["place"].max())
    if not every:
        rows = rows.filter((pl.col("change") != SAME) | here.is_in(ends))
    return rows.with_columns(
        pl.lit(name).alias("score_name"),
        in_points(rows["score"]),
        pl.when(here > 0).then("change"),
    ).select(pl.col(column).cast(kind) for column, kind in SERIES.items())


def _turned(hot_flames: int | None) -> tuple[pl.Expr, pl.Expr]:
    """Return expressions for the rows in which the contact became hot, and in which it cooled off."""
    if hot_flames is None:
        return pl.lit(value=False), pl.lit(value=False)
    now, then = pl.col("flames") >= hot_flames, pl.col("previous_flames") >= hot_flames
    return now & ~then, ~now & then


def sparklines(found: pl.DataFrame, files: Sequence[HistoryFile], zone: ZoneInfo) -> dict[str, str]:
    """Return the sparkline of each score in what `read_contact` found: one mark per local day with a file.

    It represents the score in the last file of the day; it is a blank for a day without the contact.
    """
    days = [each.run_id for each in last_of_each_day(files, zone)]
    lines: dict[str, str] = {}
    for name in _names(found):
        mine = found.filter(pl.col("score_name") == name)
        scores = dict(mine.select("run_id", "score").iter_rows())
        lines[name] = sparkline([scores.get(day) for day in days])
    return lines


def sparkline(values: Sequence[int | None]) -> str:
    """Return a mark of `MARKS` for each value, lowest to highest in eighths; a blank for None.

    If all values are equal, it is the lowest mark.
    """
    known = [value for value in values if value is not None]
    low, high = min(known, default=0), max(known, default=0)
    last = len(MARKS) - 1
    return "".join(
        " " if value is None
        else MARKS[min((value - low) * len(MARKS) // ((high - low) or 1), last)]
        for value in values
    )  # fmt: skip
