"""Open a CSV file: detect its encoding, delimiter and header from its first bytes."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from flamescore.exports.cell_starts import CellStarts
from flamescore.exports.csv_records import CsvFile
from flamescore.exports.first_bytes import WEB_PAGE, json_list_cure, nature
from flamescore.exports.plan import key_column
from flamescore.exports.records import decoded
from flamescore.exports.tempfiles import transcode, with_line_feeds
from flamescore.input_errors import EMPTY, ENCODING, HEADER, UNREADABLE, fault
from flamescore.invisible import bare_ends
from flamescore.project import FIND

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from flamescore.exports.find import Found
    from flamescore.exports.tempfiles import Spool
    from flamescore.project import Source

HEAD: Final = 1 << 16
SEARCHED: Final = 100
"""How many records are searched for a header."""

_NUMBERED: Final = re.compile(r"#[0-9]+$")
LONGEST_HEADER: Final = 1 << 23
MOST_COLUMNS: Final = 20_000
DELIMITERS: Final = ",;\t|"
_NAMES: Final = {",": "a comma", ";": "`;`", "\t": "a tab", "|": "`|`"}
UTF8_MARK: Final = b"\xef\xbb\xbf"
_WIDE_MARKS: Final = {
    b"\xff\xfe\x00\x00": "utf-32", b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16",
}  # fmt: skip
_CALLED: Final = {"csv": "CSV", "ndjson": "NDJSON"}
_OTHERS: Final = {
    b"\x1f\x8b": "a gzip file", b"\x28\xb5\x2f\xfd": "a Zstandard file", b"PK\x03\x04": "a ZIP or Excel file",
    b"PAR1": "a Parquet file", b"\xd0\xcf\x11\xe0": "an old Excel file",
}  # fmt: skip


class Head(Struct, frozen=True):
    """The first bytes of a file, and the position in them at which the next line begins."""

    data: bytes
    at: int = 0
    line: int = 1

    def next_line(self) -> bytes:
        """Return the line that begins there, with its line ending."""
        end = self.data.find(b"\n", self.at)
        return self.data[self.at :] if end < 0 else self.data[self.at : end + 1]

    def past(self, length: int) -> Head:
        """Skip this many bytes."""
        skipped = self.data[self.at : self.at + length]
        return replace(self, at=self.at + length, line=self.line + skipped.count(b"\n"))


def open_csv(found: Found, source: Source, spool: Spool) -> CsvFile:
    """Detect how a file is written. Raise an `InputError` if it can't be read with certainty.

    The CSV of a sheet has a fixed dialect, whatever the source declares for its other files.
    """
    if found.sheet:
        source = source.with_keys(delimiter=",", quote='"', encoding=None, skip_spaces=False)
    data, notes = readable(found, source, spool)
    if source.skip_spaces and source.quote:
        written, data = data, spool.new()
        starts = CellStarts(source.delimiter or DELIMITERS, source.quote, blanks=True)
        starts.copy(written, data, shown=found.shown)
    head = Head(_read(data, HEAD))
    if len(head.data) == HEAD and b"\n" not in head.data[-(HEAD // 2) :]:
        head = Head(_read(data, LONGEST_HEADER))
    if source.begins_after is not None or source.comment is not None:
        head = Head(_read(data, LONGEST_HEADER))
    head = replace(head, at=3 if head.data.startswith(UTF8_MARK) else 0)
    for _ in range(source.skip_rows):
        head = head.past(len(head.next_line()))
    if source.begins_after is not None:
        head = _after(head, source.begins_after, found, source)
    head, separator = _separator_line(_past_nothing(head, source))
    head = _past_nothing(head, source)
    below = header_below(head, source) if source.header == FIND else None
    found_at = None if below is None or below.at == head.at else below.line
    head = below or head
    if head.at >= len(head.data):
        raise fault(EMPTY, f"{source.KIND}: `{found.shown}` is empty.")
    delimiter = source.delimiter or separator or _likely(head, source.quote)
    if not source.delimiter and delimiter != ",":
        notes = (*notes, f"columns are separated by {_NAMES.get(delimiter, f'`{delimiter}`')}")
    opened = CsvFile(found, data, delimiter, source.quote, source.names, head.at, head.line, notes)
    return opened if not source.header else replace(_with_header(opened, head), found_at=found_at)


def _past_nothing(head: Head, source: Source) -> Head:
    """Skip blank lines, and comment lines before the header."""
    mark = source.comment.encode() if source.comment is not None and source.header else None
    while head.at < len(head.data):
        line = head.next_line()
        if line.strip() and not (mark is not None and line.startswith(mark)):
            break
        head = head.past(len(line))
    return head


def beginning(file: CsvFile) -> Head:
    """Return the first bytes of an open file, from its first line on."""
    head = Head(_read(file.data, HEAD))
    return replace(head, at=3 if head.data.startswith(UTF8_MARK) else 0)


def first_records(file: CsvFile) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the first `SEARCHED` records of an open file, split by each delimiter, with the delimiter."""
    head = beginning(file)
    for _ in range(SEARCHED):
        if head.at >= len(head.data):
            return
        record = _records(head, file.quote, 1)[0]
        for delimiter in DELIMITERS:
            yield delimiter, tuple(bare_ends(cell) for cell in cells_of(record, delimiter, file.quote))
        head = head.past(len(record))


