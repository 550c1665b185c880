"""Every formula against the library named in its test, and the worked example by hand."""

import numpy as np
import pytest
from scipy.optimize import isotonic_regression
from scipy.stats import binomtest, chi2, power_divergence
from sklearn.metrics import roc_auc_score

from flamescore.backtest import compare, first_of_list, flame_groups, holm, ordering, rate, risen, wilson

CONTACTS = np.repeat(np.arange(4), 3)
CUTS = np.tile(np.arange(3), 4)
OUTCOMES = np.array([int(each) for each in "110001011000"]).astype(bool)
SCORES = np.array([5, 6, 3, 4, 1, 2, 2, 4, 6, 0, 1, 4])


def near(*expected):
    return pytest.approx(expected, abs=5e-5)


def test_four_contacts_at_three_cuts():
    whole = rate(OUTCOMES, CONTACTS)
    assert (whole.value, whole.low, whole.high, whole.design_effect) == near(5 / 12, 0.1933, 0.6805, 1)
    auc = ordering(SCORES, OUTCOMES, CUTS, CONTACTS)
    assert (auc.value, auc.low, auc.high, auc.se) == near(9 / 11, 0.4424, 0.9623, 0.131714)
    upper = SCORES >= 4
    found = compare(upper, OUTCOMES, CUTS, CONTACTS)
    assert found.p == pytest.approx(0.290805, abs=5e-7)
    assert (found.ratio.value, found.ratio.low, found.ratio.high) == near(4, 0.304342, 52.572422)
    assert found.ratio.design_effect == pytest.approx(1.727273, abs=5e-7)
    high = rate(OUTCOMES[upper], CONTACTS[upper])
    assert (high.value, high.low, high.high, high.design_effect) == near(0.6667, 0.2609, 0.9189, 1.3333)


def test_where_all_have_it_a_contact_counts_once():
    every = rate(np.ones(6, bool), np.array([0, 0, 0, 0, 1, 1]))
    assert (every.value, every.design_effect) == (1, 3)
    nobody = rate(np.zeros(4, bool), np.arange(4))
    assert (nobody.value, nobody.design_effect) == (0, 1)
    assert rate(np.zeros(0, bool), np.zeros(0, int)).value is None


def test_holm():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([None, 0.04, None]) == [None, 0.04, None]


def test_wilson_is_that_of_scipy():
    assert (wilson(3, 22).low, wilson(3, 22).high) == pytest.approx((0.047490, 0.333350), abs=5e-7)
    dice = np.random.default_rng(1)
    for _ in range(200):
        many = int(dice.integers(1, 90))
        found = int(dice.integers(0, many + 1))
        low, high = binomtest(found, many).proportion_ci(method="wilson")
        ours = wilson(found, many)
        assert (ours.low, ours.high) == pytest.approx((low, high), abs=1e-9)
    assert wilson(0, 0).value is None


def test_auc_is_that_of_scikit_learn_and_ties_count_half():
    dice = np.random.default_rng(2)
    for _ in range(200):
        many = int(dice.integers(2, 60))
        scores, outcomes = dice.integers(0, 8, many), dice.random(many) < 0.4
        ours = ordering(scores, outcomes, np.zeros(many, int), np.arange(many)).value
        if outcomes.all() or not outcomes.any():
            assert ours is None
        else:
            assert ours == pytest.approx(roc_auc_score(outcomes, scores), abs=1e-9)


def test_the_score_test_is_that_of_cochran_mantel_and_haenszel():
    """For a group without outcomes, the score test gives the larger of the two p-values."""
    dice = np.random.default_rng(3)
    for _ in range(200):
        many = 400
        strata, upper = dice.integers(0, 4, many), dice.random(many) < 0.05
        outcomes = (dice.random(many) < 0.2) & ~upper
        found = compare(upper, outcomes, strata, np.arange(many))
        sizes = [
            np.array([np.sum(marks & (strata == s)) for s in range(4)], float)
            for marks in (np.ones(many, bool), upper, outcomes)
        ]
        n, n1, m = (each[sizes[1] > 0] for each in sizes)
        expected, spread = np.sum(n1 * m / n), np.sum(n1 * (n - n1) * m * (n - m) / (n * n * (n - 1)))
        if expected < 1:
            assert found.p is None
        else:
            assert found.p == pytest.approx(chi2.sf(expected**2 / spread, 1), abs=1e-9)
        assert found.ratio.value == 0
        assert found.ratio.low is None


