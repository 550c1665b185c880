"""The raw text of rejects, bounded: what goes past a bound is cut, and says so."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    import polars as pl

    from flamescore.exports.csv_dialect import CsvFile
    from flamescore.exports.ndjson import JsonFile

LONGEST_RAW: Final = 1 << 16
"""How many bytes of a record are told at most."""

WHOLE: Final = 1 << 25
"""How many bytes of raw text a source may have before each record is cut to `SHORT_RAW`."""

SHORT_RAW: Final = 256


@dataclass
class RawTexts:
    """Makes the raw texts of a source's rejects, one after the other; `told` bytes so far."""

    told: int = 0

    def of_file(self, file: CsvFile | JsonFile, places: pl.DataFrame) -> list[str]:
        """Return the text of records at byte ranges `start, end`, line ends left out."""
        texts = []
        with file.data.open("rb") as source:
            total = source.seek(0, 2)
            for start, end in places.select("start", "end").iter_rows():
                size = _without_line_end(source, start, min(end, total)) - start
                source.seek(start)
                texts.append(self.cut(source.read(min(size, LONGEST_RAW)), size))
        return texts

    def cut(self, data: bytes, size: int) -> str:
        """Return the text of a record of so many bytes, of which `data` are the first ones."""
        most = LONGEST_RAW if self.told < WHOLE else SHORT_RAW
        self.told += min(size, most)
        if size <= most:
            return data.decode("utf-8", "replace")
        # Characters that the cut splits are left out.
        text = codecs.getincrementaldecoder("utf-8")("replace").decode(data[:most])
        return f"{text} [cut: the record has {size:,} bytes]"


def _without_line_end(source: BinaryIO, start: int, end: int) -> int:
    source.seek(max(start, end - 2))
    last = source.read(end - max(start, end - 2))
    return end - len(last) + len(last.rstrip(b"\r\n"))
