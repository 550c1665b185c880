"""Whole cases: a rule book, and rows that cluster around the edges of its rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from oracle import OracleResult, bots, score
from oracle_words import fixed_length
from strategies.labels import labels
from strategies.predicates import Clock, cells
from strategies.rules import book, without_idle_of_nobody
from strategies.words import (
    CONTACT_COLUMNS,
    CONTACT_IDS,
    EVENT_COLUMNS,
    EVENT_TYPE_SPELLINGS,
    GAPS,
    LIST_FILES,
    ORPHAN_IDS,
    TAGS,
    chance,
    edges,
    one_of,
    scoring_instant,
    some_of,
    time_zone,
)

Row = dict[str, Any]
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Case:
    """A valid rule book, clean rows, and the instant to score them as of."""

    book: dict[str, Any]
    contacts: list[Row]
    events: list[Row]
    tag_history: list[Row]
    as_of: datetime
    files = LIST_FILES

    def scored(self) -> OracleResult:
        """Return the oracle's result for the case."""
        return score(self.book, self.contacts, self.events, self.tag_history, self.as_of, files=self.files)

    def bots(self) -> list[dict[str, Any]]:
        """Return what the oracle attributes to mail scanners."""
        return bots(self.book, self.contacts, self.events, self.tag_history, self.as_of, files=self.files)

    def with_book(self, book: dict[str, Any]) -> "Case":
        """Return the same rows with another book."""
        return replace(self, book=book)


def windows(node: Any) -> Iterator[str]:
    """Yield every `expires` and `last` in a book, except `never`."""
    if isinstance(node, Mapping):
        for word, value in node.items():
            if word in ("expires", "last") and value != "never":
                yield value
            yield from windows(value)
    elif isinstance(node, list):
        for value in node:
            yield from windows(value)


def burst_lengths(node: Any) -> Iterator[timedelta]:
    """Yield the longest time that each `burst` in a book allows, its `within`."""
    if isinstance(node, Mapping):
        if "burst" in node:
            yield fixed_length(node["burst"]["within"])
        for value in node.values():
            yield from burst_lengths(value)
    elif isinstance(node, list):
        for value in node:
            yield from burst_lengths(value)


def _contact(dice: Random, contact_id: str, clock: Clock) -> Row:
    none: list[str] | None = one_of(dice, (None, []))
    tags = some_of(dice, TAGS, 3) if chance(dice, 12) else none
    row: Row = {"contact_id": contact_id, "tags": tags}
    return row | {column: cells(dice, kind, clock) for column, kind in CONTACT_COLUMNS.items()}


def _event(dice: Random, contact_id: str, event: str, at: datetime, clock: Clock) -> Row:
    row: Row = {"contact_id": contact_id, "event": one_of(dice, EVENT_TYPE_SPELLINGS[event]), "at": at}
    return row | {column: cells(dice, kind, clock) for column, kind in EVENT_COLUMNS.items()}


def _burst(dice: Random, contact_id: str, instants: list[datetime], clock: Clock) -> list[Row]:
    """Draw a few successive events of a contact, the first at or next to an edge."""
    at = one_of(dice, instants) + one_of(dice, (0, 1, -1)) * _SECOND
    types = some_of(dice, tuple(EVENT_TYPE_SPELLINGS), 2)
    rows = []
    for _ in range(dice.randint(1, 7)):
        rows.append(_event(dice, contact_id, one_of(dice, types), at, clock))
        at += one_of(dice, GAPS) * _SECOND
    return rows[::-1] if chance(dice, 6) else rows


def _tag_entry(dice: Random, ids: tuple[str, ...], instants: list[datetime]) -> Row:
    at = one_of(dice, instants) + one_of(dice, (0, 1, -1)) * _SECOND
    action = one_of(dice, ("applied", "applied", "removed"))
    return {"contact_id": one_of(dice, ids), "tag": one_of(dice, TAGS), "at": at, "action": action}


def case_of(dice: Random) -> Case:
    """Draw a whole case with the dice."""
    zone = time_zone(dice)
    clock = Clock(scoring_instant(dice, zone), ZoneInfo(zone or "UTC"))
    made = book(dice, zone, clock)
    ids = CONTACT_IDS[: one_of(dice, (1, 2, 4, 6, 8, 12))]
    contacts = [_contact(dice, contact_id, clock) for contact_id in ids]
    instants = edges(clock.as_of, sorted(set(windows(made))), clock.zone)
    if lengths := sorted(set(burst_lengths(made))):
        instants += [at - length for at in dice.sample(instants, min(4, len(instants))) for length in lengths]
    events: list[Row] = []
    for _ in range(dice.randint(4, 40)):
        contact_id = one_of(dice, ORPHAN_IDS if chance(dice, 1) else ids)
        events += _burst(dice, contact_id, instants, clock)
    tag_history = [_tag_entry(dice, (*ids, ORPHAN_IDS[0]), instants) for _ in range(dice.randrange(2, 16))]
    if chance(dice, 6):
        made["labels"] = labels(dice, made, clock)
    return Case(made, contacts, events, tag_history, clock.as_of)


_MOST_ITEMS = 300
_LEAST_KEPT = 3


@st.composite
def cases(draw: DrawFn) -> Case:
    """Draw a case: its content from a seed, and a mask of what to keep, so that failures shrink to few rows.

    There are only two draws: Hypothesis mutates an example by copying similar draws over each other, and
    with many draws six cases in seven had the content of another one.
    """
    case = case_of(Random(draw(st.integers(0, 2**64 - 1))))
    mask = iter(draw(st.binary(min_size=_MOST_ITEMS, max_size=_MOST_ITEMS)))
    for score_spec in case.book["scores"].values():
        score_spec["rules"] = _kept(mask, score_spec["rules"], least=1)
        without_idle_of_nobody(score_spec)
    if "ignore" in case.book:
        case.book["ignore"] = _kept(mask, case.book["ignore"], least=1)
    return replace(
        case,
        contacts=_kept(mask, case.contacts, least=1),
        tag_history=_kept(mask, case.tag_history),
        events=_kept(mask, case.events),
    )


def _kept(mask: Iterator[int], items: list[Row], least: int = 0) -> list[Row]:
    """Keep the first `least` items, and others unless their byte of the mask is almost 0, which few are."""
    return items[:least] + [item for item in items[least:] if next(mask, 0) >= _LEAST_KEPT]
