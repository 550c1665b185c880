"""Open files that no project file describes yet: their header, their cells, and the presets that fit them.

Delimiter, encoding, header and times are detected as for a source of a project file. The keys that were
needed to read a file are in `Unmapped.spec`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from flamescore.cells import NUMBER, as_text, present
from flamescore.errors import InputError
from flamescore.exports.contents import contents_of
from flamescore.exports.csv_dialect import first_records
from flamescore.exports.csv_records import scan_records
from flamescore.exports.find import find_files
from flamescore.exports.preset_detection import fitting
from flamescore.exports.swapped_dates import twin
from flamescore.exports.table import open_table
from flamescore.exports.times import UTC_ZONE, TimeFormat
from flamescore.input_errors import ENCODING, UNREADABLE, fault
from flamescore.project import FIND, ContactsSource

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from flamescore.exports.csv_records import CsvFile
    from flamescore.exports.table import Table
    from flamescore.exports.tempfiles import Spool
    from flamescore.exports.time_suggestions import TimeShape
    from flamescore.project import Source, Variant

_SUGGESTED: Final = re.compile(r"`encoding: ([A-Za-z0-9_-]+)`")
_MONTH: Final = "%m"
MOST_TIMES: Final = 0.9
"""Minimum share of times among a column's cells for it to be a column of times."""


class Unmapped(Struct, frozen=True):
    """The opened files of one path. `spec` has the path, and the keys without which they would be misread.

    `headers` are the names of the columns that can be referred to: those that appear only once and are not
    empty.
    """

    spec: Source
    tables: tuple[Table, ...]

    @property
    def headers(self) -> tuple[str, ...]:
        """Return the names of the columns, in order."""
        return tuple(each for each in self.tables[0].headers if each in self.tables[0].schema)

    @property
    def headed(self) -> bool:
        """Return whether the files name their columns themselves."""
        return self.spec.header is not False

    @property
    def paths(self) -> tuple[Path, ...]:
        """Return the paths of the files; for a sheet or an archive member, the path of its copy."""
        return tuple(table.found.path for table in self.tables)

    def newest(self) -> Unmapped:
        """Return only the newest of the files, which is the one that a contacts source reads."""
        return replace(self, tables=(max(self.tables, key=lambda each: each.found.age_key),))

    def cells(self, headers: Sequence[str]) -> pl.DataFrame:
        """Return columns of all files as trimmed text, with missing cells as null, from sound records only.

        Raises:
            InputError: a file can't be read to its end.
        """
        parts = [
            table.collect(
                table.scan().select(
                    present(as_text(each, table.schema[each])).alias(each) for each in headers
                )
            )
            for table in self.tables
        ]
        return pl.concat(parts)

    def first_cells(self, header: str, most: int) -> tuple[pl.Series, ...]:
        """Return the first `most` non-missing cells of a column from each file, in the form of `cells`."""
        found = []
        for table in self.tables:
            cell = present(as_text(header, table.schema[header])).alias(header)
            rows = table.collect(table.scan().select(cell).drop_nulls().head(most))
            found.append(rows[header])
        return tuple(found)

    def presets(self, spool: Spool) -> tuple[tuple[str, Variant], ...]:
        """Return the presets and variants, of any kind, that `preset: auto` would choose for the files."""
        return fitting(self.spec, tuple(table.found for table in self.tables), spool)


def open_unmapped(path: str, folder: Path, spool: Spool, is_key: Callable[[str], bool]) -> Unmapped:
    """Open the files of a path, which is relative to a folder.

    If the first record is not a header, the file has none, unless one of the next records is a header and has
    a key column (`is_key`). A file that is not UTF-8 is read in the encoding that the error would suggest.

    Raises:
        InputError: a file can't be read, or the files of an archive don't have the same columns.
    """
    spec = ContactsSource(path=path, files="all")
    try:
        opened = _opened(spec, folder, spool)
    except InputError as error:
        suggested = _encoding(error)
        if suggested is None:
            raise
        spec = spec.with_keys(encoding=suggested)
        opened = _opened(spec, folder, spool)
    csv = opened.tables[0].csv
    if csv is None or opened.presets(spool) or (is_header(csv.headers) and any(map(is_key, csv.headers))):
        return opened
    key = _key_below(csv, is_key)
    if key is not None:
        return _opened(spec.with_keys(header=FIND, columns={"contact_id": (key,)}), folder, spool)
    if is_header(csv.headers):
        return opened
    names = tuple(f"column_{number}" for number in range(1, len(csv.headers) + 1))
    return _opened(spec.with_keys(header=False, names=names), folder, spool)


