"""Run `flamescore check`: check rules, project and exports, score once, and report all problems.

    project file    its errors; if it has any, the sound part of it is still checked
    rule file       its errors, or else the static lints
    both            what the project file requires of scores, labels and rules
    exports         errors of headers, and rules against columns; then all are loaded and scored once
    the scoring     what `score` reports on it, and the lints that need it

If rules or project have errors, there is nothing to score by. The exports are still read, so that their
problems are reported in the same pass. Nothing is written, and no lock is acquired.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from flamescore.accounts import accounts_of
from flamescore.engine import BATCH, Clock, contacts_of, event_columns
from flamescore.errors import InputError, ProjectFileError, RuleFileError, UsageError
from flamescore.event_feeds import feeds_of, with_feeds
from flamescore.exports import UTC_ZONE, ListFiles, load, survey
from flamescore.findings import CODES, Severity, accepted, in_order, of_problem, unused
from flamescore.frames import EventQuery, Window
from flamescore.inputs import faults_of, parse_as_of, read_inputs, rules_path
from flamescore.labels import judged
from flamescore.lints import (
    firing_of,
    flames_of,
    lints_of_events,
    lints_of_scores,
    machine_conditions,
    machine_lints,
    static_lints,
)
from flamescore.observed_findings import known_findings, observed_findings, of_rules
from flamescore.project import check_needed, find_sound_part
from flamescore.routing import none_routed
from flamescore.rule_checks import references_of
from flamescore.rules import load_rules
from flamescore.runs import Earlier, RunStore
from flamescore.sanity_checks import check_as_of
from flamescore.scoring import score_exports
from flamescore.scoring_findings import conditions_outside, near, scoring_findings
from flamescore.segments import segments_of
from flamescore.wallclock import clock

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from flamescore.engine import Contacts
    from flamescore.errors import Problem
    from flamescore.exports import Opened
    from flamescore.findings import Finding
    from flamescore.frames import EventSource
    from flamescore.inputs import Inputs
    from flamescore.lints import Fired
    from flamescore.project import Project
    from flamescore.rules import LoadedRules, Rule, Score

T = TypeVar("T")
_SOURCES: Final = frozenset({"contacts", "events", "tag_history", "opportunities"})
_OF_THE_CLOCK: Final = "O102"
_RAISED: Final = frozenset(
    code
    for code, each in CODES.items()
    if each.severity is Severity.WARNING and (code[0] in "ILPR" or code == _OF_THE_CLOCK)
)
"""The warnings that a check can report."""


class RuleResult(Struct, frozen=True):
    """An enabled rule, at its line of the rule file. Without a scoring, `fired` and `share` are None.

    `share` is the share of the score's contacts for whom the rule fires; None if the score has no contacts.
    """

    score: str
    rule: str
    name: str
    line: int
    fired: Fired | None = None
    share: float | None = None


class ScoreResult(Struct, frozen=True):
    """An enabled score, with the number of contacts at each of 0 to 5 flames; None without a scoring."""

    name: str
    title: str
    flames: tuple[int, ...] | None = None


class Checked(Struct, frozen=True):
    """The result of a check. Places in `findings` are as the project names them, relative to `folder`.

    `is_wrong`: the rule or project file has errors; `is_stopped`: the exports would stop a run.
    """

    folder: Path | None
    zone: ZoneInfo
    as_of: datetime | None
    rules: tuple[RuleResult, ...]
    scores: tuple[ScoreResult, ...]
    findings: tuple[Finding, ...]
    is_wrong: bool
    is_stopped: bool
    fail_on: str = "error"
    """`fail_on` of the project file."""

    def counts(self) -> dict[str, int]:
        """Return the number of errors, warnings and notes; accepted ones don't count."""
        found = [each.severity for each in self.findings if each.accepted is None]
        return {str(each): found.count(each) for each in (Severity.ERROR, Severity.WARNING, Severity.NOTE)}


