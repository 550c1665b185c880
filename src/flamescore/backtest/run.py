"""Run a backtest: read the exports once, choose the cuts, score each, and collect the results."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from flamescore.backtest.cuts import Cut, chosen, named, no_cut
from flamescore.backtest.findings import FindingInputs, findings_of
from flamescore.backtest.measured import ScoreResult, measured
from flamescore.backtest.outcome import CALLED, Outcome, read_outcome
from flamescore.backtest.overlap import overlaps_of
from flamescore.backtest.past import (
    CREATED,
    DOMAIN,
    TAGS,
    Known,
    LeftOut,
    PastBook,
    columns_of_condition,
    columns_of_rule,
    has_past,
    past_book,
    past_condition,
)
from flamescore.backtest.profile import Profile, profile
from flamescore.backtest.reading import Questions
from flamescore.backtest.run_fields import RunFields, judged
from flamescore.backtest.scoring_cuts import CutSettings, look
from flamescore.backtest.sources import check_types, history_book, knowledge_of, late_comers, sources_of
from flamescore.columns import with_derived
from flamescore.errors import InputError, Problem, RuleFileError, UsageError
from flamescore.exports import ListFiles
from flamescore.findings import accepted, to_problem
from flamescore.inputs import parse_as_of, read_inputs, rules_of
from flamescore.memory import release_free_memory
from flamescore.observed_findings import known_findings
from flamescore.rules import bind_condition, load_condition
from flamescore.sanity_checks import ORPHANS, check_plausible
from flamescore.scoring import score_exports
from flamescore.text import json_text
from flamescore.units import count
from flamescore.wallclock import clock
from flamescore.yaml_tree import nearest_or_use, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    import polars as pl

    from flamescore.backtest.cuts import Knowledge
    from flamescore.backtest.questions import Question
    from flamescore.backtest.score_over_cuts import ScoreOverCuts
    from flamescore.findings import Finding
    from flamescore.frames import Exports
    from flamescore.inputs import Inputs
    from flamescore.project import Project
    from flamescore.rules import LoadedCondition, Rule, RuleBook
    from flamescore.scoring import Scored

_WHY: Final = {
    "not_yet": "were not there yet",
    "had_outcome": "had the outcome before the cut",
    "outside": "are outside the population",
}


class Backtest(Struct, frozen=True):
    """The results of a backtest. `cuts` includes skipped ones; a cross-section has one, `as_of`."""

    question: Question
    rules_path: str
    rules_hash: str
    zone: ZoneInfo
    known_until: datetime | None
    cuts: tuple[Cut, ...]
    left_out: tuple[LeftOut, ...]
    scores: tuple[ScoreResult, ...]
    findings: tuple[Finding, ...]
    outcome_begins: datetime | None = None
    profile: Profile | None = None
    """What contacts with the outcome have in common; None if not requested."""

    @property
    def usable(self) -> tuple[datetime, ...]:
        """The cuts that were not skipped."""
        return tuple(cut.as_of for cut in self.cuts if cut.skipped is None)


def backtest(
    project: Project, question: Question, *, progress: Callable[[str], None] = lambda _: None
) -> Backtest:
    """Compare the scores by the project's rules with what happened.

    Raises:
        UsageError, RuleFileError: the question doesn't fit these rules and exports.
        InputError: the exports can't be read, no cut is usable, or nothing is left of a score.
    """
    loaded = rules_of(project)
    lists = ListFiles(project.folder, loaded.lists)
    outcome = read_outcome(question.outcome, lists)
    called = None if question.called is None else read_outcome(question.called, lists, CALLED)
    names = _scores(loaded.book, question)
    holdout = project.settings.call_list.holdout
    if question.holdout_since is not None and holdout is None:
        hint = "`call_list: {holdout: 5%}` keeps some hot leads from being called, by lot."
        text = "--holdout-since needs a hold-out, and the project file has none."
        raise UsageError(Problem("U033", text, hint=hint))
    conditions = [each.loaded for each in (outcome, called) if each is not None]
    conditions += [] if question.value is None else [_worth(question.value, outcome, loaded.zone)]
    dated = [] if question.cross_section else [_since_when()]
    progress("Reading the exports")
    with read_inputs(project, rules=loaded, also=[*conditions, *dated]) as inputs:
        problems = [problem for each in conditions for problem in _unbound(each, inputs)]
        problems += _unknown(question.static_fields, inputs)
        if problems:
            raise UsageError(problems)
        return _worked(project, inputs, question, outcome, called, names=names, progress=progress)


def _worked(
    project: Project,
    inputs: Inputs,
    question: Question,
    outcome: Outcome,
    called: Outcome | None,
    *,
    names: tuple[str, ...],
    progress: Callable[[str], None],
) -> Backtest:
    loaded, exports = inputs.loaded, inputs.exports
    progress("Reading the events")
    outcomes = tuple(each for each in (outcome, called) if each)
    book = history_book(inputs.bound.book, outcomes, inputs.as_of)
    others = tuple(each for each in (inputs.exclude, inputs.hot.condition) if each is not None)
    questions = Questions(inputs.bound.book, outcomes, others, question.value, book)
    exports = questions.read(exports, (inputs.as_of,))
    history = score_exports(book, exports, as_of=inputs.as_of)
    orphans = [each for each in check_plausible(history, None) if each.code == ORPHANS]
    if orphans:
        raise InputError([to_problem(each) for each in orphans])
    if not question.cross_section:
        check_types(outcomes, history, loaded.zone)
    when = _when(project, inputs, question, outcome, history, names=names)
    past, known, usable = when.past, when.known, when.usable
    ends = (
        usable if question.horizon is None else [question.horizon.after(each, loaded.zone) for each in usable]
    )
    exports = questions.read(exports, (*usable, *ends))
    overlaps, own = overlaps_of(past.book, outcome, exports, usable[-1])
    exclude, exclude_cut = past_condition(inputs.exclude, known, past.book)
    hot, hot_lacks = inputs.hot, tuple[str, ...]()
    if hot.condition is not None and not has_past(hot.condition, known, past.book):
        hot_lacks = known.lacking(hot.condition) or ("a score or label that is left out",)
        hot = replace(hot, condition=None)
    since = None if question.holdout_since is None else parse_as_of(question.holdout_since, loaded.zone)
    settings = CutSettings(
        past.book,
        outcome,
        question.horizon,
        question.who == "first-only",
        exclude=exclude,
        hot=hot,
        known_after=tuple(each.known_after for each in project.settings.events),
        tags_known_after=next(
            (each.known_after for each in project.settings.tag_history if each.known_after), None
        ),
        tags_known=known.everything or TAGS in known.columns,
        value=question.value,
        own=own,
        called=called,
        holdout=None if since is None else project.settings.call_list.holdout,
        people=when.people,
    )
    progress(f"Scoring at {count(len(usable), 'cut')}")
    found = look(settings, exports, usable)
    release_free_memory()
    _check_looked(found)
    results = tuple(
        measured(
            each,
            usable,
            overlaps=overlaps.get(each.score.name, {}),
            undated_columns={rule.id: _without_date(rule, question, exports) for rule in each.score.rules},
            capacity=question.capacity,
            listed=question.cross_section,
            holdout_since=since,
        )
        for each in found
    )
    common = None
    if question.profile:
        ever = outcome.after(None, loaded.zone)
        made_of = columns_of_condition(outcome.loaded.condition(loaded.zone))
        types = history.observed.types
        common = profile(ever, inputs.exports, past.book, inputs.as_of, types=types, without=made_of)
    late = None
    if not question.cross_section and when.people is None and CREATED not in exports.contacts.columns:
        late = late_comers(exports, inputs.as_of, usable[0])
    made = Backtest(
        question,
        loaded.path,
        loaded.hash,
        loaded.zone,
        when.known_until,
        when.cuts,
        past.left_out,
        results,
        (),
        when.outcome_begins,
        common,
    )
    noticed = FindingInputs(past, exclude_cut, hot_lacks, hot.flames, late, history.observed.types)
    findings = (*known_findings(inputs), *findings_of(made, noticed))
    today = clock().astimezone(loaded.zone).date()
    return replace(made, findings=accepted(findings, project.accepts, today))


class _When(Struct, frozen=True):
    """The cuts, and what is known at them; `people` has the contacts of stored runs, by cut."""

    cuts: tuple[Cut, ...]
    past: PastBook
    known: Known
    known_until: datetime | None = None
    outcome_begins: datetime | None = None
    people: Mapping[datetime, pl.DataFrame] | None = None

    @property
    def usable(self) -> list[datetime]:
        return [cut.as_of for cut in self.cuts if cut.skipped is None]


def _when(
    project: Project,
    inputs: Inputs,
    question: Question,
    outcome: Outcome,
    history: Scored,
    *,
    names: tuple[str, ...],
) -> _When:
    """Choose the cuts, and leave out the rules that refer to what is not known at them.

    Raises:
        InputError: nothing is left of a score, or no cut is usable.
    """
    book, zone = inputs.bound.book, inputs.loaded.zone
    known = Known(
        frozenset(question.static_fields),
        inputs.exports.tag_history is not None,
        outcome_columns=columns_of_condition(outcome.loaded.condition(zone))
        if question.cross_section
        else frozenset(),
        everything=question.cross_section,
    )
    past = past_book(book, known, names)
    if question.cross_section:
        _check_left(past)
        return _When((Cut(inputs.as_of),), past, known)
    sources = sources_of(inputs.exports, history.observed.pasts, inputs.as_of)
    reach = knowledge_of(question, outcome, past.book, sources, inputs)
    begins = min((each.oldest for each in reach.outcome_sources), default=None)
    if question.fields_from is None:
        _check_left(past)
        cuts = _cuts(reach, question, zone)
        found = _When(cuts, past, known, reach.until, begins)
        if not found.usable:
            raise InputError(no_cut(reach, cuts))
        return found
    return _of_runs(project, inputs, question, reach, known=known, names=names, begins=begins)


def _of_runs(
    project: Project,
    inputs: Inputs,
    question: Question,
    reach: Knowledge,
    *,
    known: Known,
    names: tuple[str, ...],
    begins: datetime | None,
) -> _When:
    """Use stored runs as cuts.

    Rules may refer to what all runs know, and these rules determine how far back a cut must reach. Runs that
    don't reach far enough are therefore left out, and the remaining ones are checked again.
    """
    zone = inputs.loaded.zone
    first, last = _bounds(question, zone)
    every = question.every or question.horizon
    assert every is not None
    fields = RunFields.of(project).thinned(reach, every=every, first=first, last=last, many=question.cuts)
    left_out: tuple[Cut, ...] = ()
    while True:
        if not fields.runs:
            raise InputError(no_cut(reach, left_out, "No stored run can be a cut."))
        known = replace(known, columns=frozenset(question.static_fields) | fields.columns())
        past = past_book(inputs.bound.book, known, names)
        cuts = judged(fields, replace(reach, book=past.book))
        left_out = (*(cut for cut in cuts if cut.skipped), *left_out)
        found = _When(
            (*left_out, *(cut for cut in cuts if not cut.skipped)), past, known, reach.until, begins
        )
        kept = fields.only(found.usable)
        if kept == fields:
            break
        fields = kept
    _check_left(past)
    people = {
        run.as_of: fields.contacts(run, inputs.exports, project, zone, question.static_fields)
        for run in fields.runs
    }
    return replace(found, people=people)


def _scores(book: RuleBook, question: Question) -> tuple[str, ...]:
    every = tuple(score.name for score in book.scores)
    if question.score is None:
        return every
    if question.score in every:
        return (question.score,)
    hint = nearest_or_use(question.score, every)
    raise UsageError(Problem("U009", f"There is no score `{question.score}`.", hint=hint))


def _worth(column: str, outcome: Outcome, zone: ZoneInfo) -> LoadedCondition:
    """Return a condition that reads a property of the outcome's events as numbers."""
    kinds = sorted({kind for match in outcome.matches(zone) for kind in match.types})
    return _condition({"event": kinds, "sum": {column: {"at_least": 0}}})


