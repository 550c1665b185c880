"""Ways to damage the bytes of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

QUIRKS = (
    b'"', b'""', b'"\n', b'\\"', b"\0", b"\r", b"\n", b"\r\n", b",", b";", b"\t", b"|", b"sep=;\n",
    b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", "é".encode("latin-1"), "é".encode(),
    "x\n".encode("utf-16"), b"{", b"}", b"[" * 3000, b'{"a":', b"1e999", b"-1e308", b"\xed\xa0\x80",
    b"\\u0000", b"\\ud800", b"2026-02-30", b"0000-00-00", b"9999-12-31T23:59:59Z", b"99999999999999999999",
    b"%", b"=1+1", b"\x1a", b"\x1b[2J",
    b"\x1b]0;x\x07", "\u202e".encode(), "\u2028".encode(), "\x85".encode(),
    "\u200b".encode(), b"1.00216E+11", b"<script>", b"[bold]", b"NaN", b"inf", b"PAR1", b"PK\x03\x04",
    b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"<!doctype html><html>",
)  # fmt: skip
"""Content that exports shouldn't contain but sometimes do."""

WORDS = (
    b"null", b"~", b"true", b"-1", b"0", b"1e400", b"999999999999999999999", b"0.00001", b"[]", b"{}", b"''",
    b"*a", b"&a x", b"!!python/object:os.system x", b"<<: {}", b"? x", b"| \n", b"'\x1b[31m'", b'"\\u202e"',
    b"s3://user:secret@bucket/x?token=secret", b"/etc", b"..", b"-", b"localtime", b"Mars/Base",
    b"9999-12-31", b"0001-01-01", b"1d", b"99999999w", b"now", b"today", b"each", b"never", b"points",
    b"event", b"visit", b"{any: []}",
    b"\xef\xbb\xbf", b"%Y-%m-%d", b"100%", b"-5%",
)  # fmt: skip
"""Replacements for values in rule and project files."""


def flip(dice: Random, data: bytearray) -> None:
    """Flip one or more bits."""
    for _ in range(dice.choice([1, 1, 1, 4, 64])):
        if data:
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def cut(dice: Random, data: bytearray) -> None:
    """Truncate the data."""
    del data[dice.randrange(len(data) + 1) :]


def zero(dice: Random, data: bytearray) -> None:
    """Overwrite a range, or all of the data, with zero bytes."""
    at, length = dice.randrange(len(data) + 1), dice.choice([1, 16, 512, len(data)])
    stretch = data[at : at + length]
    data[at : at + length] = bytes(len(stretch))


def drop(dice: Random, data: bytearray) -> None:
    """Remove a range."""
    at = dice.randrange(len(data) + 1)
    del data[at : at + dice.choice([1, 1, 2, 8, 64])]


def double(dice: Random, data: bytearray) -> None:
    """Repeat a range."""
    at = dice.randrange(len(data) + 1)
    data[at:at] = data[at : at + dice.choice([1, 8, 64, 2000])]


def insert(dice: Random, data: bytearray) -> None:
    """Insert unexpected content, once or several times."""
    for _ in range(dice.choice([1, 1, 1, 5, 30])):
        at = dice.randrange(len(data) + 1)
        data[at:at] = dice.choice(QUIRKS)


def replace_cell(dice: Random, data: bytearray) -> None:
    """Replace the text between two delimiters with unexpected content."""
    marks = [at for at, byte in enumerate(data) if byte in b',:{}[]\n "']
    if len(marks) > 1:
        at = dice.randrange(len(marks) - 1)
        data[marks[at] + 1 : marks[at + 1]] = dice.choice((*QUIRKS, *WORDS))


def swap_lines(dice: Random, data: bytearray) -> None:
    """Move a line to another position, or change its indentation."""
    lines = data.split(b"\n")
    at, to = dice.randrange(len(lines)), dice.randrange(len(lines))
    if dice.random() < 0.5:
        lines[at] = b" " * dice.randrange(6) + lines[at].lstrip()
    else:
        lines.insert(to, lines.pop(at))
    data[:] = b"\n".join(lines)


def recode(dice: Random, data: bytearray) -> None:
    """Re-encode the data in another encoding."""
    coding = dice.choice(["utf-16", "utf-16-le", "utf-32", "utf-8-sig", "latin-1", "cp1252"])
    data[:] = data.decode("latin-1").encode(coding, errors="replace")


BINARY: tuple[Callable[[Random, bytearray], None], ...] = (flip, cut, zero, drop, double, insert)
TEXT = (*BINARY, replace_cell, replace_cell, replace_cell, swap_lines, recode)


def damaged(dice: Random, data: bytes, *, text: bool) -> bytes:
    """Return a copy of the data, damaged one or more times in randomly chosen ways."""
    out = bytearray(data)
    for _ in range(dice.choice([1, 1, 1, 2, 4])):
        dice.choice(TEXT if text else BINARY)(dice, out)
    return bytes(out)
