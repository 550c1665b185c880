"""Columns that files of a source do not have: which files, what they have instead, and what to write.

Columns that the project file maps or a kind requires are looked up before any row is read; other columns that
rules refer to are handled by `gaps`. If a file has no header, its first row is taken for one, and messages do
not quote its cells.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from flamescore.errors import Problem
from flamescore.exports.csv_dialect import beginning, header_below
from flamescore.exports.plan import key_column
from flamescore.findings import of_problem
from flamescore.input_errors import ACTION, UNMAPPED
from flamescore.project import STDIN
from flamescore.text import printable, shape
from flamescore.yaml_tree import bare, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from flamescore.exports.opening import OpenSource
    from flamescore.exports.plan import Plan
    from flamescore.exports.table import Table
    from flamescore.project import Project, Source

Steps = tuple[str, ...]

_PLAIN: Final = re.compile(r"[^\W\d][\w ()/.-]*(?<! )")
_WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_MOST: Final = 12
_ROW: Final = "That seems to be a row: a file without a header needs `header: false` and `names`."
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class MissingColumn(Struct, frozen=True):
    """A column that `files`, among the `of` files of a source, do not have.

    `headers` are the headers mapped to it, or its own name; `known` are those that other files have. `near`
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
        """Return whether no file of the source has it."""
        return len(self.files) == self.of

    @property
    def twice(self) -> bool:
        """Return whether the first file has it more than once, so that it is left out."""
        return any(each in self.files[0].unclear for each in self.headers)

    @property
    def first(self) -> str:
        """Return the first file, as users know it."""
        return shown(self.files[0])

    @property
    def where(self) -> str:
        """Return the name of the first file and the number of others."""
        more = f" and {len(self.files) - 1:,} more" if len(self.files) > 1 else ""
        return f"{self.first}{more}"

    @property
    def counted(self) -> str:
        """Return how many files do not have it, as `1 of 3 files has`."""
        return f"{len(self.files):,} of {self.of:,} files {'has' if len(self.files) == 1 else 'have'}"

    @property
    def instead(self) -> str:
        """Return a sentence on what the first file has instead; empty if nothing is similar."""
        who = "It" if len(self.files) == 1 else self.first
        if self.twice:
            return f" {who} has it more than once."
        return "" if self.near is None else f" {who} has {quoted(self.near)}."

    @property
    def cure(self) -> str | None:
        """Return the entry to paste that reads the column from all files; None if nothing is similar."""
        if self.twice:
            return f"columns: {{{flow(self.column)}: {numbered(self.headers, self.files[0])}}}"
        if self.near is None:
            return None
        headers = [flow(each) for each in dict.fromkeys((*self.known, self.near))]
        value = headers[0] if len(headers) == 1 else f"[{', '.join(headers)}]"
        return f"columns: {{{flow(self.column)}: {value}}}"


def numbered(headers: Sequence[str], table: Table, number: int = 2) -> str:
    """Return headers as YAML, with a number if one is repeated in a file: `"Phone#2"` is the second."""
    named = [flow(f"{each}#{number}" if each in table.unclear else each) for each in headers]
    return named[0] if len(named) == 1 else f"[{', '.join(named)}]"


def describe_missing(
    column: str,
    without: Sequence[Table],
    source: OpenSource,
    *,
    near: str | None = None,
    named: Collection[str] = (),
) -> MissingColumn:
    """Describe a column that files of a source are `without`.

    `near` is searched for if it is not given; headers that are in `named` are not considered.
    """
    spec, tables = source.spec, source.tables
    headers = spec.columns.get(column, (column,))
    lacking = {id(table) for table in without}
    others = [table for table in tables if id(table) not in lacking]
    known = tuple(each for each in headers if any(each in table.schema for table in others))
    taken = _mapped_elsewhere(column, spec).union(named, *(table.schema for table in others))
    free = [each for each in _nameable(without[0].schema) if each not in taken - {column}]
    near = near or _near(column, free, spec)
    return MissingColumn(column, tuple(without), len(tables), headers, known, near)


def without_column(column: str, source: OpenSource) -> list[Table]:
    """Return the files that have no column of a given name."""
    return [plan.table for plan in source.plans if column not in plan]


def respelled(column: str, table: Table, spec: Source, named: Collection[str] = ()) -> str | None:
    """Return the header of a file that differs from a column only in case, white space, `-` or `_`.

    A header that is mapped to another column, or that is in `named`, is not considered.
    """
    taken = {*_mapped_elsewhere(column, spec), *named}
    free = (each for each in table.schema if each not in taken and each != column)
    return next((each for each in free if bare(each) == bare(column)), None)


def shown(table: Table) -> str:
    """Return the name by which users know a file."""
    return "standard input" if table.found.shown == STDIN else table.found.shown


