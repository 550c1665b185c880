"""Predicates checked against the existing cells: of contacts, or of events of some types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from flamescore.engine import operands_of
from flamescore.findings import Finding, Severity, common, is_private, near, samples_of, severity_of
from flamescore.rule_checks.places import place_of, replaced
from flamescore.rule_checks.words import describe
from flamescore.rules import Equals, Has, Order, Predicate, Within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.engine import Cells, Clock, Operand
    from flamescore.rule_checks.references import Reference
    from flamescore.rules import Test
    from flamescore.yaml_tree import Path as NodePath

NOTHING, NEAR, WRONG_KIND, NOTE = "R120", "R121", "R123", "R124"


class TestedPredicate(Struct, frozen=True):
    """A predicate with its reference, its path and the cells it tests; `whose` is ``2 `click` events``."""

    reference: Reference
    path: NodePath
    predicate: Predicate
    cells: Cells
    clock: Clock
    whose: str

    @property
    def subject(self) -> str:
        """The reference's subject, and the column."""
        return f"{self.reference.subject} {self.predicate.column}"

    @property
    def fitting(self) -> int:
        """The number of rows it holds for."""
        return self.cells.fitting(self.predicate, self.clock)

    def findings(self, *, blamed: bool) -> Iterator[Finding]:
        """Yield the findings; `blamed`: the reference gives no contact anything because no cell matches."""
        wrong = self._wrong_kind()
        if wrong is not None:
            yield wrong
        elif blamed:
            yield self.nothing()
        else:
            for operand in operands_of(self.predicate):
                if not self.cells.fitting(operand.alone, self.clock):
                    yield self._operand(operand)

    def nothing(self) -> Finding:
        """Return a warning that no cell matches (R120)."""
        column, title = self.predicate.column, self.reference.title
        if self.cells.there:
            why = f"no `{column}` {describe(self.predicate)}."
        else:
            why = f"none of them has a `{column}`."
        operands = operands_of(self.predicate)
        offers = ((operand, self._near(operand)) for operand in operands if operand.is_text)
        operand, nearest = next(((o, n) for o, n in offers if n), (operands[0] if operands else None, ()))
        pieces = operand is not None and operand.pieces
        shown = {} if is_private(column) else self._values()
        message = f"{title} matches none of {self.whose}: {why}"
        return self._finding(
            NOTHING, message, operand, nearest=nearest, commonest=common(shown, pieces=pieces)
        )

    def _operand(self, operand: Operand) -> Finding:
        nearest = self._near(operand) if operand.is_text else ()
        column = self.predicate.column
        message = f"no `{column}` of {self.whose} {describe(operand.alone)}, as {self.reference.title} asks."
        return self._finding(NEAR if nearest else NOTE, message, operand, nearest=nearest)

    def _near(self, operand: Operand) -> tuple[tuple[str, int], ...]:
        others = [each.alone for each in operands_of(self.predicate) if each != operand]
        values = self._values()
        found = near(operand.shown, values, pieces=operand.pieces)
        if not any(self._hits(text, others) for text, _ in found):
            return found

        def taken(text: str) -> bool:
            return self._hits(text, others)

        return near(operand.shown, values, pieces=operand.pieces, taken=taken)

    def _values(self) -> dict[str, int]:
        """Return what the operands are compared with: cells, or their items."""
        if any(isinstance(test, Has) for test in self.predicate.tests):
            return self.cells.items()
        return self.cells.values()

    def _hits(self, text: str, others: list[Predicate]) -> bool:
        """Return whether one of the other operands matches a text."""
        one = self.cells.of_text(text)
        return any(one.fitting(other, self.clock) for other in others)

    def _finding(
        self,
        code: str,
        message: str,
        operand: Operand | None,
        *,
        nearest: tuple[tuple[str, int], ...] = (),
        commonest: tuple[tuple[str, int], ...] = (),
    ) -> Finding:
        reference, column = self.reference, self.predicate.column
        path = place_of(reference.document, self.path, column, None if operand is None else operand.shown)
        hidden = is_private(column)
        cure = (
            None
            if hidden or not nearest
            else replaced(reference.document, reference.path, path, nearest[0][0])
        )
        return Finding(
            code,
            severity_of(code),
            self.subject,
            message,
            reference.document.where(path),
            count=0,
            of=self.cells.rows,
            nearest=() if hidden else nearest,
            common=commonest,
            cure=cure,
        )

    def _wrong_kind(self) -> Finding | None:
        """Return a warning (R123) if no cell parses as the number, date or boolean that a test requires."""
        there = self.cells.there
        for test in self.predicate.tests if there else ():
            kind = _kind(test)
            if kind is None or self._reads(test, boolean=kind == _BOOLEAN):
                continue
            column, values = self.predicate.column, self.cells.values()
            samples = samples_of(values, column)
            private = is_private(column)
            shown = [
                f'"{each}"' if private or each not in values else f'"{each}" ({values[each]:,})'
                for each in samples
            ]
            path = place_of(self.reference.document, self.path, column)
            return Finding(
                WRONG_KIND,
                Severity.WARNING,
                self.subject,
                f'no cell of "{column}" reads as {kind}, as {self.reference.title} asks: {", ".join(shown)}.',
                self.reference.document.where(path),
                count=0,
                of=there,
                samples=samples,
            )
        return None

    def _reads(self, test: Test, *, boolean: bool) -> bool:
        column = self.predicate.column
        if boolean:
            return self.cells.fitting(Predicate(column, (Equals(booleans=(True, False)),)), self.clock) > 0
        if isinstance(test, Equals):
            test = Equals(numbers=test.numbers)
        return self.cells.unread(Predicate(column, (test,)), self.clock) < self.cells.there


_BOOLEAN = "true or false"


def _kind(test: Test) -> str | None:
    match test:
        case Order(operand=operand):
            return "a date" if hasattr(operand, "year") else "a number"
        case Within():
            return "a date"
        case Equals(texts=(), numbers=(), booleans=(_, *_)):
            return _BOOLEAN
        case Equals(texts=(), numbers=(_, *_), booleans=()):
            return "a number"
        case _:
            return None
