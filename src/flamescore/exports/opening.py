"""Open every source: find its files and read their headers, but no rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from flamescore.columns import Columns, ListColumns
from flamescore.errors import InputError, Problem, ProjectFileError
from flamescore.exports.contents import contents_of
from flamescore.exports.find import find_files
from flamescore.exports.header_findings import header_findings
from flamescore.exports.list_columns import held_lists
from flamescore.exports.missing_columns import unknown_columns, unknown_keys
from flamescore.exports.paths import with_paths
from flamescore.exports.plan import plan_of
from flamescore.exports.preset_detection import NoFitError, fit
from flamescore.exports.records import KEPT
from flamescore.exports.source_findings import HEADER, Note
from flamescore.exports.table import open_table
from flamescore.exports.tempfiles import Spool
from flamescore.exports.times import UTC_ZONE
from flamescore.input_errors import PRESET, TOO_OLD, fault
from flamescore.project import (
    STDIN,
    ContactsSource,
    EventsSource,
    OpportunitiesSource,
    Source,
    TagHistorySource,
    clashes,
)
from flamescore.wallclock import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from flamescore.columns import NamedColumns
    from flamescore.exports.find import Found
    from flamescore.exports.plan import Plan
    from flamescore.exports.preset_detection import Fitted
    from flamescore.exports.table import Table
    from flamescore.findings import Finding
    from flamescore.project import Project

NEVER_PROPERTIES = frozenset({"contact_id", "contact", "event", "at"})


class OpenSource(Struct, frozen=True):
    """A source with opened and planned files; `place` is its kind and its index in the project file."""

    spec: Source
    plans: tuple[Plan, ...]
    place: tuple[str, int]
    own_notes: tuple[Note, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """Return the tables of its files."""
        return tuple(plan.table for plan in self.plans)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of its columns over all files, in order of appearance."""
        return tuple(dict.fromkeys(name for plan in self.plans for name in plan.names))

    def notes(self) -> tuple[Note, ...]:
        """Return the notes on its files, each once, with the files that it applies to."""
        by_note: dict[Note, list[str]] = {}
        for plan in self.plans:
            for note in _notes(plan):
                by_note.setdefault(note, []).append(plan.table.found.shown)
        notes = (note._replace(text=note.text + _holding_for(files, self)) for note, files in by_note.items())
        return (*self.own_notes, *notes)


def _holding_for(files: Sequence[str], source: OpenSource) -> str:
    """Return the suffix that names the first file and counts the others; empty if it applies to all files."""
    if len(files) == len(source.plans):
        return ""
    return f" (in {files[0]}" + (f" and {len(files) - 1:,} more)" if len(files) > 1 else ")")


class Opened(Struct, frozen=True):
    """The opened inputs of a run. `close` deletes the copies, after which the frames are unusable."""

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
    """Find and open the sources of a project, and report all that are missing, empty or too old at once.

    The first `keep_rejects` rejects of each source will be reported as rows; the others are only counted.
    """
    settings = project.settings
    if not settings.contacts:
        raise ProjectFileError(
            Problem("P027", "No contacts are named.", project.where(), "Add `contacts:`, or `--contacts`.")
        )
    _check_one_stream(project)
    spool = Spool()
    try:
        return _opened(project, spool, now or clock(), keep_rejects)
    except BaseException:
        spool.close()
        raise


def _check_one_stream(project: Project) -> None:
    streams = [place for spec, place in _placed(project) if spec.path == STDIN]
    if len(streams) > 1:
        text = "Standard input (`-`) can be one source, and is named twice."
        raise ProjectFileError(Problem("P030", text, project.where(*streams[1], "path"), "Name a file."))


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
    columns = columns_of(opened)
    unknown = [problem for source in opened for problem in unknown_columns(source, project)]
    unknown.extend(unknown_keys(opened, columns.contacts, project))
    if unknown:
        raise ProjectFileError(unknown)
    return Opened(project, columns, tuple(opened), spool, keep)


def _placed(project: Project) -> Iterator[tuple[Source, tuple[str, int]]]:
    for kind in (ContactsSource, EventsSource, TagHistorySource, OpportunitiesSource):
        for index, spec in enumerate(getattr(project.settings, kind.KIND)):
            yield spec, (kind.KIND, index)


