"""Scores a project's files on Spark and publishes the run: what `flamescore score --engine spark` does."""

from __future__ import annotations

import pickle
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from flamescore.errors import InputError
from flamescore.exports import KEPT, FileOutcome, rejected_rows
from flamescore.findings import accepted, as_line, in_order
from flamescore.frames import Counts
from flamescore.input_errors import EMPTY, fault
from flamescore.inputs import parse_as_of, rules_path
from flamescore.merged import FILE as MERGED_FILE
from flamescore.merged import merged_table
from flamescore.observed_findings import of_rules
from flamescore.report import just_scored, view
from flamescore.runs import (
    LISTS_FILE,
    Earlier,
    FindingEntry,
    RulesFile,
    RunStore,
    checksums,
    describe_counted,
    describe_given,
    describe_lists,
    finished,
    lists_table,
    remove,
    undeleted,
    write_record,
)
from flamescore.sanity_checks import FUTURE, check_as_of, check_plausible, not_latest, passed
from flamescore.scoring_findings import near
from flamescore.spark import rank
from flamescore.spark.files import FileNote, FilesPlan, clean_file, not_seen, unseen
from flamescore.spark.plan import CONTACTS, MOST_EVENTS
from flamescore.spark.planning import Notes, plan_files
from flamescore.spark.publish import Tables
from flamescore.spark.refusals import check_supported
from flamescore.spark.scoring import check_workers, shards_for
from flamescore.spark.settle import by_file, settled
from flamescore.spark.stored import read_scored, scored_of
from flamescore.state import StateDamagedError, StateStore, current_run_id
from flamescore.steps import Stopwatch
from flamescore.tables import WRITERS, TableSettings, kept, write_parquet, write_rejects
from flamescore.wallclock import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    from flamescore.findings import Finding
    from flamescore.frames import SourceRecord
    from flamescore.observations import Observations
    from flamescore.project import Project, ProjectFile
    from flamescore.report import View
    from flamescore.rules import LoadedRules
    from flamescore.runs import Published, RunFolder, RunRecord
    from flamescore.scoring import Scored
    from flamescore.spark.plan import Columns, Plan
    from flamescore.spark.rank import DataFrame, Session
    from flamescore.spark.stored import Read

SUCCESS: Final = "_SUCCESS"
"""The last file of a run on Spark, which is empty."""

WORK: Final = "spark-work"
"""The folder of intermediate tables in the output: a name that Spark does not take for a hidden one."""


class ClusterOptions(Struct, frozen=True):
    """What a run on Spark may do differently, in addition to the project's settings."""

    shards: int | None = None
    most_events: int = MOST_EVENTS
    make_latest: bool = False
    lock_timeout: float = 0.0
    accept: bool = False
    spreadsheet: bool = False
    flags: tuple[str, ...] = ()
    """Flags of `score` that are given and not supported, such as `--trend`."""


class ProjectRun(Struct, frozen=True):
    """A published run; of a large one, `scored` has only the first contacts and those that are hot."""

    scored: Scored
    report: View
    record: RunRecord
    published: Published
    findings: tuple[Finding, ...] = ()


class _Done(Struct, frozen=True):
    """A scoring before it is published."""

    tables: Tables
    found: rank.Summed
    observed: Observations
    aliases: pl.DataFrame | None = None
    findings: tuple[Finding, ...] = ()


class _Job(Struct, frozen=True):
    """One run: what to score, with which session, and what is known before a row is read."""

    project: Project
    rules: LoadedRules
    session: Session
    options: ClusterOptions
    files: FilesPlan
    notes: Notes
    findings: tuple[Finding, ...] = ()

    @property
    def settings(self) -> ProjectFile:
        """The settings of the project."""
        return self.project.settings


def score_project(
    project: Project,
    rules: LoadedRules,
    spark: Callable[[], Session],
    options: ClusterOptions,
    *,
    show_step: Callable[[str], None] = lambda _: None,
) -> ProjectRun:
    """Score a project's exports on Spark and publish the run; `show_step` is called with each step.

    `spark` returns the session; it is called once everything is checked that can be without one.

    Raises:
        UsageError: S001: the project asks for what is not supported on Spark.
        InputError: S002 to S006, or what `flamescore score` raises for such exports.
    """
    check_supported(project, rules, options.flags)
    as_of = parse_as_of(project.settings.as_of, rules.zone)
    clock_findings = check_as_of(project, as_of, rules.zone, accept=options.accept)
    show_step("Reading the headers")
    files, notes = plan_files(project, rules, as_of, options.most_events)
    show_step("Waiting for Spark")
    session = spark()
    check_workers(session)
    job = _Job(project, rules, session, options, files, notes, clock_findings)
    with (
        RunStore.of(project).hold(options.lock_timeout) as held,
        held.begin(as_of) as folder,
        _work(held.output) as work,
    ):
        return _published(job, folder, work, show_step)


