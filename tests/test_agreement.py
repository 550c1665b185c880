"""The program and the oracle, two implementations of the rule language, agree on all that both report."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict

from flamescore.accounts import accounts_of, free_mail
from flamescore.engine import NO_AGE, Tuning
from flamescore.units import parse_period
from oracle_accounts import accounts as accounts_of_oracle
from oracle_labels import hot as hot_of_oracle
from product import (
    events_of,
    expected_accounts,
    expected_ledger,
    expected_scores,
    exports_of,
    scored,
    whole,
)
from strategies import FEATURES, ablate, case_of, cases, outcome
from strategies.accounts import account_cells, accounts
from strategies.labels import enabled, labels, standing, texts_of
from strategies.predicates import Clock, condition
from strategies.words import one_of

TUNINGS = st.fixed_dictionaries(
    {
        "batch": st.sampled_from([1, 7, 262_144]),
        "bin_bits": st.sampled_from([0, 1, 14]),
        "budget": st.sampled_from([1, 4_000_000]),
        "workers": st.sampled_from([1, 2]),
        "wide": st.booleans(),
        "memory": st.sampled_from([0, 200, 1 << 28]),
    }
).map(lambda words: Tuning(**words))


@given(case=cases(), tuning=TUNINGS)
def test_scores_and_ledger_are_those_of_the_oracle(case, tuning):
    result, oracle = scored(case, tuning=tuning), case.scored()
    assert result.ledger.frame().to_dicts() == expected_ledger(oracle.ledger)
    assert result.scores.to_dicts() == expected_scores(oracle.scores)


@given(case=cases().filter(lambda case: "bots" in case.book), tuning=TUNINGS)
def test_what_looks_like_a_mail_scanner_is_what_the_oracle_says(case, tuning):
    told = scored(case, exports_of(case, sources=2), tuning=tuning).bots
    assert told.table.to_dicts() == [
        row | {"points_lost": row["points_lost"] / 10_000} for row in case.bots()
    ]


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


_OF_ALERTS = ("event", "where", "followed_by", "unless_followed_by", "per", "times", "expires")


@given(case=cases(), tuning=TUNINGS)
def test_the_latest_occurrence_of_an_alert_is_that_of_a_rule_with_one_point(case, tuning):
    """The oracle scores a rule that gives a point for the latest; the program counts alerts on their own."""
    found = [
        {"expires": "never"} | {key: rule[key] for key in _OF_ALERTS if key in rule}
        for spec in case.book["scores"].values()
        for rule in spec["rules"]
        if "event" in rule
    ]
    found = [each for each in found if _may_count(each)]
    rules = [each | {"name": f"n{number}", "points": 1, "count": "once"} for number, each in enumerate(found)]
    one = {"five_flames": 5, "rules": rules or [{"name": "n", "tag": "x", "points": 1}]}
    oracle = case.with_book({**case.book, "scores": {"one": one}, "labels": {}}).scored()
    expected = {(row["contact_id"], row["rule_id"]): row["last_at"] for row in oracle.ledger}

    events = [events_of(each, case.book.get("timezone")) for each in found]
    result = scored(case, tuning=tuning, events=events)

    ids = result.contacts["contact_id"].to_list()
    told = {
        (who, f"n{number}"): case.as_of - timedelta(seconds=int(age))
        for number, event in enumerate(events)
        for who, age in zip(ids, result.latest[event], strict=True)
        if age != NO_AGE
    }
    assert told == {key: at for key, at in expected.items() if key[1] != "n"}


def _may_count(asked):
    """Return whether the window is longer than the wait; otherwise nothing could count, which is a fault."""
    if "unless_followed_by" not in asked or asked["expires"] == "never":
        return True
    within, window = (
        parse_period(each) for each in (asked["unless_followed_by"]["within"], asked["expires"])
    )
    return window.seconds is not None and window.seconds > within.seconds


@given(case=cases(), tuning=TUNINGS, seed=st.integers(0, 2**32))
def test_accounts_are_those_of_the_oracle_and_their_ledger_adds_up(case, tuning, seed):
    dice, clock = Random(seed), Clock(case.as_of, ZoneInfo(case.book.get("timezone", "UTC")))
    spec = accounts(dice, case.book, clock)
    people = [contact | account_cells(dice) for contact in case.contacts]
    case = replace(case, book=case.book | {"accounts": spec}, contacts=people)
    free = frozenset(free_mail())

    result, oracle = scored(case, tuning=tuning), case.scored()
    found = accounts_of(result)
    expected = accounts_of_oracle(spec, oracle.world, oracle.scores, free, spec.get("free_mail", ()))

    ids = sorted(oracle.world.contacts)
    shown = [expected.shown.get(expected.key_of.get(who)) for who in ids]
    assert found.of.to_list() == shown
    assert found.contacts == len(expected.key_of)
    assert found.without == len(ids) - len(expected.key_of)
    assert found.free_mail == expected.free_mail
    assert found.spellings == expected.spellings
    assert [asdict(pair) for pair in found.near] == expected.near
    assert found.scores.to_dicts() == expected_accounts(expected.scores)
    assert found.points.to_dicts() == expected_ledger(expected.points)
    assert found.all.to_dicts() == [
        {"account": shown, "name": expected.names[key], "contacts": len(expected.members[key])}
        | {f"role_{name}": len(who[key]) for name, who in expected.roles.items()}
        | ({"complete": expected.complete[key]} if expected.roles else {})
        for shown, key in sorted((shown, key) for key, shown in expected.shown.items())
    ]
    _account_ledger_adds_up(result, found)


def _account_ledger_adds_up(result, found):
    given = Counter()
    for row in found.points.iter_rows(named=True):
        given[row["account"], row["score_name"]] += whole(row["points"])
    scores = {(row["account"], row["score_name"]): whole(row["score"]) for row in found.scores.to_dicts()}
    assert {key: given[key] for key in scores} == scores
    points = Counter()
    for row in result.ledger.frame().iter_rows(named=True):
        points[row["contact_id"], row["score_name"]] += whole(row["points"])
    for row in found.points.filter(found.points["entry"] == "contact").iter_rows(named=True):
        assert whole(row["points"]) == points[row["contact_id"], row["score_name"]]


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
