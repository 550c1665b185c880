"""Numbers, times and reasons as people read them."""

from datetime import date

import pytest

from flamescore.report import wording


@pytest.mark.parametrize(
    ("points", "decimals", "said"),
    [
        (626_280, 1, "62.6"), (199_600, 1, "19.9"), (200_000, 1, "20"), (-400, 1, "-0.1"), (437, 1, "0.04"),
        (0, 1, "0"), (12_345_000, 1, "1,234.5"), (626_280, 0, "62"), (626_280, 4, "62.628"), (1, 0, "0.0001"),
        (9_999, 0, "0.9"), (-1, 4, "-0.0001"), (-10_000, 0, "-1"), (-5_000, 0, "-1"),
    ],
)  # fmt: skip
def test_a_score_is_rounded_down(points, decimals, said):
    assert wording.score(points, decimals) == said


@pytest.mark.parametrize(
    ("points", "decimals", "said"),
    [
        (183_890, 1, "+18.4"), (-30_000, 1, "-3"), (0, 1, "0"), (31, 1, "+0.003"), (-31, 1, "0"),
        (500, 1, "+0.1"),
        (-500, 1, "-0.1"), (12_345_500, 1, "+1,234.6"), (5_000, 0, "+1"), (4_999, 0, "+0.4"),
    ],
)  # fmt: skip
def test_what_a_rule_gave_has_its_sign_and_is_rounded_half_away_from_zero(points, decimals, said):
    assert wording.given(points, decimals) == said


def test_what_is_missing_is_rounded_up():
    assert [wording.missing(points) for points in (20_100, 20_000, 1, 0)] == ["2.1", "2", "0.1", "0"]


def test_commas_may_be_left_out():
    assert wording.score(12_345_000, commas=False) == "1234.5"


def test_a_percentile_is_rounded_down():
    assert [wording.percentile(number) for number in (99.99, 100.0, 0.0)] == ["99%", "100%", "0%"]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-21", "today"), ("2026-11-20", "yesterday"), ("2026-11-19", "2 days ago"),
        ("2026-09-22", "60 days ago"), ("2026-09-21", "2 months ago"), ("2025-01-01", "22 months ago"),
        ("2024-11-21", "23 months ago"), ("2024-11-20", "2 years ago"), ("2026-11-22", "2026-11-22"),
    ],
)  # fmt: skip
def test_ago_counts_calendar_days(day, said):
    assert wording.ago(date.fromisoformat(day), date(2026, 11, 21)) == said


def test_a_reason():
    assert (
        wording.reason("Talked with a rep", 2, "4 days ago", 183_890)
        == "Talked with a rep ×2, 4 days ago (+18.4)"
    )
    assert wording.reason("Owns a dog", 1, None, 30_000) == "Owns a dog (+3)"
