"""Find the files of a source: a file, a pattern, a folder, a hive-partitioned folder, or a stream.

Each file is found once, and links that lead out of the named folder are not followed.
"""

from __future__ import annotations

import glob
import os
import re
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, BinaryIO, Final, Literal
from urllib.parse import unquote

from msgspec import Struct, field
from msgspec.structs import replace

from flamescore.exports.first_bytes import ENOUGH, nature, packing
from flamescore.exports.spreadsheets import SUFFIXES as SHEETS
from flamescore.exports.tempfiles import take_in, unpacked
from flamescore.findings import Finding, InExport, Severity
from flamescore.input_errors import MISSING, UNREADABLE, fault
from flamescore.project import S3, STDIN, expanded
from flamescore.text import printable
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flamescore.exports.first_bytes import Nature
    from flamescore.exports.tempfiles import Spool
    from flamescore.project import Source

Format = Literal["csv", "ndjson", "parquet", "spreadsheet", "zip"]
Packing = Literal["gz", "zst"]

SUFFIXES: Final[dict[str, Format]] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".txt": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "ndjson",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".parq": "parquet",
    ".zip": "zip",
    **dict.fromkeys(SHEETS, "spreadsheet"),
}
PACKED: Final[dict[str, Packing]] = {".gz": "gz", ".zst": "zst"}
_NEVER_PACKED: Final = ("parquet", "spreadsheet", "zip")
_BY_CONTENT: Final[dict[Nature, Format]] = {
    "parquet": "parquet", "zip": "zip", "spreadsheet": "spreadsheet", "json": "ndjson", "json list": "ndjson",
}  # fmt: skip
LED_OUT: Final = "I128"
_NAMED: Final = 3
ANY_FOLDERS: Final = "**"
HIDDEN_IN_FOLDERS: Final = "._"
_HIDDEN_IN_PATTERNS: Final = "."
_HIVE_NULLS: Final = ("__HIVE_DEFAULT_PARTITION__", "NULL", "null", "None", "")


