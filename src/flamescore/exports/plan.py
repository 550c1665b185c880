"""How the rows of a file are read: from its headers to canonical columns and properties, as expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from flamescore.cells import as_text, fold, one_of, present
from flamescore.exports.invisible_ends import with_bare_ends
from flamescore.exports.times import TimeColumn
from flamescore.invisible import bare_ends

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flamescore.exports.invisible_ends import InvisibleEnds
    from flamescore.exports.table import Table
    from flamescore.exports.times import TimeFormat
    from flamescore.project import Source

_WORDS: Final = (pl.Categorical, pl.Enum)
"""Text types that are stored as numbers."""

_SAMPLE: Final = 100
"""Number of times to inspect for the usual shape."""


class Plan(Struct, frozen=True):
    """How the rows of a file are read; created once when the file is opened.

    `headers` maps the name of each column to its headers, which are joined if there are several. A column
    without headers, because those that it is mapped to appear more than once, has only missing cells.
    `source.constants` are columns too. `hidden` headers are not available, since another column has their
    name.

    With `columns: {contact_id: [Id, Old Id], at: When}`, a file with the headers `Id, When, url` has
    `contact_id` from `Id`, `at` from `When`, and `Id` and `url` from themselves.
    """

    table: Table
    source: Source
    headers: Mapping[str, tuple[str, ...]]
    hidden: tuple[str, ...] = ()
    bare: bool = False
    """Whether cells may begin or end with invisible characters, which are then stripped."""
    noticed: InvisibleEnds | None = None
    """For a binary file: where such cells were found when it was read."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the name of every column, with those that the project file maps first."""
        return (*self.headers, *self.source.constants)

    def __contains__(self, name: str) -> bool:
        """Return whether a column has this name."""
        return name in self.headers or name in self.source.constants

    @property
    def time_type(self) -> pl.DataType:
        """Return the type of the cells of `at` before they are parsed."""
        headers = self.headers.get("at", ())
        one = len(headers) == 1 and "at" not in self.source.rename
        return self.table.schema[headers[0]] if one else pl.String()

    def listed(self, name: str) -> str | None:
        """Return the header of a column if it is the only one and its cells are lists."""
        headers = self.headers.get(name, ())
        one = len(headers) == 1 and isinstance(self.table.schema[headers[0]], pl.List)
        return headers[0] if one else None

    def over(self, table: Table) -> Plan:
        """Return the same plan for a copy of the file that has the same columns."""
        return replace(self, table=table)

    def column(self, name: str, *, text: bool = True) -> pl.Expr:
        """Return a column by name, with null values removed, headers joined and values renamed.

        With `text` the result is String, whatever its type in the file. Otherwise, a column that needs none
        of this keeps its type.
        """
        source = self.source
        if name in source.constants:
            return pl.lit(bare_ends(source.constants[name]), pl.String)
        headers = self.headers[name]
        if not headers:
            return pl.lit(None, pl.String)
        as_it_is = len(headers) == 1 and not text and name not in source.rename and name not in source.cut
        if as_it_is and self.bare and isinstance(self.table.schema[headers[0]], _WORDS):
            as_it_is = False
        cells = [self._cell(each, text=not as_it_is) for each in headers]
        joined = cells[0] if len(cells) == 1 else _joined(cells, name, source)
        if name in source.cut:
            joined = joined.str.strip_chars_start().str.strip_prefix(source.cut[name])
        return _renamed(joined, source.rename[name]) if name in source.rename else joined

    def times(self, form: TimeFormat, cells: pl.Expr | None = None) -> TimeColumn:
        """Return `at`, or `cells` in its place, to be parsed by a format; its first cells are sampled."""
        first = self.table.scan().select(self.column("at").alias("at")).head(_SAMPLE)
        cells = self.column("at", text=False) if cells is None else cells
        return TimeColumn(cells, self.time_type, form, self.table.collect(first)["at"])

    def left_out(self) -> pl.Expr | None:
        """Return a mask of the rows that `leave_out` lists, by header or mapped name; None if it lists none.

        Values compare as in the rule language; an empty value matches a missing cell. A row that refers to
        the contact it was merged into never matches, since it is needed to assign its events.
        """
        tests = []
        for name, values in self.source.leave_out.items():
            cell = self.by_either_name(name)
            if cell is not None:
                wanted = [bare_ends(value) if isinstance(value, str) else value for value in values]
                tests.append(one_of(cell, wanted))
        if not tests:
            return None
        merged = getattr(self.source, "merged", None)
        into = None if merged is None or merged.into is None else self.by_either_name(merged.into)
        return pl.any_horizontal(tests) & (True if into is None else into.is_null())

    def counted(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Filter out the rows that `leave_out` matches."""
        left = self.left_out()
        return rows if left is None else rows.filter(~left)

    def by_either_name(self, name: str) -> pl.Expr | None:
        """Return a column by header or mapped name, trimmed; None if it does not exist."""
        if name in self.table.schema:
            return present(self._cell(name, text=True))
        return present(self.column(name)) if name in self else None

    def _cell(self, header: str, *, text: bool) -> pl.Expr:
        dtype, null_values = self.table.schema[header], self.source.null_values
        cell = as_text(header, dtype) if text else pl.col(header)
        if self.bare and (dtype == pl.String() or (text and isinstance(dtype, _WORDS))):
            cell = with_bare_ends(cell) if self.noticed is None else self.noticed.bare(cell, header)
        if null_values and (text or dtype == pl.String()):
            missing = cell.str.strip_chars().is_in([each.strip() for each in null_values])
            return pl.when(~missing).then(cell)
        return cell


def plan_of(table: Table, source: Source) -> Plan:
    """Return the plan for a file, with the names of its columns; missing headers of a list are skipped.

    A header that is mapped alone is available only under its new name; one in a list also keeps its own.
    """
    there = {
        name: tuple(each for each in headers if each in table.schema)
        for name, headers in source.columns.items()
    }
    headers = {
        name: found
        for name, found in there.items()
        if found or any(each in table.unclear for each in source.columns[name])
    }
    moved = {each[0] for name, each in headers.items() if each and len(source.columns[name]) == 1}
    taken = {*headers, *source.constants}
    rest = {each: (each,) for each in table.schema if each not in moved and each not in taken}
    own = {name for name, found in headers.items() if name in found}
    hidden = tuple(each for each in table.schema if each in taken and each not in moved | own)
    return Plan(table, source, {**headers, **rest}, hidden)


def key_column(source: Source) -> str:
    """Return the canonical column that identifies the contact of a row."""
    return "contact" if getattr(source, "contact_key", None) else "contact_id"


def _joined(cells: list[pl.Expr], name: str, source: Source) -> pl.Expr:
    tags = getattr(source, "tags", None) if name == "tags" else None
    separator = tags.separator if tags else " "
    return present(pl.concat_str([present(cell) for cell in cells], separator=separator, ignore_nulls=True))


def _renamed(cells: pl.Expr, values: Mapping[str, str]) -> pl.Expr:
    """Rename values; they are compared as the rule language compares texts."""
    wanted = {fold(bare_ends(old)): new for old, new in values.items()}

    def rename(batch: pl.Series) -> pl.Series:
        distinct = batch.unique().drop_nulls()
        new = [wanted.get(fold(each), each) for each in distinct]
        return batch.replace(distinct, pl.Series(new, dtype=pl.String))

    return cells.map_batches(rename, return_dtype=pl.String(), is_elementwise=True)
