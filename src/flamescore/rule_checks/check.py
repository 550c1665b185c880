"""Rules checked against the data after a scoring: what matches nothing, and what was probably meant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec.structs import replace

from flamescore.engine import Clock, cells_of_column, contacts_of, operands_of
from flamescore.findings import Finding, Severity
from flamescore.rule_checks.cells import TestedPredicate
from flamescore.rule_checks.events import Events, events, is_suspect, look_again
from flamescore.rule_checks.references import fields_of, references_of
from flamescore.rule_checks.steps import steps_without_events
from flamescore.rule_checks.tags import TagCheck, tags_held
from flamescore.rules import (
    AllOf,
    AnyOf,
    FieldIs,
    Happened,
    HasTag,
    InSegment,
    LabelIs,
    Not,
    RuleIs,
    ScoreIs,
    beside,
    leaves,
)
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flamescore.engine import Cells
    from flamescore.frames import Exports
    from flamescore.rule_checks.references import Outside, Reference
    from flamescore.rules import Condition, EventMatch, Predicate
    from flamescore.scoring import Scored
    from flamescore.yaml_tree import Document
    from flamescore.yaml_tree import Path as NodePath

TONIGHT = "R122"


def check_rules(
    document: Document, exports: Exports, scored: Scored, others: Sequence[Outside] = ()
) -> tuple[Finding, ...]:
    """Return the findings on enabled rules, populations, `ignore`, labels and the project's conditions.

    `document` is the rule file that the scoring's rule book was built from. The events are read a second time
    only if a rule gives no contact anything, or a match or operand fits none of the events that the scoring
    has seen.

    Raises:
        InputError: a file can no longer be read.
    """
    references = references_of(document, scored, others)
    clock = Clock(scored.as_of, scored.book.zone)
    check = _Check(exports, clock, _events(references, exports, scored, clock))
    found = [finding for reference in references for finding in check.of(reference)]
    found += check.tags.findings()
    first: dict[tuple[str, str], Finding] = {}
    for each in found:
        first.setdefault((each.code, _about(each)), each)
    return tuple(first.values())


def _about(finding: Finding) -> str:
    """Return the key by which findings are deduplicated: a type that no row has is reported only once."""
    _, event, kind = finding.subject.partition(" event ")
    return kind.casefold() if event and finding.code == "I050" else f"{finding.subject}\0{finding.message}"


def _events(
    references: tuple[Reference, ...], exports: Exports, scored: Scored, clock: Clock
) -> Events | None:
    held = scored.observed.held
    matches = [
        match
        for reference in references
        for match in reference.matches()
        if (reference.empty and reference.rule is not None) or is_suspect(match, held)
    ]
    if not matches or not exports.events:
        return None
    people = contacts_of(exports.contacts, exports.aliases)
    looked = look_again(list(dict.fromkeys(matches)), exports.events, people, clock)
    lost = [reference for reference in references if reference.empty and looked.have_room(reference)]
    return replace(looked, steps=steps_without_events(lost, scored.book, exports, clock))


@dataclass
class _Check:
    exports: Exports
    clock: Clock
    events: Events | None
    tags: TagCheck = field(init=False)
    _cells: dict[str, Cells] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tags = TagCheck(tags_held(self.exports), self.exports.contacts.height)

    def of(self, reference: Reference) -> Iterator[Finding]:
        """Yield the findings on a reference, and record its tags."""
        blamed = {
            id(leaf)
            for part in reference.parts
            if reference.empty and self._is_impossible(part.condition)
            for leaf in self._blamed(part.condition)
        }
        reported = False
        if reference.match is not None and self.events is not None and self._is_known(reference.match):
            for finding in self._main(reference, reference.match, explained=bool(blamed)):
                reported = True
                yield finding
        for part in (*reference.parts, *reference.others):
            for leaf in leaves(part.condition):
                yield from self._leaf(reference, part.path, leaf, blamed=id(leaf) in blamed)
        if reference.empty and reference.match is None and not blamed and not reported:
            yield self._nobody(reference)

    def _main(self, reference: Reference, match: EventMatch, *, explained: bool) -> Iterator[Finding]:
        """Yield the findings on the events of a rule; for an empty rule, only the first reason."""
        assert self.events is not None
        yield from self.events.unseen(reference, reference.path, match)
        if not self.events.has_types(match):
            return
        tested = list(self._where(reference, reference.path, match))
        nothing = next((each for each in tested if not each.fitting), None) if reference.empty else None
        for each in tested:
            if nothing is None or each is nothing:
                yield from each.findings(blamed=each is nothing)
        if reference.empty and nothing is None and not explained:
            reason = self.events.reason(reference, match)
            if reason is not None:
                yield reason

    def _leaf(
        self, reference: Reference, path: NodePath, leaf: Condition, *, blamed: bool
    ) -> Iterator[Finding]:
        match leaf:
            case HasTag(tag=tag):
                self.tags.note(reference, path, tag, blamed=blamed)
            case FieldIs(where=where):
                for predicate in where:
                    tested = self._field(reference, path, predicate)
                    yield from tested.findings(blamed=blamed and not tested.fitting)
            case Happened():
                for match in (leaf.match, *beside(leaf)):
                    yield from self._event(reference, path, match, blamed=blamed and match is leaf.match)

    def _event(
        self, reference: Reference, path: NodePath, match: EventMatch, *, blamed: bool
    ) -> Iterator[Finding]:
        """Yield the findings on the events of a condition, a follower or a reset."""
        if self.events is None or not self._is_known(match):
            return
        yield from self.events.unseen(reference, path, match)
        if self.events.has_types(match):
            for tested in self._where(reference, path, match):
                yield from tested.findings(blamed=blamed and not tested.fitting)

    def _where(self, reference: Reference, path: NodePath, match: EventMatch) -> Iterator[TestedPredicate]:
        assert self.events is not None
        for predicate in match.where:
            cells = self.events.of(match, predicate.column)
            yield TestedPredicate(reference, path, predicate, cells, self.clock, events(cells.rows, match))

    def _field(self, reference: Reference, path: NodePath, predicate: Predicate) -> TestedPredicate:
        cells = self._of_contacts(predicate.column)
        return TestedPredicate(reference, path, predicate, cells, self.clock, count(cells.rows, "contact"))

    def _of_contacts(self, column: str) -> Cells:
        if column not in self._cells:
            self._cells[column] = cells_of_column(self.exports.contacts, column)
        return self._cells[column]

    def _is_known(self, match: EventMatch) -> bool:
        """Return whether the second look covered these events too."""
        assert self.events is not None
        return self.events.knows(match)

    def _is_impossible(self, condition: Condition) -> bool:  # noqa: PLR0911 - one per kind
        """Return whether a condition can't hold for any contact because an operand matches nothing."""
        match condition:
            case HasTag(tag=tag):
                return self.tags.is_impossible(tag)
            case FieldIs(where=where):
                return any(map(self._fits_nobody, where))
            case Happened(match=match, times=times):
                if self.events is None or not self._is_known(match) or times.least == 0:
                    return False
                return not self.events.fits(match).rows
            case AllOf(parts=parts):
                return any(map(self._is_impossible, parts))
            case AnyOf(parts=parts):
                return all(map(self._is_impossible, parts))
            case ScoreIs() | LabelIs() | RuleIs() | InSegment() | Not():
                return False

    def _fits_nobody(self, predicate: Predicate) -> bool:
        """Return whether no cell matches a predicate, and not just because no cell reaches a bound yet.

        A predicate with only bounds counts if no cell parses as a number or date, or if all are missing.
        """
        cells = self._of_contacts(predicate.column)
        if cells.fitting(predicate, self.clock):
            return False
        return bool(operands_of(predicate)) or cells.unread(predicate, self.clock) >= cells.there

    def _blamed(self, condition: Condition) -> Iterator[Condition]:
        """Yield the leaves that keep an impossible condition from holding for any contact."""
        match condition:
            case AllOf(parts=parts) | AnyOf(parts=parts):
                for part in parts:
                    if self._is_impossible(part):
                        yield from self._blamed(part)
            case _:
                yield condition

    def _nobody(self, reference: Reference) -> Finding:
        """Return a note (R122) that every operand occurs, but no contact meets all conditions."""
        fields = [p for part in reference.parts for leaf in fields_of(part.condition) for p in leaf.where]
        many = [f"{p.column} {self._of_contacts(p.column).fitting(p, self.clock):,}" for p in fields]
        if reference.branch:
            reason = "a branch is taken for no contact"
        elif len(many) > 1:
            reason = f"no contact has all of: {', '.join(many)}"
        else:
            reason = "no contact meets it as of this run"
        path = reference.parts[0].path if reference.parts else reference.path
        return Finding(
            TONIGHT,
            Severity.NOTE,
            reference.subject,
            f"{reference.title} {reference.lack}: {reason}.",
            reference.document.where(path),
            count=0,
            of=self.exports.contacts.height,
        )
