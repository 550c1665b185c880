"""The files of a published run: hashed when they are written, verified when they are read back.

All reads of an earlier run go through this module; a damaged file raises a `DamagedRunError` that names it.
Before a row is read, a file is checked against the size and SHA-256 in the run's record, and a table against
the columns that a run writes.
"""

from __future__ import annotations

import hashlib
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct
from polars.exceptions import PanicException, PolarsError

from flamescore.account_frames import (
    ACCOUNT_POINTS,
    ACCOUNT_ROLES,
    ACCOUNTS,
    ACCOUNTS_FILE,
    POINTS_FILE,
    ROLES_FILE,
)
from flamescore.acting_frames import ROUTES, ROUTES_FILE, SEGMENTS, SEGMENTS_FILE
from flamescore.changes import CHANGES, KINDS
from flamescore.changes import FILE as CHANGES_FILE
from flamescore.errors import FlamescoreError
from flamescore.frames import BOTS, BOTS_FILE, PAST_SCORES, POINTS, SCORES
from flamescore.labels import HOLDOUT, HOLDOUT_FILE, HOT_FILE, LABELS_FILE
from flamescore.merged import FILE as MERGED_FILE
from flamescore.routing import UNROUTED, UNROUTED_FILE
from flamescore.runs.record import NAME, DamagedRunError, RunFile, refused

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from flamescore.runs.catalog import Run
    from flamescore.runs.record import RunRecord

LISTS_FILE: Final = "lists.parquet"
LISTS_SCHEMA: Final = pl.Schema({"path": pl.String(), "column": pl.String(), "value": pl.String()})
"""The values of the list files that the rules name; a run whose rules name none has no such table."""

PAST_SCORES_FILE: Final = "history.parquet"
"""`frames.PAST_SCORES`, which the report plots; with `history: none` a run has no such table."""

PARTIAL: Final = ".partial"
"""The marker file of a run that is not complete locally: it is in S3, and files are fetched when read."""

SUMMED: Final = 64 << 20
"""Files of up to this many bytes are hashed before some of their rows are read: 40 ms for the largest.

Of larger files only the size is checked; if reading them fails, `reading_run` looks for the damage.
"""


def file_of(run: Run, file: str) -> Path:
    """Return the path of a file of a run, after verifying its bytes."""
    return _checked(run, file)


def scan(run: Run, file: str) -> pl.LazyFrame:
    """Return a table of a run as a lazy frame. Its columns are validated, its rows are not."""
    return _opened(run, file, _checked_parts(run, file, up_to=SUMMED))


def read(run: Run, file: str) -> pl.DataFrame:
    """Return a whole table of a run, after verifying its bytes.

    For a run that has no checksums yet, every row is validated instead.
    """
    frame = _opened(run, file, _checked_parts(run, file))
    if not run.record.files:
        _look(run, file, frame)
    with _of_file(run, file):
        return frame.collect()


def has_merged(run: Run) -> bool:
    """Return whether a run has a table of merged contacts."""
    return has_table(run, MERGED_FILE)


def uncalled(run: Run) -> pl.LazyFrame:
    """Return the `contact_id` of contacts that are on no call list of a run: excluded, or held out."""
    excluded = scan(run, "excluded.parquet")
    if not has_table(run, HOLDOUT_FILE):
        return excluded
    return pl.concat([excluded, scan(run, HOLDOUT_FILE).select("contact_id").unique(maintain_order=True)])


def has_table(run: Run, file: str) -> bool:
    """Return whether a run has an optional table."""
    files = run.record.files
    if not files:
        return (run.path / file).exists()
    return any(each.path == file or each.path.startswith(f"{file}/") for each in files)


@contextmanager
def reading_run(run: Run) -> Iterator[None]:
    """Report an error inside the block as damage to the run if one of its lazily read tables is damaged.

    If they are intact, the error is a bug of the program and passes through.
    """
    try:
        yield
    except FlamescoreError:
        raise
    except (Exception, PanicException) as error:
        damaged = next((each for each in damages(run) if _table_of(each.file) in TABLES), None)
        if damaged is None:
            raise
        raise damaged from error


def damages(run: Run, *, whole: bool = True) -> Iterator[DamagedRunError]:
    """Yield the damage of a run: read every file, or without `whole` check only sizes.

    For a run that has no checksums yet, validate its tables.
    """
    try:
        record = run.record
    except DamagedRunError as error:
        yield error
        return
    for file in () if (run.path / PARTIAL).exists() else _files(run, record):
        try:
            _checked(run, file, up_to=None if whole else -1)
            if whole and not record.files:
                _look(run, file, _opened(run, file, (run.path / file,)))
        except DamagedRunError as error:
            yield error