def header_below(head: Head, source: Source, by_hand: Collection[str] | None = None) -> Head | None:
    """Return the first of the next `SEARCHED` records that has every column the source needs.

    These are the columns that it maps (any one of a list) and those that its kind requires. Of a preset's
    columns only those that the kind requires, or that are mapped `by_hand`, are searched for.
    """
    wanted = _wanted(source, by_hand)
    for _ in range(SEARCHED):
        if head.at >= len(head.data):
            return None
        record = _records(head, source.quote, 1)[0]
        for delimiter in source.delimiter or DELIMITERS:
            headers = {bare_ends(cell) for cell in cells_of(record, delimiter, source.quote)}
            if all(not headers.isdisjoint(each) for each in wanted):
                return head
        head = head.past(len(head.next_line()))
    return None


def _wanted(source: Source, by_hand: Collection[str] | None) -> list[set[str]]:
    """Return the columns that a header must have, each as the set of headers that are accepted for it."""
    if by_hand is None:
        by_hand = {*source.columns}.difference(source.optional) if source.preset is None else ()
    needed = {*source.REQUIRED, key_column(source)}.difference(source.constants, source.from_file_name)
    names = needed.union(by_hand)
    return [
        {part for each in source.columns.get(name, (name,)) for part in (each, _NUMBERED.sub("", each))}
        for name in names
    ]


def readable(found: Found, source: Source, spool: Spool) -> tuple[Path, tuple[str, ...]]:
    """Return the file, or a copy of it as UTF-8 with line feeds, and notes about it."""
    start = _read(found.path, HEAD)
    if not start:
        raise fault(EMPTY, f"{source.KIND}: `{found.shown}` is empty.")
    _refuse_others(start, found, source)
    path = found.path
    notes: tuple[str, ...] = ()
    wide = next((name for mark, name in _WIDE_MARKS.items() if start.startswith(mark)), None)
    encoding = wide or source.encoding
    if encoding and encoding.lower().replace("_", "-") not in ("utf-8", "utf8", "utf-8-sig", "ascii"):
        path = spool.new()
        transcode(found.path, path, encoding=encoding, shown=found.shown)
        notes = (f"it is read as {encoding}",)
        start = _read(path, HEAD)
    if _ends_with_returns(start, source.quote):
        path, before = spool.new(), path
        with_line_feeds(before, path)
        notes = (*notes, "lines end with a carriage return alone")
    return path, notes


def _ends_with_returns(start: bytes, quote: str) -> bool:
    """Return whether lines end with a carriage return alone; text in quotes is ignored."""
    outside = (
        re.sub(rb"%b[^%b]*(?:%b|$)" % ((re.escape(quote.encode()),) * 3), b"", start) if quote else start
    )
    alone = outside.count(b"\r") - outside.count(b"\r\n")
    return alone > outside.count(b"\n")