def test_the_larger_of_score_test_and_likelihood_ratio_counts():
    dice = np.random.default_rng(6)
    compared = 0
    for _ in range(200):
        many = int(dice.integers(20, 200))
        strata, upper = dice.integers(0, 3, many), dice.random(many) < dice.random()
        outcomes = dice.random(many) < dice.choice([0, 0.1, 0.5, 1])
        found = compare(upper, outcomes, strata, np.arange(many))
        sizes = [
            np.array([np.sum(marks & (strata == s)) for s in range(3)], float)
            for marks in (np.ones(many, bool), upper, outcomes, upper & outcomes)
        ]
        n, n1, m, a = (each[(sizes[1] > 0) & (sizes[1] < sizes[0])] for each in sizes)
        e1 = float(np.sum(n1 * m / n))
        e0 = float(m.sum()) - e1
        spread = np.sum(n1 * (n - n1) * m * (n - m) / (n * n * np.where(n > 1, n - 1, 1)))
        if e1 < 1 or e0 < 1 or not spread:
            assert found.p is None
            continue
        compared += 1
        score = (a.sum() - e1) ** 2 / spread
        ratio = power_divergence([a.sum(), m.sum() - a.sum()], [e1, e0], lambda_="log-likelihood").statistic
        expected = max(chi2.sf(score, 1), chi2.sf(max(0, ratio), 1))
        assert found.p == pytest.approx(expected, abs=1e-9)
    assert compared > 60


def test_flames_are_pooled_as_isotonic_regression_pools_them():
    dice = np.random.default_rng(4)
    for _ in range(200):
        many = 1_000
        flames = dice.integers(0, 6, many)
        outcomes = dice.random(many) < dice.random(6)[flames] * 0.5
        found = flame_groups(flames, outcomes, np.zeros(many, int), np.arange(many))
        rates = [band.rate.value for band in found.bands]
        pooled = isotonic_regression(rates, weights=[band.contact_cuts for band in found.bands]).x
        for group in found.groups:  # a group never splits what is pooled
            first, last = group.flames[0], group.flames[-1]
            assert first == 0 or pooled[first] > pooled[first - 1] + 1e-12
            assert last == 5 or pooled[last + 1] > pooled[last] + 1e-12


def test_a_border_divides_a_tie_in_proportion():
    scores, outcomes = np.array([10, 8, 8, 8, 3]), np.array([1, 1, 0, 0, 1], bool)
    found = first_of_list(scores, outcomes, np.array([0, 1, 2, 4, 5], float))
    assert found.tolist() == pytest.approx([0, 1, 4 / 3, 2, 3])


def test_a_list_that_got_worse():
    contacts = np.tile(np.arange(400), 4)
    cuts = np.repeat(np.arange(4), 400)
    outcomes = contacts % 4 == 0
    scores = np.where(outcomes, 1, 0) * np.where(cuts < 2, 1, -1) + contacts % 3
    fell = risen(scores, outcomes, cuts, contacts, later=cuts >= 2, earlier=cuts < 2)
    assert fell.high < 0
    assert fell.low < fell.value < fell.high


def test_sentences():
    many = 600
    contacts, cuts = np.arange(many), np.zeros(many, int)
    flames = contacts % 2 * 3
    even = flame_groups(flames, contacts % 4 < 2, cuts, contacts)
    assert even.order == "nothing"
    assert (
        even.sentences[0] == "0 and 3 flames cannot be told apart: this score says nothing about the outcome."
    )
    assert "Nobody had 1 flame." in even.sentences
    upside_down = flame_groups(flames, (flames == 0) & (contacts % 3 > 0), cuts, contacts)
    assert upside_down.order == "out_of_order"
    assert upside_down.sentences[0].startswith(
        "The flames are out of order: 3 flames convert less (0.0%) than 0"
    )
    few = flame_groups(flames, contacts < 19, cuts, contacts)
    assert few.order == "too_few"
    assert few.sentences[0] == "Too few outcomes to say: 19 contacts (30 are needed)."
    assert few.groups == ()
    one = flame_groups(np.full(many, 2), contacts % 2 == 0, cuts, contacts)
    assert one.sentences[0] == "Everyone has 2 flames."
