"""Backtests of real exports, against the figures of a second, independent program."""

import pytest

from flamescore.backtest import backtest, question
from flamescore.errors import FlamescoreError
from flamescore.project import find_settings
from real_exports import NEEDED, education, grocer, strangers

pytestmark = NEEDED

LOYALTY = """\
version: 1
scores:
  loyalty:
    five_flames: 50
    rules:
      - {name: Ordered, event: order, points: 10, count: each, expires: never, decay: {half_life: 90d}}
"""
ENGAGEMENT = """\
version: 1
scores:
  engagement:
    five_flames: 100
    rules:
      - {name: Baskets, event: basket, per: basket_id, count: 20, points: 3}
      - {name: Redeemed a coupon, event: redemption, count: each, points: 15}
"""
FIT = """\
version: 1
scores:
  fit:
    five_flames: 40
    rules:
      - {name: Came by reference, field: {Lead Source: Reference}, points: 40}
      - {name: Came from Welingak, field: {Lead Source: Welingak Website}, points: 50}
      - name: Time on the website
        first_of:
          - {if: {field: {Total Time Spent on Website: {at_least: 1000}}}, points: 30}
          - {if: {field: {Total Time Spent on Website: {at_least: 300}}}, points: 15}
      - {name: Works, field: {What is your current occupation: Working Professional}, points: 25}
      - {name: SMS was the last, field: {Last Activity: SMS Sent}, points: 15}
      - {name: Chat was the last, field: {Last Activity: Olark Chat Conversation}, points: -10}
      - {name: Do not e-mail, field: {Do Not Email: Yes}, points: -20}
"""


def near(*expected):
    return pytest.approx(expected, abs=5.1e-5)


def made(folder, project, rules, **flags):
    (folder / "rules.yaml").write_text(rules)
    (folder / "flamescore.yaml").write_text(f"version: 1\nrules: rules.yaml\n{project}")
    done = backtest(find_settings(str(folder / "flamescore.yaml")), question(flags, {}))
    return done.scores[0]


@pytest.fixture
def cdnow(tmp_path):
    customers, orders = strangers()
    (tmp_path / "customers.csv").write_text(customers)
    (tmp_path / "orders.csv").write_text(orders)
    project = (
        "contacts: [{path: customers.csv}]\n"
        'events: [{path: orders.csv, constants: {event: order}, at: {format: "%Y%m%d"}}]\n'
    )
    return lambda **flags: made(tmp_path, project, LOYALTY, outcome="order", **flags)


@pytest.fixture
def journey(tmp_path):
    project = f"{grocer('parquet')}as_of: 2018-01-02\n"
    return lambda **flags: made(tmp_path, project, ENGAGEMENT, outcome="redemption", **flags)


def bands(score):
    return {band.flames[0]: (band.contact_cuts, band.outcomes) for band in score.flames.bands}


def groups(score):
    return [band.flames for band in score.flames.groups]


def test_cdnow_at_one_cut(cdnow):
    score = cdnow(who="repeat", horizon="90d", at=("1998-01-01",), capacity=100)
    assert (score.contact_cuts, score.outcomes) == (23_570, 3_808)
    assert bands(score) == {
        0: (20_005, 1_963), 1: (2_106, 858), 2: (770, 452), 3: (319, 221), 4: (166, 128), 5: (204, 186),
    }  # fmt: skip
    rates = [band.rate.value for band in score.flames.bands]
    assert tuple(rates) == near(0.0981, 0.4074, 0.5870, 0.6928, 0.7711, 0.9118)
    best = score.flames.bands[5].rate
    assert (best.low, best.high) == near(0.8648, 0.9435)
    assert (score.auc.value, score.auc.low, score.auc.high) == near(0.8053, 0.7969, 0.8134)
    assert score.fifths == near(0.4644, 0.1860, 0.0614, 0.0497, 0.0463)
    assert groups(score) == [(0,), (1,), (2,), (3, 4), (5,)]
    assert score.own.share == pytest.approx(1)
    assert score.called.outcomes == pytest.approx(93)


def test_cdnow_for_half_a_year_and_at_three_cuts(cdnow):
    score = cdnow(who="repeat", horizon="180d", at=("1998-01-01",))
    assert score.outcomes == 5_360
    assert score.auc.value == pytest.approx(0.8057, abs=5e-5)
    assert score.fifths == near(0.6035, 0.2870, 0.0972, 0.0789, 0.0703)
    assert groups(score) == [(0,), (1,), (2, 3), (4, 5)]
    three = cdnow(who="repeat", horizon="90d", at=("1997-07-01", "1997-10-01", "1998-01-01"))
    assert (three.contact_cuts, three.outcomes, three.outcome_contacts) == (70_710, 12_178, 7_604)
    best = three.flames.bands[5].rate
    assert (best.value, best.low, best.high, best.design_effect) == near(0.8823, 0.8521, 0.9069, 1.1339)
    assert (three.auc.value, three.auc.low, three.auc.high) == near(0.7737, 0.7681, 0.7791)
    assert three.fifths == near(0.4588, 0.1885, 0.0823, 0.0690, 0.0625)
    assert groups(three) == [(0,), (1,), (2,), (3, 4), (5,)]


