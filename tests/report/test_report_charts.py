"""The lengths of bars, the strength of cells, and which rules a chart shows."""

import pytest

from flamescore.report.charts import share, strength, strongest
from flamescore.report.view_model import RuleLine


def line(name, amount):
    return RuleLine(name, "rule", contacts=1, occurrences=1, points=str(amount), amount=amount)


@pytest.mark.parametrize(
    ("amount", "most", "percent"),
    [(0, 0, 0), (0, 9, 0), (9, 9, 100), (1, 3, 33.33), (-2, -8, 25), (1, 10_000, 1), (10**30, 10**30, 100)],
)
def test_a_bar_is_a_share_of_the_longest(amount, most, percent):
    assert share(amount, most) == percent


@pytest.mark.parametrize(("many", "steps"), [(0, 0), (1, 1), (8, 3), (150, 7), (279, 9)])
def test_a_cell_is_the_stronger_the_fuller_it_is(many, steps):
    assert strength(many, 279) == steps


def test_the_strongest_come_first_and_those_that_took_stand_apart():
    lines = [line("a", 1.0), line("b", -5.0), line("c", 7.0), line("d", 0.0), line("e", -9.0), line("f", 7.0)]
    assert [each.name for each in strongest(lines)] == ["c", "f", "a"]
    assert [each.name for each in strongest(lines, took=True)] == ["e", "b"]


def test_no_more_than_ten_are_shown():
    assert len(strongest([line(str(n), float(n + 1)) for n in range(12)])) == 10
