"""Copies of exports that can't be read where they lie; they go when the process ends, or earlier."""

from __future__ import annotations

import codecs
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from flamescore.exports.faults import ENCODING, UNREADABLE, fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BLOCK: Final = 1 << 20
_OPEN: set[Spool] = set()


class Spool:
    """A private temporary folder, made when it is needed. Lazy frames read from it until it is closed."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._files = 0

    def new(self) -> Path:
        """Return the path of a new file."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="flamescore-", ignore_cleanup_errors=True)
            _OPEN.add(self)
        self._files += 1
        return Path(self._folder.name) / f"{self._files}.csv"

    def close(self) -> None:
        """Delete every copy."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
        _OPEN.discard(self)


@contextmanager
def copying(shown: str) -> Iterator[None]:
    """Turn the system's refusals while a file is copied into an error that names it."""
    try:
        yield
    except OSError as error:
        text = f"`{shown}` can't be copied to {tempfile.gettempdir()}: {error.strerror}."
        raise fault(UNREADABLE, text, "TMPDIR says which folder takes copies.") from None


def take_in(source: BinaryIO, to: Path, *, shown: str) -> int:
    """Write all that comes from a stream to a file; return how many bytes."""
    size = 0
    with copying(shown), to.open("wb") as target:
        while block := source.read(BLOCK):
            size += target.write(block)
    return size


def transcode(path: Path, to: Path, *, encoding: str, shown: str) -> None:
    """Write a file again as UTF-8, byte order mark left out. What does not decode stops with its line."""
    lines = 1
    with (
        copying(shown),
        path.open("rb") as source,
        to.open("w", encoding="utf-8", newline="") as target,
    ):
        try:
            for number, text in enumerate(_decoded(source, encoding)):
                target.write(text.removeprefix("\ufeff") if number == 0 else text)
                lines += text.count("\n")
        except UnicodeDecodeError as error:
            line = lines + error.object[: error.start].decode(encoding, "ignore").count("\n")
            text = f"`{shown}`: about line {line} does not read as {encoding}."
            raise fault(ENCODING, text, "Try another `encoding:`.") from None
        except UnicodeError:
            text = f"`{shown}`: {encoding} gives characters that are none."
            raise fault(ENCODING, text, "Try another `encoding:`.") from None


def _decoded(source: BinaryIO, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    while block := source.read(BLOCK):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def copy_ranges(path: Path, to: Path, ranges: Iterable[tuple[int, int]]) -> None:
    """Write byte ranges of a file one after the other."""
    with path.open("rb") as source, to.open("wb") as target:
        for start, end in ranges:
            source.seek(start)
            left = end - start
            while left > 0 and (block := source.read(min(BLOCK, left))):
                target.write(block)
                left -= len(block)


def with_line_feeds(path: Path, to: Path) -> None:
    """Write a file whose lines end with a carriage return alone with line feeds."""
    with path.open("rb") as source, to.open("wb") as target:
        while block := source.read(BLOCK):
            target.write(block.replace(b"\r", b"\n"))