class Found(Struct, frozen=True):
    """One file of a source. `shown` is its name for users; `parts` are the columns of its hive partition.

    `packed` is its compression. `path` is its copy if it is a stream, a sheet of a spreadsheet (`sheet`) or a
    member of a zip archive, whose name there is `member`.

    `modified` is in nanoseconds since 1970.
    """

    path: Path
    shown: str
    format: Format
    size: int
    modified: int
    parts: tuple[tuple[str, str | None], ...] = ()
    packed: Packing | None = None
    member: str | None = None
    sheet: bool = False

    @property
    def name(self) -> str:
        """Return the file name without folders."""
        return self.path.name if self.member is None else self.member

    @property
    def age_key(self) -> tuple[int, str]:
        """Return a key that sorts files from oldest to newest."""
        return self.modified, self.shown

    @property
    def recorded(self) -> tuple[str, int, str]:
        """Return the path, size in bytes and modification time, as stored in the run's record."""
        at = datetime.fromtimestamp(self.modified // 1_000_000_000, UTC)
        return self.shown, self.size, at.strftime("%Y-%m-%dT%H:%M:%SZ")


class FoundFiles(Struct, frozen=True):
    """The files of a source, and findings about how they were found.

    `unknown` are the files of its folder that have no known format.
    """

    files: tuple[Found, ...]
    findings: tuple[Finding, ...] = ()
    unknown: tuple[str, ...] = ()


def find_files(source: Source, folder: Path, cache: Path, spool: Spool) -> FoundFiles:
    """Return the files of a source; if there are none, raise an `InputError` that names the source.

    Streams (`-` is standard input) and rows of a database are copied to the spool first; S3 objects go to the
    cache.
    """
    try:
        return _find(source, folder, cache, spool)
    except (OSError, ValueError, RecursionError) as error:
        why = getattr(error, "strerror", None) or "it is not a file name"
        raise fault(UNREADABLE, f"{source.KIND}: `{source.path}` can't be read: {why}.") from None


def _find(source: Source, folder: Path, cache: Path, spool: Spool) -> FoundFiles:
    if source.uri is not None:
        from flamescore.exports.databases import from_database  # noqa: PLC0415 - only if needed

        return FoundFiles((from_database(source, folder, spool),))
    if source.path.startswith(S3):
        from flamescore.exports.objects import from_store  # noqa: PLC0415 - only if needed

        return from_store(source, cache)
    if source.path == STDIN:
        return FoundFiles((standard_input(source, spool),))
    path = folder / expanded(source.path)
    if path.is_fifo():
        return FoundFiles((from_pipe(path, source, spool),))
    paths, led_out, root, unknown = _paths(path, source, folder)
    found = [_found(each, source, folder, root) for each in paths]
    left = _left(_shown(led_out, folder))
    if not found:
        text = (
            f"`{source.path}` ({source.KIND}) has no file of a known format{these_instead(unknown)}."
            if root
            else f"No file matches `{source.path}` ({source.KIND})."
        )
        raise fault(MISSING, text, f"{left}." if left else f"Looked in {folder}.")
    chosen = source.files or ("newest" if source.KIND == "contacts" and root is None else "all")
    files = [max(found, key=lambda each: each.age_key)] if chosen == "newest" else found
    findings = (_led_out(left, len(led_out), source),) if left else ()
    return FoundFiles(tuple(files), findings, tuple(_shown(unknown, folder)))


def _led_out(left: str, many: int, source: Source) -> Finding:
    return Finding(
        LED_OUT,
        Severity.WARNING,
        f"{source.KIND} {source.path}",
        f"{left}.",
        InExport(source.KIND, source.path),
        count=many,
    )


def these_instead(names: Iterable[PurePath]) -> str:
    """Return the suffixes of some files as the end of a sentence; empty if there are no files."""
    kinds = sorted({printable(name.suffix.lower() or name.name) for name in names})
    more = f" and {len(kinds) - _NAMED:,} more" if len(kinds) > _NAMED else ""
    return f"; it has {', '.join(kinds[:_NAMED])}{more}" if kinds else ""


def _paths(
    path: Path, source: Source, folder: Path
) -> tuple[list[Path], list[Path], Path | None, list[Path]]:
    """Return the files of a source, the links that were not followed, and the folder that it names, if any.

    The last item is the list of the folder's files that have no known format.
    """
    if path.is_file():
        return [path], [], None, []
    if path.is_dir():
        below = walk(path)
        links = [link for link in below.led_out if link.is_dir() or _wanted(link, source)]
        wanted = sorted(each for each in below.files if _wanted(each, source))
        return wanted, links, path, sorted(set(below.files).difference(wanted))
    if glob.has_magic(source.path):
        matched = match(source.path, folder)
        return list(matched.files), list(matched.led_out), None, []
    hint = f"Looked in {folder}."
    raise fault(MISSING, f"{source.KIND}: there is no `{source.path}`.", hint)


def _wanted(path: Path, source: Source) -> bool:
    return source.format is not None or kind_of(path)[0] is not None


def _left(links: list[str]) -> str:
    """Return a text that lists the links that were not followed, the first three by name; empty if none."""
    if not links:
        return ""
    named = ", ".join(f"`{link}`" for link in links[:_NAMED])
    more = f" and {len(links) - _NAMED:,} more" if len(links) > _NAMED else ""
    lead, were = ("leads", "was") if len(links) == 1 else ("lead", "were")
    return (
        f"{count(len(links), 'link')} {lead} out of the folder and {were} not followed: {named}{more}; "
        "add what is meant as a source of its own"
    )


def _shown(paths: Iterable[Path], folder: Path) -> list[str]:
    """Return paths as users know them: relative to the project folder if they are below it."""
    return [
        printable(str(path.relative_to(folder) if path.is_relative_to(folder) else path)) for path in paths
    ]


def kind_of(path: PurePath) -> tuple[Format | None, Packing | None]:
    """Return the format and compression of a file by its name; only text formats can be compressed."""
    packed = PACKED.get(path.suffix.lower())
    kind = SUFFIXES.get((path.with_suffix("") if packed else path).suffix.lower())
    return (None, packed) if packed and kind in _NEVER_PACKED else (kind, packed)


def _found(path: Path, source: Source, folder: Path, root: Path | None) -> Found:
    state = path.stat()
    (shown,) = _shown((path,), folder)
    kind, packed = format_of(path, path, source, shown)
    parts = (*(partition(path.relative_to(root)) if root else ()), *named(path.name, source))
    return Found(path, shown, kind, state.st_size, state.st_mtime_ns, parts, packed)


def format_of(path: Path, name: PurePath, source: Source, shown: str) -> tuple[Format, Packing | None]:
    """Return the format and compression of a file: the source's `format`, else by its name or first bytes."""
    known, packed = kind_of(name)
    kind = source.format or known or _BY_CONTENT.get(nature(_head(path)))
    if kind is None:
        hint = "Say `format: csv`, `ndjson` or `parquet` if it is one."
        text = f"{source.KIND}: `{shown}` is neither CSV, NDJSON nor Parquet by its name."
        raise fault(UNREADABLE, text, hint)
    return kind, packed


def named(name: str, source: Source) -> Iterator[tuple[str, str | None]]:
    """Yield the columns extracted from the file's name; None if the expression does not match."""
    for column, pattern in source.from_file_name.items():
        match = re.search(pattern, name)
        yield column, match[1] if match else None


def partition(path: PurePath) -> tuple[tuple[str, str | None], ...]:
    """Return the columns encoded in the folders of a path, such as `region=north`."""
    pairs = (part.partition("=") for part in path.parts[:-1])
    return tuple(
        (unquote(key), None if value in _HIVE_NULLS else unquote(value))
        for key, is_, value in pairs
        if is_ and key
    )


# --- streams -------------------------------------------------------------------------------------------


def standard_input(source: Source, spool: Spool) -> Found:
    """Copy standard input; its format is detected from its first bytes unless `format` declares it."""
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
    found = Found(path, shown, "csv", size, path.stat().st_mtime_ns, (), packing(_head(path)))
    plain = unpacked(found, spool).path
    kind = source.format or _BY_CONTENT.get(nature(_head(plain)), "csv")
    return replace(found, path=plain, format=kind, packed=None)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(ENOUGH)


# --- folders and patterns ------------------------------------------------------------------------------


class Walked(Struct):
    """The contents of a folder: its folders (including itself), its files, and the links that lead out of it.

    Every folder and file is listed once, however many links lead to it, under its own name if that is
    visible.
    """

    folders: list[Path] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    led_out: list[Path] = field(default_factory=list)


def walk(root: Path, hidden: str = HIDDEN_IN_FOLDERS) -> Walked:
    """Walk a folder. Names that begin with a character of `hidden` are left out."""
    found = Walked()
    seen: set[str] = set()
    real_root = Path(os.path.realpath(root))
    links = _below(root, hidden, found, seen)
    while links:
        link = links.pop(0)
        target = os.path.realpath(link)
        if not Path(target).is_relative_to(real_root):
            found.led_out.append(link)
        elif target not in seen and link.is_dir():
            links += _below(link, hidden, found, seen)
        elif target not in seen and link.is_file():
            seen.add(target)
            found.files.append(link)
    return found


def _below(top: Path, hidden: str, found: Walked, seen: set[str]) -> list[Path]:
    """Add folders and files that are not links; return the links, in order."""
    links: list[Path] = []
    waiting = [(top, os.path.realpath(top))]
    while waiting:
        folder, real = waiting.pop()
        if real in seen:
            continue
        seen.add(real)
        found.folders.append(folder)
        for entry in _entries(folder):
            if entry.name[0] in hidden:
                continue
            path = folder / entry.name
            if entry.is_symlink():
                links.append(path)
            elif entry.is_dir(follow_symlinks=False):
                waiting.append((path, os.path.join(real, entry.name)))  # noqa: PTH118 - a key, not a path
            elif entry.is_file(follow_symlinks=False):
                seen.add(os.path.join(real, entry.name))  # noqa: PTH118
                found.files.append(path)
    return sorted(links)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with suppress(PermissionError), os.scandir(folder) as entries:
        return list(entries)
    return []


class Matched(Struct, frozen=True):
    """The files that match a pattern, in order, each once; and the links that `**` did not follow."""

    files: tuple[Path, ...]
    led_out: tuple[Path, ...] = ()


def match(pattern: str, folder: Path) -> Matched:
    """Return the files that match a pattern, which is absolute, under a home (`~`) or relative to a folder.

    Special characters in the folder or the home have no meaning, and a part of the pattern that is the name
    of an existing file or folder matches only that. A link that is matched by name is followed; `**` matches
    only what is below the folder in which it appears.
    """
    base, parts = _split(pattern, folder)
    led_out: dict[Path, None] = {}
    files = _once(path for path in _expand(base, parts, led_out) if path.is_file())
    through = {link for link in led_out if any(parent in led_out for parent in link.parents)}
    return Matched(files, tuple(sorted(link for link in led_out if link not in through)))


def _split(pattern: str, folder: Path) -> tuple[Path, tuple[str, ...]]:
    path = Path(pattern)
    first, *rest = path.parts
    if path.is_absolute():
        return Path(path.anchor), tuple(rest)
    return (expanded(first), tuple(rest)) if first.startswith("~") else (folder, path.parts)


def _expand(base: Path, parts: Sequence[str], led_out: dict[Path, None]) -> Iterator[Path]:
    if not parts:
        yield base
        return
    first, *rest = parts
    if not glob.has_magic(first) or os.path.lexists(base / first):
        if os.path.lexists(base / first):
            yield from _expand(base / first, rest, led_out)
    elif first == ANY_FOLDERS:
        yield from _anywhere(base, rest, led_out)
    else:
        for name in sorted(glob.glob(first, root_dir=base)):  # noqa: PTH207 - Path.glob also matches hidden names
            yield from _expand(base / name, rest, led_out)


def _anywhere(base: Path, rest: Sequence[str], led_out: dict[Path, None]) -> Iterator[Path]:
    if not base.is_dir():
        return
    below, real = walk(base, _HIDDEN_IN_PATTERNS), Path(os.path.realpath(base))
    led_out.update(dict.fromkeys(link for link in below.led_out if not rest or link.is_dir()))
    found = (each for folder in below.folders for each in _expand(folder, rest, led_out))
    for path in found if rest else below.files:
        if Path(os.path.realpath(path)).is_relative_to(real):
            yield path
        else:
            led_out[path] = None


def _once(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return each file once, under its own name rather than that of a link."""
    by_file: dict[str, list[Path]] = {}
    for path in paths:
        by_file.setdefault(os.path.realpath(path), []).append(path)
    return tuple(
        sorted(min(names, key=lambda name: (str(name) != real, name)) for real, names in by_file.items())
    )
