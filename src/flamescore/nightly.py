"""What `flamescore score` does: load, score, describe the run, write tables and report, publish."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from flamescore.accounts import accounts_of
from flamescore.acting import StateRecorder, acted, acts_on_scores, before_run
from flamescore.database_tables import UNLOADED, load_tables
from flamescore.engine import DEFAULT_TUNING
from flamescore.event_feeds import feeds_of, with_feeds
from flamescore.exports import delete_leftovers
from flamescore.failed_runs import Progress
from flamescore.findings import (
    CODES,
    Finding,
    Severity,
    StrictError,
    accepted,
    strict_error,
    unused,
)
from flamescore.inputs import parse_as_of, read_inputs, rules_of, rules_path
from flamescore.labels import judged
from flamescore.memory import release_free_memory
from flamescore.merged import FILE as MERGED_FILE
from flamescore.merged import merged_table
from flamescore.observed_findings import known_findings, observed_findings
from flamescore.project import check_needed
from flamescore.report import HTML_FILE, just_scored, page_of, scores_lately, view, write_html, write_markdown
from flamescore.routing import away_of, none_routed
from flamescore.runs import (
    LATEST_AHEAD,
    LISTS_FILE,
    PAST_SCORES_FILE,
    Earlier,
    RulesFile,
    RunStore,
    checksums,
    describe,
    describe_given,
    describe_lists,
    finished,
    lists_table,
    reaches_back,
    undeleted,
    write_record,
)
from flamescore.sanity_checks import FUTURE, check_as_of, not_latest, passed
from flamescore.scoring import score_exports
from flamescore.scoring_findings import near, scoring_findings
from flamescore.segments import segments_of
from flamescore.state import UNREADABLE
from flamescore.steps import Stopwatch
from flamescore.tables import (
    TableSettings,
    with_people,
    write_accounts,
    write_changes,
    write_opportunities,
    write_parquet,
    write_tables,
)
from flamescore.wallclock import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date
    from pathlib import Path

    import polars as pl

    from flamescore.acting import ActingResult
    from flamescore.changes import Before, Changes
    from flamescore.inputs import Inputs
    from flamescore.project import Project
    from flamescore.report import RunData, View
    from flamescore.routing import Away
    from flamescore.rules import LoadedRules
    from flamescore.runs import HeldStore, Published, RunRecord
    from flamescore.scoring import Scored
    from flamescore.steps import Step
    from flamescore.units import Period


class Options(Struct, frozen=True):
    """What a single run may do differently, in addition to the project's settings."""

    strict: bool = False
    make_latest: bool = False
    lock_timeout: float = 0.0
    dry_run: bool = False
    trend: Period | None = None
    """How long ago a second score is computed for."""

    spreadsheet: bool = False
    accept: bool = False
    """Publish even if results are no longer plausible: see `sanity_checks`."""


class Outcome(Struct, frozen=True):
    """The outcome of a run; `published` is None after a dry run."""

    scored: Scored
    report: View
    findings: tuple[Finding, ...]
    record: RunRecord
    published: Published | None
    previous: pl.DataFrame | None = None
    """The scores of the latest run, for a dry run to compare with."""

    unread: bool = False
    """Whether an earlier run can't be read."""

    declared: tuple[str, ...] = ()
    """The segments of the project file."""

    unsent: bool = False
    """Whether the state, and so alerts, write-backs or routes, failed; or loading tables into a database."""


LATE: Final = (UNREADABLE, "A026", "A031", UNLOADED, "O100", "O104", "O105")
"""Codes that arise after the record of the run is complete."""

_RAISED: Final = frozenset(
    code
    for code, each in CODES.items()
    if each.severity is Severity.WARNING and code not in (*LATE, LATEST_AHEAD) and code[0] not in "BL"
)
"""The warnings that a scoring may report before it publishes; without those of backtests and lints."""