def _key_below(csv: CsvFile, is_key: Callable[[str], bool]) -> str | None:
    """Return the key column of the first record after the first one that is a header with such a column.

    If the first record could itself be a header, a later one is accepted only if it has more cells: in a file
    with the header `name,channel`, the row `Ann,email` is not a header.
    """
    first: dict[str, tuple[str, ...]] = {}
    for delimiter, cells in first_records(csv):
        before = first.setdefault(delimiter, cells)
        wide = len(cells) > len(before) or (len(cells) == len(before) and not is_header(before))
        if cells is not before and wide and any(map(is_key, cells)) and is_header(cells):
            return next(filter(is_key, cells))
    return None


def is_header(record: Sequence[str]) -> bool:
    """Return whether a record can be a header: no cell is empty, a number or an ISO 8601 time."""
    cells = pl.Series("cell", record, dtype=pl.String)
    return not (
        (cells == "").any()
        or cells.str.contains(NUMBER).any()
        or TimeFormat(UTC_ZONE).iso(cells).at.is_not_null().any()
    )


def _opened(spec: Source, folder: Path, spool: Spool) -> Unmapped:
    found = contents_of(find_files(spec, folder, folder, spool), spec, spool).files
    tables = tuple(_swept(open_table(each, spec, spool, 0), spool) for each in found)
    if any(table.headers != tables[0].headers for table in tables):
        raise fault(UNREADABLE, "its files have different columns")
    return Unmapped(spec, tables)


def _swept(table: Table, spool: Spool) -> Table:
    """Scan the bytes of a CSV file, since its damaged records would otherwise be read as if sound."""
    if table.csv is None or table.frame is not None:
        return table
    _, copy = scan_records(table.csv, spool, 0)
    return table if copy is None else table.sound_copy(copy)


def _encoding(error: InputError) -> str | None:
    """Return the encoding that an error suggests; None if the error is about something else."""
    offered = (_SUGGESTED.search(each.hint or "") for each in error.problems if each.code == ENCODING)
    return next((found[1] for found in offered if found is not None), None)


# --- times ---------------------------------------------------------------------------------------------


class Times(Struct, frozen=True):
    """How the times of a column are written: in ISO 8601 if there are no `formats`.

    `others` are formats with day and month swapped that also parse every cell.
    """

    formats: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def share_of_times(cells: pl.Series) -> float:
    """Return the share of present cells that parse as times, in ISO 8601 or a format built from their shape.

    Bare numbers don't count, whatever time they may represent. For no cells the share is 0.
    """
    if not len(cells):
        return 0.0
    rest = _no_iso(cells)
    written = sum(each.rows for each in _shapes(rest) if each.formats)
    return (len(cells) - len(rest) + written) / len(cells)


def times_of_all(cells: Sequence[pl.Series]) -> Times | None:
    """Return the formats that parse all of some cells; None if no formats do.

    If ISO 8601 parses all but at most a tenth of the cells, the rest need not be times. If day and month can
    be swapped, the month comes first.
    """
    every = pl.concat(cells)
    rest = _no_iso(every)
    mostly_iso = len(rest) <= len(every) * (1 - MOST_TIMES)
    shapes = _shapes(rest)
    if sum(each.rows for each in shapes if each.formats) < len(rest):
        return Times() if mostly_iso else None
    formats: dict[str, None] = {}
    others: dict[str, None] = {}
    for each in shapes:
        pairs = [form for form in each.formats if twin(form) in each.formats]
        chosen = next((form for form in pairs if _month_first(form)), each.formats[0])
        formats[chosen] = None
        if (exchanged := twin(chosen)) in pairs:
            others[str(exchanged)] = None
    return Times(tuple(formats), tuple(others))


def _no_iso(cells: pl.Series) -> pl.Series:
    """Return the cells that are not written in ISO 8601."""
    return cells.filter(TimeFormat(UTC_ZONE).iso(cells).at.is_null())


def _shapes(cells: pl.Series) -> list[TimeShape]:
    from flamescore.exports.time_suggestions import UnreadTimes  # noqa: PLC0415 - only if times don't parse

    unread = UnreadTimes()
    unread.add(cells.filter(~cells.str.contains(NUMBER)))
    return unread.shapes()


def _month_first(form: str) -> bool:
    exchanged = twin(form)
    return exchanged is not None and form.index(_MONTH) < exchanged.index(_MONTH)
