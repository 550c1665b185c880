"""Zip archives: their members as the files of a folder, unpacked within the limits of packed files."""

from __future__ import annotations

import zipfile
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from flamescore.exports.tempfiles import ALWAYS_ALLOWED, BLOCK, MOST_TIMES, copying
from flamescore.input_errors import UNREADABLE, fault
from flamescore.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_ENCRYPTED: Final = 1
_LEFT_OUT: Final = "__MACOSX"
_BOOKS: Final = ("xl/", "[Content_Types].xml")
_ODS: Final = b"application/vnd.oasis.opendocument.spreadsheet"
_SHORT: Final = 200
_DAMAGED: Final = (
    zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError, ValueError, EOFError,
)  # fmt: skip


class Member(Struct, frozen=True):
    """A file in a zip archive: its name inside, its name for users (`e.zip/a.csv`), and its unpacked size."""

    name: str
    shown: str
    size: int

    @property
    def last(self) -> str:
        """Return its name without folders, which determines its format."""
        return self.name.rsplit("/", 1)[-1]


def is_spreadsheet(path: Path) -> bool:
    """Return whether a zip archive is an .xlsx, .xlsm, .xlsb or .ods file, judging by its contents."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if _BOOKS[1] in names and any(name.startswith(_BOOKS[0]) for name in names):
                return True
    except _DAMAGED:
        return False
    return is_open_document(path)


def is_open_document(path: Path) -> bool:
    """Return whether a file is an .ods file, judging by its contents."""
    try:
        with zipfile.ZipFile(path) as archive:
            kind = archive.open("mimetype") if "mimetype" in archive.namelist() else None
            return kind is not None and kind.read(_SHORT).startswith(_ODS)
    except _DAMAGED:
        return False


def members(path: Path, shown: str) -> tuple[Member, ...]:
    """Return the files in a zip archive, sorted by name, without folders, `__MACOSX` and dot files.

    Raise `InputError` (I004) if it can't be read, or if a file in it is encrypted.
    """
    with _readable(shown), zipfile.ZipFile(path) as archive:
        found = [each for each in archive.infolist() if not each.is_dir() and _wanted(each.filename)]
        if any(each.flag_bits & _ENCRYPTED for each in found):
            raise fault(UNREADABLE, f"`{shown}` is encrypted.", "Write it without a password.")
    files = (Member(each.filename, printable(f"{shown}/{each.filename}"), each.file_size) for each in found)
    return tuple(sorted(files, key=lambda each: each.name))


def unzip(path: Path, wanted: Sequence[tuple[Member, Path]], shown: str) -> None:
    """Write members of a zip archive to files, one after the other.

    Members that together unpack to more than `MOST_TIMES` the size of the archive, and to more than
    `ALWAYS_ALLOWED` bytes, are refused (I004), as is damaged data. Member names are never used as paths.
    """
    allowed = max(ALWAYS_ALLOWED, MOST_TIMES * path.stat().st_size)
    with _readable(shown), zipfile.ZipFile(path) as archive:
        for member, to in wanted:
            with archive.open(member.name) as source, copying(member.shown), to.open("wb") as target:
                while piece := source.read(BLOCK):
                    allowed -= len(piece)
                    if allowed < 0:
                        text = f"`{shown}` unpacks to more than {MOST_TIMES} times its size."
                        raise fault(UNREADABLE, text, "Unpack it by hand if that is right.")
                    target.write(piece)


def _wanted(name: str) -> bool:
    parts = name.split("/")
    return _LEFT_OUT not in parts and not any(part.startswith(".") for part in parts)


@contextmanager
def _readable(shown: str) -> Iterator[None]:
    """Turn any failure to read an archive into an error that names it."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        if "encrypted" in str(error):
            raise fault(UNREADABLE, f"`{shown}` is encrypted.", "Write it without a password.") from None
        raise fault(
            UNREADABLE, f"`{shown}` is not a zip archive, or is damaged.", "Write it again."
        ) from None
