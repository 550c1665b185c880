"""Columns that the project file names or a kind needs, held against the headers of every file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flamescore.errors import Problem
from flamescore.exports.headers import nameable, told
from flamescore.exports.lacking import lack_of, quoted, respelled, without_column, without_headers
from flamescore.exports.mapping import key_column, mapped
from flamescore.input_errors import ACTION, UNMAPPED
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flamescore.exports.lacking import Lack
    from flamescore.exports.opening import OpenSource
    from flamescore.exports.table import Table
    from flamescore.project import Project, Source

Steps = tuple[str, ...]


def unknown_columns(source: OpenSource, project: Project) -> Iterator[Problem]:
    """Yield the headers that the project file names and files lack, and the columns that are needed.

    What `columns` of the project file names must be in every file, or the column in `optional`; what else it
    names, in one file at least. Each column is told once.
    """
    missed = list(_mapped(source, project))
    yield from (_mapped_problem(lack, source, project) for lack in missed)
    yield from _unknown_names(source, project)
    named = {lack.column for lack in missed}
    spec = source.spec
    for name in dict.fromkeys(each for table in source.tables for each in missing_columns(table, spec)):
        if name not in named:
            without = without_column(name, source.tables, spec)
            yield _needed_problem(lack_of(name, without, source.tables, spec), source, project)
    if spec.KIND == "tag_history" and "action" not in named:
        yield from _other_action(source, project)


def unknown_keys(sources: Sequence[OpenSource], known: Sequence[str], project: Project) -> Iterator[Problem]:
    """Yield each `contact_key` that is no column of the contacts, which have the `known` ones."""
    for source in sources:
        key = getattr(source.spec, "contact_key", None)
        if key is not None and key not in known:
            meant = nearest(key, known)
            hint = f"Did you mean `{meant}`?" if meant else f"They have: {', '.join(known[:12])}."
            text = f"{source.spec.KIND}: `contact_key: {key}` is no column of the contacts."
            yield Problem(UNMAPPED, text, project.where(*source.place, "contact_key"), hint)


def missing_columns(table: Table, spec: Source) -> list[str]:
    """Return the columns that the kind needs and a file lacks."""
    return sorted({*spec.REQUIRED, key_column(spec)} - set(mapped(table, spec).names))


def references(source: OpenSource) -> Iterator[tuple[Steps, str, bool]]:
    """Yield each column that a source names beside `columns`: where, and whether by its header as well."""
    merged = getattr(source.spec, "merged", None)
    if merged is not None:
        yield ("merged", "column" if merged.into is None else "into"), merged.named, True
    for key in ("rename", "dates", "leave_out", "cut"):
        for name in getattr(source.spec, key):
            yield (key, name), name, key in ("dates", "leave_out")


def mapped_by_hand(source: OpenSource, project: Project) -> frozenset[str]:
    """Return the columns that the project file itself maps, not a preset."""
    kind, index = source.place
    return frozenset(getattr(project.settings, kind)[index].columns)


def _unknown_names(source: OpenSource, project: Project) -> Iterator[Problem]:
    spec = source.spec
    headers = list(dict.fromkeys(header for table in source.tables for header in table.schema))
    for keys, name, by_header in references(source):
        known = [*source.names, *headers] if by_header else source.names
        if name not in known:
            meant = nearest(name, nameable(known))
            twice = any(name in table.unclear for table in source.tables)
            what = "more than one column" if twice else "no column"
            text = f"{spec.KIND}: `{spec.path}` has {what} `{name}`."
            hint = f"Did you mean `{meant}`?" if meant and not twice else None
            yield Problem(UNMAPPED, text, project.where(*source.place, *keys), hint)


def _mapped(source: OpenSource, project: Project) -> Iterator[Lack]:
    """Yield the columns that the project file maps to headers which files lack."""
    spec, by_hand = source.spec, mapped_by_hand(source, project)
    for name in (name for name in spec.columns if name in by_hand):
        without = without_headers(spec.columns[name], source.tables)
        on_purpose = name in spec.optional and len(without) < len(source.tables)
        if without and not on_purpose:
            yield lack_of(name, without, source.tables, spec)


def _mapped_problem(lack: Lack, source: OpenSource, project: Project) -> Problem:
    text = f"{_told(lack, lack.headers)}, mapped to {quoted(lack.column)}{_files(lack)}"
    where = project.where(*source.place, "columns", lack.column)
    older = (
        f"Do: export it again with the column, or write `optional: [{lack.column}]` if older files lack it."
    )
    return Problem(UNMAPPED, text, where, _cure(lack) or (_offer(lack) if lack.everywhere else older))


def _needed_problem(lack: Lack, source: OpenSource, project: Project) -> Problem:
    text = f"{_told(lack, (lack.column,))}, and nothing is mapped to it{_files(lack)}"
    return Problem(UNMAPPED, text, project.where(*source.place), _cure(lack) or _offer(lack))


def _told(lack: Lack, headers: Sequence[str]) -> str:
    """Say that one file lacks some headers, or how many do."""
    what = f"column {' or '.join(quoted(each) for each in headers)}"
    if len(lack.files) > 1:
        return f"{lack.counted} no {what}"
    return f"{lack.first} has {'more than one' if lack.twice else 'no'} {what}"


def _files(lack: Lack) -> str:
    """End the sentence with the first of several files, and what it has instead."""
    if len(lack.files) > 1:
        return f": {lack.where}.{lack.instead}"
    return "." if lack.twice else f".{lack.instead}"


def _cure(lack: Lack) -> str | None:
    return f"Write: {lack.cure}" if lack.cure else None


def _offer(lack: Lack) -> str:
    if lack.twice:
        return "Do: give one of them another name in the export."
    has = told(list(lack.files[0].schema), lack.first)
    return f"Say which it is: `columns: {{{lack.column}: ...}}`. {has}"


def _other_action(source: OpenSource, project: Project) -> Iterator[Problem]:
    """Yield what looks like the `action` of a tag history: without one every row is an application."""
    spec = source.spec
    without = without_column("action", source.tables, spec)
    files = [table for table in without if respelled("action", table, spec)]
    if files:
        near = respelled("action", files[0], spec)
        lack = lack_of("action", files, source.tables, spec, near=near)
        text = f'"{near}" in {lack.where} is not read; the column is called "action".'
        yield Problem(ACTION, text, project.where(*source.place), f"Write: {lack.cure}")
