"""The program and the oracle, two implementations of the rule language, agree on all they both tell."""

from collections import Counter
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescore.engine import Tuning
from oracle_labels import hot as hot_of_oracle
from product import expected_ledger, expected_scores, scored
from strategies import FEATURES, ablate, case_of, cases, outcome
from strategies.labels import enabled, labels, standing, texts_of
from strategies.predicates import Clock, condition
from strategies.words import one_of

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


@given(case=cases(), tuning=TUNINGS, seed=st.integers(0, 2**32))
def test_labels_who_is_hot_and_whom_the_call_list_excludes_are_what_the_oracle_says(case, tuning, seed):
    dice, clock = Random(seed), Clock(case.as_of, ZoneInfo(case.book.get("timezone", "UTC")))
    book = case.book if "labels" in case.book else case.book | {"labels": labels(dice, case.book, clock)}
    case = case.with_book(book)
    texts, names = texts_of(book["labels"]), enabled(book)
    hot = one_of(dice, (None, standing(dice, names, texts, clock)))
    exclude = one_of(dice, (standing(dice, names, texts, clock), condition(dice, clock)))

    result, oracle = scored(case, tuning=tuning, hot=hot, exclude=exclude), case.scored()

    world, ids = oracle.world, sorted(oracle.world.contacts)
    assert result.labels.to_dicts() == [
        {"contact_id": who, **{name: world.labels[name, who] for name in book["labels"]}} for who in ids
    ]
    assert result.hot["contact_id"].to_list() == hot_of_oracle(hot, 5, book, world)
    assert result.excluded["contact_id"].to_list() == [who for who in ids if world.holds(exclude, who)]


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