class _Judge(Struct, frozen=True):
    """Applies the project's `accept`, as of a day by the clock in the rule file's time zone."""

    project: Project
    today: date

    def judged(self, found: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return the findings with `accept` applied."""
        return accepted(found, self.project.accepts, self.today)

    def all_of(self, found: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return all findings of a run with `accept` applied, and a note for each entry that matches none."""
        findings = tuple(found)
        return (*self.judged(findings), *unused(findings, self.project.accepts, _RAISED))


@dataclass
class _Stopwatch(Stopwatch):
    """Reports each step as it starts."""

    show_step: Callable[[str], None] = lambda _: None

    def begin(self, text: str) -> None:
        self.show_step(text)
        self.start()


def nightly(
    project: Project,
    options: Options,
    *,
    show_step: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Score a project's exports and publish the run; `show_step` is called with each step as it starts."""
    # Faults of the project and its rules are reported before creating a folder or waiting for a lock.
    check_needed(project)
    rules = rules_of(project)
    clock_findings = check_as_of(
        project, parse_as_of(project.settings.as_of, rules.zone), rules.zone, accept=options.accept
    )
    away = away_of(project)
    delete_leftovers()
    if options.dry_run:
        return _work(project, rules, options, show_step, None, clock_findings=clock_findings, away=away)
    store = RunStore.of(project)
    with store.hold(options.lock_timeout) as held:
        outcome = _work(project, rules, options, show_step, held, clock_findings=clock_findings, away=away)
    unloaded = load_tables(project)
    unsent = outcome.unsent or bool(unloaded)
    return replace(outcome, findings=(*outcome.findings, *unloaded), unsent=unsent)


def _work(
    project: Project,
    rules: LoadedRules,
    options: Options,
    show_step: Callable[[str], None],
    held: HeldStore | None,
    *,
    clock_findings: tuple[Finding, ...],
    away: Away,
) -> Outcome:
    started_at = datetime.now(UTC)
    watch = _Stopwatch(show_step=show_step)
    watch.begin("Reading the exports")
    settings = project.settings
    as_of = parse_as_of(settings.as_of, rules.zone)
    past = Earlier(RunStore.of(project))
    by_condition = project.hot is not None
    earlier = (
        past.before(as_of, hot=by_condition, rules=rules) if held is not None and settings.changes else None
    )
    also = () if earlier is None or earlier.rules is None else (earlier.rules,)
    judge = _Judge(project, clock().astimezone(rules.zone).date())
    stands = before_run(
        project,
        past.store,
        as_of,
        ahead=any(each.code == FUTURE for each in clock_findings),
        make_latest=options.make_latest,
        write=held is not None,
    )
    progress = Progress(project, rules, as_of, started_at, judge.judged, known=clock_findings)
    with (
        progress.watched(held),
        read_inputs(project, rules=rules, as_of=as_of, also=also, acting=True) as inputs,
    ):
        progress.exports = inputs.exports
        progress.known = (*clock_findings, *known_findings(inputs))
        watch("load", sum(source.counts.rows for source in inputs.exports.records))
        watch.begin("Scoring")
        scored = score_exports(
            inputs.bound.book,
            inputs.exports,
            as_of=inputs.as_of,
            conditions=inputs.conditions,
            events=tuple(inputs.alert_events.values()),
            tuning=replace(DEFAULT_TUNING, folder=None if held is None else held.output),
            earlier=None if earlier is None else earlier.as_of,
        )
        holdout = settings.call_list.holdout
        scored = judged(scored, hot=inputs.hot, exclude=inputs.exclude, holdout=holdout)
        scored = replace(scored, accounts=accounts_of(scored), routed=none_routed(settings.route))
        segments = segments_of(scored, project, inputs.hot, inputs.acting)
        watch("score", sum(source.counts.rows for source in scored.observed.sources))
        progress.scored = scored
        progress.known = (*clock_findings, *observed_findings(inputs, scored))
        feeds = feeds_of(inputs, scored)
        scored = progress.scored = with_feeds(scored, feeds)
        progress.known = (
            *progress.known,
            *scoring_findings(inputs, scored, segments, feeds, past.latest()),
        )
        seen = passed(progress.known, accept=options.accept)
        stop = strict_error(judge.judged(seen)) if options.strict else None
        if stop is not None:
            raise StrictError(stop, judge.judged(seen))
        if options.trend is not None:
            scored = _with_trend(scored, inputs, options.trend, watch)
        changes = None if earlier is None else _changes(earlier, inputs, scored, watch)
        acts = acted(stands, inputs, scored, segments, judge.judged(seen), away=away)
        if acts.routed is not None:
            scored = replace(scored, routed=acts.routed.assignments)
    previous = past.scores() if held is None else None
    past_scores, unread = (
        (None, ())
        if held is None or settings.history is None
        else scores_lately(held.output, inputs.as_of, scored, inputs.hot)
    )
    trend = () if held is None else past.trend(inputs.as_of)
    if changes is not None and changes.hot_note is not None:
        seen = (*seen, Finding("R188", Severity.NOTE, "hot", f"{changes.hot_note}."))
    findings = judge.all_of((*seen, *unread, *past.findings, *stands.findings, *acts.findings))
    describe_run = partial(
        describe,
        scored,
        rules=RulesFile.of(rules_path(project), rules.text, describe_lists(rules.lists)),
        started_at=started_at,
        findings=tuple(near(each, project) for each in findings),
        hot=inputs.hot,
        given=describe_given(project),
        changes=changes,
        acting=acts.record,
        holdout=holdout,
        trend=trend,
    )
    if held is None:
        record = describe_run(run_id="")
        report = view(just_scored(record, scored, keep=settings.keep, decimals=settings.decimals))
        record = finished(record, scored, steps=watch.steps)
        return Outcome(
            scored,
            report,
            findings,
            record,
            None,
            previous,
            unread=bool(past.findings),
            declared=tuple(settings.segments),
        )
    return _publish(
        held,
        describe_run,
        inputs=inputs,
        scored=scored,
        changes=changes,
        acts=acts,
        past_scores=past_scores,
        taking_in=StateRecorder.of(project, stands),
        watch=watch,
        options=options,
        findings=findings,
        judge=judge,
        ahead=any(each.code == FUTURE for each in clock_findings),
    )


def _publish(
    held: HeldStore,
    describe_run: Callable[..., RunRecord],
    *,
    inputs: Inputs,
    scored: Scored,
    changes: Changes | None,
    acts: ActingResult,
    past_scores: pl.DataFrame | None,
    taking_in: StateRecorder,
    watch: _Stopwatch,
    options: Options,
    findings: tuple[Finding, ...],
    judge: _Judge,
    ahead: bool,
) -> Outcome:
    """Write the tables, the report and finally the record into a folder; publish it."""
    settings = inputs.project.settings
    with held.begin(inputs.as_of) as folder:
        watch.begin("Writing the tables and the report")
        release_free_memory()
        record = describe_run(run_id=folder.run_id)
        data = just_scored(
            record,
            scored,
            keep=settings.keep,
            decimals=settings.decimals,
            changes=None if changes is None else changes.rows,
            past_scores=past_scores,
        )
        with ThreadPoolExecutor(1) as beside:
            reporting = beside.submit(_report, folder.path, data)
            written = _write(folder.path, inputs, scored, changes, acts=acts, spreadsheet=options.spreadsheet)
            for export in acts.write_backs:
                export.write(folder.path, folder.run_id, inputs.as_of)
            report, reported = reporting.result()
        files = checksums(folder.path)
        watch("write", sum(step.rows for step in written))
        watch.steps += (replace(step, name=f"write: {step.name}") for step in (*written, reported))
        record = finished(record, scored, steps=watch.steps, files=files)
        write_record(folder.path, record)
        taking_in.prepare()
        published = folder.commit(
            make_latest=options.make_latest, ahead=ahead, keep_runs=settings.keep_runs, meanwhile=taking_in
        )
    acting = acts_on_scores(inputs.project)
    aside = not_latest(published, acting=acting)
    short = reaches_back(RunStore(held.output).runs(), settings.keep_runs)
    late = (
        *taking_in.findings,
        *published.late,
        *(each for each in (aside, short) if each is not None),
        *map(undeleted, published.undeleted),
    )
    all_findings = (*findings, *judge.judged(late))
    unsent = acting and any(each.code == UNREADABLE for each in all_findings)
    declared = tuple(settings.segments)
    return Outcome(scored, report, all_findings, record, published, declared=declared, unsent=unsent)


def _report(folder: Path, run: RunData) -> tuple[View, Step]:
    watch = Stopwatch()
    page = page_of(run)
    if run.past_scores is not None:
        write_parquet(run.past_scores, folder / PAST_SCORES_FILE)
    write_markdown(folder, page)
    write_html(folder, page)
    return view(run), watch(HTML_FILE, len(page.leads))


def _write(
    folder: Path,
    inputs: Inputs,
    scored: Scored,
    changes: Changes | None,
    *,
    acts: ActingResult,
    spreadsheet: bool,
) -> tuple[Step, ...]:
    known = inputs.project.settings
    rows = None if changes is None else changes.rows
    shown = TableSettings(known.keep, inputs.hot.by_flames, spreadsheet, acts.hot_since, rows, known.decimals)
    steps = write_tables(folder, scored, scored.rejects, shown)
    acts.write(folder, scored, known.keep, spreadsheet=spreadsheet)
    write_accounts(folder, scored, spreadsheet=spreadsheet)
    write_opportunities(folder, scored, inputs.exports.opportunities, spreadsheet=spreadsheet)
    if inputs.exports.aliases is not None:
        write_parquet(merged_table(inputs.exports.aliases), folder / MERGED_FILE)
    if inputs.loaded.lists:
        write_parquet(lists_table(inputs.loaded.lists), folder / LISTS_FILE)
    if changes is not None:
        write_changes(folder, changes)
    return steps


def _with_trend(scored: Scored, inputs: Inputs, ago: Period, watch: _Stopwatch) -> Scored:
    from flamescore.changes import with_trend  # noqa: PLC0415 - only needed with a trend

    scored = with_trend(scored, inputs.exports, ago)
    watch("trend", scored.scores.height)
    return scored


def _changes(earlier: Before, inputs: Inputs, scored: Scored, watch: _Stopwatch) -> Changes:
    watch.begin("Comparing with the run before")
    settings = inputs.project.settings
    from flamescore.changes import compare  # noqa: PLC0415 - not needed for a first run

    found = compare(earlier, inputs.bound.book, inputs.exports, inputs.columns, scored, hot=inputs.hot)
    found = with_people(found, scored, earlier.scores, settings.keep)
    watch("changes", found.rows.height)
    return found
