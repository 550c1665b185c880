"""An output in S3: runs, `latest.json` and the history in the store, and a local folder that caches them.

    s3://bucket/leads/runs/RUN_ID/scores.parquet      a file of a run
    s3://bucket/leads/runs/RUN_ID/run.json            its record, written last: only then does the run exist
    s3://bucket/leads/latest.json                     {"run_id": ..., "as_of": ...}, written conditionally
    s3://bucket/leads/history/RUN_ID.parquet

The folder has the layout of any output. A run of which it has only the record is marked as partial; its other
files are fetched when it is read (`Remote.whole`).
"""

from __future__ import annotations

import json
import secrets
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final

from flamescore.connections import (
    Address,
    Bucket,
    ChangedObjectError,
    MissingObjectError,
    NoConditionsError,
    StoreError,
)
from flamescore.errors import FlamescoreError, LockedError, OutputError, Problem
from flamescore.runs.catalog import LATEST, RUNS, Run, all_runs, latest_run, point, to_run
from flamescore.runs.contents import PARTIAL
from flamescore.runs.disk import make_folder, modes, remove
from flamescore.runs.record import NAME
from flamescore.units import iso_instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from flamescore.connections import Object

REFUSED: Final = "A031"
NO_CONDITIONS: Final = "A032"
HELD: Final = "O001"
POINTER: Final = "latest.json"
HISTORY: Final = "history"
TRIES: Final = 3
_UNFINISHED: Final = timedelta(days=1)
"""The longest time that an upload may take. A run that still has no record after that was killed."""


class Moved(Enum):
    """Whether `latest.json` moved to the new run."""

    TO_IT = "to it"
    STAYED = "stayed"


