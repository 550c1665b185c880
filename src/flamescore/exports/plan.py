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

    from flamescore.exports.invisible_ends import Noticed
    from flamescore.exports.table import Table
    from flamescore.exports.times import TimeFormat
    from flamescore.project import Source

_WORDS: Final = (pl.Categorical, pl.Enum)
"""Types of texts that are stored as numbers."""

_SAMPLE: Final = 100
"""How many times are looked at for their usual shape."""


class Plan(Struct, frozen=True):
    """How the rows of a file are read, made once when it is opened.

    `headers` has the headers of each column by its name (several are joined; without one, because those that
    it is mapped to stand twice, all its cells are missing); `source.constants` are columns too. `hidden`
    headers are not there, since another column goes by their name.

    With `columns: {contact_id: [Id, Old Id], at: When}` a file with the headers `Id, When, url` has
    `contact_id` of `Id`, `at` of `When`, and `Id` and `url` of themselves.
    """

    table: Table
    source: Source
    headers: Mapping[str, tuple[str, ...]]
    hidden: tuple[str, ...] = ()
    bare: bool = False
    """Whether cells may begin or end with characters that nobody sees, which are taken away then."""
    noticed: Noticed | None = None
    """Of a file that is no text: where such cells were met when it was read."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the name of every column, those that the project file maps first."""
        return (*self.headers, *self.source.constants)

    def __contains__(self, name: str) -> bool:
        """Say whether a column goes by a name."""
        return name in self.headers or name in self.source.constants

    @property
    def time_type(self) -> pl.DataType:
        """Return the type that the cells of `at` have before they are read."""
        headers = self.headers.get("at", ())
        one = len(headers) == 1 and "at" not in self.source.rename
        return self.table.schema[headers[0]] if one else pl.String()

    def listed(self, name: str) -> str | None:
        """Return the header that alone holds a column, where its cells are lists."""
        headers = self.headers.get(name, ())
        one = len(headers) == 1 and isinstance(self.table.schema[headers[0]], pl.List)
        return headers[0] if one else None

    def over(self, table: Table) -> Plan:
        """Return the same plan over a copy of the file that has the same columns."""
        return replace(self, table=table)

    def column(self, name: str, *, text: bool = True) -> pl.Expr:
        """Return a column by its name: null values out, headers joined, values renamed.

        With `text` it is String whatever its type was; otherwise one that needs none of this keeps its type.
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
        """Return `at`, or `cells` in its place, to be read in a format; its first cells are looked at."""
        first = self.table.scan().select(self.column("at").alias("at")).head(_SAMPLE)
        cells = self.column("at", text=False) if cells is None else cells
        return TimeColumn(cells, self.time_type, form, self.table.collect(first)["at"])

    def left_out(self) -> pl.Expr | None:
        """Return which rows `leave_out` names, by headers or mapped names; None where it names none.

        Values compare as the rule language does; the empty one is a missing cell. A row that says whom it was
        merged into is never among them: it tells whose its events are.
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
        """Take the rows that `leave_out` names out of rows of the file."""
        left = self.left_out()
        return rows if left is None else rows.filter(~left)

    def by_either_name(self, name: str) -> pl.Expr | None:
        """Return a column by its header or mapped name, trimmed; None where there is none."""
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
    """Work out the names of a file's columns. Headers of a list that are missing are left out of it.

    A header that is mapped alone goes by its new name only; one of a list keeps its own as well.
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
    """Return the canonical column that says whose a row is."""
    return "contact" if getattr(source, "contact_key", None) else "contact_id"


def _joined(cells: list[pl.Expr], name: str, source: Source) -> pl.Expr:
    tags = getattr(source, "tags", None) if name == "tags" else None
    separator = tags.separator if tags else " "
    return present(pl.concat_str([present(cell) for cell in cells], separator=separator, ignore_nulls=True))


def _renamed(cells: pl.Expr, values: Mapping[str, str]) -> pl.Expr:
    """Give values their new names; they are compared as the rule language compares texts."""
    wanted = {fold(bare_ends(old)): new for old, new in values.items()}

    def rename(batch: pl.Series) -> pl.Series:
        distinct = batch.unique().drop_nulls()
        new = [wanted.get(fold(each), each) for each in distinct]
        return batch.replace(distinct, pl.Series(new, dtype=pl.String))

    return cells.map_batches(rename, return_dtype=pl.String(), is_elementwise=True)
