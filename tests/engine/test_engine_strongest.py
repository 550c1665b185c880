"""The rules that gave each contact the most points: the rows picked from the ledger."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flamescore.engine import NO_AGE, Entry, LedgerRows, rules_of_entries, strongest

ENTRIES = (
    Entry("interest", "rule", "talk", "Talked with a rep"),
    Entry("interest", "rule_limit", "talk", "Talked with a rep"),
    Entry("interest", "rule", "open", "Opened an e-mail"),
    Entry("interest", "rule", "form", "Submitted a form"),
    Entry("interest", "rule", "dog", "Owns a dog"),
    Entry("interest", "score_limit", "interest", "Interest"),
    Entry("fit", "rule", "talk", "Talked with a rep"),
)
RULE_OF = [0, 0, 2, 3, 4, -1, -1]


def ledger(*rows: tuple[int, int, int, int, int], points: type = np.int64) -> LedgerRows:
    """Return ledger rows, in the small types in which they are kept.

    A row is (contact, entry, occurrences, points in ten-thousandths, age in seconds).
    """
    columns = [list(column) for column in zip(*rows, strict=True)] or [[]] * 5
    kinds = (np.int16, np.int8, np.int16, points, np.int32)
    return LedgerRows(*(np.array(each, kind) for each, kind in zip(columns, kinds, strict=True)))


def told(rows: LedgerRows) -> list[tuple[int, ...]]:
    return list(zip(*(column.tolist() for column in rows.arrays), strict=True))


def test_a_limit_is_of_its_rule_and_nothing_is_of_another_score():
    assert rules_of_entries(ENTRIES, "interest").tolist() == RULE_OF
    assert rules_of_entries(ENTRIES, "fit").tolist() == [-1, -1, -1, -1, -1, -1, 6]


def test_the_three_of_the_example():
    rows = ledger(
        (0, 0, 2, 200_000, 4), (0, 1, 0, -16_000, NO_AGE), (0, 2, 1, 80_000, 2), (0, 3, 1, 80_000, 16),
        (0, 4, 0, 80_000, NO_AGE), (0, 5, 0, -5, NO_AGE), (0, 6, 1, 900_000, 1),
    )  # fmt: skip
    assert told(strongest(rows, np.array(RULE_OF), 3)) == [
        (0, 0, 2, 184_000, 4), (0, 2, 1, 80_000, 2), (0, 3, 1, 80_000, 16),
    ]  # fmt: skip
    assert told(strongest(rows, np.array(RULE_OF), 9))[3:] == [(0, 4, 0, 80_000, NO_AGE)]


def test_nothing_comes_of_nothing_and_of_what_took_points():
    assert told(strongest(ledger(), np.array(RULE_OF), 3)) == []
    took = ledger((3, 2, 1, -5, 7), (3, 3, 1, 5, 7), (4, 5, 0, 5, NO_AGE), (5, 0, 1, 5, 7), (5, 1, 0, -5, -1))
    assert told(strongest(took, np.array(RULE_OF), 3)) == [(3, 3, 1, 5, 7)]


def test_a_limit_alone_can_give_points():
    assert told(strongest(ledger((7, 1, 0, 50, NO_AGE)), np.array(RULE_OF), 3)) == [(7, 0, 0, 50, NO_AGE)]


POINTS = st.one_of(
    st.integers(-3, 3), st.integers(-(2**50), 2**50), st.sampled_from([10**17 + 10**4, 10**17, 2**70])
)


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 3), st.integers(0, len(ENTRIES) - 1)),
        st.tuples(POINTS, st.sampled_from([NO_AGE, 0, 1, 2**31 - 2])),
        max_size=20,
    ),
    st.integers(1, 3),
)
def test_it_is_what_sorting_each_contact_gives(cells: dict[tuple[int, int], tuple[int, int]], many: int):
    rows = [
        (contact, entry, entry, points, NO_AGE if entry in (1, 5) else age)
        for (contact, entry), (points, age) in sorted(cells.items())
        if points
    ]
    net: dict[tuple[int, int], list[int]] = {}
    for contact, entry, occurrences, points, age in rows:
        if RULE_OF[entry] >= 0:
            one = net.setdefault((contact, RULE_OF[entry]), [0, 0, NO_AGE])
            one[:] = one[0] + occurrences, one[1] + points, max(one[2], age)
    expected: list[tuple[int, ...]] = []
    for contact in range(4):
        mine = [(rule, *one) for (who, rule), one in net.items() if who == contact and one[1] > 0]
        # Tables store points as floats, and what is equal there is equal here.
        mine.sort(key=lambda each: (-each[2] / 10_000, each[3] == NO_AGE, each[3], each[0]))
        expected += [(contact, *each) for each in mine[:many]]
    large = any(abs(row[3]) >= 2**63 for row in rows)
    found = strongest(ledger(*rows, points=np.object_ if large else np.int64), np.array(RULE_OF), many)
    assert told(found) == expected
