"""The second look at the events: which rules need it, and what it finds about a type or an empty rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct, field

from flamescore.cells import as_text, folded, present
from flamescore.engine import EVENT, look, operands_of, type_predicate, where_of
from flamescore.findings import Finding, Severity, near
from flamescore.frames import DROP, SUPERSEDED
from flamescore.input_errors import reading
from flamescore.rule_checks.places import place_of, replaced
from flamescore.rule_checks.words import either
from flamescore.text import fold
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flamescore.engine import Cells, Clock, Contacts, Fits, Held, Look
    from flamescore.frames import EventSource
    from flamescore.rule_checks.references import Reference
    from flamescore.rules import EventMatch
    from flamescore.yaml_tree import Path as NodePath

UNSEEN, NOTHING, TONIGHT = "I050", "R120", "R122"
_DAY: Final = 86_400


def is_suspect(match: EventMatch, held: Held) -> bool:
    """Return whether a type, a predicate or an operand of a match fits no event that the scoring has seen."""
    kind = type_predicate(match.types)
    if any(not held.holds(kind, each.alone) for each in operands_of(kind)):
        return True
    return any(
        not held.holds(kind, predicate)
        or any(not held.holds(kind, each.alone) for each in operands_of(predicate))
        for predicate in match.where
    )


class Events(Struct, frozen=True):
    """The result of a second look at the events, for some matches."""

    looked: Look
    rejected: Mapping[str, int]
    """By folded type, for types that no accepted row has: the number of rejected rows of that type."""

    clock: Clock
    steps: Mapping[str, str] = field(default_factory=dict)
    """By subject, for rules that lose their events at a later step: a description of that step."""

    @property
    def types(self) -> Cells:
        """The types that events have."""
        return self.looked.cells[EVENT]

    def knows(self, match: EventMatch) -> bool:
        """Return whether the look covered this match."""
        return all(each in self.looked.predicates for each in where_of(match))

    def of(self, match: EventMatch, column: str) -> Cells:
        """Return the cells of a column among events of the types of a match."""
        return self.looked.cells[column].of_types([fold(kind) for kind in match.types])

    def has_types(self, match: EventMatch) -> bool:
        """Return whether any event is of the match's types."""
        return self.of(match, EVENT).rows > 0

    def fits(self, match: EventMatch) -> Fits:
        """Return the events that fit a match."""
        return self.looked.fits(where_of(match))

    def unseen(self, reference: Reference, path: NodePath, match: EventMatch) -> Iterator[Finding]:
        """Yield a warning for each type of a match that no row has (I050)."""
        known = self.types.values()
        folded_types = {fold(kind) for kind in known}
        for kind in match.types:
            if fold(kind) in folded_types:
                continue
            taken = {fold(each) for each in match.types}
            nearest = near(kind, known, taken=lambda text, taken=taken: fold(text) in taken)  # type: ignore[misc]
            place = place_of(reference.document, path, "event", kind)
            rejected = self.rejected.get(fold(kind), 0)
            message = f"no event is of the type `{kind}`, which {reference.title} names"
            if rejected:
                was = "was" if rejected == 1 else "were"
                message += f"; {count(rejected, 'row')} of type {kind} {was} rejected"
            yield Finding(
                UNSEEN,
                Severity.WARNING,
                f"{reference.subject} event {kind}",
                f"{message}.",
                reference.document.where(place),
                count=0,
                of=self.types.rows,
                nearest=nearest,
                cure=replaced(reference.document, reference.path, place, nearest[0][0]) if nearest else None,
            )

    def have_room(self, reference: Reference) -> bool:
        """Return whether events of contacts in the list fit an event rule within its window.

        If so, a later step is the reason why the rule gives no contact anything.
        """
        rule = reference.rule
        if rule is None or not self.knows(rule.match):
            return False
        fits, reach = self.fits(rule.match), self.clock.reach(rule.window)
        return fits.known is not None and (reach is None or fits.known < reach)

    def reason(self, reference: Reference, match: EventMatch) -> Finding | None:
        """Return why a rule gives no contact anything, although its types and values occur."""
        fits = self.fits(match)
        if not fits.rows:
            return self._no_combination(reference, match)
        rule = reference.rule
        if rule is None:
            return None
        reach = self.clock.reach(rule.window)
        if fits.youngest is None:
            reason = f"all of {count(fits.rows, 'fitting event')} are after `as_of`"
        elif reach is not None and fits.youngest >= reach:
            reason = f"the newest is {count(fits.youngest // _DAY, 'day')} old, the window is {rule.window}"
        elif self.have_room(reference):
            reason = self.steps[reference.subject]
        else:
            reason = "events fit, but all in the window are of contacts that are not in the list"
        return Finding(
            TONIGHT,
            Severity.NOTE,
            reference.subject,
            f"{reference.title} gives nobody anything: {reason}.",
            reference.document.where(reference.path),
            count=0,
            of=fits.rows,
        )

    def _no_combination(self, reference: Reference, match: EventMatch) -> Finding:
        many = [
            f"{each.column} {self.of(match, each.column).fitting(each, self.clock):,}" for each in match.where
        ]
        rows = self.of(match, EVENT).rows
        what = "both" if len(many) == 2 else "all"  # noqa: PLR2004 - exactly two
        return Finding(
            NOTHING,
            Severity.WARNING,
            reference.subject,
            f"{reference.title} matches none of {events(rows, match)}: "
            f"no event fits {what}: {', '.join(many)}.",
            reference.document.where(place_of(reference.document, reference.path, "where")),
            count=0,
            of=rows,
        )


def events(rows: int, match: EventMatch) -> str:
    """Return the wording of a number of events of a match's types: ``4,120 `link_click` events``."""
    return f"{rows:,} {either(match.types)} event{'' if rows == 1 else 's'}"


def look_again(
    matches: Sequence[EventMatch],
    sources: Sequence[EventSource],
    people: Contacts,
    clock: Clock,
) -> Events:
    """Scan all valid events again for these matches."""
    predicates = [predicate for match in matches for predicate in where_of(match)]
    looked = look(sources, people, clock, predicates)
    known = {fold(kind) for kind in looked.cells[EVENT].values()}
    missing = {fold(kind) for match in matches for kind in match.types} - known
    return Events(looked, _rejected(missing, sources) if missing else {}, clock)


def _rejected(types: set[str], sources: Sequence[EventSource]) -> dict[str, int]:
    """Count the rejected rows of some (folded) types: those without a contact or a time."""
    found: dict[str, int] = {}
    for source in sources:
        with reading(source.file_at_fault):
            schema = source.frame.collect_schema()
            key = "contact_id" if source.key == "contact_id" else "contact"
            lacks = pl.col("at").is_null() | present(as_text(key, schema[key])).is_null()
            lacks = lacks & (pl.col(DROP) <= SUPERSEDED) if DROP in schema else lacks
            kind = folded(as_text(EVENT, schema[EVENT])).alias(EVENT)
            rows = source.frame.filter(lacks).select(kind).filter(pl.col(EVENT).is_in(list(types)))
            for name, many in rows.group_by(EVENT).len().collect().iter_rows():
                found[name] = found.get(name, 0) + many
    return found