def quoted(name: str) -> str:
    """Return the name of a column as it appears in messages."""
    return f'"{printable(name)}"'


def flow(text: str) -> str:
    """Return a text as YAML that can be used inside braces or brackets."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS and text.isprintable():
        return text
    return printable(json.dumps(text, ensure_ascii=False))


def _mapped_elsewhere(column: str, spec: Source) -> set[str]:
    return {each for name, headers in spec.columns.items() if name != column for each in headers}


def _near(column: str, free: Sequence[str], spec: Source) -> str | None:
    """Return the header that was probably meant, among those that are not used otherwise."""
    if column in free:
        return column
    found = (nearest(each, free) for each in dict.fromkeys((*spec.columns.get(column, ()), column)))
    return next((each for each in found if each is not None), None)


def unknown_columns(source: OpenSource, project: Project) -> Iterator[Problem]:
    """Yield problems for missing headers that the project file names, and for missing required columns.

    A header in `columns` of the project file must be in every file unless its column is in `optional`; other
    names must be in at least one file. Each column is reported once.
    """
    for problem in _unknown_columns(source, project):
        subject = f"{source.spec.KIND} {source.spec.path}"
        yield replace(problem, finding=of_problem(problem, subject))


def _unknown_columns(source: OpenSource, project: Project) -> Iterator[Problem]:
    missed = list(_mapped(source, project))
    below = _header_below(missed, source, project)
    if below is not None:
        yield below
        return
    yield from (_mapped_problem(lack, source, project) for lack in missed)
    yield from _unknown_names(source, project)
    named = {lack.column for lack in missed}
    spec = source.spec
    for name in dict.fromkeys(each for plan in source.plans for each in needed_columns(plan)):
        if name not in named:
            yield _needed_problem(describe_missing(name, _lacking(name, source), source), source, project)
    if spec.KIND == "tag_history" and "action" not in named:
        yield from _other_action(source, project)


def unknown_keys(sources: Sequence[OpenSource], known: Sequence[str], project: Project) -> Iterator[Problem]:
    """Yield a problem for each `contact_key` that is not among the `known` columns of the contacts."""
    for source in sources:
        key = getattr(source.spec, "contact_key", None)
        if key is not None and key not in known:
            meant = nearest(key, known)
            hint = f"Did you mean `{meant}`?" if meant else f"They have: {', '.join(known[:12])}."
            text = f"{source.spec.KIND}: `contact_key: {key}` is not a column of the contacts."
            yield Problem(UNMAPPED, text, project.where(*source.place, "contact_key"), hint)


def needed_columns(plan: Plan) -> list[str]:
    """Return the columns that the kind requires and a file does not have."""
    needed = {*plan.source.REQUIRED, key_column(plan.source)}
    return sorted(name for name in needed if name not in plan or plan.headers.get(name) == ())


def _lacking(needed: str, source: OpenSource) -> list[Table]:
    """Return the files that do not have a column which the kind requires."""
    return [plan.table for plan in source.plans if needed in needed_columns(plan)]


def references(source: OpenSource) -> Iterator[tuple[Steps, str, bool]]:
    """Yield each column that a source names outside `columns`: where, and whether headers are allowed too."""
    merged = getattr(source.spec, "merged", None)
    if merged is not None:
        yield ("merged", "column" if merged.into is None else "into"), merged.named, True
    for key in ("rename", "dates", "leave_out", "cut", "lists"):
        for name in getattr(source.spec, key, ()):
            yield (key, name), name, key in ("dates", "leave_out")
    for name, _ in source.spec.numbers.columns if source.spec.numbers is not None else ():
        yield ("numbers", name), name, True


def mapped_by_hand(source: OpenSource, project: Project) -> frozenset[str]:
    """Return the columns that the project file itself maps, rather than a preset."""
    kind, index = source.place
    return frozenset(getattr(project.settings, kind)[index].columns)


def _unknown_names(source: OpenSource, project: Project) -> Iterator[Problem]:
    spec = source.spec
    headers = list(dict.fromkeys(header for table in source.tables for header in table.schema))
    for keys, name, by_header in references(source):
        known = [*source.names, *headers] if by_header else source.names
        if name not in known:
            meant = nearest(name, _nameable(known))
            twice = any(name in table.unclear for table in source.tables)
            what = "more than one column" if twice else "no column"
            text = f"{spec.KIND}: `{spec.path}` has {what} `{name}`."
            hint = f"Did you mean `{meant}`?" if meant and not twice else None
            yield Problem(UNMAPPED, text, project.where(*source.place, *keys), hint)


def _mapped(source: OpenSource, project: Project) -> Iterator[MissingColumn]:
    """Yield the columns that the project file maps to headers which files do not have."""
    spec, by_hand = source.spec, mapped_by_hand(source, project)
    for name in (name for name in spec.columns if name in by_hand):
        headers = spec.columns[name]
        without = [table for table in source.tables if not any(each in table.schema for each in headers)]
        on_purpose = name in spec.optional and len(without) < len(source.tables)
        if without and not on_purpose:
            yield describe_missing(name, without, source)


def _mapped_problem(lack: MissingColumn, source: OpenSource, project: Project) -> Problem:
    text = f"{_describe_lack(lack, lack.headers)}, mapped to {quoted(lack.column)}{_files(lack)}"
    where = project.where(*source.place, "columns", lack.column)
    older = (
        f"Do: export it again with the column, or write `optional: [{lack.column}]` if older files lack it."
    )
    return Problem(UNMAPPED, text, where, _cure(lack) or (_offer(lack) if lack.everywhere else older))


def _header_below(missed: Sequence[MissingColumn], source: OpenSource, project: Project) -> Problem | None:
    """Return a problem if the first file's header, with all that is missing, is below its first line."""
    needed = dict.fromkeys(each for plan in source.plans for each in needed_columns(plan))
    lacking = [*missed, *(describe_missing(name, _lacking(name, source), source) for name in needed)]
    spec = source.spec
    if not lacking or lacking[0].files[0].csv is None or not spec.header:
        return None
    first = lacking[0]
    csv = first.files[0].csv
    assert csv is not None
    below = header_below(beginning(csv), spec, mapped_by_hand(source, project))
    if below is None or below.line < csv.line:
        return None
    mapped = f", mapped to {quoted(first.column)}" if first in missed else ""
    many = len(first.files) > 1
    which, of = (f": {first.where}", f" of {first.first}") if many else ("", "")
    text = f"{_describe_lack(first, first.headers)}{mapped}{which}; line {below.line}{of} has these columns."
    steps = ("columns", first.column) if first in missed else ()
    where = project.where(*source.place, *steps)
    return Problem(UNMAPPED, text, where, f"Write: skip_rows: {below.line - 1}")


