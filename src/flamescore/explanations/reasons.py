"""The entries of an explanation, the tags whose age rules look at, and why rules gave nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from flamescore.cells import fold
from flamescore.engine import (
    AT,
    BOTS,
    COUNTED,
    DAY,
    EVENT,
    EXPIRED,
    NO_AGE,
    UNDATED,
    Tags,
    contributions,
    decay_factors,
)
from flamescore.explanations.expiry import expires_at
from flamescore.explanations.explanation import Applied, EntryLine, InBurst, Occurrence, Silence
from flamescore.rules import BranchRule, EventRule, TagRule
from flamescore.units import POINT, WHOLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.engine import ConditionEvaluator, LedgerRows, Prepared, Stream, Traced
    from flamescore.rules import Decay, Idle, Rule, Score

CONDITION: Final = "condition"
RESET: Final = "since"
SKIPPED: Final = "undated"
"""What keeps a tag without a date from counting."""

OUTCOMES: Final = {
    "expired": "has expired",
    "later": "is later than as_of",
    "since": "is not after the latest reset",
    "follower": "the follow-up is not what the rule asks for",
    "per": "a later one counts for the same day, period or value",
    "burst": "too few of them are near each other",
    "times": "there are too few of them",
    "count": "later ones count instead",
    BOTS: "`bots` removes it",
    SKIPPED: "has no date, and the rule skips such tags",
    CONDITION: "the rule's `if` does not hold",
}
"""What keeps an occurrence from counting, in words."""


@dataclass(frozen=True)
class EntryLines:
    """The lines of one contact's explanation, score by score."""

    ready: Prepared
    traced: Traced
    evaluator: ConditionEvaluator
    rows: LedgerRows
    history: pl.DataFrame | None
    everything: bool
    most: int | None = None
    """So many counted occurrences of an entry are told; to tell of 69,000 takes a second."""

    def entries(self, score: Score) -> tuple[EntryLine, ...]:
        """Return what gave or took anything, in order; the points add up to the score."""
        rules = {rule.id: rule for rule in score.rules}
        idles = {("group_idle", group.name): group.idle for group in score.groups}
        idles["score_idle", score.name] = score.idle
        rows = self.rows
        lines = []
        for number, points, occurrences, age in zip(
            rows.entry.tolist(),
            rows.points.tolist(),
            rows.occurrences.tolist(),
            rows.age.tolist(),
            strict=True,
        ):
            entry = self.ready.ledger_writer.entries[number]
            if entry.score_name != score.name:
                continue
            rule = rules.get(entry.id) if entry.entry == "rule" else None
            idle = idles.get((entry.entry, entry.id))
            counted, uncounted = ((), ()) if rule is None else self._occurrences(rule, self.most)
            lines.append(
                EntryLine(
                    entry=entry.entry,
                    rule_id=entry.id,
                    name=entry.name,
                    points=points / POINT,
                    occurrences=occurrences,
                    last_at=None if age == NO_AGE else self._instant(age),
                    group=None if rule is None else rule.group,
                    counted=counted,
                    uncounted=uncounted,
                    applied=None if rule is None else self._applied(rule),
                    silence=None if idle is None else self._silence(idle),
                )
            )
        return tuple(lines)

    def silent(self, score: Score, entries: Sequence[EntryLine]) -> tuple[EntryLine, ...]:
        """Return the rules that gave nothing and so are not among the entries, each with the reason."""
        given = {line.rule_id for line in entries if line.entry == "rule"}
        out = []
        for rule in (rule for rule in score.rules if rule.id not in given):
            counted, uncounted = self._occurrences(rule)
            why = self._why(rule, counted, uncounted)
            if not self._in_force(rule):
                held_back = (replace(o, outcome=CONDITION, factor=None, points=None) for o in counted)
                counted, uncounted = (), (*held_back, *uncounted)
            out.append(
                EntryLine(
                    "rule",
                    rule.id,
                    rule.name,
                    0.0,
                    occurrences=len(counted),
                    last_at=max((each.at for each in counted), default=None),
                    group=rule.group,
                    why=why,
                    counted=counted,
                    uncounted=uncounted,
                    applied=self._applied(rule),
                )
            )
        return tuple(out)

    def _why(self, rule: Rule, counted: tuple[Occurrence, ...], uncounted: tuple[Occurrence, ...]) -> str:
        if not self._in_force(rule):
            return "its `if` does not hold"
        match rule.subject:
            case EventRule():
                return _why_no_event(counted, uncounted)
            case TagRule():
                return self._why_no_tag(rule.subject)
            case BranchRule(branches=branches):
                holds = any(self.evaluator.evaluate(branch.condition)[0] for branch in branches)
                return "it is worth 0" if holds else "its condition does not hold"

    def _in_force(self, rule: Rule) -> bool:
        """Tell whether the rule's own `if` holds, or it has none."""
        return rule.condition is None or bool(self.evaluator.evaluate(rule.condition)[0])

    def _why_no_tag(self, rule: TagRule) -> str:
        if not self.evaluator.facts.tags[rule.tag][0]:
            return "the contact does not have the tag"
        if not rule.dated or rule.points == 0:
            return "it is worth 0"
        if self.evaluator.facts.tagged_at[rule.tag][0] == UNDATED:
            return "the tag has no date, and the rule skips such tags"
        age = self.ready.clock.now - int(self.evaluator.facts.tagged_at[rule.tag][0])
        if age >= self.ready.ledger_writer.reset_of(rule, self.evaluator)[0]:
            return "the tag was not applied after the latest reset"
        return "the tag has expired, or is worth 0 by now"

    def _applied(self, rule: Rule) -> Applied | None:
        """Tell of the tag that a rule looks at the age of."""
        if not isinstance(rule.subject, TagRule):
            return None
        reset = int(self.ready.ledger_writer.reset_of(rule.subject, self.evaluator)[0])
        found = _applied_tag(rule.subject, self.ready, self.history, reset)
        if found is None or self._in_force(rule):
            return found
        return replace(found, outcome=CONDITION, factor=None, points=None)

    def _silence(self, idle: Idle) -> Silence:
        """Tell since when the contact is idle; activity too old to leave anything of the sum is told too."""
        streams = set(self.ready.streams.of_idle[idle])
        active = (
            row
            for row, matched in enumerate(self.traced.matches)
            if self._ages[row] >= 0 and not streams.isdisjoint(matched)
        )
        row = min(active, key=lambda row: self._ages[row], default=None)
        if row is None:
            return Silence(0.0)
        age = self._ages[row]
        left = _factor_at(idle.decay, age) / WHOLE
        return Silence(left, age // DAY, self._cells[AT][row], self._cells[EVENT][row])

    def _occurrences(
        self, rule: Rule, most: int | None = None
    ) -> tuple[tuple[Occurrence, ...], tuple[Occurrence, ...]]:
        """Return the counted occurrences of a rule, at most so many, and (of `everything`) the others.

        Latest first.
        """
        if not isinstance(rule.subject, EventRule):
            return (), ()
        number = self.ready.streams.of_rule[rule.subject]
        stream, rows = self.ready.streams.all[number], self._by_stream.get(number, [])
        oldest = max((0, *(self._ages[row] for row in rows)))
        factor = decay_factors(stream.decay, oldest // DAY).tolist()
        properties = [name for name in _columns(stream) if name in self._cells]
        tell = partial(self._occurrence, rule.subject, number, factor=factor, properties=properties)
        outcomes = self.traced.outcomes
        counted = [row for row in rows if outcomes[number, row] == COUNTED][:most]
        others = [row for row in rows if outcomes[number, row] != COUNTED] if self.everything else []
        return tuple(tell(row) for row in counted), tuple(tell(row) for row in others)

    def _occurrence(
        self, rule: EventRule, number: int, row: int, *, factor: list[int], properties: list[str]
    ) -> Occurrence:
        """Tell of one event under a rule; `factor` is by whole days."""
        cells, age, at = self._cells, self._ages[row], self._cells[AT][row]
        outcome, worth = self.traced.outcomes[number, row], self.traced.worth.get((number, row))
        left = factor[min(age // DAY, len(factor) - 1)] if outcome == COUNTED else None
        return Occurrence(
            event=cells[EVENT][row] or "",
            at=at,
            age_days=age // DAY,
            outcome=outcome,
            factor=None if left is None else left / WHOLE,
            points=None if worth is None else worth / POINT,
            expires_at=None if rule.window is None else expires_at(at, rule.window, self.ready.clock),
            properties=self._properties(row, properties),
            burst=tuple(
                InBurst(cells[EVENT][each] or "", cells[AT][each], self._properties(each, properties))
                for each in self.traced.bursts.get((number, row), ())
            ),
            like_scanner=row in self.traced.scanner,
        )

    def _properties(self, row: int, names: list[str]) -> tuple[tuple[str, str], ...]:
        """Return those of some properties that an event has."""
        return tuple((c, self._cells[c][row]) for c in names if self._cells[c][row] is not None)

    @cached_property
    def _by_stream(self) -> dict[int, list[int]]:
        """The events that each stream matches, latest first."""
        found: dict[int, list[int]] = {}
        for stream, row in self.traced.outcomes:
            found.setdefault(stream, []).append(row)
        ages = self._ages
        return {stream: sorted(rows, key=lambda row: (ages[row], row)) for stream, rows in found.items()}

    @cached_property
    def _ages(self) -> list[int]:
        ages: list[int] = self.traced.age.tolist()
        return ages

    @cached_property
    def _cells(self) -> dict[str, list[Any]]:
        """The events column by column: to look a row of a frame up takes 8 us, 0.2 s for a busy contact."""
        return self.traced.events.to_dict(as_series=False)

    def _instant(self, age: int) -> datetime:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=self.ready.clock.now - age)


def _why_no_event(counted: tuple[Occurrence, ...], uncounted: tuple[Occurrence, ...]) -> str:
    if counted:
        return "what it counts is worth 0 by now"
    if not uncounted:
        return "no such event"
    return "; ".join(dict.fromkeys(OUTCOMES[each.outcome] for each in uncounted))


def _columns(stream: Stream) -> tuple[str, ...]:
    """Name the properties that a stream looks at."""
    names = [p.column for p in stream.where if p.column != EVENT]
    names += [stream.per_column] if stream.per_column is not None else []
    names += [stream.points.column] if stream.points.column is not None else []
    names += stream.carried
    return tuple(dict.fromkeys(names))


def _applied_tag(rule: TagRule, ready: Prepared, history: pl.DataFrame | None, reset: int) -> Applied | None:
    """Return the latest application among the tags of a rule; `ready` and `history` are of one contact.

    `reset` is the age of the latest reset.
    None where the rule does not look at their age, or where the contact does not have them.
    """
    if not rule.dated or not ready.facts.tags[rule.tag][0]:
        return None
    since = int(ready.facts.tagged_at[rule.tag][0])
    if since == UNDATED:
        keeps = rule.undated == "keep"
        return Applied(outcome=COUNTED if keeps else SKIPPED, points=rule.points / POINT if keeps else None)
    age, reach = ready.clock.now - since, ready.clock.reach(rule.window)
    outcome = EXPIRED if reach is not None and age >= reach else RESET if age >= reset else COUNTED
    live = outcome == COUNTED
    factor = _factor_at(rule.decay, age)
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=since)
    return Applied(
        outcome=outcome,
        tag=_named(rule, ready.tags, history, since),
        at=at,
        age_days=age // DAY,
        factor=factor / WHOLE if live else None,
        points=int(contributions(rule.points, np.array([factor]))[0]) / POINT if live else None,
        expires_at=None if rule.window is None else expires_at(at, rule.window, ready.clock),
    )


def _factor_at(decay: Decay, age: int) -> int:
    """Return what is left of the worth at an age in seconds, in billionths."""
    table = decay_factors(decay, age // DAY)
    return int(table[min(age // DAY, len(table) - 1)])


def _named(rule: TagRule, tags: Tags, history: pl.DataFrame | None, since: int) -> str | None:
    """Return the first tag that was applied then and is meant, as the history writes it."""
    if history is None:
        return None
    meant = replace(rule.tag, how="any") if rule.tag.how == "all" else rule.tag
    held = tags.held.filter(pl.col("at") == since)
    names = history.filter(pl.col("at").dt.epoch("s") == since)["tag"].drop_nulls().to_list()
    fitting = (name for name in names if Tags(held.filter(pl.col("tag") == fold(name)), 1).has(meant)[0])
    return next(fitting, None)