class _Found(Struct):
    """The findings so far. `wrong` and `stops` are the errors of the files and of the exports."""

    findings: list[Finding] = field(default_factory=list)
    wrong: list[Problem] = field(default_factory=list)
    stops: list[Problem] = field(default_factory=list)

    def tried(self, work: Callable[[], T]) -> T | None:
        """Return the result of `work`; None if it raises an error that would end a run, which is noted."""
        try:
            return work()
        except (ProjectFileError, RuleFileError, UsageError) as error:
            self.wrong += error.problems
        except InputError as error:
            self.note_stop(error)
        return None

    def note_stop(self, error: InputError) -> None:
        """Note the error that stops the exports, and the findings that come with it."""
        self.stops += error.problems
        self.findings += map(of_problem, error.beside)

    def all(self, project: Project | None) -> tuple[Finding, ...]:
        """Return all findings, each once, with places as the project names them."""
        findings = (*map(of_problem, (*self.wrong, *self.stops)), *self.findings)
        return tuple(dict.fromkeys(each if project is None else near(each, project) for each in findings))


def check(config: str | None = None, as_of: str | None = None, *, rules_only: bool = False) -> Checked:
    """Check the current project; with `rules_only` no export is opened.

    Raises:
        UsageError: the project names no rules, or no contacts.
    """
    found = _Found()
    part = find_sound_part(config, {"as_of": as_of})
    found.wrong += part.problems
    project = part.project
    if project is None:
        return _result(None, None, found)
    if part.is_whole:
        check_needed(project, only_rules=rules_only)
    there = project.settings.rules and "rules" not in part.left_out
    rules = found.tried(partial(_rules, project)) if there else None
    found.findings += () if rules is None else static_lints(rules)
    scoring: _Scoring | None = None
    if rules_only:
        found.wrong += faults_of(project, rules, None)
        found.findings += () if rules is None else of_rules(rules.warnings, rules.book, project)
    elif part.left_out & _SOURCES:  # rules would be checked against incomplete columns
        found.wrong += faults_of(project, rules, None)
        if project.settings.contacts:
            _look(project, None, found)
    else:
        scoring = _scoring(project, rules, found)
    return _result(project, rules, found, scoring)


def _rules(project: Project) -> LoadedRules:
    path = rules_path(project)
    return load_rules(path, ListFiles(path.parent))


class _Scoring(Struct, frozen=True):
    """The result of a scoring: its `as_of`, the flames of each score, and for whom rules fire."""

    as_of: datetime
    flames: dict[str, tuple[int, ...]]
    fired: dict[tuple[str, str], Fired]


def _scoring(project: Project, rules: LoadedRules | None, found: _Found) -> _Scoring | None:
    """Load and score; if rules, project or exports don't allow it, check each of them on its own."""
    as_of = None if rules is None else _instant(project, rules, found)
    if rules is not None and as_of is not None:
        try:
            with read_inputs(project, rules=rules, as_of=as_of, acting=True) as inputs:
                return _scored(inputs, found)
        except InputError as error:
            found.note_stop(error)
            found.wrong += faults_of(project, rules, None)
            return None
        except (ProjectFileError, RuleFileError):
            pass  # only one kind of error; `_look` reports all
    _look(project, rules, found)
    return None


def _instant(project: Project, rules: LoadedRules, found: _Found) -> datetime | None:
    """Return `as_of`, and note anything odd about it; None if it is invalid."""
    instant = found.tried(partial(parse_as_of, project.settings.as_of, rules.zone))
    if instant is not None:
        findings = found.tried(partial(check_as_of, project, instant, rules.zone, accept=False))
        found.findings += findings or ()
    return instant


