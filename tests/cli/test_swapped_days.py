"""Times with day and month swapped give a warning or stop the run; read correctly, they give neither."""

from datetime import date, timedelta
from random import Random

import pytest

FORMATS = [("%d/%m/%Y", "%m/%d/%Y"), ("%Y-%d-%m %H:%M", "%Y-%m-%d %H:%M"), ("%d.%m.%y", "%m.%d.%y")]
LAST = date(2026, 11, 20)


def days_of(dice):
    """Draw 3 to 900 consecutive days, at least three of which differ when day and month are swapped.

    Half the draws lie within the first twelve days of a month, so that all days parse in the wrong format.
    """
    while True:
        if dice.random() < 0.5:
            many = dice.randint(3, 12)
            first = date(dice.randint(2015, 2026), dice.randint(1, 12), dice.randint(1, 13 - many))
        else:
            many = dice.randint(3, 900)
            first = date(2015, 1, 1) + timedelta(dice.randint(0, 3_000))
        days = [first + timedelta(each) for each in range(many)]
        if days[-1] <= LAST and sum(each.day != each.month for each in days) >= 3:
            return days


def one(case, seed):
    dice = Random(seed)
    days, (form, other) = days_of(dice), dice.choice(FORMATS)
    cells = [each.strftime(form) for each in days for _ in range(dice.randint(1, 3))]
    dice.shuffle(cells)
    case.contacts("1")
    case.events(" / ".join(f"1,click,{cell}" for cell in cells))
    case.source(at={"format": form})
    right = case.score("--dry-run")
    assert right.code == 0
    assert "I122" not in right.told
    case.source(at={"format": other})
    wrong = case.score("--dry-run")
    assert wrong.code == 3 or "I122" in wrong.told
    if all(each.day <= 12 for each in days):
        found = wrong.warning("I122", count=len(cells))
        assert form in found["message"]


@pytest.mark.parametrize("seed", range(8))
def test_swapped_times_are_told(case, seed):
    one(case, seed)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(8, 208))
def test_all_swapped_times_are_told(case, seed):
    one(case, seed)