def _needed_problem(lack: MissingColumn, source: OpenSource, project: Project) -> Problem:
    if lack.twice:
        text = f"{_describe_lack(lack, lack.headers)}, which is meant for {quoted(lack.column)}{_files(lack)}"
    else:
        text = f"{_describe_lack(lack, (lack.column,), 'column for')}{_files(lack)}"
    return Problem(UNMAPPED, text, project.where(*source.place), _cure(lack) or _offer(lack))


def _describe_lack(lack: MissingColumn, headers: Sequence[str], column: str = "column") -> str:
    """Describe which headers one file does not have, or how many files do not have them."""
    what = f"{column} {' or '.join(quoted(each) for each in headers)}"
    if len(lack.files) > 1:
        return f"{lack.counted} no {what}"
    return f"{lack.first} has {'more than one' if lack.twice else 'no'} {what}"


def _files(lack: MissingColumn) -> str:
    """Return the end of the sentence: the first of several files, and what it has instead."""
    if len(lack.files) > 1:
        return f": {lack.where}.{lack.instead}"
    return "." if lack.twice else f".{lack.instead}"


def _cure(lack: MissingColumn) -> str | None:
    return f"Write: {lack.cure}" if lack.cure else None


def _offer(lack: MissingColumn) -> str:
    has = _listed(list(lack.files[0].schema), lack.first)
    return f"Say which it is: `columns: {{{lack.column}: ...}}`. {has}"


def _other_action(source: OpenSource, project: Project) -> Iterator[Problem]:
    """Yield a problem if a header looks like `action` of a tag history: without it every row adds a tag."""
    spec = source.spec
    files = [table for table in without_column("action", source) if respelled("action", table, spec)]
    if files:
        near = respelled("action", files[0], spec)
        lack = describe_missing("action", files, source, near=near)
        text = f'"{near}" in {lack.where} is not read; the column is called "action".'
        yield Problem(ACTION, text, project.where(*source.place), f"Write: {lack.cure}")


def _nameable(headers: Collection[str]) -> Collection[str]:
    """Return the headers, or none if they seem to be the cells of a row."""
    return () if any(map(_like_a_cell, headers)) else headers


def _listed(headers: Sequence[str], file: str = "It") -> str:
    """Return a text with the first headers; if they seem to be cells of a row, only with their shapes."""
    if _nameable(headers):
        return f"{file} has: {', '.join(headers[:_MOST])}."
    shapes = ", ".join(f"`{shape(each)}`" for each in headers[:_MOST])
    return f"{file} has: {shapes}. {_ROW}"


def _like_a_cell(header: str) -> bool:
    """Return whether a header looks like a cell: an e-mail address, a number, a date or a phone number."""
    no_word = any(each.isdigit() for each in header) and not any(each.isalpha() for each in header)
    return no_word or _ADDRESS.fullmatch(header) is not None
