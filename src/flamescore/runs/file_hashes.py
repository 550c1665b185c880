"""The SHA-256 of the files of a run: taken as it is written, and held against the files when it is read."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from flamescore.runs.record import NAME, RunFile

if TYPE_CHECKING:
    from pathlib import Path


def checksums(folder: Path) -> tuple[RunFile, ...]:
    """Return every file in a run's folder but its record, by path.

    Two at a time, the largest first: hashing leaves the interpreter to others meanwhile.
    """
    files = [path for path in folder.rglob("*") if path.is_file() and path != folder / NAME]
    files.sort(key=lambda path: path.stat().st_size, reverse=True)

    def summed(path: Path) -> RunFile:
        name = path.relative_to(folder).as_posix()
        return RunFile(path=name, bytes=path.stat().st_size, sha256=sha256(path))

    with ThreadPoolExecutor(2) as pool:
        return tuple(sorted(pool.map(summed, files), key=lambda file: file.path))


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
