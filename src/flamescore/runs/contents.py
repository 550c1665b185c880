"""The files of a published run, read back: a fault of one is a `DamagedRunError` that names it.

Every reader of an earlier run comes through here. A file is held against the size and the SHA-256 that the
run's record has of it, and a table against the columns that a run writes, before a row is read.
"""

from __future__ import annotations

import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import polars as pl
from polars.exceptions import PanicException, PolarsError

from flamescore.changes import FILE as CHANGES
from flamescore.errors import FlamescoreError
from flamescore.merged import FILE as MERGED
from flamescore.runs.damage import DamagedRunError, refused
from flamescore.runs.file_hashes import sha256
from flamescore.runs.record import NAME
from flamescore.runs.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flamescore.runs.catalog import Run
    from flamescore.runs.record import RunRecord

SUMMED: Final = 64 << 20
"""Files of up to so many bytes are summed before some of their rows are read: 40 ms for the largest.

Of larger ones the size is looked at, and whoever reads them asks why where that fails (`reading_run`).
"""


def scan(run: Run, file: str) -> pl.LazyFrame:
    """Return a table of a run lazily: its columns are those that a run writes, its rows are not looked at."""
    return _opened(run, file, _checked(run, file, up_to=SUMMED))


def read(run: Run, file: str) -> pl.DataFrame:
    """Return a whole table of a run, its bytes as they were published.

    Of a run from before the checksums every row is looked at instead.
    """
    frame = _opened(run, file, _checked(run, file))
    if not run.record.files:
        _look(run, file, frame)
    with _of_file(run, file):
        return frame.collect()


def has_merged(run: Run) -> bool:
    """Say whether a run has a table of merged contacts."""
    files = run.record.files
    return any(each.path == MERGED for each in files) if files else (run.path / MERGED).exists()


@contextmanager
def reading_run(run: Run) -> Iterator[None]:
    """Tell any fault inside as damage of the run, if its tables are damaged: they are read late.

    Where they are sound the fault is the program's own, and passes.
    """
    try:
        yield
    except FlamescoreError:
        raise
    except (Exception, PanicException) as error:
        damaged = next((each for each in damages(run) if each.file in TABLES), None)
        if damaged is None:
            raise
        raise damaged from error


def damages(run: Run, *, whole: bool = True) -> Iterator[DamagedRunError]:
    """Yield what is damaged of a run: every file is read, or only its size is looked at.

    Of a run from before the checksums the tables are looked at.
    """
    try:
        record = run.record
    except DamagedRunError as error:
        yield error
        return
    for file in _files(run, record):
        try:
            _checked(run, file, up_to=None if whole else -1)
            if whole and not record.files:
                _look(run, file, _opened(run, file, run.path / file))
        except DamagedRunError as error:
            yield error


def strangers(run: Run) -> Iterator[DamagedRunError]:
    """Yield the files in a run's folder that the run did not write; none where it can't be told."""
    try:
        files = run.record.files
    except DamagedRunError:
        return
    known = {NAME, *(file.path for file in files)}
    for path in sorted(run.path.rglob("*")) if files else ():
        name = path.relative_to(run.path).as_posix()
        if name not in known:
            yield DamagedRunError(run.path, name, "is not of this run")


def _files(run: Run, record: RunRecord) -> tuple[str, ...]:
    """Name the files that a run must have: those of its record, else the tables that it seems to have."""
    if record.files:
        return tuple(file.path for file in record.files)
    absent = {CHANGES} if record.changes is None else set()
    absent |= set() if has_merged(run) else {MERGED}
    return tuple(file for file in TABLES if file not in absent)


def _checked(run: Run, file: str, *, up_to: int | None = None) -> Path:
    """Return the path of a file that is as its run's record has it; it is summed up to so many bytes."""
    path = run.path / file
    expected = {each.path: each for each in run.record.files}
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise DamagedRunError(run.path, file, "is no file")
        if not expected:
            return path
        if file not in expected:
            raise DamagedRunError(run.path, file, f"is not among the files of {NAME}")
        if found.st_size != expected[file].bytes:
            sizes = f"has {found.st_size:,} bytes, and {expected[file].bytes:,} were published"
            raise DamagedRunError(run.path, file, sizes)
        if (up_to is None or found.st_size <= up_to) and sha256(path) != expected[file].sha256:
            raise DamagedRunError(run.path, file, "is not as it was published: its SHA-256 is another")
    except OSError as error:
        raise DamagedRunError(run.path, file, refused(error)) from error
    return path


def _opened(run: Run, file: str, path: Path) -> pl.LazyFrame:
    """Return a table if its columns are those that a run writes."""
    with _of_file(run, file):
        frame = pl.scan_parquet(path, glob=False, hive_partitioning=False)
        odd = TABLES[file].odd(frame.collect_schema())
    if odd is not None:
        raise DamagedRunError(run.path, file, f"is no table of a run: {odd}")
    return frame


def _look(run: Run, file: str, frame: pl.LazyFrame) -> None:
    """Read all of a table, and raise where a row can't be of a run."""
    with _of_file(run, file):
        odd = TABLES[file].odd_rows(frame)
    if odd is not None:
        raise DamagedRunError(run.path, file, f"is no table of a run: {odd}")


@contextmanager
def _of_file(run: Run, file: str) -> Iterator[None]:
    """Turn what Polars says of a file that it can't read into damage, without any of its text."""
    try:
        yield
    except (PolarsError, PanicException, OSError, ValueError, OverflowError) as error:
        raise DamagedRunError(run.path, file, f"can't be read as Parquet ({type(error).__name__})") from error
