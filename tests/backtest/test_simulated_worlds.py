"""How often intervals contain the truth, and how often noise passes for an effect, in simulated worlds.

In each world, contacts have individual propensities, so the same ones convert again and again. Their
events come at random times, and an outcome is any event in the horizon after a cut.
"""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from flamescore.backtest import compare, flame_groups, holm, ordering, rate, wilson

pytestmark = pytest.mark.full

WORLDS = 300
SHARES = np.array([0.4, 0.2, 0.15, 0.1, 0.1, 0.05])
HORIZON = 4


@dataclass(frozen=True)
class World:
    """Contacts with 0 to 5 flames. `rates` are events per week, `spread` is how much contacts vary.

    Cuts are a week apart and the horizon is four weeks, so with several cuts the horizons overlap.
    """

    contacts: int
    cuts: int
    rates: tuple[float, ...]
    spread: float = 1.0
    even: bool = False

    @property
    def shares(self):
        return np.full(6, 1 / 6) if self.even else SHARES

    @property
    def truth(self):
        """Return the probability of the outcome by flames, averaged over propensities."""
        means = np.array(self.rates) * HORIZON
        return 1 - (1 + means * self.spread) ** (-1 / self.spread)

    def drawn(self, dice):
        """Return flames, outcomes, cuts and contacts, one row per contact-cut."""
        drawn = dice.choice(6, self.contacts, p=SHARES)
        flames = np.arange(self.contacts) % 6 if self.even else drawn
        own = dice.gamma(1 / self.spread, self.spread, self.contacts) * np.array(self.rates)[flames]
        weeks = dice.poisson(np.repeat(own[:, None], self.cuts + HORIZON - 1, axis=1)) > 0
        outcomes = np.stack([weeks[:, cut : cut + HORIZON].any(axis=1) for cut in range(self.cuts)])
        rows = np.tile(np.arange(self.contacts), self.cuts)
        return flames[rows], outcomes.ravel(), np.repeat(np.arange(self.cuts), self.contacts), rows


USUAL = (0.01, 0.02, 0.03, 0.05, 0.08, 0.12)
KINDS = {
    "one cut": World(600, 1, USUAL),
    "twelve overlapping cuts": World(600, 12, USUAL),
    "rare outcomes": World(6_000, 12, tuple(each / 20 for each in USUAL)),
    "bands of 40": World(240, 12, tuple(each * 2 for each in USUAL), even=True),
}


def true_ordering(world):
    """Return the AUC of the flames themselves, counting ties as a half."""
    ones, noes = world.shares * world.truth, world.shares * (1 - world.truth)
    below = np.concatenate([[0], np.cumsum(noes)[:-1]]) + noes / 2
    return float((ones * below).sum() / (ones.sum() * noes.sum()))


def covered(found, truth):
    return [low <= truth <= high for low, high in found if low is not None]


@pytest.mark.parametrize("kind", KINDS)
def test_intervals_hold_the_truth(kind):
    world, dice = KINDS[kind], np.random.default_rng(20_261_127)
    shares, truth = world.shares, world.truth
    low_rate = (shares[:4] * truth[:4]).sum() / shares[:4].sum()
    high_rate = (shares[4:] * truth[4:]).sum() / shares[4:].sum()
    found = {name: [] for name in ("all", "few flames", "five flames", "ratio", "auc", "pooled")}
    for _ in range(WORLDS):
        flames, outcomes, cuts, contacts = world.drawn(dice)
        for name, some in (("all", flames >= 0), ("few flames", flames == 1), ("five flames", flames == 5)):
            each = rate(outcomes[some], contacts[some])
            found[name].append((each.low, each.high))
        pooled = wilson(outcomes.sum(), len(outcomes))
        found["pooled"].append((pooled.low, pooled.high))
        ratio = compare(flames >= 4, outcomes, cuts, contacts).ratio
        found["ratio"].append((ratio.low, ratio.high))
        auc = ordering(flames, outcomes, cuts, contacts)
        found["auc"].append((auc.low, auc.high))
    truths = {
        "all": (shares * truth).sum(), "few flames": truth[1], "five flames": truth[5],
        "ratio": high_rate / low_rate, "auc": true_ordering(world), "pooled": (shares * truth).sum(),
    }  # fmt: skip
    hits = {name: covered(each, truths[name]) for name, each in found.items()}
    held = {name: float(np.mean(each)) for name, each in hits.items()}
    assert all(len(each) > 0.98 * WORLDS for each in hits.values())
    if world.cuts > 1:
        assert held.pop("pooled") < 0.91  # which counts one contact at twelve cuts as twelve contacts
    else:
        assert held["pooled"] == held["all"]
    assert {name: share for name, share in held.items() if not 0.91 <= share <= 0.99} == {}


