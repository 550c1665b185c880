"""Why a condition holds for a contact, or why it does not, leaf by leaf.

condition                        holds                          does not hold
{all: [A, B]}                    both A and B                   the first of them that does not
{any: [A, B]}                    the first of them that does    `none of 2: ` and the last of them
{not: A}                         why A does not                 `not: ` and why A does
{field: {budget: 5}}             budget is 5                    budget is 4, not 5
{tag: VIP}                       tag "VIP", since 2026-11-02    no tag "VIP"
{event: call}                    call: 2, latest 2026-11-17     no call
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from flamescore.cells import fold
from flamescore.engine import cells_of_column
from flamescore.explanations.event_evidence import EventEvidence
from flamescore.explanations.evidence import Evidence, Operand, led, sentences
from flamescore.explanations.predicate_words import Cell, fitting, listed, missing
from flamescore.explanations.score_evidence import of_labels, of_score
from flamescore.frames import ISO, ITEM_END, ITEMS, PLAIN
from flamescore.rules import AllOf, AnyOf, FieldIs, Happened, HasTag, LabelIs, ListValues, Not, ScoreIs
from flamescore.units import ago

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from flamescore.engine import Cells, ConditionEvaluator, Prepared
    from flamescore.explanations.contact_events import ContactEvents
    from flamescore.labels import ConditionContext
    from flamescore.rules import Condition, Predicate, TagMatch, TagRule, Test

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class ConditionEvidence(Struct, frozen=True, dict=True):
    """Evidence for conditions from one contact's cells, tags and events; `ready` has this contact only."""

    ready: Prepared
    evaluator: ConditionEvaluator
    events: ContactEvents
    history: pl.DataFrame | None = None
    everyone: ConditionContext | None = None
    """The standings and labels that conditions on scores and labels refer to: this contact's only."""

    def holding(self, condition: Condition) -> list[Evidence]:  # noqa: PLR0911 - one per kind
        """Return the evidence that a condition holds."""
        match condition:
            case AllOf(parts=parts):
                return [each for part in parts for each in self.holding(part)]
            case AnyOf(parts=parts):
                return self.holding(next(part for part in parts if self._holds(part)))
            case Not(part=part):
                return [self.failing(part).denied()]
            case FieldIs(where=where):
                return [
                    each
                    for predicate in where
                    for each in fitting(predicate, self.cell(predicate.column), self.ready.clock.zone)
                ]
            case HasTag(tag=tag):
                return self.tags(tag)
            case Happened():
                return EventEvidence(self.events).happened(condition)
            case ScoreIs() | LabelIs():
                return self._standing(condition)
            case _:
                msg = f"{type(condition).__name__} is not asked of one contact alone"
                raise TypeError(msg)

    def failing(self, condition: Condition) -> Evidence:  # noqa: PLR0911 - one per kind
        """Return the first reason why a condition does not hold."""
        match condition:
            case AllOf(parts=parts):
                return self.failing(next(part for part in parts if not self._holds(part)))
            case AnyOf(parts=parts):
                last = self.failing(parts[-1])
                return last.with_sentence(f"none of {len(parts):,}: {last.sentence}")
            case Not(part=part):
                found = self.holding(part)
                return found[0].denied().with_sentence(f"not: {'; '.join(sentences(found))}")
            case FieldIs(where=where):
                return self._field(next(each for each in where if not self._fits(each)))
            case HasTag(tag=tag):
                return self.no_tag(tag)
            case Happened():
                return EventEvidence(self.events).not_happened(condition)
            case ScoreIs() | LabelIs():
                return next(each for each in self._standing(condition) if not each.holds)
            case _:
                msg = f"{type(condition).__name__} is not asked of one contact alone"
                raise TypeError(msg)

    def _holds(self, condition: Condition) -> bool:
        evaluate = self.evaluator.evaluate if self.everyone is None else self.everyone.fitting
        return bool(evaluate(condition)[0])

    def _standing(self, condition: ScoreIs | LabelIs) -> list[Evidence]:
        assert self.everyone is not None
        zone = self.ready.clock.zone
        if isinstance(condition, ScoreIs):
            return of_score(self.everyone, condition, zone)
        return of_labels(self.everyone, condition, zone)

    # --- branches --------------------------------------------------------------------------------------

    def branch(self, conditions: Sequence[Condition | None]) -> list[Evidence]:
        """Return the evidence for the first branch that holds; if there are several, with its number."""
        many = len(conditions)
        number = next(n for n, each in enumerate(conditions, 1) if self._holds_if(each))
        condition = conditions[number - 1]
        if many == 1:
            return [] if condition is None else self.holding(condition)
        lead = f"branch {number:,} of {many:,}: "
        none = "none of the branches before it held"
        shown = [] if condition is None else led(self.holding(condition), lead)
        sentence = shown[0].sentence if shown else f"{lead}{none}"
        return [Evidence(kind="branch", value=number, operand=many, sentence=sentence), *shown]

    def no_branch(self, conditions: Sequence[Condition | None], key: str = "first_of") -> Evidence | None:
        """Return why no branch holds; None if one does. `key` is the rule's key in the rule file."""
        if any(map(self._holds_if, conditions)):
            return None
        last = conditions[-1]
        assert last is not None
        failed = self.failing(last)
        if key == "if":
            return failed.with_sentence(f"if: {failed.sentence}")
        return (
            failed
            if len(conditions) == 1
            else failed.with_sentence(f"none of {len(conditions):,}: {failed.sentence}")
        )

    def _holds_if(self, condition: Condition | None) -> bool:
        return condition is None or self._holds(condition)

    # --- cells -----------------------------------------------------------------------------------------

    def cell(self, column: str) -> Cell:
        """Return the contact's cell of a column."""
        table = self._cells(column).table
        beside = {name: table[name][0] for name in (PLAIN, ISO, ITEMS) if name in table.columns}
        joined = beside.get(ITEMS)
        items = None if joined is None else tuple(item for item in joined.split(ITEM_END) if item)
        cell = replace(Cell.of(table["cell"][0], iso=beside.get(ISO)), items=items)
        return replace(cell, number=Cell.of(beside[PLAIN]).number) if PLAIN in beside else cell

    @cached_property
    def _known(self) -> dict[str, Cells]:
        return {}

    def _cells(self, column: str) -> Cells:
        if column not in self._known:
            self._known[column] = cells_of_column(self.ready.contacts.frame, column)
        return self._known[column]

    def _fits(self, predicate: Predicate) -> bool:
        return bool(self.evaluator.facts.fields[predicate][0])

    def _field(self, predicate: Predicate) -> Evidence:
        cell = self.cell(predicate.column)
        test, unread = predicate.tests[0], False
        if cell.text is not None:
            answers = self._answers[predicate.column]
            alone = ((test, answers[_alone(predicate, test)]) for test in predicate.tests)
            test, (_, unread) = next((test, each) for test, each in alone if not each[0])
        return missing(predicate, test, cell, self.ready.clock.zone, unread=unread)

    @cached_property
    def _answers(self) -> dict[str, dict[Predicate, tuple[bool, bool]]]:
        """By column, whether each test holds, and whether the cell is unreadable for it, in one pass."""
        by_column: dict[str, dict[Predicate, None]] = {}
        for predicate in self.evaluator.facts.fields:
            alone = {_alone(predicate, test): None for test in predicate.tests}
            by_column.setdefault(predicate.column, {}).update(alone)
        return {
            column: dict(zip(tests, self._cells(column).answers(tuple(tests), self.ready.clock), strict=True))
            for column, tests in by_column.items()
        }

    # --- tags ------------------------------------------------------------------------------------------

    def tags(self, tag: TagMatch) -> list[Evidence]:
        """Return evidence of the requested tags that the contact has: all of them, or the first."""
        held = self.ready.tags.of_one(tag)
        if tag.how == "like":
            names = [self._written(next(iter(held)))]
        else:
            there = [each for each in tag.tags if fold(each) in held]
            names = there if tag.how == "all" else there[:1]
        return [self.tag(name, tag, held[fold(name)]) for name in names]

    def tag(self, name: str, match: TagMatch, at: int | None) -> Evidence:
        """Return evidence of one tag that matches, with the time at which it was applied."""
        instant = None if at is None else _EPOCH + timedelta(seconds=at)
        since = "no date"
        if instant is not None:
            day = self.events.local_day(instant)
            since = f"since {day.isoformat()}, {ago(day, self.events.local_day(self.ready.clock.as_of))}"
        operand: Operand = [name] if match.how == "all" else _operand(match)
        how = "like" if match.how == "like" else "any"
        return Evidence(
            kind="tag",
            value=[name],
            operator=how,
            operand=operand,
            latest_at=instant,
            sentence=f'tag "{name}", {since}',
        )

    def of_rule(self, rule: TagRule, at: int | None, name: str | None) -> list[Evidence]:
        """Return evidence of a rule's tags; if the rule depends on their age, the latest, applied at `at`."""
        if at is None:
            return self.tags(rule.tag)
        held = self.ready.tags.of_one(rule.tag)
        called = name or next(self._written(tag) for tag, when in held.items() if when == at)
        latest = self.tag(called, rule.tag, at)
        others = self.tags(rule.tag) if rule.tag.how == "all" else []
        return [latest, *(each for each in others if each.value != latest.value)]

    def no_tag(self, tag: TagMatch) -> Evidence:
        """Return which tag the contact does not have."""
        if tag.how == "all":
            held = self.ready.tags.of_one(replace(tag, how="any"))
            lacking = next(each for each in tag.tags if fold(each) not in held)
            return _without([lacking], "any", f'no tag "{lacking}"')
        if isinstance(tag.tags, ListValues):
            return _without(_operand(tag), "any", f"none of the tags in the list {tag.tags.path}")
        names = [f'"{each}"' for each in tag.tags]
        like = "like " if tag.how == "like" else ""
        text = f"no tag {like}{names[0]}" if len(names) == 1 else f"none of the tags {like}{listed(names)}"
        return _without(_operand(tag), tag.how, text)

    def _written(self, folded: str) -> str:
        """Return a tag as it is spelled in the exports."""
        frame = self.ready.contacts.frame
        texts = list(frame["tags"].to_list()[0] or ()) if "tags" in frame.columns else []
        texts += [] if self.history is None else self.history["tag"].drop_nulls().to_list()
        return next((text.strip() for text in texts if fold(text or "") == folded), folded)


def _alone(predicate: Predicate, test: Test) -> Predicate:
    return replace(predicate, tests=(test,))


def _operand(tag: TagMatch) -> Operand:
    if isinstance(tag.tags, ListValues):
        return {"file": tag.tags.path, "column": tag.tags.column}
    return list(tag.tags)


def _without(operand: Operand, operator: str, sentence: str) -> Evidence:
    return Evidence(kind="tag", value=[], operator=operator, operand=operand, holds=False, sentence=sentence)
