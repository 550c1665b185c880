"""Find the files of a source: a file, a glob, a folder or a hive-partitioned folder."""

from __future__ import annotations

import glob
import re
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Literal
from urllib.parse import unquote

from flamescore.exports.faults import MISSING, UNREADABLE, fault, printable
from flamescore.exports.spool import take_in
from flamescore.exports.unpack import unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.errors import InputError
    from flamescore.exports.model import Source
    from flamescore.exports.spool import Spool

Format = Literal["csv", "ndjson", "parquet"]
Packing = Literal["gz", "zst"]

SUFFIXES: Final[dict[str, Format]] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".txt": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".parq": "parquet",
}
PACKED: Final[dict[str, Packing]] = {".gz": "gz", ".zst": "zst"}
STDIN: Final = "-"
_MAGIC: Final[dict[bytes, Packing]] = {b"\x1f\x8b": "gz", b"\x28\xb5\x2f\xfd": "zst"}
_HIVE_NULL: Final = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True, slots=True)
class Found:
    """One file of a source. `shown` is how users know it; `parts` are its hive partition's columns.

    `packed` says how it is compressed; `path` is its copy where it is a stream.

    `modified` is in nanoseconds since 1970.
    """

    path: Path
    shown: str
    format: Format
    size: int
    modified: int
    parts: tuple[tuple[str, str | None], ...] = ()
    packed: Packing | None = None

    @property
    def age_key(self) -> tuple[int, str]:
        """Order files from older to newer."""
        return self.modified, self.shown

    @property
    def told(self) -> tuple[str, int, str]:
        """Return path, bytes and time of change, as the run's record has them."""
        at = datetime.fromtimestamp(self.modified // 1_000_000_000, UTC)
        return self.shown, self.size, at.strftime("%Y-%m-%dT%H:%M:%SZ")


def find_files(source: Source, folder: Path, spool: Spool) -> tuple[Found, ...]:
    """Return the files of a source by name; an `InputError` names it where there is none.

    What comes as a stream (`-` is standard input) is copied to the spool first.
    """
    try:
        return _find(source, folder, spool)
    except (OSError, ValueError, RecursionError) as error:
        why = getattr(error, "strerror", None) or "it is no name of a file"
        raise fault(UNREADABLE, f"{source.KIND}: `{printable(source.path)}` can't be read: {why}.") from None


def _find(source: Source, folder: Path, spool: Spool) -> tuple[Found, ...]:
    if source.path == STDIN:
        return (standard_input(source, spool),)
    path = folder / Path(source.path).expanduser()
    if path.is_fifo():
        return (from_pipe(path, source, spool),)
    if path.is_file():
        paths, root = [path], None
    elif path.is_dir():
        paths, root = _in_folder(path, source), path
    elif glob.has_magic(source.path):
        paths, root = [Path(each) for each in glob.glob(str(path), recursive=True)], None  # noqa: PTH207 - Path.glob takes no absolute pattern
    else:
        raise _missing(source, folder)
    found = [_found(each, source, folder, root) for each in sorted(paths) if each.is_file()]
    if not found:
        what = "the folder has no file of a known format" if root else "no file has such a name"
        name = printable(source.path)
        raise fault(MISSING, f"{source.KIND}: `{name}`: {what}.", f"It is looked for in {folder}.")
    chosen = source.files or ("newest" if source.KIND == "contacts" and root is None else "all")
    return (max(found, key=lambda each: each.age_key),) if chosen == "newest" else tuple(found)


def _missing(source: Source, folder: Path) -> InputError:
    hint = f"It is looked for in {folder}."
    if "://" in source.path:
        hint = "Only local files are read: fetch it first, or pipe it in and say `-`."
    return fault(MISSING, f"{source.KIND}: there is no `{printable(source.path)}`.", hint)


def _in_folder(path: Path, source: Source) -> list[Path]:
    files = (each for each in path.rglob("*") if each.is_file())
    seen = [each for each in files if not any(part[0] in "._" for part in each.relative_to(path).parts)]
    return [each for each in seen if source.format or kind_of(each)[0]]


def kind_of(path: Path) -> tuple[Format | None, Packing | None]:
    """Return what a file is by its name, and how it is compressed; only text is compressed so."""
    packed = PACKED.get(path.suffix.lower())
    kind = SUFFIXES.get((path.with_suffix("") if packed else path).suffix.lower())
    return (None, packed) if packed and kind == "parquet" else (kind, packed)


def _found(path: Path, source: Source, folder: Path, root: Path | None) -> Found:
    state = path.stat()
    shown = printable(str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path))
    known, packed = kind_of(path)
    kind = source.format or known
    if kind is None:
        hint = "Say `format: csv`, `ndjson` or `parquet` if it is one."
        text = f"{source.KIND}: `{shown}` is neither CSV, NDJSON nor Parquet by its name."
        raise fault(UNREADABLE, text, hint)
    parts = (*(_partition(path.relative_to(root)) if root else ()), *named(path, source))
    return Found(path, shown, kind, state.st_size, state.st_mtime_ns, parts, packed)


def named(path: Path, source: Source) -> Iterator[tuple[str, str | None]]:
    """Yield the columns that the file's name holds; null where the expression does not fit."""
    for column, pattern in source.from_file_name.items():
        match = re.search(pattern, path.name)
        yield column, match[1] if match else None


def _partition(path: Path) -> tuple[tuple[str, str | None], ...]:
    pairs = (part.partition("=") for part in path.parts[:-1])
    return tuple(
        (unquote(key), None if value == _HIVE_NULL else unquote(value))
        for key, is_, value in pairs
        if is_ and key
    )


def standard_input(source: Source, spool: Spool) -> Found:
    """Copy standard input; what it is its first bytes say, unless `format` does."""
    if sys.stdin is None or sys.stdin.closed:
        text = f"{source.KIND}: standard input is closed, and `-` is standard input."
        raise fault(MISSING, text, "Pipe a file into it.")
    if sys.stdin.isatty():
        raise fault(
            MISSING, f"{source.KIND}: nothing is piped in, and `-` is standard input.", "Pipe a file into it."
        )
    return _streamed(sys.stdin.buffer, "-", source, spool)


def from_pipe(path: Path, source: Source, spool: Spool) -> Found:
    """Copy a named pipe."""
    with path.open("rb") as pipe:
        return _streamed(pipe, printable(source.path), source, spool)


def _streamed(stream: BinaryIO, shown: str, source: Source, spool: Spool) -> Found:
    path = spool.new()
    size = take_in(stream, path, shown=shown)
    packed = next((kind for magic, kind in _MAGIC.items() if _head(path).startswith(magic)), None)
    found = Found(path, shown, "csv", size, path.stat().st_mtime_ns, (), packed)
    plain = unpacked(found, spool).path
    return replace(found, path=plain, format=source.format or _told_by(_head(plain)), packed=None)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(1 << 12)


def _told_by(head: bytes) -> Format:
    if head.startswith(b"PAR1"):
        return "parquet"
    return "ndjson" if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{") else "csv"