def _scored(inputs: Inputs, found: _Found) -> _Scoring:
    project, book, exports = inputs.project, inputs.bound.book, inputs.exports
    instants = Clock(inputs.as_of, book.zone)
    machines = machine_conditions(book, instants, inputs.columns.events if exports.events else ())
    try:
        scored = score_exports(
            book,
            exports,
            as_of=inputs.as_of,
            conditions=(*inputs.conditions, *machines.values()),
            events=tuple(inputs.alert_events.values()),
        )
    except InputError:
        found.findings += known_findings(inputs)
        raise
    settings = project.settings
    scored = judged(scored, hot=inputs.hot, exclude=inputs.exclude, holdout=settings.call_list.holdout)
    scored = replace(scored, accounts=accounts_of(scored), routed=none_routed(settings.route))
    segments = segments_of(scored, project, inputs.hot, inputs.acting)
    feeds = feeds_of(inputs, scored)
    scored = with_feeds(scored, feeds)
    past = Earlier(RunStore.of(project))
    found.findings += observed_findings(inputs, scored)
    found.findings += scoring_findings(inputs, scored, segments, feeds, past.latest())
    found.findings += past.findings
    document, firing = inputs.loaded.document, firing_of(scored)
    references = references_of(document, scored, conditions_outside(inputs, scored, segments))
    found.findings += lints_of_scores(document, scored, firing)
    found.findings += machine_lints(machines, references, scored)
    found.findings += lints_of_events(references, exports, instants)
    flames = {score.name: flames_of(scored, score) for score in book.scores}
    return _Scoring(inputs.as_of, flames, firing.rules)


# --- without a scoring ---------------------------------------------------------------------------------


def _look(project: Project, rules: LoadedRules | None, found: _Found) -> None:
    """Check the exports, and whatever can be checked against them, without a scoring.

    Without rules, the requirements of the project file are checked as far as possible.
    """
    opened = found.tried(partial(survey, project))
    found.wrong += faults_of(project, rules, None if opened is None else opened.columns)
    if opened is None:
        return
    try:
        found.tried(partial(_read, opened, UTC_ZONE if rules is None else rules.zone, found))
    finally:
        opened.close()


def _read(opened: Opened, zone: ZoneInfo, found: _Found) -> None:
    """Read every row of the exports, and note the findings."""
    exports = load(opened, zone=zone, once=True)
    found.findings += exports.findings
    found.findings += (each for source in exports.records for each in source.findings)
    people, window = contacts_of(exports.contacts, exports.aliases), Window(int(clock().timestamp()))
    for source in exports.events:
        found.findings += found.tried(partial(_of_events, source, people, window)) or ()


def _of_events(source: EventSource, people: Contacts, window: Window) -> tuple[Finding, ...]:
    columns = tuple(event_columns(source, (), window))
    batches = source.read(EventQuery(window, columns, people.finder(source.key).place, BATCH))
    for _ in batches:
        pass
    return batches.end().record.findings


# --- the result ------------------------------------------------------------------------------------------


def _result(
    project: Project | None, rules: LoadedRules | None, found: _Found, scoring: _Scoring | None = None
) -> Checked:
    findings = found.all(project)
    if project is not None:
        zone = UTC_ZONE if rules is None else rules.zone
        unused_entries = () if scoring is None else unused(findings, project.accepts, _RAISED)
        findings = (*accepted(findings, project.accepts, clock().astimezone(zone).date()), *unused_entries)
    scores = () if rules is None else rules.book.scores
    return Checked(
        folder=None if project is None else project.folder,
        zone=UTC_ZONE if rules is None else rules.zone,
        as_of=None if scoring is None else scoring.as_of,
        rules=tuple(_rule(score, rule, scoring) for score in scores for rule in score.rules),
        scores=tuple(
            ScoreResult(each.name, each.title, None if scoring is None else scoring.flames[each.name])
            for each in scores
        ),
        findings=in_order(findings),
        is_wrong=bool(found.wrong),
        is_stopped=any(each.severity is Severity.ERROR for each in findings) and not found.wrong,
        fail_on="error" if project is None else project.settings.fail_on,
    )


def _rule(score: Score, rule: Rule, scoring: _Scoring | None) -> RuleResult:
    fired = None if scoring is None else scoring.fired[score.name, rule.id]
    contacts = 0 if scoring is None else sum(scoring.flames[score.name])
    share = None if fired is None or not contacts else fired.contacts / contacts
    return RuleResult(score.name, rule.id, rule.name, rule.line, fired, share)
