"""Columns used by rules with cells that don't parse as required, or might mean something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.findings import Finding, Severity
from flamescore.frames import TypedColumnUse
from flamescore.rules import EventRule, column_uses_of_rules, named_columns, number_columns
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.frames import OddCells
    from flamescore.inputs import Inputs
    from flamescore.rules import Rule
    from flamescore.scoring import Observations

UNVALUED: Final = "I118"
UNREAD: Final = "I120"


def odd_cells(inputs: Inputs, observed: Observations) -> Iterator[Finding]:
    """Yield findings about cells that are not numbers or dates, and about ambiguous numbers."""
    look = inputs.exports.odd_cells
    if look is None:
        return
    valued = set()
    for score, rule_id, many in observed.unvalued:
        rule = _rule(inputs, score, rule_id)
        use = _points_of(inputs, rule, many)
        if use is None:
            continue
        valued.add(use.column)
        found = [*look.unread(use)]
        yield from found
        if not found:
            text = f'{count(many, "occurrence")} of {use.who} gave no points: "{use.column}" is empty.'
            yield Finding(UNVALUED, Severity.WARNING, f"{score}/{rule_id} {use.column}", text, count=many)
    for kind, column, many in observed.unread:
        if kind != "events" or column not in valued:
            yield from _unread(inputs, look, kind, column, many)
    for column in sorted(number_columns(inputs.loaded).contacts):
        yield from look.doubtful(TypedColumnUse("contacts", column, ""))
    contacts = inputs.exports.contacts
    for column in sorted({"contact_id", *named_columns(inputs.loaded).contacts} & {*contacts.columns}):
        cells = contacts[column]
        if cells.dtype == pl.String and bool(cells.str.starts_with("'").any()):
            yield from look.quoted("contacts", column)


def _unread(inputs: Inputs, look: OddCells, kind: str, column: str, many: int) -> Iterator[Finding]:
    numeric = column in getattr(number_columns(inputs.loaded), kind)
    who, types = _who(inputs, kind, column)
    found = [*look.unread(TypedColumnUse(kind, column, who, numeric=numeric, types=types))]
    yield from found
    if not found:
        text = (
            f"{count(many, 'cell')} of `{column}` can't be read as a number or date; {who} leaves them out."
        )
        yield Finding(UNREAD, Severity.WARNING, f"{kind} {column}", text, count=many)


def _who(inputs: Inputs, kind: str, column: str) -> tuple[str, tuple[str, ...]]:
    """Return who refers to a column first, and the types of all events for which it is read."""
    uses = [
        each
        for each in column_uses_of_rules(inputs.loaded, inputs.bound.book)
        if each.kind == kind and each.column == column
    ]
    if not uses:
        return "call_list", ()
    path = inputs.project.near(str(inputs.loaded.path))
    types = () if any(not each.types for each in uses) else tuple(t for each in uses for t in each.types)
    return f"{uses[0].who} ({path}:{uses[0].line})", tuple(dict.fromkeys(types))


def _rule(inputs: Inputs, score: str, rule_id: str) -> Rule | None:
    rules = (rule for each in inputs.bound.book.scores if each.name == score for rule in each.rules)
    return next((rule for rule in rules if rule.id == rule_id), None)


def _points_of(inputs: Inputs, rule: Rule | None, many: int) -> TypedColumnUse | None:
    """Return the column that a rule's points come from."""
    subject = None if rule is None else rule.subject
    if rule is None or not isinstance(subject, EventRule) or subject.points.column is None:
        return None
    who = f'rule "{rule.name}" ({inputs.project.near(str(inputs.loaded.path))}:{rule.line})'
    return TypedColumnUse("events", subject.points.column, who, types=subject.match.types, occurrences=many)