@contextmanager
def _work(output: Path) -> Iterator[Path]:
    """Yield a folder for intermediate tables and remove it; one that a killed run left behind goes first."""
    folder = output / WORK
    remove(folder)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        remove(folder)


def _published(job: _Job, folder: RunFolder, work: Path, show_step: Callable[[str], None]) -> ProjectRun:
    """Score, write the run into its folder and publish it."""
    started_at, watch, settings = datetime.now(UTC), Stopwatch(), job.settings
    check_seen(job, folder.path)
    show_step("Reading the exports and scoring")
    done = _scored(job, work)
    watch("score", sum(record.counts.rows for record in done.found.records))
    show_step("Writing the tables")
    written = done.tables.write(folder.path)
    stored = read_scored(folder.path, job.files.plan, done.observed, done.found.rejects, settings.hot_flames)
    scored = stored.scored
    past = Earlier(RunStore.of(job.project))
    plausible = check_plausible(scored, past.latest())
    seen = passed((*job.findings, *done.findings, *plausible), accept=job.options.accept)
    today = clock().astimezone(job.rules.zone).date()
    findings = accepted((*seen, *past.findings), job.project.accepts, today)
    record = _record(job, done, findings, started_at, folder.run_id)
    _write_files(folder.path, job, done, stored)
    watch("write", scored.scores.height)
    (folder.path / SUCCESS).touch()
    record = finished(record, scored, steps=watch.steps, files=checksums(folder.path, written))
    write_record(folder.path, record)
    published = folder.commit(
        make_latest=job.options.make_latest,
        ahead=any(each.code == FUTURE for each in job.findings),
        keep_runs=settings.keep_runs,
        meanwhile=lambda _: _spared(job.project),
    )
    aside = not_latest(published)
    late = (*published.late, *(() if aside is None else (aside,)), *map(undeleted, published.undeleted))
    reported = (*findings, *accepted(late, job.project.accepts, today))
    return ProjectRun(scored, _report(record, scored, job), record, published, reported)


def _spared(project: Project) -> Collection[str] | None:
    """Return the run that the state of earlier runs refers to, which stays; None if that is not known."""
    try:
        return current_run_id(StateStore.of(project))
    except StateDamagedError:
        return None


def _scored(job: _Job, work: Path) -> _Done:
    """Clean, settle and score all rows; nothing of the run is written yet.

    Raises:
        InputError: a file can't be read, or S004: rows are missing.
    """
    session, files, plan = job.session, job.files, job.files.plan
    every = by_file(session, files, range(len(files.files)), files.rows, clean_file)
    clean = _held(session, every, work / "clean", files.rows)
    outcomes = _outcomes(files, clean)
    _check_rows(files, outcomes)
    rank.check_limits(plan, outcomes)
    rows = settled(session, files, clean.where("note is null"))
    people = rows.contacts.count()
    if not people:
        raise fault(EMPTY, "contacts: no row of them can be used.")
    many = job.options.shards or shards_for(session, people)
    results = _held(session, rank.scored(plan, rows.rows, many), work / "told", plan.result_columns)
    merged = ((n, FileOutcome(Counts(superseded=each))) for n, each in rows.superseded.items() if each)
    found = rank.summed(plan, (*outcomes, *merged), results, given=people)
    records = tuple(
        replace(record, files=job.notes.files[n], notes=job.notes.texts[n])
        for n, record in enumerate(found.records)
    )
    noticed = replace(found.noticed, sources=records, ambiguous_contacts=rows.shared)
    found = replace(found, records=records, noticed=noticed)
    observed = noticed.to_observations(plan.entries)
    findings = (
        *rows.findings,
        *of_rules(job.notes.warnings, plan.book, job.project),
        *_rejected(files, records, outcomes),
    )
    names = _kept_names(plan, observed)
    tables = Tables(session, files, rows.contacts, results, found, names, job.settings.hot_flames)
    return _Done(tables, found, observed, rows.aliases, findings)


def _rejected(
    files: FilesPlan, records: Sequence[SourceRecord], outcomes: Sequence[tuple[int, FileOutcome]]
) -> Iterator[Finding]:
    """Yield a warning for each source with rejects."""
    for number, (spec, record) in enumerate(zip(files.specs, records, strict=True)):
        reasons = rank.reasons_of([outcome for source, outcome in outcomes if source == number])
        found = rejected_rows(spec, record.counts.rows, reasons, KEPT)
        if found is not None:
            yield found