def strangers(run: Run) -> Iterator[DamagedRunError]:
    """Yield the files in a run's folder that the run did not write; nothing if that is not known."""
    try:
        files = run.record.files
    except DamagedRunError:
        return
    known = {NAME, *(file.path for file in files)}
    known |= {each.as_posix() for file in files for each in PurePosixPath(file.path).parents}
    for path in sorted(run.path.rglob("*")) if files else ():
        name = path.relative_to(run.path).as_posix()
        if name not in known:
            yield DamagedRunError(run.path, name, "is not of this run")


def _files(run: Run, record: RunRecord) -> tuple[str, ...]:
    """Return the files that a run must have: those in its record, else the tables that it seems to have."""
    if record.files:
        return tuple(file.path for file in record.files)
    absent = {CHANGES_FILE} if record.changes is None else set()
    absent |= {ACCOUNTS_FILE, POINTS_FILE, ROLES_FILE}  # only runs that list their files have these
    absent |= {BOTS_FILE} if record.bots is None else set()
    later = (MERGED_FILE, LABELS_FILE, HOT_FILE, SEGMENTS_FILE, ROUTES_FILE, UNROUTED_FILE, HOLDOUT_FILE)
    absent |= {file for file in (*later, PAST_SCORES_FILE) if not has_table(run, file)}
    absent |= set() if record.rules.lists else {LISTS_FILE}
    return tuple(file for file in TABLES if file not in absent)


def _checked(run: Run, file: str, *, up_to: int | None = None) -> Path:
    """Return the path of a file that matches its run's record; files of up to `up_to` bytes are hashed."""
    path = run.path / file
    expected = {each.path: each for each in run.record.files}
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise DamagedRunError(run.path, file, "is not a file")
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


def _table_of(path: str) -> str:
    """Return the table that a file belongs to: itself, or the folder of which it is a part."""
    return path.partition("/")[0]


def _checked_parts(run: Run, file: str, *, up_to: int | None = None) -> tuple[Path, ...]:
    """Return the paths of a table as `_checked` does: one file, or the parts of a folder, in their order.

    Only the Parquet files that the record names are read: a folder may have others too, such as `_SUCCESS`.
    """
    there = (each.path for each in run.record.files)
    parts = sorted(path for path in there if path.startswith(f"{file}/") and path.endswith(".parquet"))
    return tuple(_checked(run, part, up_to=up_to) for part in parts or (file,))


def _opened(run: Run, file: str, paths: tuple[Path, ...]) -> pl.LazyFrame:
    """Return a table as a lazy frame, after validating its columns."""
    with _of_file(run, file):
        frame = pl.scan_parquet(list(paths), glob=False, hive_partitioning=False)
        odd = TABLES[file].odd(frame.collect_schema())
    if odd is not None:
        raise DamagedRunError(run.path, file, f"is not a table of a run: {odd}")
    return frame


def _look(run: Run, file: str, frame: pl.LazyFrame) -> None:
    """Read a whole table, and raise if it has rows that no run writes."""
    with _of_file(run, file):
        odd = TABLES[file].odd_rows(frame)
    if odd is not None:
        raise DamagedRunError(run.path, file, f"is not a table of a run: {odd}")


@contextmanager
def _of_file(run: Run, file: str) -> Iterator[None]:
    """Turn a Polars error about an unreadable file into a `DamagedRunError`, without its text."""
    try:
        yield
    except (PolarsError, PanicException, OSError, ValueError, OverflowError) as error:
        raise DamagedRunError(run.path, file, f"can't be read as Parquet ({type(error).__name__})") from error


# --- the hashes


def checksums(folder: Path, known: Collection[RunFile] = ()) -> tuple[RunFile, ...]:
    """Return size and SHA-256 of every file in a run's folder except its record, sorted by path.

    Two threads hash the largest files first; hashing releases the interpreter lock. Files whose hash is
    `known` are not read again.
    """
    there = {folder / each.path for each in known} | {folder / NAME}
    files = [path for path in folder.rglob("*") if path.is_file() and path not in there]
    files.sort(key=lambda path: path.stat().st_size, reverse=True)

    def summed(path: Path) -> RunFile:
        return describe_file(path, path.relative_to(folder).as_posix())

    with ThreadPoolExecutor(2) as pool:
        return tuple(sorted((*known, *pool.map(summed, files)), key=lambda file: file.path))


def describe_file(path: Path, name: str) -> RunFile:
    """Return the size and SHA-256 of a file under its name in the run."""
    return RunFile(path=name, bytes=path.stat().st_size, sha256=sha256(path))


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- what the tables contain


_TEXT: Final = (pl.String(), pl.List(pl.String()))
"""The types of columns of contacts: text, and a list for tags."""

_MOST_POINTS: Final = 2**63 / 10_000
_MOST_FLAMES: Final = 5


