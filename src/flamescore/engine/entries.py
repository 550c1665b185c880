"""The entries that a ledger can have, numbered in the order in which they are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from flamescore.rules import NO_LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.rules import Limits, RuleBook, Score


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule, or a limit on a rule, group or score; `id` is whose, `name` what people call it."""

    score_name: str
    entry: str
    id: str
    name: str
    limits: Limits = NO_LIMITS


def entries_of(book: RuleBook) -> tuple[Entry, ...]:
    """List the entries, score by score: each rule and its limit, the groups' limits, the score's."""
    return tuple(entry for score in book.scores for entry in _of_score(score))


def _of_score(score: Score) -> Iterator[Entry]:
    for rule in score.rules:
        yield Entry(score.name, "rule", rule.id, rule.name)
        if rule.limits != NO_LIMITS:
            yield Entry(score.name, "rule_limit", rule.id, rule.name, rule.limits)
    for name, limits in score.groups:
        if limits != NO_LIMITS:
            yield Entry(score.name, "group_limit", name, name, limits)
    if score.limits != NO_LIMITS:
        yield Entry(score.name, "score_limit", score.name, score.title, score.limits)


def numbered(entries: tuple[Entry, ...]) -> dict[tuple[str, str, str], int]:
    """Return the number of each entry by score, kind and id."""
    return {(e.score_name, e.entry, e.id): i for i, e in enumerate(entries)}


def table(entries: tuple[Entry, ...]) -> pl.DataFrame:
    """Return the entries as `score_name, entry, rule_id, name` (all String), in order."""
    columns = ("score_name", "entry", "rule_id", "name")
    rows = [(e.score_name, e.entry, e.id, e.name) for e in entries]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
