"""The files of `history/`: what every run published, one file a run, thinned out as they grow old.

history: 4d, runs at 06:00 and 18:00 of every day up to the 20th
less than two days before 20th 18:00   20th 18:00, 20th 06:00, 19th 18:00, 19th 06:00
the last of each local day             18th 18:00, 17th 18:00, 16th 18:00
older than four days                   15th 18:00 is gone, and all before it
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
"""One row a contact and score, by score name, then by id; `score` is in ten-thousandths of a point."""

HISTORY_OF: Final = tuple(HISTORY)
"""The columns of `frames.SCORES` that it is made of."""

WHOLE: Final = Period(2, "d")
"""How long before the newest file every one is kept."""

_SUFFIX: Final = ".parquet"
_BESIDE: Final = ".tmp-"
_ROW_GROUP: Final = 50_000
_LEVEL: Final = 9
"""Of zstd. A million rows take 0.8 s; 3, its default, takes half of that and files a sixth larger."""

_LARGEST: Final = 2**63 - 1


class HistoryFile(Struct, frozen=True):
    """What a run published: the run's id, its `as_of` (UTC), and the file."""

    run_id: str
    as_of: datetime
    path: Path


def history_of(scores: pl.DataFrame) -> pl.DataFrame:
    """Return `HISTORY` of a run's `frames.SCORES`.

    The ten-thousandths are those that the published floats stand for: divided by 10,000 they are the same
    floats again, however large.
    """
    whole = ten_thousandths(pl.col("score"), pl.Int128()).clip(-_LARGEST, _LARGEST)
    rows = scores.select("contact_id", "score_name", whole.cast(pl.Int64), pl.col("flames").cast(pl.Int8))
    # Score by score: a million rows are sorted by one column in 0.65 s of processor, by two in 0.98.
    by_score = rows.partition_by("score_name", as_dict=True)
    return pl.concat([rows.clear(), *(by_score[name].sort("contact_id") for name in sorted(by_score))])


def history_files(output: Path) -> tuple[HistoryFile, ...]:
    """Return the files of an output folder, oldest `as_of` first; none where there are none yet.

    Only what is named by a run is one of them.
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
    """Write the file of a run from its `frames.SCORES`: beside its place, flushed, then renamed.

    One that is there already is replaced. What a killed run left beside is removed.

    Raises:
        OutputError: the disk refuses.
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
    """Delete the files that are not kept (None: none is), and those that the file of the run `made` replaces.

    What can't be deleted stays for the next run.
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
    """Return when a file was written, in nanoseconds."""
    return file.path.stat().st_mtime_ns


def kept_files(files: Iterable[HistoryFile], keep: Period, zone: ZoneInfo) -> tuple[HistoryFile, ...]:
    """Return the files to keep, oldest `as_of` first; ages are counted back from the newest one.

    Of files that are `WHOLE` old or older it is the last of each local day in a time zone, and none that is
    older than `keep`: one exactly as old stays.
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
