"""Exports that parse but are wrong: what stops a run, what `--accept` lets through, what is a warning."""

from __future__ import annotations

import json
import os

import pytest

from flamescore.errors import InputError
from flamescore.nightly import Options, nightly
from flamescore.project import load_project, settle
from flamescore.units import Period

PROJECT = """\
version: 1
rules: rules.yaml
as_of: 2026-03-01
contacts: [{path: contacts.csv}]
events: [{path: events.csv}]
"""
RULES = """\
version: 1
scores:
  interest:
    five_flames: 10
    rules:
      - {name: Opened, event: email_open, points: 1, count: each, expires: 10d}
      - {name: Bought, event: purchase, points: 5, count: once, expires: never}
"""
CONTACTS = "contact_id,email\n" + "".join(f"{n},c{n}@x.org\n" for n in range(1, 5))


class Folder:
    def __init__(self, path):
        self.path = path
        self.write("flamescore.yaml", PROJECT)
        self.write("rules.yaml", RULES)
        self.write("contacts.csv", CONTACTS)

    def write(self, name, text):
        (self.path / name).write_text(text)

    def events(self, *rows):
        self.write("events.csv", "contact_id,event,at\n" + "".join(f"{row}\n" for row in rows))

    def score(self, **options):
        project = settle(load_project(self.path / "flamescore.yaml"), environ={})
        return nightly(project, Options(**options))

    def told(self, code):
        return [(each.subject, each.message) for each in self.score().findings if each.code == code]

    def runs(self):
        return len(list((self.path / "out" / "runs").glob("2*")))


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


OPEN = "{},email_open,2026-02-10"
BUY = "1,purchase,2026-01-01"


def test_every_event_of_a_source_an_orphan(folder):
    folder.events("0001,email_open,2026-02-25", "0002,purchase,2026-02-25", "0003,other,2026-02-25")
    with pytest.raises(InputError) as stopped:
        folder.score()
    (problem,) = stopped.value.problems
    assert (problem.code, problem.message) == (
        "I051",
        "events events.csv: Of 3 rows that could count none is of a contact in the list.",
    )
    assert problem.hint is not None
    assert problem.hint.endswith("If this is right, score once with --accept.")
    assert folder.runs() == 0


def test_one_event_that_finds_its_contact_is_enough(folder):
    folder.events("0001,email_open,2026-02-25", "2,purchase,2026-02-25", BUY)
    assert folder.score().published is not None


def test_old_events_are_no_orphans(folder):
    folder.events("1,email_open,2025-01-01", BUY.replace("1,p", "0001,p"), "4,purchase,2026-01-01")
    assert folder.score().published is not None


def test_accepted_it_is_published_with_a_warning(folder):
    folder.events("0001,email_open,2026-02-25")
    outcome = folder.score(accept=True)
    assert outcome.published is not None
    (told,) = [each for each in outcome.findings if each.code == "I051"]
    assert (told.severity, told.subject, told.count, told.accepted) == (
        "warning", "events events.csv", 1, "--accept",
    )  # fmt: skip
    record = json.loads((outcome.published.run.path / "run.json").read_text())
    said = "events events.csv: warning I051: Of 1 row that could count none is of a contact in the list."
    assert f"{said} (accepted: --accept)" in record["warnings"]


def test_under_half_the_rows_of_the_last_run(folder):
    folder.events(*(OPEN.format(n) for n in (1, 2, 3, 4)), BUY)
    folder.score()
    folder.events("1,email_open,2026-02-25", BUY)
    with pytest.raises(InputError) as stopped:
        folder.score()
    assert [(each.code, each.message) for each in stopped.value.problems] == [
        ("I052", "events events.csv: It has 2 rows, under half of the 5 of the last run.")
    ]
    assert folder.runs() == 1
    assert folder.score(accept=True).published is not None
    assert folder.score().published is not None  # the next run is compared with the accepted one


def test_contacts_may_lose_half_but_no_more(folder):
    folder.events(BUY)
    folder.score()
    folder.write("contacts.csv", "contact_id,email\n1,a@x.org\n2,b@x.org\n")
    assert folder.score().published is not None
    folder.write("contacts.csv", CONTACTS)
    folder.score()
    folder.write("contacts.csv", "contact_id,email\n1,a@x.org\n")
    with pytest.raises(InputError, match=r"contacts contacts\.csv: It has 1 row, under half of the 4"):
        folder.score()


def test_a_dry_run_is_braked_too(folder):
    folder.events("0001,email_open,2026-02-25")
    with pytest.raises(InputError, match="Of 1 row that could count"):
        folder.score(dry_run=True)


def test_a_last_run_that_cannot_be_read_brakes_nothing(folder):
    folder.events(*(OPEN.format(n) for n in (1, 2, 3, 4)), BUY)
    (folder.score().published.run.path / "run.json").write_text("{")
    folder.events(BUY)
    assert folder.score().published is not None