def _open(
    spec: Source, place: tuple[str, int], project: Project, spool: Spool, now: datetime, *, keep: int
) -> OpenSource:
    finding = find_files(spec, project.folder, project.cache_folder, spool)
    if spec.max_age is not None:
        newest = max(finding.files, key=lambda each: each.age_key)
        oldest = now.timestamp() - (now - spec.max_age.before(now, spec.timezone or UTC_ZONE)).total_seconds()
        if newest.modified / 1e9 < oldest:
            age = f"is from {newest.recorded[2]}, older than max_age ({spec.max_age})"
            text = f"`{newest.shown}` ({spec.KIND}) {age}."
            raise fault(TOO_OLD, text, "Export it again, or raise max_age.")
    contents = contents_of(finding, spec, spool)
    fitted = _fitted(spec, contents.files, place, project, spool)
    by_hand, spec, found = frozenset(spec.columns), fitted.spec, fitted.found
    plans: list[Plan] = []
    problems: list[Problem] = []
    for each in found:
        try:
            table = with_paths(open_table(each, spec, spool, keep), headers_named(spec))
            plans.append(plan_of(table, spec))
            keep = max(0, keep - table.damaged)
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    findings = (*finding.findings, *contents.findings, *header_findings(plans, by_hand))
    return OpenSource(spec, tuple(plans), place, tuple(map(Note, fitted.notes)), findings)


def headers_named(spec: Source) -> tuple[str, ...]:
    """Return the headers that a source's keys refer to."""
    merged = getattr(spec, "merged", None)
    keys = (spec.rename, spec.dates, spec.leave_out, spec.cut, getattr(spec, "lists", ()))
    names = (name for key in keys for name in key)
    mapped = (header for headers in spec.columns.values() for header in headers)
    return (*mapped, *names, *(() if merged is None else (merged.named,)))


def with_named(sources: Sequence[OpenSource], named: NamedColumns | None) -> tuple[OpenSource, ...]:
    """Return the sources with columns for the paths that rules and the project file refer to."""
    found = []
    for source in sources:
        wanted = () if named is None else sorted(getattr(named, source.spec.KIND, ()))
        plans = []
        for plan in source.plans:
            table = with_paths(plan.table, [each for each in wanted if each not in plan])
            plans.append(plan if table is plan.table else plan_of(table, source.spec))
        found.append(replace(source, plans=tuple(plans)))
    return tuple(found)


def _fitted(
    spec: Source, found: tuple[Found, ...], place: tuple[str, int], project: Project, spool: Spool
) -> Fitted:
    """Add the keys of the source's preset beneath its own, and check that they don't conflict."""
    try:
        fitted = fit(spec, found, spool)
    except NoFitError as error:
        where = project.where(*place, "preset")
        raise ProjectFileError(Problem(PRESET, str(error), where, error.hint)) from None
    problems = [Problem("P026", text, project.where(*place)) for _, text in clashes(fitted.spec)]
    if problems and spec.preset is not None:
        raise ProjectFileError(problems)
    return fitted


def _notes(plan: Plan) -> Iterator[Note]:
    table = plan.table
    for header in table.unclear:
        what = f"the header `{header}` is there more than once" if header else "a column has no header"
        yield Note(f"{what}; it is left out", HEADER)
    for header in plan.hidden:
        yield Note(f"the column `{header}` is hidden by another of that name", HEADER)
    if table.text:
        yield from map(Note, table.text.notes)


def columns_of(sources: Sequence[OpenSource]) -> Columns:
    """Return the columns that the sources offer to rules."""
    named: dict[str, dict[str, None]] = {"contacts": {}, "events": {}}
    kinds = {source.spec.KIND for source in sources}
    for source in sources:
        if source.spec.KIND in named:
            hidden = NEVER_PROPERTIES if source.spec.KIND == "events" else frozenset()
            named[source.spec.KIND].update(dict.fromkeys(each for each in source.names if each not in hidden))
    contacts = tuple(named["contacts"])
    has_tags = "tags" in contacts or "tag_history" in kinds
    return Columns(
        contacts,
        tuple(named["events"]),
        has_tags=has_tags,
        has_events="events" in kinds,
        lists=ListColumns(_held(sources, "contacts"), _held(sources, "events")),
        paths=ListColumns(_paths(sources, "contacts"), _paths(sources, "events")),
    )


def _paths(sources: Sequence[OpenSource], kind: str, *, listed: bool = False) -> frozenset[str]:
    """Return the paths that can be referred to: all, or only those of lists."""
    tables = (table for source in sources if kind == source.spec.KIND for table in source.tables)
    return frozenset(
        path for table in tables for path, names in table.names.paths() if names.listed or not listed
    )


def _held(sources: Sequence[OpenSource], kind: str) -> frozenset[str]:
    plans = (plan for source in sources if kind == source.spec.KIND for plan in source.plans)
    held = (name for plan in plans for name in held_lists(plan))
    return frozenset(held) | _paths(sources, kind, listed=True)