class Table(Struct, frozen=True):
    """One table: its columns, the types that further columns may have, and conditions on every row.

    `present` columns have no nulls; `holds` are true in every row, and not null; `key` identifies a row.
    """

    schema: pl.Schema
    further: tuple[pl.DataType, ...] = ()
    present: tuple[str, ...] = ()
    holds: tuple[pl.Expr, ...] = ()
    key: tuple[str, ...] = ()

    def odd(self, found: pl.Schema) -> str | None:
        """Return what is wrong with the columns: missing, or of a wrong type; None if all are valid."""
        for name, kind in self.schema.items():
            if name not in found:
                return f"it has no column {name}"
            if found[name] != kind:
                return f"its column {name} is {found[name].base_type()}, not {kind.base_type()}"
        others = [name for name in found if name not in self.schema and found[name] not in self.further]
        return f"{len(others)} of its columns are of no type that it has" if others else None

    def odd_rows(self, frame: pl.LazyFrame) -> str | None:
        """Return what is wrong with the rows; None if they are valid. Every column is read."""
        missing = pl.sum_horizontal(pl.lit(0), *(pl.col(name).null_count() for name in self.present))
        wrong = pl.sum_horizontal(pl.lit(0), *((~each).fill_null(value=True).sum() for each in self.holds))
        distinct = pl.struct(self.key).n_unique() if self.key else pl.len()
        sums = frame.select(
            pl.len().alias("\x00rows"),
            missing.alias("\x00missing"),
            wrong.alias("\x00wrong"),
            distinct.alias("\x00told"),
            pl.sum_horizontal(pl.all().null_count()).alias("\x00read"),
        )
        rows, absent, odd, different, _ = sums.collect(engine="streaming").row(0)
        if absent or odd:
            return f"{max(absent, odd):,} cells are none that a run writes"
        return "it has rows twice" if different != rows else None


TABLES: Final[Mapping[str, Table]] = {
    "scores.parquet": Table(
        SCORES,
        further=(*_TEXT, pl.Float64()),
        present=("contact_id", "score_name", "score", "flames", "percent_of_ideal", "percentile", "rank"),
        holds=(
            pl.col("score").is_finite() & (pl.col("score").abs() < _MOST_POINTS),
            pl.col("flames").is_between(0, _MOST_FLAMES),
        ),
        key=("contact_id", "score_name"),
    ),
    "contacts.parquet": Table(
        pl.Schema({"contact_id": pl.String()}), further=_TEXT, present=("contact_id",), key=("contact_id",)
    ),
    "excluded.parquet": Table(pl.Schema({"contact_id": pl.String()}), present=("contact_id",)),
    "points.parquet": Table(
        POINTS,
        present=("contact_id", "score_name", "entry", "rule_id", "occurrences", "points"),
        holds=(pl.col("points").is_finite(),),
    ),
    CHANGES_FILE: Table(
        CHANGES,
        further=_TEXT,
        present=("contact_id", "score_name", "change"),
        holds=(pl.col("change").is_in(KINDS),),
    ),
    PAST_SCORES_FILE: Table(
        PAST_SCORES,
        present=tuple(PAST_SCORES),
        holds=(pl.col("score").is_finite(),),
        key=("contact_id", "score_name", "as_of"),
    ),
    ACCOUNTS_FILE: Table(
        ACCOUNTS,
        further=(pl.Int32(), pl.Boolean()),
        present=("account", "score_name", "score", "flames", "percentile", "rank", "contacts"),
        holds=(
            pl.col("score").is_finite(),
            pl.col("flames").is_between(0, _MOST_FLAMES),
        ),
        key=("account", "score_name"),
    ),
    POINTS_FILE: Table(
        ACCOUNT_POINTS,
        present=("account", "score_name", "entry", "points"),
        holds=(pl.col("points").is_finite(),),
    ),
    ROLES_FILE: Table(ACCOUNT_ROLES, present=tuple(ACCOUNT_ROLES)),
    BOTS_FILE: Table(BOTS, present=tuple(BOTS.names()), holds=(pl.col("points_lost").is_finite(),)),
    MERGED_FILE: Table(
        pl.Schema({"merged_id": pl.String(), "contact_id": pl.String()}),
        further=_TEXT,
        present=("merged_id", "contact_id"),
    ),
    LABELS_FILE: Table(
        pl.Schema({"contact_id": pl.String()}),
        further=(pl.String(),),
        present=("contact_id",),
        key=("contact_id",),
    ),
    HOT_FILE: Table(pl.Schema({"contact_id": pl.String()}), present=("contact_id",), key=("contact_id",)),
    SEGMENTS_FILE: Table(SEGMENTS, present=("segment", "contact_id", "held"), key=("segment", "contact_id")),
    ROUTES_FILE: Table(ROUTES, present=("contact_id", "at", "ended")),
    UNROUTED_FILE: Table(UNROUTED, present=("contact_id", "reason"), key=("contact_id",)),
    HOLDOUT_FILE: Table(
        HOLDOUT, present=("contact_id", "score_name", "hot"), key=("contact_id", "score_name")
    ),
    LISTS_FILE: Table(LISTS_SCHEMA, present=("path", "value"), key=("path", "column", "value")),
}
"""The tables by file, in the order in which they are checked for damage."""
