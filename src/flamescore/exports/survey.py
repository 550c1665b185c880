"""Open every source: find its files and read their headers, but no row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flamescore.errors import InputError, Problem, ProjectFileError
from flamescore.exports.faults import PRESET, TOO_OLD, UNMAPPED, fault, printable
from flamescore.exports.find import STDIN, find_files
from flamescore.exports.fitting import NoFitError, fit
from flamescore.exports.mapping import key_column, mapped
from flamescore.exports.model import (
    ContactsSource,
    EventsSource,
    OpportunitiesSource,
    Source,
    TagHistorySource,
)
from flamescore.exports.project import clashes
from flamescore.exports.spool import Spool
from flamescore.exports.sweep import KEPT
from flamescore.exports.tables import Table, open_table
from flamescore.exports.times import UTC_ZONE
from flamescore.frames import Columns
from flamescore.source import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flamescore.exports.find import Found
    from flamescore.exports.fitting import Fitted
    from flamescore.exports.project import Project

NEVER_PROPERTIES = frozenset({"contact_id", "contact", "event", "at"})


@dataclass(frozen=True, slots=True)
class OpenSource:
    """A source whose files are open; `place` is where the project file has it: its kind and index."""

    spec: Source
    tables: tuple[Table, ...]
    place: tuple[str, int]
    said: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of its columns, as they come, over all its files."""
        return tuple(dict.fromkeys(name for table in self.tables for name in mapped(table, self.spec).names))

    def notes(self) -> tuple[str, ...]:
        """Return what was found out of its files: each thing once, with the files that it holds for."""
        said: dict[str, list[str]] = {}
        for table in self.tables:
            for note in _notes(table, self.spec):
                said.setdefault(note, []).append(table.found.shown)
        told = (note + _holding_for(files, self) for note, files in said.items())
        return (*self.said, *told)


def _holding_for(files: Sequence[str], source: OpenSource) -> str:
    """Name the first file where not every file of the source is meant, and say how many more there are."""
    if len(files) == len(source.tables):
        return ""
    return f" (in {files[0]}" + (f" and {len(files) - 1:,} more)" if len(files) > 1 else ")")


@dataclass(frozen=True, slots=True)
class Opened:
    """Everything that a run reads, opened. `close` deletes the copies made; frames are useless then."""

    project: Project
    columns: Columns
    sources: tuple[OpenSource, ...]
    spool: Spool
    keep_rejects: int = KEPT

    def of(self, kind: str) -> tuple[OpenSource, ...]:
        """Return the sources of a kind."""
        return tuple(each for each in self.sources if kind == each.spec.KIND)

    def close(self) -> None:
        """Delete the copies."""
        self.spool.close()


def survey(project: Project, *, now: datetime | None = None, keep_rejects: int = KEPT) -> Opened:
    """Find and open the sources of a project. Whatever is missing, empty or too old is told at once.

    Of each source's rejects the first `keep_rejects` will be told as rows, the others counted alone.
    """
    settings = project.settings
    if not settings.contacts:
        raise ProjectFileError(
            Problem("P027", "No contacts are named.", project.where(), "Add `contacts:`, or `--contacts`.")
        )
    _check_one_stream(project)
    spool = Spool()
    try:
        return _opened(project, spool, now or datetime.now(UTC), keep_rejects)
    except BaseException:
        spool.close()
        raise


def _check_one_stream(project: Project) -> None:
    streams = [place for spec, place in _placed(project) if spec.path == STDIN]
    if len(streams) > 1:
        text = "Standard input (`-`) can be one source, and is named twice."
        raise ProjectFileError(Problem("P029", text, project.where(*streams[1], "path"), "Name a file."))


def _opened(project: Project, spool: Spool, now: datetime, keep: int) -> Opened:
    opened: list[OpenSource] = []
    problems: list[Problem] = []
    for spec, place in _placed(project):
        try:
            opened.append(_open(spec, place, project, spool, now, keep=keep))
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    unknown = [problem for source in opened for problem in _unknown_columns(source, project)]
    unknown.extend(_unknown_keys(opened, project))
    if unknown:
        raise ProjectFileError(unknown)
    return Opened(project, columns_of(opened), tuple(opened), spool, keep)


def _placed(project: Project) -> Iterator[tuple[Source, tuple[str, int]]]:
    for kind in (ContactsSource, EventsSource, TagHistorySource, OpportunitiesSource):
        for index, spec in enumerate(getattr(project.settings, kind.KIND)):
            yield spec, (kind.KIND, index)


def _open(
    spec: Source, place: tuple[str, int], project: Project, spool: Spool, now: datetime, *, keep: int
) -> OpenSource:
    found = find_files(spec, project.folder, spool)
    if spec.max_age is not None:
        newest = max(found, key=lambda each: each.age_key)
        oldest = now.timestamp() - (now - spec.max_age.before(now, spec.timezone or UTC_ZONE)).total_seconds()
        if newest.modified / 1e9 < oldest:
            age = f"is from {newest.told[2]}, older than `max_age: {spec.max_age}`"
            text = f"{spec.KIND}: `{newest.shown}` {age}."
            raise fault(TOO_OLD, text, "Export it again, or raise max_age.")
    fitted = _fitted(spec, found, place, project, spool)
    spec, found = fitted.spec, fitted.found
    tables: list[Table] = []
    problems: list[Problem] = []
    for each in found:
        try:
            tables.append(open_table(each, spec, spool, keep))
            keep = max(0, keep - tables[-1].damaged)
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return OpenSource(spec, tuple(tables), place, fitted.said)


