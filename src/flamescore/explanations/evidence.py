"""The evidence of a rule about a contact: one test, its operand, and the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

Kind = Literal["field", "tag", "event", "branch", "follower", "score", "label"]
Single = str | int | float | bool
Operand = Single | list[Single] | dict[str, str | None] | None

_COUNTS: Final = {
    "at_least": "less_than",
    "less_than": "at_least",
    "at_most": "more_than",
    "more_than": "at_most",
}
_NOT: Final = "not_"


class Evidence(Struct, frozen=True, kw_only=True):
    """The result of one test. `holds` follows from the other fields, so anyone can check it.

    kind        what is tested                                  holds if
    field       `value` of the column `subject`                 `value operator operand`, as in rule files
    tag         `value`, the tags that match                    any, all or like: as in rule files
    event       `count` of the events `subject`, or, with a     `count operator operand`, or
                `value`, a sum of one of their properties       `value operator operand`
    follower    `count` of the events `subject` after one       `count operator operand`
    branch      `value`, the number of one of `operand`         it is one of them
                branches
    score       `value` of the measure `subject`                `value operator operand`
    label       `value`, the text of the label `subject`        `value operator operand`

    Operators are those of the rule language; `not_` in front of one that has no opposite there negates it.
    `value` is what the operator read: the trimmed text of a cell, or the number or date that a declared
    format parses from it; None if there is none. For a list from a file, `operand` is the file.
    `count` and `needed` are None if nothing is counted. All tests of one column have the same `sentence`.
    """

    kind: Kind
    subject: str | None = None
    value: str | int | float | list[str] | None = None
    operator: str | None = None
    operand: Operand = None
    holds: bool = True
    count: int | None = None
    needed: int | None = None
    latest_at: datetime | None = None
    sentence: str

    def denied(self) -> Evidence:
        """Return the evidence for the opposite test, which `not` requires."""
        operator, operand = self.operator, self.operand
        if operator == "empty":
            operand = not operand
        elif operator in _COUNTS and self.kind != "field":
            operator = _COUNTS[operator]
        elif operator is not None:
            operator = operator.removeprefix(_NOT) if operator.startswith(_NOT) else f"{_NOT}{operator}"
        return replace(self, operator=operator, operand=operand, holds=not self.holds, needed=None)

    def with_sentence(self, sentence: str) -> Evidence:
        """Return a copy with another sentence."""
        return replace(self, sentence=sentence)


def sentences(evidence: Iterable[Evidence]) -> tuple[str, ...]:
    """Return the sentences of the evidence in order, without duplicates."""
    return tuple(dict.fromkeys(each.sentence for each in evidence))


def led(evidence: Sequence[Evidence], lead: str) -> list[Evidence]:
    """Prefix the first sentence with `lead`, in every item that has the same sentence."""
    first = evidence[0].sentence
    return [each.with_sentence(lead + first) if each.sentence == first else each for each in evidence]
