"""A loaded rule file and the columns there are -> a rule book, or every problem between the two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flamescore.bind.conditions import bind_condition_at, bind_match
from flamescore.bind.predicates import bind_where
from flamescore.bind.resolved import Condition, Predicate, RuleBook, Score
from flamescore.bind.rules import bind_limits, bind_rule, whole
from flamescore.bind.scope import Scope
from flamescore.errors import Problem, RuleFileError
from flamescore.rules.places import in_order

if TYPE_CHECKING:
    from flamescore.frames import Columns
    from flamescore.rules import model as authored
    from flamescore.rules.load import LoadedCondition, LoadedPredicates, LoadedRules


@dataclass(frozen=True, slots=True)
class Bound:
    """A rule book that fits the exports, and what is odd about it."""

    book: RuleBook
    warnings: tuple[Problem, ...] = ()


def bind_rules(loaded: LoadedRules, columns: Columns) -> Bound:
    """Resolve every enabled score and rule.

    Raises:
        RuleFileError: with every column, export and pattern that is missing or wrong, in order.
    """
    file = loaded.file
    scope = Scope(columns, ZoneInfo(file.timezone), loaded.document)
    ignore = enumerate(file.ignore if columns.has_events else ())
    ignored = tuple(bind_match(each, scope.at("ignore", index)) for index, each in ignore)
    scores = tuple(
        _score(name, score, scope.at("scores", name)) for name, score in file.scores.items() if score.enabled
    )
    _raise(scope)
    return Bound(RuleBook(scope.zone, scores, ignored), loaded.warnings)


def bind_condition(loaded: LoadedCondition, columns: Columns, zone: ZoneInfo) -> Condition:
    """Resolve a condition of another file.

    Raises:
        RuleFileError: as `bind_rules`.
    """
    scope = Scope(columns, zone, loaded.document, loaded.path)
    condition = bind_condition_at(loaded.condition, scope)
    _raise(scope)
    return condition


def bind_predicates(loaded: LoadedPredicates, columns: Columns, zone: ZoneInfo) -> tuple[Predicate, ...]:
    """Resolve predicates on contacts.

    Raises:
        RuleFileError: as `bind_rules`.
    """
    scopes = [Scope(columns, zone, each.document) for each in loaded.parts]
    bound = tuple(
        predicate
        for each, scope in zip(loaded.parts, scopes, strict=True)
        for predicate in bind_where(each.predicates, "contacts", scope)
    )
    _raise(*scopes)
    return bound


def _raise(*scopes: Scope) -> None:
    problems = [problem for scope in scopes for problem in in_order(scope.problems)]
    if problems:
        raise RuleFileError(problems)


def _score(name: str, score: authored.Score, scope: Scope) -> Score:
    flames: Any = None if score.flames is None else tuple(whole(bound) for bound in score.flames)
    population = score.population
    return Score(
        name=name,
        title=score.title or name,
        ideal=flames[-1] if flames is not None else whole(score.five_flames or 0),
        rules=tuple(
            bind_rule(rule, score, scope.at("rules", index))
            for index, rule in enumerate(score.rules)
            if rule.enabled
        ),
        flames=flames,
        limits=bind_limits(score.limits),
        groups=tuple((group, bind_limits(each.limits)) for group, each in score.groups.items()),
        population=None if population is None else bind_condition_at(population, scope.at("population")),
    )
