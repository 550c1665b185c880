"""The work of a backtest: read the exports once, choose the cuts, score each, and say what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from flamescore.backtest.cuts import Cut, Knowledge, Source, chosen, named
from flamescore.backtest.findings import findings_of
from flamescore.backtest.looking import Asked, Looked, holding, look
from flamescore.backtest.measured import ScoreResult, measured
from flamescore.backtest.outcome import Outcome, read_outcome
from flamescore.backtest.overlap import overlaps_of
from flamescore.backtest.past import (
    CREATED,
    TAGS,
    Known,
    LeftOut,
    PastBook,
    columns_asked,
    columns_of_rule,
    has_past,
    past_book,
    past_condition,
)
from flamescore.backtest.profile import Profile, profile
from flamescore.engine import Clock
from flamescore.errors import InputError, Problem, RuleFileError, UsageError
from flamescore.exports import ListFiles
from flamescore.inputs import parse_as_of, read_inputs, rules_of
from flamescore.rule_windows import reaches
from flamescore.rules import (
    EventMatch,
    EventRule,
    Happened,
    Points,
    Rule,
    RuleBook,
    Score,
    bind_condition,
    load_condition,
)
from flamescore.scoring import score_exports
from flamescore.text import fold, json_text
from flamescore.units import POINT, count
from flamescore.yaml_tree import nearest, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from flamescore.backtest.question import Question
    from flamescore.findings import Finding
    from flamescore.frames import Exports
    from flamescore.inputs import Inputs
    from flamescore.project import Project
    from flamescore.rules import LoadedCondition
    from flamescore.scoring import Scored, SourcePast

_WHY: Final = {
    "not_yet": "were not there yet",
    "had_outcome": "had the outcome before the cut",
    "outside": "are outside the population",
}
_HISTORY: Final = "\0history"


@dataclass(frozen=True, slots=True)
class Backtest:
    """What came of it. `cuts` has all that were looked at and left out; a cross-section has one, `as_of`."""

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
    """What those with the outcome have in common; None where nobody asked."""

    @property
    def usable(self) -> tuple[datetime, ...]:
        """The cuts that were looked at."""
        return tuple(cut.as_of for cut in self.cuts if cut.skipped is None)


def backtest(
    project: Project, question: Question, *, tell: Callable[[str], None] = lambda _: None
) -> Backtest:
    """Hold the project's rules against what happened.

    Raises:
        UsageError, RuleFileError: the question can't be asked of these rules and exports.
        InputError: the exports can't be read, no cut is usable, or nothing is left of a score.
    """
    loaded = rules_of(project)
    lists = ListFiles(project.folder, loaded.lists)
    outcome = read_outcome(question.outcome, lists)
    names = _scores(loaded.book, question)
    tell("Reading the exports")
    also = [outcome.loaded, *_asking(question, outcome, loaded.zone)]
    with read_inputs(project, rules=loaded, also=also) as inputs:
        try:
            bind_condition(outcome.loaded, inputs.columns, loaded.zone)
        except RuleFileError as error:
            raise RuleFileError([replace(each, code="B003") for each in error.problems]) from None
        return _worked(project, inputs, question, outcome, names=names, tell=tell)


def _worked(
    project: Project,
    inputs: Inputs,
    question: Question,
    outcome: Outcome,
    *,
    names: tuple[str, ...],
    tell: Callable[[str], None],
) -> Backtest:
    loaded, exports = inputs.loaded, inputs.exports
    known = Known(
        frozenset(question.static_fields),
        exports.tag_history is not None,
        asked=columns_asked(outcome.loaded.condition(loaded.zone)) if question.cross_section else frozenset(),
        everything=question.cross_section,
    )
    past = past_book(inputs.bound.book, known, names)
    _check_left(past)
    tell("Looking how far back the exports go")
    history = _history(past.book, outcome, inputs)
    if not question.cross_section:
        _check_types(outcome, history, loaded.zone)
    sources = _sources(exports, history.observed.pasts, inputs.as_of)
    until: datetime | None = None
    begins: datetime | None = None
    if question.cross_section:
        cuts: tuple[Cut, ...] = (Cut(inputs.as_of),)
    else:
        knowledge = _knowledge(question, outcome, past.book, sources, inputs)
        until = knowledge.until
        begins = min((each.oldest for each in knowledge.outcome_sources), default=None)
        cuts = _cuts(knowledge, question, loaded.zone)
    usable = [cut.as_of for cut in cuts if cut.skipped is None]
    if not usable:
        raise InputError(_no_cut(cuts))
    overlaps, own = overlaps_of(past.book, outcome, inputs.exports, usable[-1])
    exclude, exclude_cut = past_condition(inputs.exclude, known, past.book)
    hot = inputs.hot
    if hot.condition is not None and not has_past(hot.condition, known, past.book):
        hot = replace(hot, condition=None)
    asked = Asked(
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
    )
    tell(f"Scoring at {count(len(usable), 'cut')}")
    found = look(asked, exports, usable)
    _check_looked(found)
    results = tuple(
        measured(
            each,
            usable,
            overlaps=overlaps.get(each.score.name, {}),
            asks={rule.id: _without_date(rule, exports) for rule in each.score.rules},
            capacity=question.capacity,
            listed=question.cross_section,
        )
        for each in found
    )
    made = Backtest(
        question,
        loaded.path,
        loaded.hash,
        loaded.zone,
        until,
        cuts,
        past.left_out,
        results,
        (),
        begins,
    )
    if question.profile:
        ever = outcome.after(None, loaded.zone)
        made_of = columns_asked(outcome.loaded.condition(loaded.zone))
        types = history.observed.types
        common = profile(ever, exports, past.book, inputs.as_of, types=types, without=made_of)
        made = replace(made, profile=common)
    late = None
    if not question.cross_section and CREATED not in exports.contacts.columns:
        late = _late_comers(exports, history, usable[0], loaded.zone)
    return replace(
        made,
        findings=tuple(
            findings_of(
                made,
                past,
                exclude_cut=exclude_cut,
                late_comers=late,
                types=history.observed.types,
            )
        ),
    )


def _scores(book: RuleBook, question: Question) -> tuple[str, ...]:
    every = tuple(score.name for score in book.scores)
    if question.score is None:
        return every
    if question.score in every:
        return (question.score,)
    meant = nearest(question.score, dict.fromkeys(every))
    hint = f"Did you mean `{meant}`?" if meant else f"There are {', '.join(every)}."
    raise UsageError(Problem("U009", f"There is no score `{question.score}`.", hint=hint))


def _asking(question: Question, outcome: Outcome, zone: ZoneInfo) -> Iterator[LoadedCondition]:
    """Yield what makes the columns be read that are asked for beside the outcome, in the forms needed."""
    asked: list[object] = []
    if not question.cross_section:
        asked.append({"field": {CREATED: {"more_than": "2000-01-01T00:00:00Z"}}})
    if question.value is not None:
        kinds = sorted({kind for match in outcome.matches(zone) for kind in match.types})
        asked.append({"event": kinds, "sum": {question.value: {"at_least": 0}}})
    for each in asked:
        document = parse(json_text(each), "--value").document
        assert document is not None
        yield load_condition(document)


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


def _check_looked(found: tuple[Looked, ...]) -> None:
    problems = []
    for each in found:
        if not len(each.contacts):
            counts = [f"{many:,} {_WHY[key]}" for key, many in each.left_out.items() if many]
            said = ", ".join(counts) or "there are no contacts"
            problems.append(
                Problem(
                    "B006",
                    f"Nobody is left to look at under {each.score.name}: {said}.",
                    hint="Look at everyone: --repeat." if each.left_out["had_outcome"] else None,
                )
            )
    if problems:
        raise InputError(problems)


def _history(book: RuleBook, outcome: Outcome, inputs: Inputs) -> Scored:
    """Score once without any window, to learn how far back each source goes and what types there are."""
    zone = book.zone
    matches = [leaf.match for leaf in outcome.leaves(zone)]
    rules = [
        Rule(f"outcome-{n}", "outcome", EventRule(match, Points(POINT), 1)) for n, match in enumerate(matches)
    ]
    rules += [
        Rule(f"types-{n}", "types", EventRule(EventMatch(types), Points(POINT), 1))
        for n, types in enumerate(dict.fromkeys(_types_of(book, inputs.as_of)))
    ]
    if not rules:
        rules = [Rule("none", "none", EventRule(EventMatch(("\0none",)), Points(POINT), 1))]
    score = Score(_HISTORY, _HISTORY, POINT, tuple(rules))
    return score_exports(RuleBook(zone, (score,)), inputs.exports, as_of=inputs.as_of)


def _types_of(book: RuleBook, as_of: datetime) -> list[tuple[str, ...]]:
    return [each.types for each in reaches(book, Clock(as_of, book.zone))]


def _check_types(outcome: Outcome, history: Scored, zone: ZoneInfo) -> None:
    there = {fold(each): each for each in history.observed.types}
    wanted = {kind for leaf in outcome.leaves(zone) for kind in leaf.match.types}
    problems = []
    for kind in sorted(wanted):
        if fold(kind) not in there:
            meant = nearest(kind, dict.fromkeys(there.values()))
            hint = f"Did you mean `{meant}`?" if meant else None
            problems.append(Problem("B003", f"No event is of the type `{kind}`.", hint=hint))
    if problems:
        raise UsageError(problems)


def _sources(exports: Exports, pasts: Sequence[SourcePast], as_of: datetime) -> tuple[Source, ...]:
    """Return how far each source of events goes that has any at or before `as_of`."""
    found = []
    for source, past in zip(exports.events, pasts, strict=True):
        at = pl.col("at")
        oldest, newest = (
            source.sound()
            .filter(at <= as_of)
            .select(at.min().alias("oldest"), at.max().alias("newest"))
            .collect(engine="streaming")
            .row(0)
        )
        if oldest is not None:
            found.append(Source(source.record.path, oldest, newest, past.named))
    return tuple(found)


def _knowledge(
    question: Question, outcome: Outcome, book: RuleBook, sources: tuple[Source, ...], inputs: Inputs
) -> Knowledge:
    types = {leaf.match.types for leaf in outcome.leaves(book.zone)}
    having = tuple(source for source in sources if source.types & types)
    if question.known_until is not None:
        until = min(parse_as_of(question.known_until, book.zone), inputs.as_of)
    else:
        until = min((source.newest for source in having), default=inputs.as_of)
    assert question.horizon is not None
    return Knowledge(until, having, sources, book, question.horizon, question.short_cuts)


def _cuts(known: Knowledge, question: Question, zone: ZoneInfo) -> tuple[Cut, ...]:
    if question.at:
        return named(known, [parse_as_of(each, zone) for each in question.at])
    assert question.horizon is not None
    first, last = (
        None if text is None else parse_as_of(text, zone) for text in (question.first, question.last)
    )
    return chosen(known, every=question.every or question.horizon, many=question.cuts, first=first, last=last)


def _no_cut(cuts: Sequence[Cut]) -> Problem:
    reasons = " ".join(dict.fromkeys(cut.reason for cut in cuts if cut.reason))
    return Problem(
        "B005",
        f"No cut can be looked at. {reasons}".strip(),
        hint="Shorten the horizon, export a longer history, or look at cuts with less of it: --short-cuts.",
    )


def _without_date(rule: Rule, exports: Exports) -> tuple[str, ...]:
    """Return the fields, and `tags` where they have no history, that a rule asks."""
    return tuple(each for each in columns_of_rule(rule) if each != TAGS or exports.tag_history is None)


def _late_comers(
    exports: Exports, history: Scored, first: datetime, zone: ZoneInfo
) -> tuple[int, int] | None:
    """Return how many contacts have their first event after a cut, of how many there are."""
    types = history.observed.types
    if not types:
        return None
    anything = Happened(EventMatch(tuple(types)))
    before, ever = (holding(anything, exports, RuleBook(zone, ()), as_of) for as_of in (first, history.as_of))
    return int(np.sum(ever & ~before)), len(ever)
