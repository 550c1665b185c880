"""Lints of cells and events: words for yes and no, addresses, export rhythms, machines, types without a rule.

Every event source is read again, regardless of the timestamps of its rows, for the distinct cells of the
columns in question. Clicks of machines are found by the scoring itself, along with its rules: see
`machine_conditions`.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from flamescore.cells import FALSE, TRUE
from flamescore.engine import EVENT, Cells, Clock, cells_of_column, contacts_of, look
from flamescore.findings import Finding, severity_of
from flamescore.lints.addresses import plain_address
from flamescore.lints.places import finding, nearest_place
from flamescore.rule_checks import place_of
from flamescore.rules import (
    Burst,
    Empty,
    Equals,
    EventMatch,
    EventRule,
    FieldIs,
    Happened,
    Per,
    Predicate,
    Times,
    conditions_of,
    leaves,
)
from flamescore.text import fold
from flamescore.units import Period, count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from flamescore.engine import Look
    from flamescore.frames import Exports
    from flamescore.rule_checks import Reference
    from flamescore.rules import Condition, RuleBook
    from flamescore.scoring import Scored
    from flamescore.yaml_tree import Path as NodePath

WORDS, ADDRESSES, RHYTHM, MACHINES, UNNAMED = "L203", "L204", "L207", "L208", "L209"

_YES_AND_NO: Final = frozenset({"yes", "no", "true", "false", "1", "0"})
_FEWER: Final = 0.95
_FILES: Final = 3
_URL: Final = "url"
_URLS, _AT_ONCE, _AGAIN, _PEOPLE = 4, Period(10, "s"), 2, 5
_SHOWN: Final = 5
_HOUR, _DAY = 3_600, 86_400


# --- L208: clicks of machines ----------------------------------------------------------------------------


def machine_conditions(book: RuleBook, clock: Clock, properties: Sequence[str]) -> dict[str, Condition]:
    """Return, by event type that rules count, the condition that a contact has clicked like a machine twice.

    The conditions are bursts of the rule language: 4 different `url` within 10 seconds, twice. So the scoring
    pass evaluates them, and events that `ignore` and `bots` drop don't count for them either. They look back
    as far as the widest rule for the type, and no further. `properties` are the properties of the events.
    """
    if _URL not in properties:
        return {}
    clicks = Burst(_URLS, _AT_ONCE, Per(column=_URL))
    return {
        kind: Happened(EventMatch((kind,)), window, times=Times(_AGAIN), burst=clicks)
        for kind, window in _widest(book, clock).items()
    }


def _widest(book: RuleBook, clock: Clock) -> dict[str, Period | None]:
    windows: dict[str, list[Period | None]] = {}
    for part in _event_parts(book):
        for kind in part.match.types:
            windows.setdefault(fold(kind), []).append(part.window)
    return {
        kind: None if None in some else max(some, key=lambda each: clock.reach(each) or 0)
        for kind, some in windows.items()
    }


def _event_parts(book: RuleBook) -> Iterator[EventRule | Happened]:
    for score in book.scores:
        for rule in score.rules:
            if isinstance(rule.subject, EventRule):
                yield rule.subject
            for condition in conditions_of(rule):
                yield from (leaf for leaf in leaves(condition) if isinstance(leaf, Happened))


def machine_lints(
    machines: dict[str, Condition], references: Sequence[Reference], scored: Scored
) -> Iterator[Finding]:
    """Yield L208 for each type for which five or more contacts have such clicks."""
    for kind, condition in machines.items():
        mask: NDArray[np.bool_] = scored.answers[condition]
        many = int(mask.sum())
        if many < _PEOPLE:
            continue
        reference = next(each for each in references if _names(each, kind))
        yield finding(
            MACHINES,
            f"event {kind}",
            f"{count(many, 'contact')} have {_URLS} or more different `url` of `{kind}` within 10 seconds, "
            "at least twice: that is how mail scanners click.",
            reference.document,
            place_of(reference.document, reference.path, "event", kind),
            cure=f"ignore: [{{event: {kind}, at_once: {{times: {_URLS}, within: {_AT_ONCE}, per: {_URL}}}}}]",
            count=many,
            of=scored.contacts.height,
        )


def _names(reference: Reference, kind: str) -> bool:
    return any(fold(kind) == fold(each) for match in reference.matches() for each in match.types)


# --- the others ------------------------------------------------------------------------------------------


def lints_of_events(references: Sequence[Reference], exports: Exports, clock: Clock) -> Iterator[Finding]:
    """Yield the lints L203, L204, L207 and L209.

    `references` are all the parts of the files that refer to the exports.

    Raises:
        InputError: a file can no longer be read.
    """
    seen = _seen(references, exports, clock)
    yield from _words(references, exports, seen)
    yield from _addresses(references, seen)
    yield from _rhythms(references, seen, clock)
    yield from _unnamed(references, seen)


class _Seen(Struct, frozen=True):
    """An event source: the contents of its rows, its types (folded), and the newest event of each file.

    For a source of one or two files, the newest events are not determined.
    """

    path: str
    looked: Look
    types: frozenset[str]
    newest: tuple[datetime, ...]


def _seen(references: Sequence[Reference], exports: Exports, clock: Clock) -> tuple[_Seen, ...]:
    if not exports.events:
        return ()
    columns = {
        *(predicate.column for _, _, match in _matches(references) for predicate in _wordy(match.where)),
        *(per.column for _, _, _, per in _per(references) if per.column is not None),
    }
    predicates = [
        Predicate(EVENT, (Empty(value=False),)),
        *(Predicate(column, (Empty(value=False),)) for column in sorted(columns)),
    ]
    people = contacts_of(exports.contacts, exports.aliases)
    found = []
    for source in exports.events:
        looked = look((source,), people, clock, predicates)
        types = frozenset(map(fold, looked.cells[EVENT].values()))
        newest = source.newest_of_files() if len(source.record.files) >= _FILES else ()
        found.append(_Seen(source.record.path, looked, types, tuple(sorted(newest))))
    return tuple(found)


def _values(seen: Sequence[_Seen], match: EventMatch, column: str) -> dict[str, int]:
    """Return the distinct cells of a column among events of these types, with the number of rows of each."""
    found: dict[str, int] = {}
    for each in seen:
        cells = each.looked.cells[column].of_types([fold(kind) for kind in match.types])
        for cell, many in cells.values().items():
            found[cell] = found.get(cell, 0) + many
    return found


def _matches(references: Sequence[Reference]) -> Iterator[tuple[Reference, NodePath, EventMatch]]:
    """Yield every event match, with its reference and path."""
    for reference in references:
        if reference.match is not None:
            yield reference, reference.path, reference.match
        for part in (*reference.parts, *reference.others):
            for leaf in leaves(part.condition):
                if isinstance(leaf, Happened):
                    yield reference, part.path, leaf.match


# --- L203: words for yes and no --------------------------------------------------------------------------


def _wordy(where: Sequence[Predicate]) -> Iterator[Predicate]:
    """Yield the predicates that compare with a text such as `yes` or `0`."""
    yield from (each for each in where if any(True for _ in _words_of(each)))


def _words_of(predicate: Predicate) -> Iterator[str]:
    for test in predicate.tests:
        if isinstance(test, Equals) and not test.negate:
            yield from (text for text in test.texts if fold(text) in _YES_AND_NO)


def _words(references: Sequence[Reference], exports: Exports, seen: Sequence[_Seen]) -> Iterator[Finding]:
    for reference in references:
        for part in (*reference.parts, *reference.others):
            for leaf in leaves(part.condition):
                for predicate in _wordy(leaf.where) if isinstance(leaf, FieldIs) else ():
                    cells: Cells = cells_of_column(exports.contacts, predicate.column)
                    yield from _word(reference, part.path, predicate, cells.values())
    for reference, path, match in _matches(references):
        for predicate in _wordy(match.where) if seen else ():
            yield from _word(reference, path, predicate, _values(seen, match, predicate.column))


def _word(
    reference: Reference, path: NodePath, predicate: Predicate, cells: dict[str, int]
) -> Iterator[Finding]:
    there = {fold(cell) for cell in cells}
    if not there or not there <= {*TRUE, *FALSE}:
        return
    for word in _words_of(predicate):
        if fold(word) in there:
            continue
        meant = "true" if fold(word) in TRUE else "false"
        shown = ", ".join(f"`{each}`" for each in sorted(there))
        yield finding(
            WORDS,
            f"{reference.subject} {predicate.column}",
            f"`{predicate.column}` has {shown}, but never the text `{word}`, which "
            f"{reference.title} asks for.",
            reference.document,
            place_of(reference.document, path, predicate.column, word),
            do=f"use {meant} without quotes: it fits every word for it",
            count=0,
            of=sum(cells.values()),
        )


# --- L204: one page, several addresses -------------------------------------------------------------------


def _per(references: Sequence[Reference]) -> Iterator[tuple[Reference, NodePath, EventMatch, Per]]:
    """Yield everything that is counted per value of a property, with its reference and path."""
    for reference in references:
        if reference.rule is not None and reference.rule.per is not None:
            yield reference, reference.path, reference.rule.match, reference.rule.per
        for part in (*reference.parts, *reference.others):
            for leaf in leaves(part.condition):
                if isinstance(leaf, Happened) and leaf.per is not None:
                    yield reference, part.path, leaf.match, leaf.per


def _addresses(references: Sequence[Reference], seen: Sequence[_Seen]) -> Iterator[Finding]:
    known: dict[tuple[tuple[str, ...], str], tuple[int, int]] = {}
    for reference, path, match, per in _per(references) if seen else ():
        if per.column is None:
            continue
        counted = match.types, per.column
        if counted not in known:
            values = _values(seen, match, per.column)
            known[counted] = len(values), len({plain_address(value) for value in values})
        many, pages = known[counted]
        if many and pages <= _FEWER * many:
            yield finding(
                ADDRESSES,
                f"{reference.subject} {per.column}",
                f"{reference.title} counts per `{per.column}`, but its {many:,} different values are "
                f"{count(pages, 'page')}, written in different ways.",
                reference.document,
                nearest_place(reference.document, path, "per"),
                do="use `per: day`, or export a column with the bare page",
                count=pages,
                of=many,
            )


# --- L207: windows that end before the next export -------------------------------------------------------


def _windows(
    references: Sequence[Reference],
) -> Iterator[tuple[Reference, NodePath, str, EventMatch, Period]]:
    for reference in references:
        if reference.rule is not None and reference.rule.window is not None:
            yield reference, reference.path, "expires", reference.rule.match, reference.rule.window
        for part in (*reference.parts, *reference.others):
            for leaf in leaves(part.condition):
                if isinstance(leaf, Happened) and leaf.window is not None:
                    yield reference, part.path, "last", leaf.match, leaf.window


def _rhythms(references: Sequence[Reference], seen: Sequence[_Seen], clock: Clock) -> Iterator[Finding]:
    for each in seen:
        if len(each.newest) < _FILES:
            continue
        rhythm = median((later - earlier).total_seconds() for earlier, later in pairwise(each.newest))
        for reference, path, key, match, window in _windows(references):
            reach = clock.reach(window)
            if reach is None or reach >= rhythm or not each.types.intersection(map(fold, match.types)):
                continue
            yield finding(
                RHYTHM,
                reference.subject,
                f"{reference.title} looks back {window}, but a new file of {each.path} comes every "
                f"{_length(rhythm)}: in between, it finds less and less.",
                reference.document,
                nearest_place(reference.document, path, key),
                do=f"give it a window of {_length(rhythm)} or more, or export more often",
            )


def _length(seconds: float) -> str:
    if seconds < 2 * _DAY:
        return count(round(seconds / _HOUR), "hour")
    return count(round(seconds / _DAY), "day")


# --- L209: types without a rule --------------------------------------------------------------------------


def _unnamed(references: Sequence[Reference], seen: Sequence[_Seen]) -> Iterator[Finding]:
    named = {fold(kind) for reference in references for match in reference.matches() for kind in match.types}
    many: dict[str, int] = {}
    shown: dict[str, str] = {}
    for each in seen:
        for kind, rows in each.looked.cells[EVENT].values().items():
            if fold(kind) not in named:
                shown.setdefault(fold(kind), kind)
                many[fold(kind)] = many.get(fold(kind), 0) + rows
    if not many:
        return
    first = sorted(many, key=lambda kind: (-many[kind], kind))[:_SHOWN]
    rest = len(many) - len(first)
    have = "has" if len(many) == 1 else "have"
    text = f"{count(len(many), 'event type')} in the exports {have} no rule"
    text += f"; the {_SHOWN} most common are listed." if rest else "."
    yield Finding(
        UNNAMED,
        severity_of(UNNAMED),
        "events",
        text,
        common=tuple((shown[kind], many[kind]) for kind in first),
        count=len(many),
    )
