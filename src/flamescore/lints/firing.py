"""The contacts for whom rules fire, that is, whose points they change after applying their own limits.

All of this is read from the ledger. There, a rule and its own limit are two entries, so a rule that gave 5
points, 5 of which were taken back by `limits: {max: 0}`, does not fire.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct, field

from flamescore.engine import NO_AGE
from flamescore.units import nearest_points

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from flamescore.engine import LedgerRows
    from flamescore.scoring import Scored

    Contacts = NDArray[np.int64]

RuleKey = tuple[str, str]
"""Score and rule id."""


class Fired(Struct, frozen=True):
    """The result of a rule: contacts for whom it fires, counted occurrences, points in ten-thousandths.

    Points are those after the rule's own limits. `last_at` is the time of the latest occurrence (UTC), None
    if the points don't come from events.
    """

    contacts: int = 0
    occurrences: int = 0
    points: int = 0
    last_at: datetime | None = None


class Clamped(Struct, frozen=True):
    """How many contacts the limits of a group or score raise to their `min`, and lower to their `max`."""

    lifted: int
    cut: int


class Firing(Struct, frozen=True):
    """The rules of a scoring and how often they fire, and how often limits of groups and scores clamp.

    `clamped` is keyed by score, kind of ledger entry, and the name of the group or of the score itself.
    """

    scored: Scored
    rules: dict[RuleKey, Fired]
    clamped: dict[tuple[str, str, str], Clamped] = field(default_factory=dict)

    def together(self, least: int, share: float) -> Iterator[tuple[RuleKey, RuleKey, int, int]]:
        """Yield pairs of rules of a score that fire for nearly the same contacts, in order of the rule file.

        Each rule fires for at least `least` contacts, and both fire for at least `share` of the contacts for
        whom either does. Each pair comes with the number of contacts for both, and for either.
        """
        pairs = [
            (one, other)
            for one, other in combinations(self.rules, 2)
            if one[0] == other[0] and self._may_be_alike(one, other, least, share)
        ]
        both = dict.fromkeys(pairs, 0)
        wanted = {rule for pair in pairs for rule in pair}
        for found in _parts(self.scored) if pairs else ():
            firing = {rule: contacts for rule, contacts, _ in found if rule in wanted}
            for pair in pairs:
                one, other = pair
                if one in firing and other in firing:
                    same = np.intersect1d(firing[one], firing[other], assume_unique=True)
                    both[pair] += len(same)
        for pair, many in both.items():
            either = sum(self.rules[rule].contacts for rule in pair) - many
            if many >= share * either:
                yield *pair, many, either

    def _may_be_alike(self, one: RuleKey, other: RuleKey, least: int, share: float) -> bool:
        few, more = sorted((self.rules[one].contacts, self.rules[other].contacts))
        return few >= least and few >= share * more


def firing_of(scored: Scored) -> Firing:
    """Return the contacts for whom the rules of a scoring fire."""
    contacts: dict[RuleKey, int] = {}
    youngest: dict[RuleKey, int] = {}
    for found in _parts(scored):
        for rule, firing, age in found:
            contacts[rule] = contacts.get(rule, 0) + len(firing)
            if age != NO_AGE:
                youngest[rule] = min(youngest.get(rule, age), age)
    now = scored.ledger.now
    sums = _sums(scored)
    rules = {
        (score.name, rule.id): Fired(
            contacts.get((score.name, rule.id), 0),
            *sums[score.name, rule.id],
            None
            if (score.name, rule.id) not in youngest
            else datetime.fromtimestamp(now - youngest[score.name, rule.id], UTC),
        )
        for score in scored.book.scores
        for rule in score.rules
    }
    return Firing(scored, rules, _clamped(scored))


def _sums(scored: Scored) -> dict[RuleKey, tuple[int, int]]:
    """Return occurrences and points of each rule, the latter including the effect of its own limit."""
    found: dict[RuleKey, tuple[int, int]] = {}
    for row in scored.observed.rules.iter_rows(named=True):
        if row["entry"] in ("rule", "rule_limit"):
            key = row["score_name"], row["rule_id"]
            occurrences, points = found.get(key, (0, 0))
            found[key] = occurrences + row["occurrences"], points + nearest_points(row["points"])
    return found


def _parts(scored: Scored) -> Iterator[list[tuple[RuleKey, Contacts, int]]]:
    """Yield, for each stored part of the ledger, each rule with the contacts for whom it fires, ascending.

    The third item is the age in seconds of the rule's youngest occurrence, or `NO_AGE` if it has none.
    """
    entries = scored.ledger.entries
    limits = {(each.score_name, each.id): n for n, each in enumerate(entries) if each.entry == "rule_limit"}
    for stored in scored.ledger.stored:
        rows, slices = _by_entry(stored.rows(), len(entries))
        found = []
        for number, entry in enumerate(entries):
            if entry.entry != "rule" or not len(rows.entry[slices[number]]):
                continue
            key = entry.score_name, entry.id
            contact, points, age = (each[slices[number]] for each in (rows.contact, rows.points, rows.age))
            ages = age[age != NO_AGE]
            limit = limits.get(key)
            if limit is not None and len(rows.entry[slices[limit]]):
                taken = points * 0 if points.dtype == object else np.zeros(len(points), np.int64)
                place = np.searchsorted(contact, rows.contact[slices[limit]])
                taken[place] = rows.points[slices[limit]]
                contact = contact[points + taken != 0]
            found.append((key, contact.astype(np.int64), int(ages.min()) if len(ages) else NO_AGE))
        yield found


def _by_entry(rows: LedgerRows, entries: int) -> tuple[LedgerRows, list[slice]]:
    """Sort rows by entry, then contact; return them with the slice of each entry."""
    order = np.argsort(rows.entry, kind="stable")
    ordered = type(rows)(*(column[order] for column in rows.arrays))
    edges = np.searchsorted(ordered.entry, np.arange(entries + 1)).tolist()
    return ordered, [slice(*pair) for pair in pairwise(edges)]


def _clamped(scored: Scored) -> dict[tuple[str, str, str], Clamped]:
    entries = scored.ledger.entries
    held = {n: each for n, each in enumerate(entries) if each.entry in ("group_limit", "score_limit")}
    lifted, cut = dict.fromkeys(held, 0), dict.fromkeys(held, 0)
    for stored in scored.ledger.stored if held else ():
        rows = stored.rows()
        for number in held:
            points = rows.points[rows.entry == number]
            lifted[number] += int((points > 0).sum())
            cut[number] += int((points < 0).sum())
    return {(each.score_name, each.entry, each.id): Clamped(lifted[n], cut[n]) for n, each in held.items()}
