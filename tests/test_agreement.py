"""The program and the oracle, two implementations of the rule language, agree on all they both tell."""

from collections import Counter
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescore.engine import Tuning
from flamescore.scoring import score_exports
from oracle import World
from product import book_of, condition_of, expected_ledger, expected_scores, exports_of, scored
from strategies import FEATURES, ablate, case_of, cases, outcome
from strategies.predicates import Clock, condition

TUNINGS = st.builds(
    Tuning,
    batch=st.sampled_from([1, 7, 262_144]),
    bin_bits=st.sampled_from([0, 1, 14]),
    budget=st.sampled_from([1, 4_000_000]),
    workers=st.sampled_from([1, 2]),
    wide=st.booleans(),
    memory=st.sampled_from([0, 200, 1 << 28]),
)


@given(case=cases(), tuning=TUNINGS)
def test_scores_and_ledger_are_those_of_the_oracle(case, tuning):
    result, oracle = scored(case, tuning=tuning), case.scored()
    assert result.ledger.frame().to_dicts() == expected_ledger(oracle.ledger)
    assert result.scores.to_dicts() == expected_scores(oracle.scores)


@given(case=cases(), seed=st.integers(0, 2**32))
def test_whom_the_call_list_excludes_is_what_the_oracle_says(case, seed):
    zone = case.book.get("timezone", "UTC")
    spec = condition(Random(seed), Clock(case.as_of, ZoneInfo(zone)))
    result = score_exports(
        book_of(case.book), exports_of(case), as_of=case.as_of, exclude=condition_of(spec, zone)
    )
    world = World(case.book, case.contacts, case.events, case.tag_history, case.as_of, files=case.files)
    assert result.excluded["contact_id"].to_list() == [
        c for c in sorted(world.contacts) if world.holds(spec, c)
    ]


@pytest.mark.full
def test_each_feature_of_the_language_changes_a_score_in_one_case_of_twenty():
    sample = 300
    counts = Counter(dict.fromkeys(FEATURES, 0))
    for seed in range(sample):
        case = case_of(Random(seed))
        plain = outcome(case)
        for feature in FEATURES:
            if counts[feature] * 20 < sample:
                book = ablate(case.book, feature)
                counts[feature] += book != case.book and outcome(case.with_book(book)) != plain
    assert {feature: count for feature, count in counts.items() if count * 20 < sample} == {}
