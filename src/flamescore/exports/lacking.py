"""Columns that files of a source lack: which files, what they have instead, and what to write."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flamescore.exports.headers import nameable
from flamescore.project import STDIN
from flamescore.text import printable
from flamescore.yaml_tree import bare, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from flamescore.exports.table import Table
    from flamescore.project import Source

_PLAIN: Final = re.compile(r"[^\W\d][\w ()/.-]*(?<! )")
_WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


@dataclass(frozen=True, slots=True)
class Lack:
    """A column that `files` of the `of` files of a source lack.

    `headers` are what is mapped to it, or its own name; `known` those of them that other files have. `near`
    is the header of the first file that was probably meant.
    """

    column: str
    files: tuple[Table, ...]
    of: int
    headers: tuple[str, ...]
    known: tuple[str, ...]
    near: str | None = None

    @property
    def everywhere(self) -> bool:
        """Whether no file of the source has it."""
        return len(self.files) == self.of

    @property
    def twice(self) -> bool:
        """Whether the first file has it more than once, so that it is left out."""
        return any(each in self.files[0].unclear for each in self.headers)

    @property
    def first(self) -> str:
        """Return the first file, as users know it."""
        return shown(self.files[0])

    @property
    def where(self) -> str:
        """Name the first file, and say how many more there are."""
        more = f" and {len(self.files) - 1:,} more" if len(self.files) > 1 else ""
        return f"{self.first}{more}"

    @property
    def counted(self) -> str:
        """Say how many files lack it, as `1 of 3 files has`."""
        return f"{len(self.files):,} of {self.of:,} files {'has' if len(self.files) == 1 else 'have'}"

    @property
    def instead(self) -> str:
        """Say what the first file has instead, as a sentence after another; empty where nothing is near."""
        who = "It" if len(self.files) == 1 else self.first
        if self.twice:
            return f" {who} has it more than once."
        return "" if self.near is None else f" {who} has {quoted(self.near)}."

    @property
    def cure(self) -> str | None:
        """Return the entry to paste that reads the column of all files; None where nothing is near."""
        if self.near is None or self.twice:
            return None
        headers = [flow(each) for each in dict.fromkeys((*self.known, self.near))]
        value = headers[0] if len(headers) == 1 else f"[{', '.join(headers)}]"
        return f"columns: {{{flow(self.column)}: {value}}}"


def lack_of(
    column: str,
    without: Sequence[Table],
    tables: Sequence[Table],
    spec: Source,
    *,
    near: str | None = None,
    named: Collection[str] = (),
) -> Lack:
    """Describe a column that files of a source are `without`.

    `near` is looked for where it is not known; headers that are `named` themselves are not meant.
    """
    headers = spec.columns.get(column, (column,))
    lacking = {id(table) for table in without}
    others = [table for table in tables if id(table) not in lacking]
    known = tuple(each for each in headers if any(each in table.schema for table in others))
    taken = _mapped_elsewhere(column, spec).union(named, *(table.schema for table in others))
    free = [each for each in nameable(without[0].schema) if each not in taken - {column}]
    near = near or _near(column, free, spec)
    return Lack(column, tuple(without), len(tables), headers, known, near)


def without_headers(headers: Sequence[str], tables: Iterable[Table]) -> list[Table]:
    """Return the files that have none of some headers."""
    return [table for table in tables if not any(each in table.schema for each in headers)]


def without_column(column: str, tables: Iterable[Table], spec: Source) -> list[Table]:
    """Return the files in which no column goes by a name: `mapping.mapped` without the work of it."""
    if column in spec.constants:
        return []
    headers = spec.columns.get(column, ())
    moved = any(each == (column,) for name, each in spec.columns.items() if name != column)
    names = headers if moved else (*headers, column)
    return without_headers(names, tables)


def respelled(column: str, table: Table, spec: Source, named: Collection[str] = ()) -> str | None:
    """Return the header of a file that differs from a column in case, white space, `-` or `_` alone.

    One that is mapped to another column, or is one of the `named` itself, is not meant.
    """
    taken = {*_mapped_elsewhere(column, spec), *named}
    free = (each for each in table.schema if each not in taken and each != column)
    return next((each for each in free if bare(each) == bare(column)), None)


def shown(table: Table) -> str:
    """Return how users know a file."""
    return "standard input" if table.found.shown == STDIN else table.found.shown


def quoted(name: str) -> str:
    """Return the name of a column as messages have it."""
    return f'"{printable(name)}"'


def flow(text: str) -> str:
    """Write a text as YAML that can stand inside braces or brackets."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS and text.isprintable():
        return text
    return printable(json.dumps(text, ensure_ascii=False))


def _mapped_elsewhere(column: str, spec: Source) -> set[str]:
    return {each for name, headers in spec.columns.items() if name != column for each in headers}


def _near(column: str, free: Sequence[str], spec: Source) -> str | None:
    """Return the header that was probably meant, of those that stand for nothing else."""
    if column in free:
        return column
    found = (nearest(each, free) for each in dict.fromkeys((*spec.columns.get(column, ()), column)))
    return next((each for each in found if each is not None), None)
