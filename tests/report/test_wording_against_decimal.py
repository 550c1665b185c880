"""Points and days as people read them, checked against `Decimal` and `datetime`."""

import random
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal

import pytest

from flamescore.report import wording

SIZES = (10, 10_000, 300_000, 10**8, 10**14)
MONTH = Decimal("30.4375")


def shown(points, decimals, rounding):
    """Format ten-thousandths with `Decimal` alone."""
    exact = Decimal(points) / 10_000
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding)
    if rounded == 0 and exact > 0:
        rounded = exact.quantize(Decimal(1).scaleb(exact.adjusted()), ROUND_DOWN)
    text = f"{rounded:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def number(text):
    return Decimal(text.replace(",", ""))


def check_points(seed, many):
    chance = random.Random(seed)
    for _ in range(many):
        points = chance.randint(-1, 1) * chance.randrange(chance.choice(SIZES))
        decimals = chance.randint(0, 4)
        score, given = wording.score(points, decimals), wording.given(points, decimals)
        assert score == shown(points, decimals, ROUND_FLOOR), points
        plus = "+" if points > 0 else ""
        assert given == plus + shown(points, decimals, ROUND_HALF_UP), points
        assert wording.missing(abs(points), decimals) == shown(abs(points), decimals, ROUND_CEILING), points
        assert wording.score(points, decimals, commas=False) == score.replace(",", "")
        assert points <= 0 or "0" not in (score, given)
        bound = chance.randrange(chance.choice(SIZES))
        assert (number(score) >= Decimal(bound) / 10_000) <= (points >= bound), (points, bound)


def ago_by_hand(days):
    if days <= 60:
        return {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")
    months = int(Decimal(days) / MONTH)
    return f"{months} months ago" if months < 24 else f"{months // 12} years ago"


def check_days(seed, many):
    chance = random.Random(seed)
    for _ in range(many):
        today = date(2026, 1, 1) + timedelta(days=chance.randrange(2_000))
        days = chance.randrange(-3, chance.choice((5, 70, 800, 9_000)))
        day = today - timedelta(days=days)
        assert wording.ago(day, today) == (str(day) if days < 0 else ago_by_hand(days))


def test_points_and_days():
    check_points(1, 2_000)
    check_days(1, 2_000)


@pytest.mark.full
def test_a_hundred_thousand_points_and_days():
    check_points(2, 100_000)
    check_days(2, 100_000)