def test_cdnow_has_nobody_who_never_ordered(cdnow):
    with pytest.raises(FlamescoreError) as caught:
        cdnow(who="first-only", horizon="90d", at=("1998-01-01",))
    assert [each.code for each in caught.value.problems] == ["B006"]
    assert "had the outcome before" in caught.value.problems[0].message


def test_completejourney(journey):
    half = {"at": ("2017-06-30T23:59:59",), "horizon": "183d"}
    score = journey(who="repeat", **half)
    assert (score.contact_cuts, score.outcomes) == (801, 252)
    assert (score.auc.value, score.auc.low, score.auc.high) == near(0.7492, 0.7111, 0.7838)
    assert score.fifths == near(0.6420, 0.3688, 0.2747, 0.1670, 0.1205)
    assert groups(score) == [(0,), (1,), (2, 3), (4, 5)]
    first = journey(who="first-only", **half)
    assert (first.contact_cuts, first.outcomes) == (651, 145)
    assert (first.auc.value, first.auc.low, first.auc.high) == near(0.6570, 0.6072, 0.7035)
    assert groups(first) == [(0,), (1,), (2, 3)]
    assert first.flames.sentences[-2:] == ("Nobody had 4 flames.", "Nobody had 5 flames.")


def test_completejourney_where_outcomes_end(journey):
    at = ("2017-06-30T23:59:59",)
    with pytest.raises(FlamescoreError) as caught:
        journey(who="repeat", at=at, horizon="184d")
    assert [each.code for each in caught.value.problems] == ["B005"]
    assert journey(who="repeat", at=at, horizon="184d", known_until="2018-01-01").outcomes > 0
    few = journey(who="repeat", at=at, horizon="30d")
    assert (few.outcomes, few.flames.order) == (19, "too_few")
    assert {rule.ratio.p for rule in few.rules} == {None}


def test_completejourney_at_three_cuts(journey):
    cuts = {"at": ("2017-05-01", "2017-07-01", "2017-09-01"), "horizon": "60d"}
    score = journey(who="repeat", capacity=40, **cuts)
    assert bands(score) == {
        5: (148, 77), 4: (71, 21), 3: (596, 102), 2: (445, 59), 1: (721, 70), 0: (422, 13),
    }  # fmt: skip
    baskets, coupon = score.rules
    assert baskets.ratio.ratio.value is None
    assert baskets.ratio.p == pytest.approx(0.104, abs=5e-4)
    assert coupon.contact_cuts == 405
    assert (coupon.with_it.value, coupon.without_it.value) == near(0.3654, 0.0971)
    ratio, own = coupon.ratio.ratio, coupon.own.ratio
    assert (ratio.value, ratio.low, ratio.high, ratio.design_effect) == near(4.9082, 3.7616, 6.4044, 1.5802)
    assert (own.value, own.low, own.high) == near(3.7142, 2.8818, 4.7871)
    assert (score.own.share, score.own.auc_without.value) == near(0.1668, 0.6853)
    assert score.called.last == (105, 60, 150)
    assert score.called.outcomes == pytest.approx(19 + 29 + 24)
    first = journey(who="first-only", **cuts)
    assert (first.contact_cuts, first.outcomes) == (1_998, 194)
    assert (first.auc.value, first.auc.low, first.auc.high) == near(0.6764, 0.6391, 0.7115)
    assert groups(first) == [(0,), (1,), (2, 3)]


def test_x_education(tmp_path):
    outcome = "{field: {Converted: 1}}"
    score = made(tmp_path, education(), FIT, outcome=outcome, cross_section=True)
    assert bands(score) == {
        0: (3_716, 378), 1: (2_086, 661), 2: (68, 33), 3: (1_511, 879), 4: (17, 15), 5: (1_793, 1_576),
    }  # fmt: skip
    assert (score.auc.value, score.auc.low, score.auc.high) == near(0.8485, 0.8405, 0.8562)
    assert score.fifths == near(0.8744, 0.5376, 0.3134, 0.1306, 0.0708)
    assert groups(score) == [(0,), (1,), (2, 3), (4, 5)]
    reference = score.rules[0]
    assert reference.contact_cuts == 534
    assert (reference.with_it.value, reference.without_it.value) == near(0.9176, 0.3525)
    ratio, own = reference.ratio.ratio, reference.own.ratio
    assert (ratio.value, ratio.low, ratio.high) == near(2.6028, 2.4844, 2.7268)
    assert (own.value, own.low, own.high) == near(2.1185, 2.0254, 2.2158)
    assert {rule.sign for rule in score.rules if rule.branch is None} == {"agrees"}
    assert not [rule for rule in score.rules if rule.leak]
    more = FIT + "      - {name: Will, field: {Tags: Will revert after reading the email}, points: 10}\n"
    leaky = made(tmp_path, education(), more, outcome=outcome, cross_section=True)
    (leak,) = (rule for rule in leaky.rules if rule.leak)
    assert (leak.name, leak.contact_cuts) == ("Will", 2_056)
    assert leak.with_it.value == pytest.approx(0.968, abs=5e-4)
    with pytest.raises(FlamescoreError) as caught:
        made(tmp_path, education(), FIT, outcome=outcome)
    assert [each.code for each in caught.value.problems] == ["U032"]
