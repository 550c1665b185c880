"""Read Thrift's compact protocol: the fields of a struct that are wanted, all others passed over.

The protocol is told in doc/specs/thrift-compact-protocol.md of apache/thrift. Nothing that the bytes claim is
believed unseen: where they end too early an IndexError is raised, for all else a ThriftError. Sets and maps
are unknown here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Fields = Mapping[int, tuple[str, Callable[["Reader", int], Any]]]
    """The fields of a struct that are wanted: how each is called, and how it is read."""

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, _SET, _MAP, STRUCT = range(1, 13)
_INTEGERS: Final = (I16, I32, I64)
_WIDTHS: Final = {TRUE: 1, FALSE: 1, BYTE: 1, DOUBLE: 8}
"""How long an element of a list is; a truth that is a field of its own has no byte but its header."""
_NIBBLE: Final = 0xF
_MORE: Final = 0x80
_LONGEST: Final = 70
_DEEPEST: Final = 12
_PATIENCE: Final = 1 << 22
"""So many headers and elements are looked at one by one, which bounds the time that a forged file takes."""


class ThriftError(ValueError):
    """The bytes are not what the protocol allows, or not what is looked for."""


class Reader:
    """A place in some bytes, which moves on with what is read or passed over."""

    __slots__ = ("at", "data", "patience")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.patience = _PATIENCE

    def fields(self, kind: int) -> Iterator[tuple[int, int]]:
        """Yield the number and the type of each field of a struct; read or skip its value meanwhile."""
        _expect(kind == STRUCT)
        field = 0
        while header := self._header():
            field = field + (header >> 4) if header > _NIBBLE else self.integer(I16)
            yield field, header & _NIBBLE

    def struct(self, kind: int, wanted: Fields) -> dict[str, Any]:
        """Return the fields of a struct that are wanted and there, by the names given to them."""
        found = {}
        for field, held in self.fields(kind):
            if field in wanted:
                name, read = wanted[field]
                found[name] = read(self, held)
            else:
                self.skip(held)
        return found

    def union(self, kind: int) -> int:
        """Return which field of a union is set, 0 for none; its value is passed over."""
        chosen = 0
        for chosen, held in self.fields(kind):  # noqa: B007 - the last one is returned
            self.skip(held)
        return chosen

    def items(self, kind: int, element: int) -> range:
        """Return a turn for each element of a list of some type; read or skip one at each."""
        _expect(kind == LIST)
        found, count = self._list()
        _expect(found == element or not count)
        return range(count)

    def truth(self, kind: int) -> bool:
        """Return a truth, which is told by the type of its field."""
        _expect(kind in (TRUE, FALSE))
        return kind == TRUE

    def integer(self, kind: int) -> int:
        """Return an integer of 16, 32 or 64 bits."""
        _expect(kind in _INTEGERS)
        folded = self._varint()
        return (folded >> 1) ^ -(folded & 1)

    def binary(self, kind: int) -> bytes:
        """Return bytes, those of a text too."""
        _expect(kind == BINARY)
        size = self._varint()
        self._move(size)
        return self.data[self.at - size : self.at]

    def skip(self, kind: int, depth: int = 0) -> None:
        """Pass over the value of a field."""
        if kind not in (TRUE, FALSE):
            self._skip_element(kind, depth)

    def _skip_element(self, kind: int, depth: int) -> None:
        if kind == STRUCT:
            self._skip_struct(depth)
        elif kind == LIST:
            self._skip_list(depth)
        elif kind == BINARY:
            self._move(self._varint())
        elif kind in _INTEGERS:
            self._varint()
        else:
            _expect(kind in _WIDTHS)
            self._move(_WIDTHS[kind])

    def _skip_struct(self, depth: int) -> None:
        _expect(depth < _DEEPEST)
        while True:
            if run := _RUN.match(self.data, self.at):
                self.at = run.end()
            if not (header := self._header()):
                return
            if header <= _NIBBLE:
                self._varint()
            self.skip(header & _NIBBLE, depth + 1)

    def _skip_list(self, depth: int) -> None:
        _expect(depth < _DEEPEST)
        kind, count = self._list()
        if kind in _WIDTHS:
            self._move(_WIDTHS[kind] * count)
            return
        for _ in range(count):
            self._skip_element(kind, depth + 1)

    def _list(self) -> tuple[int, int]:
        """Return the type of a list's elements, and how many there are; none is shorter than a byte."""
        header = self._header()
        count = header >> 4
        if count == _NIBBLE:
            count = self._varint()
        _expect(count <= len(self.data) - self.at)
        self.patience -= count
        return header & _NIBBLE, count

    def _header(self) -> int:
        """Return the byte that says what comes next, until there were too many."""
        self.patience -= 1
        _expect(self.patience > 0)
        self.at += 1
        return self.data[self.at - 1]

    def _varint(self) -> int:
        data, at, shift, value = self.data, self.at, 0, 0
        while (byte := data[at]) >= _MORE:
            value |= (byte - _MORE) << shift
            at += 1
            shift += 7
            _expect(shift < _LONGEST)
        self.at = at + 1
        return value | byte << shift

    def _move(self, size: int) -> None:
        self.at += size
        _expect(self.at <= len(self.data))


def _expect(holds: bool) -> None:  # noqa: FBT001 - it reads like an assertion
    if not holds:
        raise ThriftError


def _headers(*kinds: int) -> bytes:
    """Return a pattern of the headers of fields of some types, those left out that come with a number."""
    return b"[%b]" % b"".join(b"\\x%02x" % (step << 4 | kind) for kind in kinds for step in range(1, 16))


def _run() -> bytes:
    """Return a pattern of fields that follow each other: flat ones, and structs of structs of such.

    It only makes haste: what it doesn't match (a long text, a long list) is skipped field by field. It
    never goes back on what it took, so it costs no more than a look at each byte.
    """
    integer = rb"[\x80-\xff]{0,9}+[\x00-\x7f]"
    number = b"%b|%b%b" % (_headers(TRUE, FALSE), _headers(*_INTEGERS), integer)
    text = b"|".join(b"\\x%02x.{%d}" % (size, size) for size in (8, 4, *range(33)))
    lists = [b"[\\x%02x\\x%02x](?:%b){%d}" % (n << 4 | I32, n << 4 | I64, integer, n) for n in range(5)]
    lists += [b"\\x%02x(?:(?>%b)*+\\x00){%d}" % (n << 4 | STRUCT, number, n) for n in range(4)]
    texts = b"(?:%b|%b\\x18)(?>%b)" % (_headers(BINARY), _headers(LIST), text)
    flat = b"%b|%b|%b(?>%b)" % (number, texts, _headers(LIST), b"|".join(lists))
    inner = b"%b(?>%b)*+\\x00" % (_headers(STRUCT), flat)
    outer = b"%b(?>%b|%b)*+\\x00" % (_headers(STRUCT), flat, inner)
    return b"(?>%b|%b)*+" % (flat, outer)


_RUN: Final = re.compile(_run(), re.DOTALL)
