"""Lints that need the rows of events: addresses, rhythms, machine clicks, words, types without a rule."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flamescore.checking import check
from lints.example_exports import AS_OF, PROJECT

RULES = (
    "version: 1\nscores:\n  s:\n    five_flames: 9\n    rules:\n    - {name: R, event: e, points: 1, %s}\n"
)


@pytest.fixture
def told(tmp_path, monkeypatch):
    """Check a rule on files of rows `contact, event, seconds before as_of, url`; return findings by code."""
    monkeypatch.setenv("FLAMESCORE_NOW", AS_OF.isoformat())

    def run(asked, *files, more=""):
        (tmp_path / "flamescore.yaml").write_text(PROJECT.replace(", {path: mail.csv}", ""))
        (tmp_path / "rules.yaml").write_text(RULES % asked + more)
        people = "".join(f"{n},{('true', 'false')[n % 2]}\n" for n in range(1, 31))
        (tmp_path / "contacts.csv").write_text("contact_id,reads\n" + people)
        for number, rows in enumerate(files):
            lines = [
                f"{n},{kind},{AS_OF - timedelta(seconds=age):%Y-%m-%dT%H:%M:%SZ},{url}\n"
                for n, kind, age, url in rows
            ]
            (tmp_path / f"visits-{number}.csv").write_text("contact_id,event,at,url\n" + "".join(lines))
        found = check(str(tmp_path / "flamescore.yaml")).findings
        assert [each for each in found if each.severity == "error"] == []
        return {each.code: each for each in found}

    return run


def pages(plain, written):
    """Return rows of `plain` pages, and of `written` other addresses of the first one."""
    return [
        *((1, "e", 60 * n, f"/page/{n}") for n in range(1, plain + 1)),
        *((1, "e", 9000 + n, f"/page/1?utm_medium={n}") for n in range(written)),
    ]


def test_addresses_of_one_page(told):
    found = told("count: each, per: url", pages(95, 5))["L204"]
    assert (found.count, found.of) == (95, 100)
    assert "L204" not in told("count: each, per: url", pages(96, 4))
    assert "L204" not in told("count: each, per: day", pages(2, 50))


@pytest.mark.parametrize(
    "same", ["HTTPS://A.com/x", "https://a.com/x/", "https://a.com/x#y", "https://a.com/x?gclid=1"]
)
def test_what_makes_no_other_page(told, same):
    assert "L204" in told("count: each, per: url", [(1, "e", 9, "https://a.com/x"), (1, "e", 99, same)])


@pytest.mark.parametrize("other", ["https://a.com/X", "https://a.com/x?page=2", "https://b.com/x", "Deck #1"])
def test_what_makes_another_page(told, other):
    rows = [(1, "e", 9, "https://a.com/x"), (1, "e", 99, other), (1, "e", 100, "Deck #2")]
    assert "L204" not in told("count: each, per: url", rows)


DAY = 86_400


def monthly(files):
    return [[(1, "e", 30 * DAY * number + 60, "")] for number in range(files)]


def test_a_window_and_the_rhythm_of_files(told):
    assert told("count: once, expires: 29d", *monthly(3))["L207"].subject == "s/r"
    assert "L207" not in told("count: once, expires: 30d", *monthly(3))
    assert "L207" in told("count: once, if: {event: e, last: 1w}", *monthly(4))


def test_two_files_have_no_rhythm(told):
    assert "L207" not in told("count: once, expires: 1d", *monthly(2))


def machine(people, times, urls, apart):
    return [
        (person, "e", DAY * again + 100 + apart * n, f"/{n}")
        for person in range(1, people + 1)
        for again in range(times)
        for n in range(urls)
    ]


def test_clicks_of_machines(told):
    found = told("count: each", machine(5, 2, 4, 3))["L208"]
    assert found.count == 5
    assert found.cure == "ignore: [{event: e, at_once: {times: 4, within: 10s, per: url}}]"
    for rows in (machine(4, 2, 4, 3), machine(9, 1, 4, 3), machine(9, 2, 3, 3), machine(9, 2, 4, 4)):
        assert "L208" not in told("count: each", rows)


def test_what_ignore_takes_out_is_no_machine(told):
    more = "ignore: [{event: e, at_once: {times: 4, within: 10s, per: url}}]\n"
    assert "L208" not in told("count: each", machine(9, 2, 4, 3), more=more)


@pytest.mark.parametrize(
    ("word", "is_told"),
    [("'yes'", True), ('["1", US]', True), ("'TRUE'", False), ("true", False), ("US", False)],
)
def test_words_for_yes_and_no(told, word, is_told):
    found = told(f"count: once, if: {{field: {{reads: {word}}}}}", [(1, "e", 9, "")])
    assert ("L203" in found) is is_told


def test_types_that_nothing_names(told):
    rows = [(1, kind, 9, "") for number, kind in enumerate("eABCDFG") for _ in range(number + 1)]
    found = told("count: once", rows)["L209"]
    assert found.common == (("G", 7), ("F", 6), ("D", 5), ("C", 4), ("B", 3))
    assert found.count == 6
    assert "L209" not in told("count: once", [(1, "E", 9, "")])
