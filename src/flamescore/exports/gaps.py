"""Columns that rules or the project file name, but that some files of the exports do not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from flamescore.cells import fold
from flamescore.columns import DOMAIN, EMAIL, is_derived
from flamescore.errors import Problem, ProjectFileError
from flamescore.exports.missing_columns import (
    describe_missing,
    mapped_by_hand,
    quoted,
    references,
    respelled,
    shown,
    without_column,
)
from flamescore.exports.plan import key_column
from flamescore.exports.validate import types_in
from flamescore.findings import Finding, InExport, Severity
from flamescore.input_errors import EXCLUDE, LACKING, OTHER_CASE, UNUSED
from flamescore.rules import column_uses, column_uses_of_rules
from flamescore.text import printable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from flamescore.exports.missing_columns import MissingColumn
    from flamescore.exports.opening import Opened, OpenSource
    from flamescore.exports.table import Table
    from flamescore.project import Project
    from flamescore.rules import ColumnUse, Condition, LoadedRules, RuleBook

_NOBODY = ""


class ColumnReference(Struct, frozen=True):
    """What names a column: `rule "Visit" (rules.yaml:8)`, or an empty text for a canonical column.

    `types` are the event types for which the column is needed; empty means all rows. `elsewhere`: whether the
    column is expected here if another source of the kind has it.
    """

    who: str
    types: tuple[str, ...] = ()
    elsewhere: bool = True


class Gap(Struct, frozen=True):
    """A column missing from files of a source, and what names it. `source`: its place in the project file."""

    source: tuple[str, int]
    path: str
    code: str
    lack: MissingColumn
    references: tuple[ColumnReference, ...]
    others: str = ""
    """A file of another source that has the column, if no file of this source does."""

    def finding(self, types: Collection[tuple[str, ...]]) -> Finding | None:
        """Return the warning, or None if no reference needs the column for events that the source has.

        `types` are the lists of event types, as rules name them, for which the source has events.
        """
        reference = next((each for each in self.references if not each.types or each.types in types), None)
        if reference is None:
            return None
        text = self._respelled(reference) if self.code == OTHER_CASE else self._lacking(reference)
        kind, lack = self.source[0], self.lack
        return Finding(
            self.code,
            Severity.WARNING,
            f"{kind} {self.path} {lack.column}",
            text,
            InExport(kind, self.path, lack.first),
            count=len(lack.files),
            of=lack.of,
            cure=lack.cure or None,
        )

    def _lacking(self, reference: ColumnReference) -> str:
        lack, column = self.lack, quoted(self.lack.column)
        names = f", which {reference.who} names" if reference.who else ""
        others = f"; {self.others} has it" if self.others else ""
        if lack.of == 1:
            return f"{lack.first} has no {column}{names}{others}.{lack.instead}"
        return f"{lack.counted} no {column}{names}: {lack.where}{others}.{lack.instead}"

    def _respelled(self, reference: ColumnReference) -> str:
        lack = self.lack
        assert lack.near is not None
        names = f", as {reference.who} names it" if reference.who else ""
        many = f" ({len(lack.files):,} of {lack.of:,} files)" if lack.of > 1 else ""
        called = f"the column is called {quoted(lack.column)}{names}"
        return f"{quoted(lack.near)} in {lack.where}{many} is not read; {called}."


def gaps_of(opened: Opened, loaded: LoadedRules, book: RuleBook) -> tuple[Gap, ...]:
    """Return the columns that are named but that files do not have, in the order of the project file.

    Columns that the project file maps by hand are reported elsewhere; those in a source's `optional` may be
    missing.
    """
    found: list[Gap] = []
    for source in opened.sources:
        named = _references_by_column(source, opened, loaded, book)
        settled = {*source.spec.optional, *mapped_by_hand(source, opened.project)}
        for column in (each for each in named if each not in settled):
            found += _gaps(column, named, source, opened)
    return tuple(found)


def unused_of(opened: Opened, loaded: LoadedRules, book: RuleBook) -> tuple[Finding, ...]:
    """Return notes on canonical columns of contacts that nothing names and that are spelled differently."""
    found: list[Finding] = []
    for source in opened.of("contacts"):
        spec, place = source.spec, InExport(source.spec.KIND, source.spec.path)
        named = _references_by_column(source, opened, loaded, book)
        settled = {*named, *spec.optional, *mapped_by_hand(source, opened.project), *spec.REQUIRED, "tags"}
        for column in (each for each in spec.CANONICAL if each not in settled):
            likely = [
                (table, near)
                for table in without_column(column, source)
                if (near := respelled(column, table, spec, named)) is not None
            ]
            if likely:
                lack = describe_missing(column, [table for table, _ in likely], source, near=likely[0][1])
                unread = f"{quoted(likely[0][1])} in {lack.where} is not read"
                text = f"{unread}; the column is called {quoted(column)}."
                finding = Finding(UNUSED, Severity.NOTE, f"{place} {column}", text, place, cure=lack.cure)
                found.append(replace(finding, count=len(lack.files), of=lack.of))
    return tuple(found)


def check_exclude(exclude: Condition, opened: Opened) -> None:
    """Check that all files have the columns that `exclude` uses.

    Without such a column, `exclude` would let every contact through. For events, only files that
    have a type which the condition refers to are checked.

    Raises:
        ProjectFileError: files do not have such a column, and it is not in the `optional` of their source.
    """
    types_by_column: dict[tuple[str, str], set[str]] = {}
    for each in column_uses(exclude):
        column = _looked_at(each, opened)
        types_by_column.setdefault((each.kind, column), set()).update(fold(name) for name in each.types)
    problems = [
        problem
        for (kind, column), types in types_by_column.items()
        if _having(column, opened.of(kind))
        for source in opened.of(kind)
        if column not in source.spec.optional
        for problem in _not_excluded(column, types, source, opened)
    ]
    if problems:
        raise ProjectFileError(problems)


def _references_by_column(
    source: OpenSource, opened: Opened, loaded: LoadedRules, book: RuleBook
) -> dict[str, list[ColumnReference]]:
    """Return the references to each column of a source: of rules, the project file, then unnamed ones."""
    project, spec = opened.project, source.spec
    found: dict[str, list[ColumnReference]] = {}
    rules = project.near(loaded.path)
    for use in column_uses_of_rules(loaded, book):
        if use.kind == spec.KIND:
            who = f"{printable(use.who)} ({rules}:{use.line})"
            found.setdefault(_looked_at(use, opened), []).append(ColumnReference(who, use.types))
    for keys, column, _ in references(source):
        found.setdefault(column, []).append(ColumnReference(_key(keys[0], source, project), elsewhere=False))
    if spec.KIND == "contacts":
        for other in opened.sources:
            key = getattr(other.spec, "contact_key", None)
            if key is not None:
                found.setdefault(key, []).append(ColumnReference(_key("contact_key", other, project)))
    canonical = {"contacts": "tags", "events": "event_id", "tag_history": "action"}.get(spec.KIND)
    if canonical is not None:
        found.setdefault(canonical, []).append(ColumnReference(_NOBODY, elsewhere=canonical != "event_id"))
    needed = {*spec.REQUIRED, key_column(spec)}
    return {column: uses for column, uses in found.items() if column not in needed}


def _looked_at(use: ColumnUse, opened: Opened) -> str:
    """Return the column that is read for a column in a rule: `email` for a domain that no export has."""
    if (use.kind, use.column) == ("contacts", DOMAIN) and is_derived(opened.columns.contacts):
        return EMAIL
    return use.column


def _key(key: str, source: OpenSource, project: Project) -> str:
    """Return a text that describes which key of a source names a column, and where."""
    where = project.where(*source.place, key, key=True)
    return f"`{key}`" if where is None else f"`{key}` ({project.near(where.path)}:{where.line})"


def _gaps(
    column: str, named: dict[str, list[ColumnReference]], source: OpenSource, opened: Opened
) -> Iterator[Gap]:
    spec = source.spec
    without = _without(column, source)
    if not without:
        return
    likely = {shown(table): respelled(column, table, spec, named) for table in without}
    cased = [table for table in without if likely[shown(table)]]
    if cased:
        lack = describe_missing(column, cased, source, near=likely[shown(cased[0])])
        yield Gap(source.place, spec.path, OTHER_CASE, lack, tuple(named[column]))
    rest = [table for table in without if not likely[shown(table)]]
    if not rest:
        return
    lack, of_column = describe_missing(column, rest, source, named=named), tuple(named[column])
    if len(without) < len(source.plans):
        yield Gap(source.place, spec.path, LACKING, lack, of_column)
        return
    others = _having(column, [each for each in opened.of(spec.KIND) if each is not source])
    if others is not None:
        of_column = tuple(each for each in of_column if each.elsewhere)
        yield Gap(source.place, spec.path, LACKING, lack, of_column, others)


def _without(column: str, source: OpenSource) -> list[Table]:
    """Return the files without a column of this name, and without such a header if a key may use it."""
    by_header = any(name == column and header for _, name, header in references(source))
    return [table for table in without_column(column, source) if not (by_header and column in table.schema)]


def _having(column: str, sources: Sequence[OpenSource]) -> str | None:
    """Return the first file of some sources that has a column."""
    for source in sources:
        for plan in source.plans:
            if column in plan:
                return shown(plan.table)
    return None


def _not_excluded(column: str, types: set[str], source: OpenSource, opened: Opened) -> Iterator[Problem]:
    without = [
        plan.table
        for plan in source.plans
        if column not in plan and (not types or types & types_in(plan, opened.spool))
    ]
    if not without:
        return
    lack = describe_missing(column, without, source)
    names = f"{quoted(column)}, which call_list.exclude names"
    if len(without) > 1:
        text = f"{lack.counted} no {names}: {lack.where}.{lack.instead}"
    else:
        text = f"{lack.first} has no {names}.{lack.instead}"
    hint = f"Write: {lack.cure}" if lack.cure else None
    other = (
        f"Do: export it with the column, or write `optional: [{column}]` if nobody in it is to be left out."
    )
    where = opened.project.where(*source.place)
    yield Problem(EXCLUDE, f"{source.spec.KIND}: {text}", where, hint or other)