@dataclass
class Remote:
    """An output in S3 and the local folder that caches it. `mode` is that of local files."""

    url: str
    output: Path
    mode: int
    _synced: bool = field(default=False, repr=False)
    _history: frozenset[str] = frozenset()

    @property
    def address(self) -> Address:
        """Return the address of the output; its key ends with a slash, or is empty."""
        address = Address.of(self.url)
        key = address.key.strip("/")
        return Address(address.bucket, f"{key}/" if key else "")

    def place(self, run_id: str) -> str:
        """Return the address of a run."""
        return f"{self.url.rstrip('/')}/{RUNS}/{run_id}"

    # --- reading the store

    def look(self) -> None:
        """Update the folder, once: fetch the records of new runs, remove deleted runs, move `latest`."""
        if not self._synced:
            with self._wrapping_errors():
                self._sync()

    def whole(self, run: Run) -> Run:
        """Return a run after fetching its missing files."""
        if (run.path / PARTIAL).exists():
            with self._wrapping_errors():
                bucket, prefix = self._bucket(), f"{self.address.key}{RUNS}/{run.run_id}/"
                for each in bucket.below(prefix):
                    self._fetch(bucket, each.key, run.path / each.key.removeprefix(prefix))
                (run.path / PARTIAL).unlink(missing_ok=True)
        return run

    def tidy(self) -> None:
        """Remove the leftovers of killed runs from the store: runs over a day old that have no record."""
        with self._wrapping_errors():
            bucket = self._bucket()
            oldest = datetime.now(UTC) - _UNFINISHED
            for files in self._runs(bucket).values():
                if NAME not in files and all(each.modified < oldest for each in files.values()):
                    bucket.delete(*(each.key for each in files.values()))

    def _sync(self) -> None:
        bits = modes(self.mode)
        make_folder(self.output, bits.folder)
        make_folder(self.output / RUNS, bits.folder)
        # List local runs before the store's: a new run is uploaded before it is put in place locally, so
        # one that appears in between is not mistaken for a deleted one.
        here = {run.run_id: run for run in all_runs(self.output)}
        bucket = self._bucket()
        there = {run_id: files for run_id, files in self._runs(bucket).items() if NAME in files}
        for run_id, files in there.items():
            if run_id not in here:
                self._take_record(bucket, run_id, files[NAME])
        pointed = self._pointed(bucket)
        for run_id, run in here.items():
            if run_id not in there and (pointed is None or run_id != pointed[0]):
                remove(run.path)
        latest = latest_run(self.output)
        if pointed is None or pointed[0] not in there:
            (self.output / LATEST).unlink(missing_ok=True)
        elif latest is None or latest.run_id != pointed[0]:
            point(self.output, pointed[0])
        self._sync_history(bucket)
        self._synced = True

    def _take_record(self, bucket: Bucket, run_id: str, record: Object) -> None:
        """Create the folder of a run with only its record, atomically."""
        beside = self.output / RUNS / f".tmp-{run_id}-{secrets.token_hex(4)}"
        make_folder(beside, modes(self.mode).folder)
        try:
            self._fetch(bucket, record.key, beside / NAME)
            (beside / PARTIAL).touch(0o600)
            with suppress(OSError):  # another command was faster
                beside.rename(self.output / RUNS / run_id)
        except MissingObjectError:
            pass  # it was deleted in the meantime
        finally:
            remove(beside)

    def _sync_history(self, bucket: Bucket) -> None:
        prefix = f"{self.address.key}{HISTORY}/"
        there = {each.key.removeprefix(prefix): each for each in bucket.below(prefix)}
        folder = self.output / HISTORY
        for name, each in there.items():
            if not (folder / name).exists():
                self._fetch(bucket, each.key, folder / name)
        self._history = frozenset(there)

    def _fetch(self, bucket: Bucket, key: str, into: Path) -> None:
        """Fetch an object into a file, atomically; do nothing if the file exists."""
        if into.exists():
            return
        make_folder(into.parent, modes(self.mode).folder)
        coming = into.with_name(f".{secrets.token_hex(8)}")
        try:
            bucket.fetch(key, coming)
            coming.chmod(modes(self.mode).file)
            coming.replace(into)
        finally:
            coming.unlink(missing_ok=True)

    def _runs(self, bucket: Bucket) -> dict[str, dict[str, Object]]:
        """Return the objects of all runs, by run id and file."""
        prefix = f"{self.address.key}{RUNS}/"
        found: dict[str, dict[str, Object]] = {}
        for each in bucket.below(prefix):
            run_id, _, name = each.key.removeprefix(prefix).partition("/")
            if to_run(self.output / RUNS / run_id, there=False) is not None:
                found.setdefault(run_id, {})[name] = each
        return found

    def _pointed(self, bucket: Bucket) -> tuple[str, datetime, str] | None:
        """Return run id and `as_of` in `latest.json`, and its tag; None if it does not exist."""
        try:
            data, tag = bucket.read(f"{self.address.key}{POINTER}")
        except MissingObjectError:
            return None
        try:
            pointer = json.loads(data)
            return str(pointer["run_id"]), datetime.fromisoformat(pointer["as_of"]), tag
        except (ValueError, TypeError, KeyError):
            text = f"{self.url}/{POINTER} is damaged, so it is not known which run is the latest"
            raise OutputError(Problem(REFUSED, text, hint="delete it, and score again")) from None

    # --- publishing

    def upload(self, folder: Path, run_id: str) -> None:
        """Upload the files of a run, its record last; check that the store supports conditional writes.

        Raises:
            OutputError: the store refuses (A031), or does not support conditional writes (A032). The run is
                not published there.
        """
        prefix = f"{self.address.key}{RUNS}/{run_id}/"
        files = [path for path in folder.rglob("*") if path.is_file()]
        with self._wrapping_errors():
            bucket = self._bucket()
            for path in sorted(files, key=lambda path: path.relative_to(folder).as_posix() == NAME):
                bucket.write(prefix + path.relative_to(folder).as_posix(), path)
            try:
                # A store that ignores conditions writes the same bytes again.
                bucket.write_if(prefix + NAME, (folder / NAME).read_bytes(), tag=None)
            except ChangedObjectError:
                return
            except NoConditionsError:
                pass
            self._delete_run(bucket, run_id)
            raise NoConditionsError("")

    def move_latest(self, run: Run, *, wanted: bool, make_latest: bool) -> Moved:
        """Point `latest.json` at a run if `wanted`; without `make_latest`, only if no later `as_of` is there.

        Raises:
            LockedError: others wrote it meanwhile, three times; the run is deleted again.
            OutputError: the store refuses.
        """
        key = f"{self.address.key}{POINTER}"
        pointer = {"run_id": run.run_id, "as_of": iso_instant(run.as_of)}
        with self._wrapping_errors():
            bucket = self._bucket()
            for _ in range(TRIES):
                there = self._pointed(bucket)
                if not wanted or (there is not None and there[1] > run.as_of and not make_latest):
                    return Moved.STAYED
                with suppress(ChangedObjectError):
                    bucket.write_if(
                        key, json.dumps(pointer).encode(), tag=None if there is None else there[2]
                    )
                    return Moved.TO_IT
            self._delete_run(bucket, run.run_id)
        text = f"other machines publish to {self.url} at the same time; nothing was published"
        raise LockedError(Problem(HELD, text, hint="let one machine score"))

    def history_changed(self) -> None:
        """Upload history files that are new locally, and delete those that were removed locally."""
        folder, prefix = self.output / HISTORY, f"{self.address.key}{HISTORY}/"
        here = {path.name for path in folder.glob("*.parquet")} if folder.is_dir() else set()
        with self._wrapping_errors():
            bucket = self._bucket()
            for name in sorted(here - self._history):
                bucket.write(prefix + name, folder / name)
            bucket.delete(*(prefix + name for name in sorted(self._history - here)))
        self._history = frozenset(here)

    def delete(self, run_ids: Iterable[str]) -> tuple[str, ...]:
        """Delete runs, their records first; return the ids of those that could not be deleted."""
        left = []
        for run_id in run_ids:
            try:
                with self._wrapping_errors():
                    self._delete_run(self._bucket(), run_id)
            except FlamescoreError:
                left.append(run_id)
        return tuple(left)

    def _delete_run(self, bucket: Bucket, run_id: str) -> None:
        prefix = f"{self.address.key}{RUNS}/{run_id}/"
        bucket.delete(prefix + NAME)
        bucket.delete(*(each.key for each in bucket.below(prefix)))

    def _bucket(self) -> Bucket:
        return Bucket.open(self.address.bucket)

    @contextmanager
    def _wrapping_errors(self) -> Iterator[None]:
        try:
            yield
        except NoConditionsError:
            text = f"{self.url}: the store can't write on a condition; nothing was published"
            hint = "two machines could overwrite each other's runs there; name a folder, or another store"
            raise OutputError(Problem(NO_CONDITIONS, text, hint=hint)) from None
        except StoreError as error:
            hint = "check the bucket's name, AWS_ENDPOINT_URL, AWS_REGION, and whose key or role it is"
            raise OutputError(Problem(REFUSED, f"{self.url}: {error}", hint=hint)) from None
