"""Detect what a file is by its first bytes, whatever its name suggests."""

from __future__ import annotations

from typing import Final, Literal

Nature = Literal[
    "gz", "zst", "zip", "spreadsheet", "parquet", "web page", "json list", "json", "text", "empty"
]

ENOUGH: Final = 1 << 12
"""How many bytes are enough to identify a file."""

_MARKS: Final[dict[bytes, Nature]] = {
    b"\x1f\x8b": "gz",
    b"\x28\xb5\x2f\xfd": "zst",
    **{bytes([0x50 + number, 0x2A, 0x4D, 0x18]): "zst" for number in range(16)},  # a skippable frame
    b"PAR1": "parquet",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "spreadsheet",  # Office files before 2007, and encrypted ones
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",  # an empty archive
    b"PK\x07\x08": "zip",  # the first part of a split archive
}
_TEXT_MARK: Final = b"\xef\xbb\xbf"
_PAGES: Final = (b"<!doctype html", b"<html", b"<table", b"<?xml")

WEB_PAGE: Final = "is a web page, not CSV: the download may have met a login page"
"""The text of a message (I004) about a web page, after the name of the file."""


def nature(head: bytes) -> Nature:
    """Return what a file is according to its first `ENOUGH` bytes.

    A zip may be a spreadsheet; `zips.is_spreadsheet` checks that. `json` begins with `{`, `json list` with
    `[`, both after optional white space; `text` is everything else.
    """
    if not head:
        return "empty"
    for mark, kind in _MARKS.items():
        if head.startswith(mark):
            return kind
    text = head.removeprefix(_TEXT_MARK).lstrip()
    if text[:20].lower().startswith(_PAGES):
        return "web page"
    return "json" if text.startswith(b"{") else "json list" if text.startswith(b"[") else "text"


def packing(head: bytes) -> Literal["gz", "zst"] | None:
    """Return how a stream is compressed by its first bytes, even if truncated within the magic number."""
    for mark, kind in _MARKS.items():
        if kind in ("gz", "zst") and (head.startswith(mark) or (head and mark.startswith(head))):
            return kind
    return None


def json_list_cure(name: str) -> str:
    """Return how to fix a JSON list (I004), given the name of the file."""
    stem = name.removesuffix(".json")
    return f"write one object a line: jq -c '.[]' {name} > {stem}.ndjson"