def _since_when() -> LoadedCondition:
    """Return a condition that reads `created_at` as a date."""
    return _condition({"field": {CREATED: {"more_than": "2000-01-01T00:00:00Z"}}})


def _condition(condition: object) -> LoadedCondition:
    document = parse(json_text(condition), "--value").document
    assert document is not None
    return load_condition(document)


def _unbound(loaded: LoadedCondition, inputs: Inputs) -> list[Problem]:
    """Return the problems of a condition that refers to what no export has."""
    try:
        bind_condition(loaded, inputs.columns, inputs.loaded.zone)
    except RuleFileError as error:
        return [dataclasses.replace(each, code="B003") for each in error.problems]
    return []


def _unknown(names: Sequence[str], inputs: Inputs) -> list[Problem]:
    """Return a problem for each name that is not a column of contacts."""
    columns = inputs.columns
    there = (*with_derived(columns.contacts), *(("tags",) if columns.has_tags else ()))
    problems = []
    for name in names:
        if name not in (*there, *columns.paths.contacts):
            hint = nearest_or_use(name, there)
            text = f"--static-fields: no contacts export has a column `{name}`."
            problems.append(Problem("B003", text, hint=hint))
    return problems


def _check_left(past: PastBook) -> None:
    problems = []
    for score in past.book.scores:
        if not score.rules:
            which = sorted({c for each in past.left_out if each.score == score.name for c in each.columns})
            problems.append(
                Problem(
                    "B006",
                    f"Nothing is left of the score {score.name}: all its rules ask what has no past "
                    f"({', '.join(which)}).",
                    hint="Name columns that are as good as constant: --static-fields.",
                )
            )
    if problems:
        raise InputError(problems)


