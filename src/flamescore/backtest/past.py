"""The part of a rule book that can be evaluated for a past day: fields and tags are known only as of today.

A rule that refers to anything without a past is left out entirely; otherwise past scores would know the
future.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from flamescore.rules import (
    AnyOf,
    FieldIs,
    HasTag,
    LabelIs,
    ScoreIs,
    TagRule,
    Within,
    conditions_of,
    leaves,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flamescore.rules import Condition, Rule, RuleBook, Score

TAGS: Final = "tags"
DOMAIN: Final = "email_domain"
CREATED: Final = "created_at"


class LeftOut(Struct, frozen=True):
    """A rule that is left out of its score, and its columns that have no past."""

    score: str
    rule: str
    name: str
    columns: tuple[str, ...]
    points: int
    """The largest absolute number of points it gives, in ten-thousandths."""


class PastBook(Struct, frozen=True):
    """The rules that can be evaluated, those that can't, and the scores whose `population` was left out."""

    book: RuleBook
    left_out: tuple[LeftOut, ...]
    populations: tuple[str, ...]
    points: int
    """The sum of the maximum points of all rules, including left-out ones, in ten-thousandths."""


class Known(Struct, frozen=True):
    """What counts as known at any time: certain columns, and tags if they have a history."""

    columns: frozenset[str] = frozenset()
    tag_history: bool = False
    outcome_columns: frozenset[str] = frozenset()
    """Columns that the outcome itself consists of, which no rule may use."""

    everything: bool = False
    """Whether all fields and tags count as known, as in a cross-section."""

    def lacking(self, condition: Condition) -> tuple[str, ...]:
        """Return the columns of a condition that have no past; `tags` is the list of tags."""
        return tuple(dict.fromkeys(self._lacking(condition)))

    def _lacking(self, condition: Condition) -> Iterator[str]:
        for column, dated in _undated(condition):
            known = self.tags if column == TAGS else dated or self.has(column)
            if not known:
                yield column

    @property
    def tags(self) -> bool:
        """Whether tags can be used."""
        return TAGS not in self.outcome_columns and (
            self.everything or self.tag_history or TAGS in self.columns
        )

    def has(self, column: str) -> bool:
        """Return whether a column of contacts may be used."""
        if column in self.outcome_columns or (column == DOMAIN and "email" in self.outcome_columns):
            return False
        return self.everything or column in self.columns or (column == DOMAIN and "email" in self.columns)

    def rule_lacks(self, rule: Rule) -> tuple[str, ...]:
        """Return the columns of a rule that have no past."""
        tagged = (TAGS,) if isinstance(rule.subject, TagRule) and not self.tags else ()
        columns = (column for each in conditions_of(rule) for column in self.lacking(each))
        return tuple(dict.fromkeys((*tagged, *columns)))


def columns_of_condition(condition: Condition) -> frozenset[str]:
    """Return the contact columns that a condition refers to; `tags` is the list of tags."""
    return frozenset(column for column, _ in _undated(condition))


def columns_of_rule(rule: Rule) -> tuple[str, ...]:
    """Return the contact columns that a rule refers to; `tags` is the list of tags."""
    tagged = (TAGS,) if isinstance(rule.subject, TagRule) else ()
    columns = (column for each in conditions_of(rule) for column, _ in _undated(each))
    return tuple(dict.fromkeys((*tagged, *columns)))


def _undated(condition: Condition) -> Iterator[tuple[str, bool]]:
    """Yield the columns of a condition, and whether it only tests how long ago a contact was created."""
    for leaf in leaves(condition):
        if isinstance(leaf, HasTag):
            yield TAGS, False
        if isinstance(leaf, FieldIs):
            for predicate in leaf.where:
                since = predicate.column == CREATED and all(isinstance(t, Within) for t in predicate.tests)
                yield predicate.column, since


def past_book(book: RuleBook, known: Known, names: Iterable[str]) -> PastBook:
    """Return these scores with the rules that have a past, and labels that have one, without accounts."""
    wanted = frozenset(names)
    left_out: list[LeftOut] = []
    populations: list[str] = []
    points = 0
    scores = []
    for score in (each for each in book.scores if each.name in wanted):
        kept = []
        for rule in score.rules:
            lacks, most = known.rule_lacks(rule), _most(rule)
            points += most
            if lacks:
                left_out.append(LeftOut(score.name, rule.id, rule.name, lacks, most))
            else:
                kept.append(rule)
        if score.population is not None and known.lacking(score.population):
            populations.append(score.name)
            score = replace(score, population=None)  # noqa: PLW2901 - the score as it is evaluated
        scores.append(replace(score, rules=tuple(kept)))
    looked = replace(book.without_bots, scores=tuple(scores), labels=(), accounts=None)
    for label in book.labels:
        conditions = [branch.condition for branch in label.branches if branch.condition is not None]
        parts = {each.name for each in looked.labels}.issuperset(label.join)
        if parts and all(has_past(each, known, looked) for each in conditions):
            looked = replace(looked, labels=(*looked.labels, label))
    return PastBook(looked, tuple(left_out), tuple(populations), points)


def has_past(condition: Condition, known: Known, book: RuleBook) -> bool:
    """Return whether a condition can be evaluated for a past day, with the scores and labels of a book."""
    scores, labels = {each.name for each in book.scores}, {each.name for each in book.labels}
    for leaf in leaves(condition):
        if isinstance(leaf, ScoreIs) and leaf.score not in scores:
            return False
        if isinstance(leaf, LabelIs) and not labels.issuperset(name for name, _ in leaf.labels):
            return False
    return not known.lacking(condition)


def without_rules(score: Score, ids: frozenset[str], name: str) -> Score:
    """Return a score without certain rules, under another name."""
    return replace(score, name=name, rules=tuple(rule for rule in score.rules if rule.id not in ids))


def past_condition(
    condition: Condition | None, known: Known, book: RuleBook
) -> tuple[Condition | None, bool]:
    """Return the part of a condition that has a past, and whether anything was left out.

    Of a top-level `any`, only the branches without a past are left out; any other condition is left out
    entirely.
    """
    if condition is None or has_past(condition, known, book):
        return condition, False
    if isinstance(condition, AnyOf):
        parts = tuple(part for part in condition.parts if has_past(part, known, book))
        return (AnyOf(parts) if parts else None), True
    return None, True


def _most(rule: Rule) -> int:
    points = getattr(rule.subject, "points", None)
    if points is None:
        return max((abs(branch.points) for branch in getattr(rule.subject, "branches", ())), default=0)
    return abs(points) if isinstance(points, int) else abs(points.fixed)
