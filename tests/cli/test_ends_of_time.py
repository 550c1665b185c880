"""The first and last years that dates support: nothing crashes, and the output makes sense."""

from __future__ import annotations

import json

import pytest

from cli.small import EVENTS

RULES = """\
version: 1
timezone: {zone}
scores:
  interest:
    five_flames: 20
    rules:
      - {{name: Ever, event: call, count: each, expires: never, points: 5}}
      - {{name: For ages, event: call, count: each, expires: 9000y, per: month, points: 1}}
      - {{name: Lately, event: call, count: each, expires: 1mo, decay: {{half_life: 1d}}, points: 3}}
      - {{name: Form, event: form_submit, count: each, expires: 4w, decay: 1%, points: 2}}
      - {{name: Renews, field: {{Renewal: {{within_next: 1y}}}}, points: 4}}
      - {{name: Renewed, field: {{Renewal: {{within_last: 9000y}}}}, points: 7}}
      - {{name: VIP, tag: VIP, points: 1}}
"""
EDGES = "101,call,9999-12-31T23:00:00Z,\n101,call,0001-01-01T01:00:00Z,\n"


@pytest.fixture
def ages(project):
    """Return a function that adds calls in the first and last hours of time to the small project."""

    def at(zone: str = "UTC"):
        (project / "events.csv").write_text(EVENTS + EDGES)
        (project / "rules.yaml").write_text(RULES.format(zone=zone))
        return project

    return at


def test_explain_on_the_last_day(ages, flamescore):
    ages()
    done = flamescore("explain", "101", "--as-of", "9999-12-31", "--all")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(
        "Ann Lee · ann@example.com · 101\nAcme · owner Dana Fox\n"
        "As of 9999-12-31 00:00 UTC\n\ninterest: 19 points ▲▲▲▲·"
    )
    assert "If nothing happens" not in done.out
    assert "2026-11-20 09:30, 7972 years ago: call; +1\n" in done.out


def test_explain_within_the_last_month_has_the_outlook_that_there_is(ages, flamescore):
    ages()
    told = json.loads(flamescore("explain", "101", "--as-of", "9999-12-15", "--format", "json").out)
    assert [each["days"] for each in told["scores"][0]["outlook"]] == [7]


def test_explain_on_the_first_day(ages, flamescore):
    ages()
    done = flamescore("explain", "101", "--as-of", "0001-01-01T12:00:00Z")
    assert (done.code, done.err) == (0, "")
    assert "As of 0001-01-01 12:00 UTC\n\ninterest: 6 points ▲····" in done.out
    assert "0001-01-01 01:00, today: call; +5\n" in done.out


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize(
    "as_of", ["9999-12-31", "9999-12-31T23:59:59Z", "0001-01-01", "0001-01-01T00:00:00Z"]
)
def test_no_command_fails_at_the_ends_of_time(ages, flamescore, zone, as_of):
    ages(zone)
    for words in (
        ("explain", "101", "--as-of", as_of, "--all", "--rank"),
        ("score", "-q", "--as-of", as_of, "--trend", "7d", "--make-latest"),
        ("score", "-q", "--as-of", as_of, "--trend", "1mo", "--make-latest"),
        ("explain", "101"),
        ("report",),
        ("report", "--format", "html"),
        ("search",),
        ("changes",),
        ("runs",),
    ):
        done = flamescore(*words, *(("--accept",) if words[0] == "score" else ()))
        assert done.code == 0, (words, done.err)
