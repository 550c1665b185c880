"""How far back the exports go: the event types, since when, and until when outcomes are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from flamescore.backtest.cuts import Knowledge, Source
from flamescore.backtest.reading import coded_events
from flamescore.engine import Clock, first_instants
from flamescore.errors import Problem, UsageError
from flamescore.inputs import parse_as_of
from flamescore.rule_windows import reaches
from flamescore.rules import EventMatch, EventRule, Points, Rule, RuleBook, Score
from flamescore.text import fold
from flamescore.units import POINT
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from flamescore.backtest.outcome import Outcome
    from flamescore.backtest.questions import Question
    from flamescore.frames import Exports
    from flamescore.inputs import Inputs
    from flamescore.scoring import Scored, SourceSpan

_HISTORY: Final = "\0history"


def history_book(book: RuleBook, outcomes: Sequence[Outcome], as_of: datetime) -> RuleBook:
    """Return rules without a window whose scoring reveals which event types each source has."""
    zone = book.zone
    matches = [leaf.match for outcome in outcomes for leaf in outcome.leaves(zone)]
    rules = [
        Rule(f"outcome-{n}", "outcome", EventRule(match, Points(POINT), 1)) for n, match in enumerate(matches)
    ]
    rules += [
        Rule(f"types-{n}", "types", EventRule(EventMatch(types), Points(POINT), 1))
        for n, types in enumerate(dict.fromkeys(_types_of(book, as_of)))
    ]
    if not rules:
        rules = [Rule("none", "none", EventRule(EventMatch(("\0none",)), Points(POINT), 1))]
    score = Score(_HISTORY, _HISTORY, POINT, tuple(rules))
    return RuleBook(zone, (score,))


def _types_of(book: RuleBook, as_of: datetime) -> list[tuple[str, ...]]:
    return [each.types for each in reaches(book, Clock(as_of, book.zone))]


def check_types(outcomes: Sequence[Outcome], history: Scored, zone: ZoneInfo) -> None:
    """Check that events of every type in the outcomes exist.

    Raises:
        UsageError: no export has some of the types.
    """
    there = {fold(each): each for each in history.observed.types}
    wanted = {kind for outcome in outcomes for leaf in outcome.leaves(zone) for kind in leaf.match.types}
    problems = []
    for kind in sorted(wanted):
        if fold(kind) not in there:
            meant = nearest(kind, dict.fromkeys(there.values()))
            hint = f"Did you mean `{meant}`?" if meant else None
            problems.append(Problem("B003", f"No event is of the type `{kind}`.", hint=hint))
    if problems:
        raise UsageError(problems)


def sources_of(exports: Exports, pasts: Sequence[SourceSpan], as_of: datetime) -> tuple[Source, ...]:
    """Return the oldest and newest event of each source that has events at or before `as_of`."""
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


def knowledge_of(
    question: Question, outcome: Outcome, book: RuleBook, sources: tuple[Source, ...], inputs: Inputs
) -> Knowledge:
    """Return until when outcomes are known, and how far back each source goes."""
    types = {leaf.match.types for leaf in outcome.leaves(book.zone)}
    having = tuple(source for source in sources if source.types & types)
    if question.known_until is not None:
        until = min(parse_as_of(question.known_until, book.zone), inputs.as_of)
    else:
        until = min((source.newest for source in having), default=inputs.as_of)
    assert question.horizon is not None
    return Knowledge(until, having, sources, book, question.horizon, question.short_cuts)


def late_comers(exports: Exports, as_of: datetime, first: datetime) -> tuple[int, int]:
    """Return how many contacts have their first event after a cut, and how many contacts there are."""
    until = int(as_of.timestamp())
    instants = first_instants(coded_events(exports), exports.contacts.height, until)
    return int(np.sum((instants > first.timestamp()) & (instants <= until))), len(instants)