def _fitted(
    spec: Source, found: tuple[Found, ...], place: tuple[str, int], project: Project, spool: Spool
) -> Fitted:
    """Lay the source's preset under it, and see that they don't contradict each other."""
    try:
        fitted = fit(spec, found, spool)
    except NoFitError as error:
        where = project.where(*place, "preset")
        raise ProjectFileError(Problem(PRESET, str(error), where, error.hint)) from None
    problems = [Problem("P026", text, project.where(*place)) for _, text in clashes(fitted.spec)]
    if problems and spec.preset is not None:
        raise ProjectFileError(problems)
    return fitted


def _unknown_columns(source: OpenSource, project: Project) -> Iterator[Problem]:
    """Yield the headers that the project file names and no file has, and the columns that are needed."""
    spec = source.spec
    for keys, wanted, known in _references(source):
        if not set(wanted) & set(known):
            header = wanted[0]
            meant = nearest(header, known)
            twice = any(header in table.unclear for table in source.tables)
            what = "more than one column" if twice else "no column"
            text = f"{spec.KIND}: `{spec.path}` has {what} `{header}`."
            hint = f"Did you mean `{meant}`?" if meant and not twice else None
            yield Problem(UNMAPPED, text, project.where(*source.place, *keys), hint)
    for table in source.tables:
        for name, header in missing_columns(table, spec):
            yield _missing(name, header, source, project)


def _unknown_keys(sources: Sequence[OpenSource], project: Project) -> Iterator[Problem]:
    """Yield each `contact_key` that is no column of the contacts."""
    known = columns_of(sources).contacts
    for source in sources:
        key = getattr(source.spec, "contact_key", None)
        if key is not None and key not in known:
            meant = nearest(key, known)
            hint = f"Did you mean `{meant}`?" if meant else f"They have: {', '.join(known[:12])}."
            text = f"{source.spec.KIND}: `contact_key: {key}` is no column of the contacts."
            yield Problem(UNMAPPED, text, project.where(*source.place, "contact_key"), hint)


def _references(source: OpenSource) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], list[str]]]:
    headers = list(dict.fromkeys(header for table in source.tables for header in table.schema))
    for name, wanted in source.spec.columns.items():
        yield ("columns", name), wanted, headers
    merged = getattr(source.spec, "merged", None)
    if merged is not None:
        key = "column" if merged.into is None else "into"
        yield ("merged", key), (merged.named,), [*source.names, *headers]
    for key in ("rename", "dates", "leave_out", "cut"):
        for name in getattr(source.spec, key):
            yield (
                (key, name),
                (name,),
                [*source.names, *headers] if key in ("dates", "leave_out") else list(source.names),
            )


def missing_columns(table: Table, spec: Source) -> Iterator[tuple[str, str]]:
    """Yield the columns that the kind needs and a file has not, and what the file has instead."""
    names = set(mapped(table, spec).names)
    for name in sorted({*spec.REQUIRED, key_column(spec)} - names):
        yield name, f"`{table.found.shown}` has no column `{name}`, and nothing is mapped to it"


def _missing(name: str, text: str, source: OpenSource, project: Project) -> Problem:
    has = dict.fromkeys(header for table in source.tables for header in table.schema)
    hint = f"Say which it is: `columns: {{{name}: ...}}`. It has: {', '.join(list(has)[:12])}."
    return Problem(UNMAPPED, f"{source.spec.KIND}: {text}.", project.where(*source.place), hint)


def _notes(table: Table, spec: Source) -> Iterator[str]:
    for header in table.unclear:
        what = (
            f"the header `{printable(header)}` stands more than once" if header else "a column has no header"
        )
        yield f"{what}; it is left out"
    for header in mapped(table, spec).hidden:
        yield f"the column `{printable(header)}` is hidden by another of that name"
    if table.text:
        yield from table.text.notes


def columns_of(sources: Sequence[OpenSource]) -> Columns:
    """Return what the sources offer to rules."""
    named: dict[str, dict[str, None]] = {"contacts": {}, "events": {}}
    kinds = {source.spec.KIND for source in sources}
    for source in sources:
        if source.spec.KIND in named:
            hidden = NEVER_PROPERTIES if source.spec.KIND == "events" else frozenset()
            named[source.spec.KIND].update(dict.fromkeys(each for each in source.names if each not in hidden))
    contacts = tuple(named["contacts"])
    has_tags = "tags" in contacts or "tag_history" in kinds
    return Columns(contacts, tuple(named["events"]), has_tags=has_tags, has_events="events" in kinds)
