"""The files of `history/`: the published scores, one file per run, thinned out with age.

history: 4d, runs at 06:00 and 18:00 of every day up to the 20th
less than two days before 20th 18:00   20th 18:00, 20th 06:00, 19th 18:00, 19th 06:00
the last of each local day             18th 18:00, 17th 18:00, 16th 18:00
older than four days                   15th 18:00 and everything before it is deleted
"""

from __future__ import annotations

import secrets
from itertools import groupby
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct

from flamescore.points import ten_thousandths
from flamescore.runs import flush, instant_of, make_folder, private, reading, remove, writing
from flamescore.stopping import unbroken
from flamescore.units import Period, to_local

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from flamescore.runs import Modes

FOLDER: Final = "history"
HISTORY: Final = pl.Schema(
    {
        "contact_id": pl.String(),
        "score_name": pl.String(),
        "score": pl.Int64(),
        "flames": pl.Int8(),
    }
)
"""One row per contact and score, by score name, then by id; `score` is in ten-thousandths of a point."""

HISTORY_OF: Final = tuple(HISTORY)
"""The columns of `frames.SCORES` that it consists of."""

WHOLE: Final = Period(2, "d")
"""The period before the newest file in which all files are kept."""

_SUFFIX: Final = ".parquet"
_BESIDE: Final = ".tmp-"
_ROW_GROUP: Final = 50_000
_LEVEL: Final = 9
"""The zstd level. A million rows take 0.8 s; the default, 3, takes half that with files a sixth larger."""

_LARGEST: Final = 2**63 - 1


class HistoryFile(Struct, frozen=True):
    """The published scores of a run: the run's id, its `as_of` (UTC), and the file."""

    run_id: str
    as_of: datetime
    path: Path


def history_of(scores: pl.DataFrame) -> pl.DataFrame:
    """Return the `HISTORY` of a run's `frames.SCORES`.

    The ten-thousandths round-trip: divided by 10,000, they give exactly the published floats, however large.
    """
    whole = ten_thousandths(pl.col("score"), pl.Int128()).clip(-_LARGEST, _LARGEST)
    rows = scores.select("contact_id", "score_name", whole.cast(pl.Int64), pl.col("flames").cast(pl.Int8))
    # Sorting a million rows score by score takes 0.65 s of processor time; by two columns it takes 0.98 s.
    by_score = rows.partition_by("score_name", as_dict=True)
    return pl.concat([rows.clear(), *(by_score[name].sort("contact_id") for name in sorted(by_score))])


def history_files(output: Path) -> tuple[HistoryFile, ...]:
    """Return the history files of an output folder, oldest `as_of` first; empty if none exist yet.

    Only files named after a run are included.
    """
    folder = output / FOLDER
    with reading(output):
        names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    found = [
        HistoryFile(name.removesuffix(_SUFFIX), as_of, folder / name)
        for name in names
        if name.endswith(_SUFFIX) and (as_of := instant_of(name.removesuffix(_SUFFIX))) is not None
    ]
    return tuple(sorted(found, key=lambda each: (each.as_of, each.run_id)))


def write_history(output: Path, run_id: str, scores: pl.DataFrame, bits: Modes) -> None:
    """Write the file of a run from its `frames.SCORES` atomically: a temporary file is flushed, then renamed.

    An existing file is replaced. Temporary files of killed runs are removed.

    Raises:
        OutputError: the file can't be written.
    """
    folder = output / FOLDER
    beside = folder / f"{_BESIDE}{run_id}-{secrets.token_hex(3)}"
    with writing(output), private():
        make_folder(folder, bits.folder)
        for left in folder.glob(f"{_BESIDE}*"):
            remove(left)
        try:
            history_of(scores).write_parquet(
                beside, compression="zstd", compression_level=_LEVEL, row_group_size=_ROW_GROUP
            )
            beside.chmod(bits.file)
            flush(beside)
            with unbroken():
                beside.replace(folder / f"{run_id}{_SUFFIX}")
                flush(folder)
        finally:
            remove(beside)


def tidy_history(output: Path, made: str, keep: Period | None, zone: ZoneInfo) -> None:
    """Delete files not covered by `keep` (None: all), and those that the file of the run `made` replaces.

    Files that can't be deleted are left for the next run.
    """
    files = history_files(output)
    current = [max(same, key=lambda each: (each.run_id == made, _age(each))) for same in _by_instant(files)]
    stay = set() if keep is None else {each.run_id for each in kept_files(current, keep, zone)}
    for each in files:
        if each.run_id not in stay:
            remove(each.path)


def _by_instant(files: Iterable[HistoryFile]) -> list[list[HistoryFile]]:
    return [list(same) for _, same in groupby(files, key=lambda each: each.as_of)]


def _age(file: HistoryFile) -> int:
    """Return the modification time of a file, in nanoseconds."""
    return file.path.stat().st_mtime_ns


def kept_files(files: Iterable[HistoryFile], keep: Period, zone: ZoneInfo) -> tuple[HistoryFile, ...]:
    """Return the files to keep, oldest `as_of` first; ages are relative to the newest one.

    Of files that are at least `WHOLE` old, only the last of each local day in a time zone is kept. Files
    older than `keep` are not kept; one that is exactly that old is.
    """
    ordered = sorted(files, key=lambda each: (each.as_of, each.run_id))
    if not ordered:
        return ()
    every, any_at_all = (period.before(ordered[-1].as_of, zone) for period in (WHOLE, keep))
    last_of_day = {each.run_id for each in last_of_each_day(ordered, zone)}
    return tuple(
        each
        for each in ordered
        if each.as_of >= any_at_all and (each.as_of > every or each.run_id in last_of_day)
    )


def last_of_each_day(files: Iterable[HistoryFile], zone: ZoneInfo) -> tuple[HistoryFile, ...]:
    """Return the last file of each local day of `as_of` in a time zone, oldest first."""
    ordered = sorted(files, key=lambda each: (each.as_of, each.run_id))
    return tuple({to_local(each.as_of, zone).date(): each for each in ordered}.values())
