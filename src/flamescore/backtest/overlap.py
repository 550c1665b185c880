"""The share of the events that rules give points for that are the outcome itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.rules import EventRule, Ignored, Points, Rule, RuleBook, Score
from flamescore.scoring import score_exports
from flamescore.text import fold
from flamescore.units import POINT

if TYPE_CHECKING:
    from datetime import datetime

    from flamescore.backtest.outcome import Outcome
    from flamescore.frames import Exports

_EVENTS: Final = "\0events"


def overlaps_of(
    book: RuleBook, outcome: Outcome, exports: Exports, last: datetime
) -> tuple[dict[str, dict[str, float]], dict[str, frozenset[str]]]:
    """Return by score the share of each rule's events that are the outcome, and the rules with such events.

    A rule's events are counted once in full, and once without those that match the outcome. Rules for other
    event types can't overlap and are skipped. Scores whose rules all overlap are left out of the second
    mapping.
    """
    matches = tuple(leaf.match for leaf in outcome.leaves(book.zone))
    types = {fold(kind) for match in matches for kind in match.types}
    rules = [
        (score.name, rule)
        for score in book.scores
        for rule in score.rules
        if isinstance(rule.subject, EventRule) and not types.isdisjoint(map(fold, rule.subject.match.types))
    ]
    if not matches or not rules:
        return {}, {}
    alone = Score(
        _EVENTS,
        _EVENTS,
        POINT,
        tuple(
            Rule(str(n), "events", EventRule(rule.subject.match, Points(POINT), None))  # type: ignore[union-attr] # an event rule
            for n, (_, rule) in enumerate(rules)
        ),
    )
    counted = []
    for without in ((), tuple(Ignored(match) for match in matches)):
        plain = RuleBook(book.zone, (alone,), ignore=(*book.ignore, *without))
        found = score_exports(plain, exports, as_of=last).observed.rules
        counted.append(dict(found.select("rule_id", "occurrences").iter_rows()))
    every, others = counted
    overlaps: dict[str, dict[str, float]] = {}
    for n, (name, rule) in enumerate(rules):
        many = int(every[str(n)])
        overlaps.setdefault(name, {})[rule.id] = 1 - int(others[str(n)]) / many if many else 0.0
    own = {
        name: frozenset(rule for rule, share in each.items() if share > 0) for name, each in overlaps.items()
    }
    kept = {
        score.name: own[score.name]
        for score in book.scores
        if own.get(score.name) and len(own[score.name]) < len(score.rules)
    }
    return overlaps, kept