def test_a_run_that_is_stopped_is_not_scored_for_comparisons(folder, monkeypatch):
    folder.events(*(OPEN.format(n) for n in (1, 2, 3, 4)), BUY)
    folder.score()
    monkeypatch.setattr("flamescore.changes.parts.with_trend", None)  # calling it would raise TypeError
    later = {"FLAMESCORE_AS_OF": "2026-03-02"}
    monkeypatch.setattr("flamescore.changes.comparison.compare", None)
    project = settle(load_project(folder.path / "flamescore.yaml"), environ=later)
    folder.events(BUY)
    for options in (Options(trend=Period(7, "d")), Options(trend=Period(7, "d"), strict=True, accept=True)):
        with pytest.raises(InputError):
            nightly(project, options)
    folder.events(*(OPEN.format(n) for n in (1, 2, 3, 4)), BUY)
    with pytest.raises(TypeError):
        nightly(project, Options())


def test_both_are_told_at_once(folder):
    folder.events(*(OPEN.format(n) for n in (1, 2, 3, 4)), BUY)
    folder.score()
    folder.events("0001,purchase,2026-02-01")
    with pytest.raises(InputError) as stopped:
        folder.score()
    assert [each.code for each in stopped.value.problems] == ["I051", "I052"]


def test_a_window_longer_than_the_history(folder):
    folder.write("rules.yaml", RULES.replace("expires: 10d", "expires: 90d").replace("never", "60d"))
    folder.events("1,email_open,2026-01-30", "2,purchase,2026-02-20")
    said = "The oldest event is 30 days old, and rules look further back: `Opened` (90d), `Bought` (60d)."
    assert folder.told("I146") == [("events events.csv", said)]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param("1,email_open,2026-02-19", id="ten days of ten"),
        pytest.param("1,email_open,2026-02-20", id="a day short"),
        pytest.param("1,email_open,2025-02-20", id="far longer"),
        pytest.param("1,other,2025-02-20", id="by an event of another type"),
    ],
)
def test_a_history_that_is_long_enough(folder, row):
    folder.write("rules.yaml", RULES.replace("never", "10d"))
    folder.events(row, "1,email_open,2026-02-27", "1,purchase,2026-02-27")
    assert folder.told("I146") == []


def test_a_second_source_may_go_back_further(folder):
    folder.write(
        "flamescore.yaml", PROJECT.replace("{path: events.csv}", "{path: events.csv}, {path: old.csv}")
    )
    folder.write("old.csv", "contact_id,event,at\n1,email_open,2025-01-01\n")
    folder.events("1,email_open,2026-02-27")
    assert folder.told("I146") == []


def test_a_window_of_a_condition(folder):
    rule = "      - {name: Quiet, if: {not: {event: email_open, last: 30d}}, points: -1}\n"
    folder.write("rules.yaml", RULES + rule)
    folder.events("1,email_open,2026-02-20", "1,purchase,2026-02-20")
    assert folder.told("I146") == [
        ("events events.csv", "The oldest event is 9 days old, and rules look further back: `Quiet` (30d).")
    ]


def test_a_burst_may_begin_before_the_window(folder):
    burst = "expires: 5d, burst: {times: 2, within: 6d}, count: each, points: 1"
    folder.write("rules.yaml", RULES + f"      - {{name: Often, event: email_open, {burst}}}\n")
    folder.events("1,email_open,2026-02-20", "1,purchase,2026-02-20")
    said = "The oldest event is 9 days old, and rules look further back: `Often` (5d, and 6d before it)."
    assert folder.told("I146") == [("events events.csv", said)]


def test_orphans_doubled_since_the_last_run(folder):
    folder.events(BUY, "1,purchase,2026-02-01", "91,purchase,2026-02-01")
    folder.score()
    folder.events(BUY, "1,purchase,2026-02-01", "91,purchase,2026-02-01", "92,purchase,2026-02-01")
    outcome = folder.score()
    said = "2 of 4 rows are of contacts that are not in the list, and 1 was in the last run."
    (found,) = [each for each in outcome.findings if each.code == "I147"]
    assert (found.subject, found.message, found.count, found.of) == ("events events.csv", said, 2, 4)
    assert said in (outcome.published.run.path / "report.md").read_text().replace("\\", "")
    assert folder.told("I147") == []
    assert folder.told("I135") == [
        ("events events.csv", "2 of 4 rows are of contacts that are not in the list.")
    ]


def test_an_event_type_that_no_event_has(folder):
    folder.write("rules.yaml", RULES.replace("email_open", "email_opened"))
    folder.events("1,email_open,2026-02-25", BUY)
    outcome = folder.score()
    (found,) = [each for each in outcome.findings if each.code == "I050"]
    assert (found.severity, found.nearest) == ("warning", (("email_open", 1),))
    with pytest.raises(InputError) as stopped:
        folder.score(strict=True)
    (problem,) = stopped.value.problems
    assert problem.code == "U016"


def test_a_file_that_is_too_old(folder):
    folder.write("flamescore.yaml", PROJECT.replace("{path: events.csv}", "{path: events.csv, max_age: 2d}"))
    folder.events(BUY)
    assert folder.score().published is not None

    os.utime(folder.path / "events.csv", (0, 0))
    with pytest.raises(InputError, match=r"is from 1970-01-01T00:00:00Z, older than max_age \(2d\)"):
        folder.score(accept=True)
