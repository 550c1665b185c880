"""The labels of a contact, and whether it is hot: by itself alone, by a whole list, or by a run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from flamescore.explanations.explanation import LabelExplained
from flamescore.labels import Everyone, Standing, with_labels
from flamescore.rules import LabelIs, ScoreIs, label_conditions, leaves, stands

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flamescore.engine import LedgerSummary
    from flamescore.explanations.condition_evidence import ConditionEvidence
    from flamescore.rules import Condition, Hot, Label, RuleBook

_OF_EVERYONE = frozenset(("percentile", "rank"))


def asked_beside(book: RuleBook, hot: Hot) -> tuple[Condition, ...]:
    """Return what labels and `hot` ask of tags, fields and events."""
    also = () if hot.condition is None else (hot.condition,)
    asked = (leaf for condition in (*label_conditions(book), *also) for leaf in leaves(condition))
    return tuple(dict.fromkeys(leaf for leaf in asked if not stands(leaf)))


def told_alone(
    book: RuleBook, hot: Hot, facts: ConditionEvidence, summary: LedgerSummary, flames: Mapping[str, int]
) -> tuple[tuple[LabelExplained, ...], bool | None]:
    """Tell labels, and whether the contact is hot, as far as that does not depend on everyone else.

    `flames` are those of the contact, by score.
    """
    standings = {}
    for number, score in enumerate(book.scores):
        there = np.flatnonzero(summary.in_population[number])
        none = np.zeros(len(there), np.int64)
        stars = none + flames.get(score.name, 0)
        standings[score.name] = Standing(there, summary.totals[number][there], stars, none, none)
    answers = {leaf: facts.evaluator.evaluate(leaf) for leaf in asked_beside(book, hot)}
    by_list = _by_list(book)
    unknown = _of_everyone(book, by_list)
    known = [label for label in book.labels if label.name not in unknown]
    everyone = with_labels(Everyone(1, answers, standings, {}), known)
    texts = {name: column[0] for name, column in everyone.labels.items()}
    is_hot = None
    if hot.condition is not None and not _needs_everyone(hot.condition, unknown, by_list):
        is_hot = bool(everyone.fitting(hot.condition)[0])
    seen = replace(facts, everyone=everyone)
    return tuple(_seen(label, book, seen) for label in labels_told(book, texts)), is_hot


def _seen(told: LabelExplained, book: RuleBook, facts: ConditionEvidence) -> LabelExplained:
    """Add to a label that is known what its branch saw, or why none holds."""
    label = next(each for each in book.labels if each.name == told.name)
    conditions = [branch.condition for branch in label.branches]
    if not told.known or not conditions:
        return told
    failed = facts.no_branch(conditions)
    return replace(told, failed=failed, evidence=() if failed else tuple(facts.branch(conditions)))


def kept_evidence(now: LabelExplained, before: Iterable[LabelExplained]) -> LabelExplained:
    """Take over what a label's branch saw where the label is the same."""
    same = next((each for each in before if (each.name, each.text) == (now.name, now.text)), now)
    return replace(now, evidence=same.evidence, failed=same.failed)


def labels_of_everyone(book: RuleBook) -> frozenset[str]:
    """Name the labels that depend on everyone who is scored."""
    return _of_everyone(book, _by_list(book))


def needs_everyone(book: RuleBook, condition: Condition) -> bool:
    """Say whether a condition depends on everyone who is scored: by a rank, a percentile, or such a label."""
    return _needs_everyone(condition, labels_of_everyone(book), _by_list(book))


def _by_list(book: RuleBook) -> frozenset[str]:
    """Name the scores with flames by percentile."""
    return frozenset(score.name for score in book.scores if score.percentiles is not None)


def labels_told(book: RuleBook, texts: Mapping[str, str | None]) -> tuple[LabelExplained, ...]:
    """Return all labels of a book; those without a text in the mapping are not known."""
    return tuple(
        LabelExplained(
            label.name,
            label.title,
            texts.get(label.name),
            tuple((part, texts.get(part)) for part in label.join),
            known=label.name in texts,
        )
        for label in book.labels
    )


def _of_everyone(book: RuleBook, by_list: frozenset[str]) -> frozenset[str]:
    """Name the labels that depend on everyone; `by_list` are scores with flames by percentile."""
    found: set[str] = set()
    for label in book.labels:
        if _is_of_everyone(label, frozenset(found), by_list):
            found.add(label.name)
    return frozenset(found)


def _is_of_everyone(label: Label, above: frozenset[str], by_list: frozenset[str]) -> bool:
    conditions = (branch.condition for branch in label.branches if branch.condition is not None)
    return bool(above & set(label.join)) or any(_needs_everyone(each, above, by_list) for each in conditions)


def _needs_everyone(condition: Condition, labels: frozenset[str], by_list: frozenset[str]) -> bool:
    """Say whether a condition asks for what depends on everyone, or for one of these labels."""
    for leaf in leaves(condition):
        if isinstance(leaf, ScoreIs):
            of_everyone = _OF_EVERYONE | {"flames"} if leaf.score in by_list else _OF_EVERYONE
            if any(measure in of_everyone for measure, _ in leaf.measures):
                return True
        if isinstance(leaf, LabelIs) and any(name in labels for name, _ in leaf.labels):
            return True
    return False
