"""Which rules gave contacts the most points, selected from the rows of the ledger.

A rule's own limit is subtracted from what it gave. Each row becomes one number. It is greater the more points
the row has; with equal points, the later its activity; and then, the earlier its rule appears in the file.
The greatest number of each contact comes first; it is then removed, and the next greatest comes second. For
one contact:

rule                points  age in days  number: points, how late, how early
Talked with a rep   20      4            20  3  4
... its limit       -1.6                 18.4  3  4   the two rows are one        1st
Opened an e-mail    8       2            8   5  3                                 2nd
Submitted a form    8       16           8   1  2     the oldest row has 1        3rd
Owns a dog          8       none         8   0  1     no age counts as 0          not listed
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from flamescore.engine.ledger import NO_AGE, LedgerRows
from flamescore.points import quotients
from flamescore.units import POINT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from flamescore.engine.exact import Points
    from flamescore.engine.ledger import Entry

_BITS: Final = 63
_EXACT: Final = 53
"""Integers of more bits are compared as floats, the form in which tables store them."""

NO_RULE: Final = -1


def rules_of_entries(entries: tuple[Entry, ...], score_name: str) -> NDArray[np.int64]:
    """Return, by entry, the number of the rule that its points belong to: those of the rule and of its limit.

    `NO_RULE` for limits and idle decay of groups and scores, and for entries of other scores.
    """
    mine = [entry.score_name == score_name for entry in entries]
    rules = {e.id: n for n, e in enumerate(entries) if mine[n] and e.entry == "rule"}
    return np.array(
        [
            rules[e.id] if mine[n] and e.entry in ("rule", "rule_limit") else NO_RULE
            for n, e in enumerate(entries)
        ],
        np.int64,
    )


def strongest(rows: LedgerRows, rule_of: NDArray[np.int64], many: int) -> LedgerRows:
    """Return the rows of the rules that gave each contact the most, at most `many`: by contact, most first.

    `rows` are sorted by contact, then entry; `rule_of` is the result of `rules_of_entries`. Points are net of
    the rule's own limit; rules that gave nothing or took points are excluded.
    """
    rows = rows.at(rule_of[rows.entry] != NO_RULE)
    rows = _with_limits(rows, rule_of[rows.entry])
    rows = rows.at(rows.points > 0)
    count = len(rows.contact)
    starts = _starts(rows.contact)
    lengths = np.diff(starts, append=count)
    longest = int(lengths.max(initial=0))
    early = longest - (np.arange(count) - np.repeat(starts, lengths))  # from `longest` down, never 0
    key = _packed(rows, early, longest)
    mask = (1 << longest.bit_length()) - 1
    found = np.full((len(starts), many), -1, np.int64)
    for place in range(many if count else 0):
        most = np.maximum.reduceat(key, starts)
        left = most > 0
        found[left, place] = (starts + longest - (most & mask))[left]
        key[found[left, place]] = 0
    return rows.at(found[found >= 0])


def _with_limits(rows: LedgerRows, rule: NDArray[np.int64]) -> LedgerRows:
    """Add to each rule's row what its limit took or gave, which is in the adjacent row."""
    starts = np.flatnonzero(
        np.concatenate([np.ones(min(len(rule), 1), np.bool_), _changes(rows.contact) | _changes(rule)])
    )
    if len(starts) == len(rule):
        return LedgerRows(rows.contact, rule, rows.occurrences, rows.points, rows.age)
    points = rows.points if rows.points.dtype == object else rows.points.astype(np.int64)
    return LedgerRows(
        rows.contact[starts],
        rule[starts],
        np.add.reduceat(rows.occurrences.astype(np.int64), starts),
        np.add.reduceat(points, starts),
        np.maximum.reduceat(rows.age, starts),  # a limit has no age
    )


def _starts(contact: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return where the rows of each contact begin."""
    return np.flatnonzero(np.concatenate([np.ones(min(len(contact), 1), np.bool_), _changes(contact)]))


def _changes(column: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Mark the rows, from the second on, that differ from the previous one."""
    changed: NDArray[np.bool_] = column[1:] != column[:-1]
    return changed


def _packed(rows: LedgerRows, early: NDArray[np.int64], longest: int) -> NDArray[np.int64]:
    """Return a positive number for each row, with `early`, at most `longest`, in its lowest bits."""
    points, age = rows.points, rows.age.astype(np.int64)
    late = np.where(age == NO_AGE, 0, int(age.max(initial=0)) + 1 - age)
    most, place_bits = int(points.max(initial=0)), longest.bit_length()
    if most.bit_length() + int(late.max(initial=0)).bit_length() + place_bits > _BITS:
        late = _ranks(late)
    late_bits = int(late.max(initial=0)).bit_length()
    if most.bit_length() > min(_EXACT, _BITS - late_bits - place_bits):
        points = _ranks(quotients(points, POINT))
    return ((points.astype(np.int64) << late_bits | late) << place_bits) | early


def _ranks(numbers: Points | NDArray[np.float64]) -> NDArray[Any]:
    """Return the dense rank of each number, from 0."""
    return np.unique(numbers, return_inverse=True)[1]