def _refuse_others(start: bytes, found: Found, source: Source) -> None:
    kind = nature(start)
    if kind == "web page":
        raise fault(UNREADABLE, f"{source.KIND}: `{found.shown}` {WEB_PAGE}.", "Do: export it again.")
    if kind == "json list" and found.format == "ndjson":
        text, do = f"{source.KIND}: `{found.shown}` is a JSON list.", json_list_cure(found.shown)
        raise fault(UNREADABLE, text, f"Do: {do}")
    other = next((name for mark, name in _OTHERS.items() if start.startswith(mark)), None)
    if other:
        hint = "Export or unpack it as CSV or Parquet."
        raise fault(
            UNREADABLE, f"{source.KIND}: `{found.shown}` is {other}, not {_CALLED[found.format]}.", hint
        )
    if not source.encoding and start[1:2] == b"\0" and start[3:4] == b"\0":
        text = f"{source.KIND}: `{found.shown}`, line 1, is not UTF-8; it looks like UTF-16."
        raise fault(ENCODING, text, "Try `encoding: utf-16-le` for this source.")


def _read(path: Path, size: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise fault(UNREADABLE, f"`{path}` can't be read: {error.strerror}.") from None


def _after(head: Head, text: str, found: Found, source: Source) -> Head:
    """Skip to the line after the one that consists of this text; empty cells after the text are ignored."""
    while head.at < len(head.data):
        line = head.next_line()
        head = head.past(len(line))
        if line.decode("utf-8", "replace").strip().rstrip(",;\t|").strip().strip('"').strip() == text.strip():
            return head
    message = f"{source.KIND}: `{found.shown}` has no line `{text}` in its first {len(head.data):,} bytes."
    raise fault(HEADER, message, "`begins_after` is the line before the header.")


def _separator_line(head: Head) -> tuple[Head, str | None]:
    line = head.next_line().strip().strip(b'"')
    if len(line) == len(b"sep=;") and line[:4].lower() == b"sep=":
        return head.past(len(head.next_line())), chr(line[4])
    if line.lower() == b"sep=" and head.next_line().startswith(b"sep=\t"):
        return head.past(len(head.next_line())), "\t"
    return head, None


def _records(head: Head, quote: str, most: int) -> list[bytes]:
    """Return the first whole records, respecting quotes; at least one, even if it is incomplete."""
    mark = quote.encode() or b"\0"
    out: list[bytes] = []
    start = end = head.at
    while len(out) < most and end < len(head.data):
        end = head.data.find(b"\n", end) + 1 or len(head.data)
        if head.data.count(mark, start, end) % 2 == 0:
            out.append(head.data[start:end])
            start = end
    return out or [head.next_line()]


def _likely(head: Head, quote: str) -> str:
    """Return the delimiter that most consistently splits the first records into equally many cells.

    If there is a tie, the one with more cells in the first record wins.
    """
    records = [record for record in _records(head, quote, 20) if record.strip()]
    counts = {each: [len(cells_of(record, each, quote)) for record in records] for each in DELIMITERS}

    def fitness(each: str) -> tuple[float, int]:
        first = counts[each][0]
        return (sum(count == first for count in counts[each]) / len(records) if first > 1 else 0.0, first)

    return max(DELIMITERS, key=fitness)


def cells_of(record: bytes, delimiter: str, quote: str) -> list[str]:
    """Split a record into its cells."""
    text = record.decode("utf-8", "replace").rstrip("\r\n")
    try:
        reader = csv.reader(
            [text],
            delimiter=delimiter,
            quotechar=quote or None,
            quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        )
        return next(reader, [])
    except csv.Error:
        return text.split(delimiter)


def _with_header(opened: CsvFile, head: Head) -> CsvFile:
    record = _records(head, opened.quote, 1)[0]
    decoded(record, shown=opened.found.shown, line=head.line)
    headers = tuple(bare_ends(cell) for cell in cells_of(record, opened.delimiter, opened.quote))
    if len(headers) > MOST_COLUMNS or len(record) >= LONGEST_HEADER - 1:
        text = (
            f"`{opened.found.shown}`: the header has {len(headers):,} columns; {MOST_COLUMNS:,} is the most."
        )
        raise fault(HEADER, text)
    after = head.past(len(record))
    return replace(opened, headers=headers, start=after.at, line=after.line)
