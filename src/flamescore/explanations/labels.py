"""The labels of a contact, and whether it is hot, with the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from flamescore.explanations.explanation import LabelExplained
from flamescore.labels import ConditionContext, Standing, with_labels
from flamescore.rules import LabelIs, ScoreIs, label_conditions, leaves, stands

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import polars as pl

    from flamescore.engine import LedgerSummary
    from flamescore.explanations.condition_evidence import ConditionEvidence
    from flamescore.explanations.evidence import Evidence
    from flamescore.rules import Condition, Hot, Label, RuleBook

_OF_EVERYONE = frozenset(("percentile", "rank"))


def extra_conditions(book: RuleBook, hot: Hot) -> tuple[Condition, ...]:
    """Return the conditions of labels and `hot` on tags, fields and events."""
    also = () if hot.condition is None else (hot.condition,)
    all_leaves = (leaf for condition in (*label_conditions(book), *also) for leaf in leaves(condition))
    return tuple(dict.fromkeys(leaf for leaf in all_leaves if not stands(leaf)))


class Place(Struct, frozen=True):
    """The place of a contact among the `of` contacts of a score: its rank, and how many score lower."""

    rank: int
    lower: int
    of: int


def places_in(scores: pl.DataFrame, contacts: Mapping[str, int]) -> dict[str, Place]:
    """Return the contact's place by score, from its rows of `scores`.

    `contacts` is the number of scored contacts, by score. A percentile is `100 * lower / (of - 1)`, or 0 for
    a single contact.
    """
    rows = scores.select("score_name", "rank", "percentile").iter_rows()
    return {
        name: Place(rank, round(percentile * (contacts[name] - 1) / 100), contacts[name])
        for name, rank, percentile in rows
        if name in contacts
    }


class LabelsAndHot(Struct, frozen=True):
    """The labels of a contact, and whether it is hot by a condition: fields of an `Explanation`."""

    labels: tuple[LabelExplained, ...]
    hot: bool | None = None
    hot_evidence: tuple[Evidence, ...] = ()
    hot_failed: Evidence | None = None


def labels_and_hot(
    book: RuleBook,
    hot: Hot,
    facts: ConditionEvidence,
    summary: LedgerSummary,
    *,
    flames: Mapping[str, int | None],
    places: Mapping[str, Place],
) -> LabelsAndHot:
    """Return the labels of a contact and whether it is hot, as far as they are known.

    `flames` are the contact's flames, `places` its places among all contacts, both by score. If a score is
    missing from either, everything that depends on all contacts is left out.
    """
    standings, are_known = {}, True
    for number, score in enumerate(book.scores):
        there = np.flatnonzero(summary.in_population[number])
        none = np.zeros(len(there), np.int64)
        stars, place = flames.get(score.name), places.get(score.name)
        if len(there) and (stars is None or place is None):
            are_known = False
        rank, lower, of = (
            (none, none, None) if place is None else (none + place.rank, none + place.lower, place.of)
        )
        points = summary.totals[number][there]
        standings[score.name] = Standing(there, points, none + (stars or 0), rank, lower, of)
    answers = {leaf: facts.evaluator.evaluate(leaf) for leaf in extra_conditions(book, hot)}
    by_list = _by_list(book)
    unknown = frozenset() if are_known else _of_everyone(book, by_list)
    known = [label for label in book.labels if label.name not in unknown]
    everyone = with_labels(ConditionContext(1, answers, standings, {}), known)
    texts = {name: column[0] for name, column in everyone.labels.items()}
    seen = replace(facts, everyone=everyone)
    labels = tuple(_seen(label, book, seen) for label in explained_labels(book, texts))
    condition = hot.condition
    if condition is None or not (are_known or not _needs_everyone(condition, unknown, by_list)):
        return LabelsAndHot(labels)
    if everyone.fitting(condition)[0]:
        return LabelsAndHot(labels, hot=True, hot_evidence=tuple(seen.holding(condition)))
    return LabelsAndHot(labels, hot=False, hot_failed=seen.failing(condition))


def _seen(explained: LabelExplained, book: RuleBook, facts: ConditionEvidence) -> LabelExplained:
    """Add to a known label the evidence for its branch, or why none holds."""
    label = next(each for each in book.labels if each.name == explained.name)
    conditions = [branch.condition for branch in label.branches]
    if not explained.known or not conditions:
        return explained
    failed = facts.no_branch(conditions)
    return replace(explained, failed=failed, evidence=() if failed else tuple(facts.branch(conditions)))


def kept_evidence(now: LabelExplained, before: Iterable[LabelExplained]) -> LabelExplained:
    """Copy the evidence of a label if its text is unchanged."""
    same = next((each for each in before if (each.name, each.text) == (now.name, now.text)), now)
    return replace(now, evidence=same.evidence, failed=same.failed)


def labels_of_everyone(book: RuleBook) -> frozenset[str]:
    """Return the names of the labels that depend on all scored contacts."""
    return _of_everyone(book, _by_list(book))


def needs_everyone(book: RuleBook, condition: Condition) -> bool:
    """Return whether a condition depends on all scored contacts: by a rank, a percentile, or such a label."""
    return _needs_everyone(condition, labels_of_everyone(book), _by_list(book))


def _by_list(book: RuleBook) -> frozenset[str]:
    """Return the names of the scores with flames by percentile."""
    return frozenset(score.name for score in book.scores if score.percentiles is not None)


def explained_labels(book: RuleBook, texts: Mapping[str, str | None]) -> tuple[LabelExplained, ...]:
    """Return all labels of a rule book; the ones without a text in the mapping are marked as not known."""
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
    """Return the labels that depend on all contacts; `by_list` are the scores with flames by percentile."""
    found: set[str] = set()
    for label in book.labels:
        if _is_of_everyone(label, frozenset(found), by_list):
            found.add(label.name)
    return frozenset(found)


def _is_of_everyone(label: Label, above: frozenset[str], by_list: frozenset[str]) -> bool:
    conditions = (branch.condition for branch in label.branches if branch.condition is not None)
    return bool(above & set(label.join)) or any(_needs_everyone(each, above, by_list) for each in conditions)


def _needs_everyone(condition: Condition, labels: frozenset[str], by_list: frozenset[str]) -> bool:
    """Return whether a condition reads what depends on all contacts, or one of these labels."""
    for leaf in leaves(condition):
        if isinstance(leaf, ScoreIs):
            of_everyone = _OF_EVERYONE | {"flames"} if leaf.score in by_list else _OF_EVERYONE
            if any(measure in of_everyone for measure, _ in leaf.measures):
                return True
        if isinstance(leaf, LabelIs) and any(name in labels for name, _ in leaf.labels):
            return True
    return False
