"""Unpack `.gz` and `.zst` exports into the spool, piece by piece; what unpacks to too much is refused."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO, Final

from flamescore.exports.tempfiles import BLOCK, copying
from flamescore.input_errors import UNREADABLE, fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from zstandard import ZstdDecompressor

    from flamescore.exports.find import Found
    from flamescore.exports.tempfiles import Spool

ALWAYS_ALLOWED: Final = 1 << 28
MOST_TIMES: Final = 200
"""A file that unpacks to more than `ALWAYS_ALLOWED` bytes and more than so many times its size is refused."""

_GZIP: Final = 31
_SOME: Final = 1 << 14
_BIT: Final = 1 << 11
"""How many bytes of Zstandard are unpacked at a time: as few as can't become more than some 64 MB."""


class _BrokenError(Exception):
    """The packed bytes are not what they should be."""


def unpacked(found: Found, spool: Spool) -> Found:
    """Return the file with the unpacked copy as its path; its size and time stay those of the packed one."""
    if found.packed is None:
        return found
    path, written = spool.new(), 0
    allowed = max(ALWAYS_ALLOWED, MOST_TIMES * found.path.stat().st_size)
    unpack = _gzip if found.packed == "gz" else _zstandard(found.shown)
    try:
        with copying(found.shown), found.path.open("rb") as source, path.open("wb") as target:
            for piece in unpack(source):
                written += len(piece)
                if written > allowed:
                    text = f"`{found.shown}` unpacks to more than {MOST_TIMES} times its size."
                    raise fault(UNREADABLE, text, "Unpack it by hand if that is right.")
                target.write(piece)
    except (_BrokenError, zlib.error):
        kind = "gzip" if found.packed == "gz" else "Zstandard"
        raise fault(UNREADABLE, f"`{found.shown}` is no {kind} file, or is cut short.") from None
    return replace(found, path=path)


def _gzip(source: BinaryIO) -> Iterator[bytes]:
    """Unpack member after member; zeros behind the last are padding."""
    data = source.read(_SOME)
    while data:
        member = zlib.decompressobj(_GZIP)
        yield from _member(member, data, source)
        data = member.unused_data.lstrip(b"\0")
        while not data and (more := source.read(_SOME)):
            data = more.lstrip(b"\0")


def _member(member: zlib._Decompress, data: bytes, source: BinaryIO) -> Iterator[bytes]:
    yield member.decompress(data, BLOCK)
    while not member.eof:
        data = member.unconsumed_tail or source.read(_SOME)
        piece = member.decompress(data, BLOCK) if data else member.flush()
        yield piece
        if not data and not piece:
            raise _BrokenError


def _zstandard(shown: str) -> Callable[[BinaryIO], Iterator[bytes]]:
    """Return what unpacks Zstandard, of which Python knows nothing before 3.14."""
    try:
        import zstandard  # noqa: PLC0415 - an extra
    except ImportError:
        text = f"`{shown}` is packed with Zstandard, and the package zstandard is not installed."
        raise fault(UNREADABLE, text, "Install `flamescore[zst]`, or unpack the file.") from None

    def unpack(source: BinaryIO) -> Iterator[bytes]:
        try:
            yield from _frames(source, zstandard.ZstdDecompressor)
        except zstandard.ZstdError:
            raise _BrokenError from None

    return unpack


def _frames(source: BinaryIO, decompressor: Callable[[], ZstdDecompressor]) -> Iterator[bytes]:
    data = source.read(_BIT)
    if not data:
        raise _BrokenError
    while data:
        frame = decompressor().decompressobj()
        yield frame.decompress(data)
        while not frame.eof:
            more = source.read(_BIT)
            if not more:
                raise _BrokenError
            yield frame.decompress(more)
        data = frame.unused_data or source.read(_BIT)
