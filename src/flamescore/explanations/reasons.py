"""The entries of an explanation, with the evidence for each rule, and why the other rules gave nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from msgspec import Struct
from msgspec.structs import replace

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
from flamescore.explanations.condition_evidence import ConditionEvidence
from flamescore.explanations.contact_events import ContactEvents
from flamescore.explanations.event_evidence import EventEvidence, faded, worth_nothing
from flamescore.explanations.evidence import led
from flamescore.explanations.expiry import expires_at
from flamescore.explanations.explanation import Applied, EntryLine, InBurst, Occurrence, Silence
from flamescore.explanations.predicate_words import reads_numbers
from flamescore.rules import BranchRule, EventRule, TagRule
from flamescore.units import POINT, WHOLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.engine import ConditionEvaluator, Entry, LedgerRows, Prepared, Stream, Traced
    from flamescore.explanations.evidence import Evidence
    from flamescore.rules import Decay, Idle, Rule, Score

CONDITION: Final = "condition"
RESET: Final = "since"
SKIPPED: Final = "undated"
"""The outcome of a tag that does not count because it has no date."""

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
    SKIPPED: "has no date, and the rule needs one",
    CONDITION: "the rule's `if` is not met",
}
"""What keeps an occurrence from counting, in words."""


class EntryLines(Struct, frozen=True, dict=True):
    """The lines of one contact's explanation, score by score."""

    ready: Prepared
    traced: Traced
    evaluator: ConditionEvaluator
    rows: LedgerRows
    history: pl.DataFrame | None
    everything: bool
    most: int | None = None
    """The maximum number of counted occurrences listed per entry; listing 69,000 takes a second."""

    def entries(self, score: Score) -> tuple[EntryLine, ...]:
        """Return the entries that gave or took points; the points add up to the score.

        Rules come first, most points first, then in order of the file. Limits and silence follow in the order
        in which they are applied.
        """
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
            idle = idles.get((entry.entry, entry.id))
            line = EntryLine(
                entry=entry.entry,
                rule_id=entry.id,
                name=entry.name,
                points=points / POINT,
                occurrences=occurrences,
                last_at=None if age == NO_AGE else self._instant(age),
                silence=None if idle is None else self._silence(idle),
                limit=_limit(entry, points),
            )
            if entry.entry == "rule":
                line = self._given(line, rules[entry.id])
            lines.append((entry.entry != "rule", -points if entry.entry == "rule" else 0, line))
        return tuple(line for _, _, line in sorted(lines, key=lambda each: each[:2]))

    def _given(self, line: EntryLine, rule: Rule) -> EntryLine:
        """Add the evidence and occurrences to the line of a rule that gave something."""
        counted, uncounted = self._occurrences(rule, self.most)
        return replace(
            line,
            group=rule.group,
            counted=counted,
            uncounted=uncounted,
            applied=self._applied(rule),
            evidence=tuple(self._evidence(rule)),
            numbers=self._numbers(rule),
        )

    def silent(self, score: Score, entries: Sequence[EntryLine]) -> tuple[EntryLine, ...]:
        """Return the rules that gave nothing, and so are not among the entries, each with the reason."""
        given = {line.rule_id for line in entries if line.entry == "rule"}
        out = []
        for rule in (rule for rule in score.rules if rule.id not in given):
            counted, uncounted = self._occurrences(rule)
            failed = self._failed(rule)
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
                    why=failed.sentence,
                    counted=counted,
                    uncounted=uncounted,
                    applied=self._applied(rule),
                    failed=failed,
                    numbers=self._numbers(rule),
                )
            )
        return tuple(out)

    # --- evidence --------------------------------------------------------------------------------------

    @cached_property
    def _events(self) -> ContactEvents:
        return ContactEvents(self.ready, self.traced, self.evaluator)

    @cached_property
    def _event_evidence(self) -> EventEvidence:
        return EventEvidence(self._events)

    @cached_property
    def conditions(self) -> ConditionEvidence:
        """The evidence for conditions on the contact."""
        return ConditionEvidence(self.ready, self.evaluator, self._events, self.history)

    def _evidence(self, rule: Rule) -> list[Evidence]:
        """Return the evidence for a rule that gave something."""
        match rule.subject:
            case EventRule():
                found = self._event_evidence.given(rule.subject)
            case TagRule():
                applied = self._applied(rule)
                at = None if applied is None or applied.at is None else int(applied.at.timestamp())
                found = self.conditions.of_rule(rule.subject, at, None if applied is None else applied.tag)
            case BranchRule():
                found = self.conditions.branch([each.condition for each in rule.subject.branches])
        if rule.condition is None:
            return found
        return [*found, *led(self.conditions.holding(rule.condition), "if: ")]

    def _failed(self, rule: Rule) -> Evidence:
        """Return the first test that stopped a rule: of its subject, of its `if`, or of its points."""
        match rule.subject:
            case EventRule():
                failed = self._event_evidence.nothing(rule.subject)
            case TagRule():
                failed = self._no_tag(rule.subject)
            case BranchRule():
                conditions = [each.condition for each in rule.subject.branches]
                failed = self.conditions.no_branch(conditions, rule.subject.key)
        if failed is not None:
            return failed
        if rule.condition is not None and not self._in_force(rule):
            failed = self.conditions.failing(rule.condition)
            return failed.with_sentence(f"if: {failed.sentence}")
        match rule.subject:
            case EventRule():
                return self._event_evidence.worthless(rule.subject)
            case TagRule():
                applied = self._applied(rule)
                return faded(None if applied is None or rule.subject.points == 0 else applied.age_days)
            case BranchRule():
                return worth_nothing("worth 0")

    def _in_force(self, rule: Rule) -> bool:
        """Return whether the rule's own `if` holds, or it has none."""
        return rule.condition is None or bool(self.evaluator.evaluate(rule.condition)[0])

    def _no_tag(self, rule: TagRule) -> Evidence | None:
        """Return why the tag of a rule does not count; None if it does."""
        if not self.evaluator.facts.tags[rule.tag][0]:
            return self.conditions.no_tag(rule.tag)
        reset = int(self.ready.ledger_writer.reset_of(rule, self.evaluator)[0])
        applied = _applied_tag(rule, self.ready, self.history, reset)
        if applied is None or applied.outcome == COUNTED:
            return None
        if applied.at is None:
            [tag, *_] = self.conditions.tags(rule.tag)
            return replace(tag, operator="dated", operand=True, holds=False)
        [tag, *_] = self.conditions.of_rule(rule, int(applied.at.timestamp()), applied.tag)
        day = self._events.local_day(applied.at).isoformat()
        called = tag.sentence.partition(", since")[0]
        if applied.outcome == EXPIRED:
            failed = replace(tag, operator="within_last", operand=str(rule.window), holds=False)
            return failed.with_sentence(f"{called}, since {day}, older than {rule.window}")
        streams = self.ready.streams.of_tag_rule[rule]
        after = self._event_evidence.reset_on(streams)
        failed = replace(tag, operator="after", operand=after, holds=False)
        return failed.with_sentence(f"{called}, since {day}, not after {after}")

    def _numbers(self, rule: Rule) -> tuple[str, ...]:
        """Return the names of the event properties that a rule reads as numbers."""
        if not isinstance(rule.subject, EventRule):
            return ()
        names = [p.column for p in rule.subject.match.where if any(map(reads_numbers, p.tests))]
        names += [] if rule.subject.points.column is None else [rule.subject.points.column]
        return tuple(dict.fromkeys(names))

    # --- tags, silence, occurrences --------------------------------------------------------------------

    def _applied(self, rule: Rule) -> Applied | None:
        """Return the latest application of the tags of a rule that depends on their age."""
        if not isinstance(rule.subject, TagRule):
            return None
        reset = int(self.ready.ledger_writer.reset_of(rule.subject, self.evaluator)[0])
        found = _applied_tag(rule.subject, self.ready, self.history, reset)
        if found is None or self._in_force(rule):
            return found
        return replace(found, outcome=CONDITION, factor=None, points=None)

    def _silence(self, idle: Idle) -> Silence:
        """Return how long the contact has been idle, even if nothing is left of the sum."""
        streams = set(self.ready.streams.of_idle[idle])
        active = (
            row
            for row, matched in enumerate(self.traced.matches)
            if self._events.ages[row] >= 0 and not streams.isdisjoint(matched)
        )
        row = min(active, key=lambda row: self._events.ages[row], default=None)
        if row is None:
            return Silence(0.0)
        age = self._events.ages[row]
        left = _factor_at(idle.decay, age) / WHOLE
        return Silence(left, age // DAY, self._events.cells[AT][row], self._events.cells[EVENT][row])

    def _occurrences(
        self, rule: Rule, most: int | None = None
    ) -> tuple[tuple[Occurrence, ...], tuple[Occurrence, ...]]:
        """Return a rule's counted occurrences, `most` of them at most, and (if `everything`) the others.

        Latest first.
        """
        if not isinstance(rule.subject, EventRule):
            return (), ()
        number = self.ready.streams.of_rule[rule.subject]
        stream, rows = self.ready.streams.all[number], self._events.by_stream.get(number, [])
        oldest = max((0, *(self._events.ages[row] for row in rows)))
        factor = decay_factors(stream.decay, oldest // DAY).tolist()
        properties = [name for name in _columns(stream) if name in self._events.cells]
        occurrence_of = partial(self._occurrence, rule.subject, number, factor=factor, properties=properties)
        outcomes = self.traced.outcomes
        counted = [row for row in rows if outcomes[number, row] == COUNTED][:most]
        others = [row for row in rows if outcomes[number, row] != COUNTED] if self.everything else []
        return tuple(occurrence_of(row) for row in counted), tuple(occurrence_of(row) for row in others)

    def _occurrence(
        self, rule: EventRule, number: int, row: int, *, factor: list[int], properties: list[str]
    ) -> Occurrence:
        """Return the occurrence of one event under a rule; `factor` is indexed by whole days."""
        cells, age, at = self._events.cells, self._events.ages[row], self._events.cells[AT][row]
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
        """Return the listed properties that an event has."""
        return tuple((c, self._events.cells[c][row]) for c in names if self._events.cells[c][row] is not None)

    def _instant(self, age: int) -> datetime:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=self.ready.clock.now - age)


def _limit(entry: Entry, points: int) -> float | None:
    """Return the bound that a limit enforces on its sum: the upper one if it takes points."""
    bound = entry.limits.high if points < 0 else entry.limits.low
    return None if bound is None else bound / POINT


def _columns(stream: Stream) -> tuple[str, ...]:
    """Return the names of the properties that a stream reads."""
    names = [p.column for p in stream.where if p.column != EVENT]
    names += [stream.per_column] if stream.per_column is not None else []
    names += [stream.points.column] if stream.points.column is not None else []
    names += stream.carried
    return tuple(dict.fromkeys(names))


def _applied_tag(rule: TagRule, ready: Prepared, history: pl.DataFrame | None, reset: int) -> Applied | None:
    """Return the latest application of the tags of a rule; `ready` and `history` are for one contact.

    `reset` is the age of the latest reset.
    None if the rule does not depend on the tags' age, or if the contact does not have the tags.
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
    """Return the share of the points left at an age in seconds, in billionths."""
    table = decay_factors(decay, age // DAY)
    return int(table[min(age // DAY, len(table) - 1)])


def _named(rule: TagRule, tags: Tags, history: pl.DataFrame | None, since: int) -> str | None:
    """Return the first matching tag that was applied at `since`, as the history spells it."""
    if history is None:
        return None
    meant = replace(rule.tag, how="any") if rule.tag.how == "all" else rule.tag
    held = tags.held.filter(pl.col("at") == since)
    names = history.filter(pl.col("at").dt.epoch("s") == since)["tag"].drop_nulls().to_list()
    fitting = (name for name in names if Tags(held.filter(pl.col("tag") == fold(name)), 1).has(meant)[0])
    return next(fitting, None)
