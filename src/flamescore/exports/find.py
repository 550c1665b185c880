"""Find the files of a source: a file, a glob, a folder or a hive-partitioned folder."""

from __future__ import annotations

import glob
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import unquote

from flamescore.exports.faults import MISSING, UNREADABLE, fault

if TYPE_CHECKING:
    from flamescore.exports.model import Source

Format = Literal["csv", "parquet"]

SUFFIXES: Final[dict[str, Format]] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".parq": "parquet",
}
_HIVE_NULL: Final = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True, slots=True)
class Found:
    """One file of a source. `shown` is how users know it; `parts` are its hive partition's columns.

    `modified` is in nanoseconds since 1970.
    """

    path: Path
    shown: str
    format: Format
    size: int
    modified: int
    parts: tuple[tuple[str, str | None], ...] = ()

    @property
    def age_key(self) -> tuple[int, str]:
        """Order files from older to newer."""
        return self.modified, self.shown

    @property
    def told(self) -> tuple[str, int, str]:
        """Return path, bytes and time of change, as the run's record has them."""
        at = datetime.fromtimestamp(self.modified // 1_000_000_000, UTC)
        return self.shown, self.size, at.strftime("%Y-%m-%dT%H:%M:%SZ")


def find_files(source: Source, folder: Path) -> tuple[Found, ...]:
    """Return the files of a source by name; an `InputError` names it where there is none."""
    path = folder / Path(source.path).expanduser()
    if path.is_file():
        paths, root = [path], None
    elif path.is_dir():
        paths, root = _in_folder(path, source), path
    elif glob.has_magic(source.path):
        paths, root = [Path(each) for each in glob.glob(str(path), recursive=True)], None  # noqa: PTH207 - Path.glob takes no absolute pattern
    else:
        raise fault(MISSING, f"{source.KIND}: there is no `{source.path}`.", f"It is looked for in {folder}.")
    found = [_found(each, source, folder, root) for each in sorted(paths) if each.is_file()]
    if not found:
        what = "the folder has no CSV or Parquet file" if root else "no file has such a name"
        raise fault(MISSING, f"{source.KIND}: `{source.path}`: {what}.", f"It is looked for in {folder}.")
    chosen = source.files or ("newest" if source.KIND == "contacts" and root is None else "all")
    return (max(found, key=lambda each: each.age_key),) if chosen == "newest" else tuple(found)


def _in_folder(path: Path, source: Source) -> list[Path]:
    files = (each for each in path.rglob("*") if each.is_file())
    seen = [each for each in files if not any(part[0] in "._" for part in each.relative_to(path).parts)]
    return [each for each in seen if source.format or each.suffix.lower() in SUFFIXES]


def _found(path: Path, source: Source, folder: Path, root: Path | None) -> Found:
    state = path.stat()
    shown = str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)
    kind = source.format or SUFFIXES.get(path.suffix.lower())
    if kind is None:
        hint = "Say `format: csv` or `format: parquet` if it is one."
        raise fault(UNREADABLE, f"{source.KIND}: `{shown}` is neither CSV nor Parquet by its name.", hint)
    parts = _partition(path.relative_to(root)) if root else ()
    return Found(path, shown, kind, state.st_size, state.st_mtime_ns, parts)


def _partition(path: Path) -> tuple[tuple[str, str | None], ...]:
    pairs = (part.partition("=") for part in path.parts[:-1])
    return tuple(
        (unquote(key), None if value == _HIVE_NULL else unquote(value))
        for key, is_, value in pairs
        if is_ and key
    )
