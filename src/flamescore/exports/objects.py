"""Sources in S3: their objects are mirrored into a folder and read like any other files."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from flamescore.connections import Address, Bucket, Mirror, Pattern, StoreError, found_objects
from flamescore.exports.find import (
    HIDDEN_IN_FOLDERS,
    Found,
    FoundFiles,
    format_of,
    kind_of,
    named,
    partition,
    these_instead,
)
from flamescore.input_errors import MISSING, fault
from flamescore.text import printable

if TYPE_CHECKING:
    from pathlib import Path

    from flamescore.connections import Object
    from flamescore.project import Source

REFUSED: Final = "A030"


def from_store(source: Source, cache: Path) -> FoundFiles:
    """Return the files of an S3 source; raise `InputError` if none matches or the store can't be read."""
    try:
        return _from_store(source, cache)
    except StoreError as error:
        raise fault(REFUSED, f"{source.KIND}: `{source.path}`: {error}") from None
    except OSError as error:
        text = f"{source.KIND}: `{source.path}` can't be kept in {cache}: {error.strerror}."
        raise fault(REFUSED, text, "Name another folder: `cache:`.") from None


def _from_store(source: Source, cache: Path) -> FoundFiles:
    pattern = Pattern(Address.of(source.path))
    bucket, mirror = Bucket.open(pattern.address.bucket), Mirror(cache)
    there = found_objects(bucket, pattern)
    mirror.forget(pattern, there)
    unknown: list[PurePosixPath] = []
    if pattern.is_folder:
        there, unknown = _of_folder(there, pattern, source)
    if not there:
        what = "no object has this name"
        if pattern.is_folder:
            what = f"the folder has no object of a known format{these_instead(unknown)}"
        hint = "A folder ends with `/`; wildcards are `*`, `?` and `**`."
        raise fault(MISSING, f"{source.KIND}: `{source.path}`: {what}.", hint)
    chosen = source.files or ("newest" if source.KIND == "contacts" and not pattern.is_folder else "all")
    if chosen == "newest":
        there = [max(there, key=lambda each: (each.modified, each.key))]
    files = tuple(_found(each, mirror.fetched(bucket, each), pattern, source) for each in there)
    shown = tuple(printable(pattern.address.url(str(each))) for each in unknown)
    return FoundFiles(files, (), shown)


def _of_folder(
    there: list[Object], pattern: Pattern, source: Source
) -> tuple[list[Object], list[PurePosixPath]]:
    """Return the objects of a folder to read, and the names of those in an unknown format."""
    wanted, unknown = [], []
    for each in there:
        name = PurePosixPath(each.key)
        below = name.relative_to(pattern.folder) if pattern.folder else name
        if any(part[0] in HIDDEN_IN_FOLDERS for part in below.parts):
            continue
        if source.format is not None or kind_of(name)[0] is not None:
            wanted.append(each)
        else:
            unknown.append(name)
    return wanted, unknown


def _found(each: Object, path: Path, pattern: Pattern, source: Source) -> Found:
    key, shown = PurePosixPath(each.key), printable(pattern.address.url(each.key))
    kind, packed = format_of(path, key, source, shown)
    below = key.relative_to(pattern.folder) if pattern.folder else key
    parts = (*(partition(below) if pattern.is_folder else ()), *named(key.name, source))
    state = path.stat()
    return Found(path, shown, kind, state.st_size, state.st_mtime_ns, parts, packed)