def _check_looked(found: tuple[ScoreOverCuts, ...]) -> None:
    problems = []
    for each in found:
        if not len(each.contacts):
            counts = [f"{many:,} {_WHY[key]}" for key, many in each.left_out.items() if many]
            listed = ", ".join(counts) or "there are no contacts"
            problems.append(
                Problem(
                    "B006",
                    f"Nobody is left to look at under {each.score.name}: {listed}.",
                    hint="Look at everyone: --repeat." if each.left_out["had_outcome"] else None,
                )
            )
    if problems:
        raise InputError(problems)


def _cuts(reach: Knowledge, question: Question, zone: ZoneInfo) -> tuple[Cut, ...]:
    if question.at:
        return named(reach, [parse_as_of(each, zone) for each in question.at])
    assert question.horizon is not None
    first, last = _bounds(question, zone)
    return chosen(reach, every=question.every or question.horizon, many=question.cuts, first=first, last=last)


def _bounds(question: Question, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    first, last = (
        None if text is None else parse_as_of(text, zone) for text in (question.first, question.last)
    )
    return first, last


def _without_date(rule: Rule, question: Question, exports: Exports) -> tuple[str, ...]:
    """Return the columns of a rule that are read as of today: fields, and tags without a history."""
    static = {*question.static_fields, *((DOMAIN,) if "email" in question.static_fields else ())}
    return tuple(
        each
        for each in columns_of_rule(rule)
        if (question.cross_section or each in static) and (each != TAGS or exports.tag_history is None)
    )
