"""The measures of a score, on small lists with literal results."""

from datetime import UTC, datetime, timedelta

import pytest

from flamescore.backtest import backtest, question
from flamescore.project import find_settings

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
RULES = """\
version: 1
scores:
  interest:
    five_flames: 10
    rules: [{name: Visit, event: visit, expires: 10d, points: 1, count: each}]
"""
CUTS = (30, 60, 90)


def at(number, hours=0):
    return (BEGIN + timedelta(days=number, hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def measured(folder, contacts, events, cuts=CUTS, **asked):
    """Backtest contacts (`id,created`) and events (`id,type,at,amount`) at several cuts."""
    (folder / "contacts.csv").write_text("\n".join(["contact_id,created_at", *contacts, ""]))
    (folder / "events.csv").write_text(
        "\n".join(["contact_id,event,at,amount", f"{contacts[0].split(',')[0]},other,{at(0)},", *events, ""])
    )
    (folder / "rules.yaml").write_text(RULES)
    (folder / "flamescore.yaml").write_text(
        "version: 1\nrules: rules.yaml\nas_of: 2026-12-01\n"
        "contacts: [{path: contacts.csv}]\nevents: [{path: events.csv}]\n"
    )
    asked = {"outcome": "purchase", "horizon": "20d", "who": "repeat", "known_until": "2026-11-30", **asked}
    asked["at"] = tuple(at(each)[:10] for each in cuts)
    (score,) = backtest(find_settings(str(folder / "flamescore.yaml")), question(asked, {})).scores
    return score


# --- drift


def drift(folder, *visitors, there=(120, 120, 120)):
    """Backtest 120 contacts; these numbers visit the day before each cut, and exist at it."""
    created = [next(cut - 20 for cut, many in zip(CUTS, there, strict=True) if n < many) for n in range(120)]
    contacts = [f"{n},{at(day)[:10]}" for n, day in enumerate(created)]
    events = [
        f"{n},visit,{at(cut - 1)}," for cut, many in zip(CUTS, visitors, strict=True) for n in range(many)
    ]
    events += [f"{n},purchase,{at(92)},1" for n in range(40)]
    return [(each.code, each.message) for each in measured(folder, contacts, events).drift]


def moved(said, then, now):
    return ("B051", f'"Visit" {said}: it reached {then} at the first cut, {now} at the last one.')


def stopped(many):
    return ("B050", f'"Visit" gave points to {many} contacts at a cut, and to nobody at the last one.')


@pytest.mark.parametrize(
    ("visitors", "said"),
    [
        ((50, 0, 24), [moved("shrank", "41.7%", "20.0%")]),
        ((50, 0, 25), []),
        ((49, 0, 24), []),
        ((24, 0, 50), [moved("grew", "20.0%", "41.7%")]),
        ((25, 0, 50), []),
        ((24, 0, 49), []),
        ((0, 0, 50), [moved("grew", "0.0%", "41.7%")]),
        ((10, 0, 0), [stopped(10)]),
        ((0, 10, 0), [stopped(10)]),
        ((9, 9, 0), []),
        ((0, 0, 10), []),
    ],
)
def test_a_rule_that_drifts(tmp_path, visitors, said):
    assert drift(tmp_path, *visitors) == said


def test_drift_goes_by_shares_of_who_is_there(tmp_path):
    there = (60, 90, 120)
    assert drift(tmp_path, 12, 0, 50, there=there) == [moved("grew", "20.0%", "41.7%")]
    assert drift(tmp_path, 13, 0, 50, there=there) == []


def test_an_order_that_got_worse(tmp_path):
    cuts, buyers, others = (30, 60, 90, 120), range(40), range(40, 80)
    contacts = [f"{n},{at(0)[:10]}" for n in range(80)]
    events = [f"{n},purchase,{at(cut + 2)},1" for cut in cuts for n in buyers]
    events += [f"{n},visit,{at(cut - 1)}," for cut in cuts[:2] for n in buyers]
    events += [f"{n},visit,{at(cut - 1)}," for cut in cuts[2:] for n in others]
    score = measured(tmp_path, contacts, events, cuts)
    assert [each.auc for each in score.cuts] == [1, 1, 0, 0]
    assert (score.rise.value, score.rise.low, score.rise.high) == (-1, -1, -1)
    assert [each.message for each in score.drift if each.code == "B052"] == [
        "The order of the list got worse: AUC fell by 1.00 (1.00 to 1.00)."
    ]
    fewer = measured(tmp_path, contacts, events, cuts[:3])
    assert fewer.rise.value is None
    odd = measured(tmp_path, contacts, [*events, f"0,visit,{at(149)},"], (*cuts, 150))
    assert odd.rise.value == pytest.approx(-1)  # the first and last two of five cuts with both outcomes


# --- one list


def listed(folder, *people, early="", **asked):
    """Backtest one list of visits and purchase amounts (None: no purchase); those in `early` came earlier."""
    contacts, events = [], []
    for name, (visits, amount) in zip("abcdefgh", people, strict=False):
        contacts.append(f"{name},{at(0)[:10]}")
        events += [f"{name},visit,{at(28, -1 if name in early else 0)}," for _ in range(visits)]
        if amount is not None:
            events.append(f"{name},purchase,{at(31)},{amount}")
    return measured(folder, contacts, events, (30,), **asked)


FIVE = ((10, None), (8, 30.5), (8, None), (8, None), (3, 10))


@pytest.mark.parametrize(
    ("capacity", "called", "shares", "last"),
    [
        (1, 1, (0, 0, 0), 10),
        (2, 2, (1 / 3, 0, 1), 8),  # the outcomes, and the fewest and most that the order of ties allows
        (3, 3, (2 / 3, 0, 1), 8),
        (4, 4, (1, 1, 1), 8),
        (9, 5, (2, 2, 2), 3),
    ],
)
def test_those_of_equal_places_are_called_in_part(tmp_path, capacity, called, shares, last):
    found, least, most = shares
    told = listed(tmp_path, *FIVE, capacity=capacity).called
    assert (told.a_list, told.wanted, told.called) == (capacity, capacity, called)
    assert told.outcomes == pytest.approx(found)
    assert told.precision.value == pytest.approx(found / called)
    assert (told.least, told.most, told.missed) == pytest.approx(
        (least / called, most / called, 1 - found / 2)
    )
    assert told.last == (last, last, last)
    assert told.cuts == ((called, pytest.approx(found)),)


def test_of_equal_points_who_was_active_later_is_called_first(tmp_path):
    told = listed(tmp_path, *FIVE, early="cd", capacity=2).called
    assert (told.outcomes, told.least, told.most) == (1, 1 / 2, 1 / 2)
    told = listed(tmp_path, *FIVE, early="b", capacity=3).called
    assert (told.outcomes, told.least, told.most) == (0, 0, 0)


def test_fifths_and_gain_of_a_list(tmp_path):
    score = listed(tmp_path, *FIVE)
    assert score.fifths == pytest.approx((0, 1 / 3, 1 / 3, 1 / 3, 1))
    assert [score.gain[each] for each in (0, 20, 40, 60, 80, 90, 100)] == pytest.approx(
        [0, 0, 1 / 6, 1 / 3, 1 / 2, 3 / 4, 1]
    )
    assert (score.cuts[0].contact_cuts, score.cuts[0].outcomes, score.cuts[0].rate) == (5, 2, 2 / 5)
    assert (score.cuts[0].hot, score.cuts[0].hot_outcomes) == (1, 0)


def test_what_each_number_of_flames_is_worth(tmp_path):
    worth = listed(tmp_path, *FIVE, value="amount").worth
    assert worth[0] == (None, 0)
    assert worth[1] == (10, pytest.approx(10 / 40.5))
    assert worth[4] == (pytest.approx(30.5 / 3), pytest.approx(30.5 / 40.5))
    assert worth[5] == (0, 0)


def test_the_order_among_those_without_flames(tmp_path):
    score = listed(tmp_path, (1, 5), (0, None), (1, None), (9, None))
    assert score.auc_of_none.value == pytest.approx(3 / 4)
    assert score.auc.value == pytest.approx(1.5 / 3)