def _record(
    job: _Job, done: _Done, findings: tuple[Finding, ...], started_at: datetime, run_id: str
) -> RunRecord:
    """Return the record of the run, without its steps and files."""
    rules, found = job.rules, done.found
    ordered = in_order(tuple(near(each, job.project) for each in findings))
    record = describe_counted(
        job.files.plan.book,
        job.files.plan.as_of,
        found.standings,
        done.observed,
        rules=RulesFile.of(rules_path(job.project), rules.text, describe_lists(rules.lists)),
        started_at=started_at,
        contacts=found.contacts,
        excluded=found.excluded,
        hot_flames=job.settings.hot_flames,
        run_id=run_id,
    )
    return record.but(
        given=describe_given(job.project),
        findings=tuple(FindingEntry.of_finding(each) for each in ordered),
        warnings=tuple(as_line(each) for each in ordered),
    )


def _kept_names(plan: Plan, observed: Observations) -> tuple[str, ...]:
    """Return the names of the kept columns in tables, which give way to the tables' own."""
    contacts = pl.DataFrame(schema=dict.fromkeys(("contact_id", *plan.keep), pl.String))
    return tuple(kept(scored_of(plan, contacts, observed), plan.keep).drop("contact_id").columns)


def _held(session: Session, frame: DataFrame, place: Path, columns: Columns) -> DataFrame:
    """Write an intermediate table to storage that all workers share, since it is read often."""
    frame.write.parquet(place.as_uri())
    return session.read.schema(rank.ddl(columns)).parquet(place.as_uri())


def _outcomes(files: FilesPlan, clean: DataFrame) -> list[tuple[int, FileOutcome]]:
    """Return what became of the rows of each file, in the order of the plan, with its source.

    Raises:
        InputError: files can't be read; every one of them is reported. S004: a file is missing.
    """
    raw = rank.collected(clean.where("note is not null").select("note"))["note"]
    notes: list[FileNote] = [pickle.loads(each) for each in raw]  # noqa: S301 - our own workers'
    notes.sort(key=lambda note: note.file)
    problems = tuple(dict.fromkeys(problem for note in notes for problem in note.problems))
    if problems:
        raise InputError(problems)
    if [note.file for note in notes] != list(range(len(files.files))):
        raise InputError(rank.unbalanced(len(notes), len(files.files), "files"))
    return [(files.files[note.file].source, note.outcome) for note in notes]


def _check_rows(files: FilesPlan, outcomes: Sequence[tuple[int, FileOutcome]]) -> None:
    """Check that every source of contacts has a row.

    Raises:
        InputError: I002: one has none.
    """
    rows: Counter[int] = Counter()
    for source, outcome in outcomes:
        rows[source] += outcome.counts.rows - outcome.counts.ignored
    for number, spec in enumerate(files.specs):
        if spec.KIND == CONTACTS and not rows[number]:
            raise fault(EMPTY, f"{spec.KIND}: `{spec.path}` has a header and no row.")


def check_seen(job: _Job, folder: Path) -> None:
    """Let workers look at every file and at the folder of the run, before a row is read.

    Raises:
        InputError: S006: they don't see one of them; each is named.
    """
    numbers = range(len(job.files.files))

    def look(files: FilesPlan, number: int) -> Iterator[pl.DataFrame]:
        path = unseen(files, number)
        if path is None and not folder.is_dir():
            path = str(folder.parent.parent)
        yield pl.DataFrame({"path": [path]}, schema={"path": pl.String})

    found = rank.collected(by_file(job.session, job.files, numbers, (("path", "string"),), look))
    paths = sorted(set(found["path"].drop_nulls()))
    if paths:
        raise InputError([not_seen(path) for path in paths])


def _write_files(folder: Path, job: _Job, done: _Done, stored: Read) -> None:
    """Write the files of a run that this machine makes."""
    known, options, rules = job.settings, job.options, job.rules
    settings = TableSettings(known.keep, known.hot_flames, options.spreadsheet, decimals=known.decimals)
    if stored.hot:
        WRITERS["hot_leads.csv"](folder, stored.scored, settings)
    if stored.everyone:
        WRITERS["scores.csv"](folder, stored.scored, settings)
    if not done.found.rejects.is_empty():
        write_rejects(done.found.rejects, folder / "rejects.csv", spreadsheet=options.spreadsheet)
    if done.aliases is not None:
        write_parquet(merged_table(done.aliases), folder / MERGED_FILE)
    if rules.lists:
        write_parquet(lists_table(rules.lists), folder / LISTS_FILE)


def _report(record: RunRecord, scored: Scored, job: _Job) -> View:
    """Return the summary; contacts on the call list are counted from the record, which counts everyone."""
    settings = job.settings
    page = view(just_scored(record, scored, keep=settings.keep, decimals=settings.decimals))
    on_list = {each.name: each.to_call for each in record.scores}
    return replace(page, scores=tuple(replace(each, on_list=on_list[each.name]) for each in page.scores))