# --- noise


def enough(world, dice):
    """Draw until at least 31 contacts have the outcome."""
    while True:
        found = world.drawn(dice)
        if len(np.unique(found[3][found[1]])) > 30:
            return found


@pytest.mark.parametrize("cuts", [1, 12])
def test_forty_rules_of_noise(cuts):
    """Noise rules next to a true score, which is the only real effect."""
    world, dice = World(500, cuts, USUAL), np.random.default_rng(7)
    by_all = by_alike = 0
    for _ in range(WORLDS):
        flames, outcomes, cut, contacts = enough(world, dice)
        reach = np.exp(dice.uniform(np.log(0.003), np.log(0.5), 40))
        rules = dice.random((40, world.contacts)) < reach[:, None]
        found = [
            (
                compare(has[contacts], outcomes, cut, contacts).p,
                compare(has[contacts], outcomes, cut * 6 + flames, contacts).p,
            )
            for has in rules
            if has.any()
        ]
        alone, alike = (holm(each) for each in zip(*found, strict=True))
        by_all += any(p is not None and p < 0.05 for p in alone)
        by_alike += any(p is not None and p < 0.05 for p in alike)
    assert by_all / WORLDS <= 0.075
    assert by_alike / WORLDS <= 0.075


@pytest.mark.parametrize(("cuts", "worlds"), [(1, 1_000), (12, WORLDS)])
def test_six_bands_of_noise(cuts, worlds):
    world, dice = World(800, cuts, (0.03,) * 6), np.random.default_rng(11)
    parted = disordered = 0
    for _ in range(worlds):
        found = flame_groups(*enough(world, dice))
        parted += len(found.groups) > 1
        disordered += found.order == "out_of_order"
    assert parted / worlds <= 0.1
    assert disordered / worlds <= 0.025


# --- calls


def test_a_score_of_noise_that_is_called_looks_good_and_is_no_better_uncalled():
    """Four in five five-flame contacts are called within hours, and a call triples the rate of buying."""
    dice, base, days = np.random.default_rng(3), 0.004, 30
    held = looks_good = 0
    for _ in range(WORLDS):
        flames = dice.choice(6, 3_000, p=[0.3, 0.2, 0.15, 0.1, 0.1, 0.15])
        reached = (flames == 5) & (dice.random(3_000) < 0.8)
        call = np.where(reached, dice.uniform(0, 0.25, 3_000), np.inf)
        alone = dice.exponential(1 / base, 3_000)
        after = call + dice.exponential(1 / (3 * base), 3_000)
        buys = np.where(alone < call, alone, after)
        buys = np.where(np.isinf(call), alone, buys)
        outcomes, called = buys <= days, call <= np.minimum(buys, days)
        contacts = np.arange(3_000)
        five = flames == 5
        everyone = rate(outcomes[five], contacts[five])
        uncalled = rate(outcomes[five & ~called], contacts[five & ~called])
        truth = 1 - np.exp(-base * days)
        looks_good += everyone.low > truth
        held += uncalled.low <= truth <= uncalled.high
    assert looks_good / WORLDS > 0.95
    assert held / WORLDS >= 0.91


def test_worlds_are_as_they_say():
    """With many contacts, the observed rates match the stated truth."""
    world = replace(KINDS["one cut"], contacts=300_000)
    flames, outcomes, _, _ = world.drawn(np.random.default_rng(5))
    found = np.bincount(flames, outcomes) / np.bincount(flames)
    assert found == pytest.approx(world.truth, abs=0.01)
    auc = ordering(flames, outcomes, np.zeros(len(flames), int), np.arange(len(flames))).value
    assert auc == pytest.approx(true_ordering(world), abs=0.01)
