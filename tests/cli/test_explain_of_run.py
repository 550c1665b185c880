"""`explain` reads the exports as the explained run did: with that run's sources and limits."""

from __future__ import annotations

import io
import json
import os
import sys
from datetime import UTC, datetime, timedelta

import pytest

from cli.small import CONTACTS, EVENTS, PROJECT, latest, record


@pytest.fixture
def spoilt(project):
    """Return a project whose contacts include 30 rows without an id."""
    (project / "contacts.csv").write_text(CONTACTS + ",Nobody,,,,,,,,\n" * 30)
    return project


TOO_MANY = "contacts contacts.csv: error I007: 30 of 38 rows are rejected, more than 1%"


def test_the_limit_of_the_run_holds(spoilt, flamescore):
    assert flamescore("score", "-q").err.startswith(TOO_MANY)
    assert flamescore("score", "-q", "--max-rejects", "80%").code == 0
    done = flamescore("explain", "101")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Ann Lee · ann@example.com · 101\n")
    assert record(spoilt)["given"] == {"contacts": None, "events": None, "max_rejects": "80%"}


def test_so_does_one_that_a_variable_gave(spoilt, flamescore):
    assert flamescore("score", "-q", FLAMESCORE_MAX_REJECTS="30").code == 0
    assert flamescore("explain", "101").code == 0
    assert flamescore("explain", "101", FLAMESCORE_MAX_REJECTS="1%").code == 0
    assert record(spoilt)["given"]["max_rejects"] == "30"


def test_another_time_is_no_run_and_has_the_limits_of_now(spoilt, flamescore):
    assert flamescore("score", "-q", "--max-rejects", "80%").code == 0
    done = flamescore("explain", "101", "--as-of", "2026-11-20")
    assert (done.code, done.err.startswith(TOO_MANY)) == (3, True)
    assert flamescore("explain", "101", "--as-of", "2026-11-20", FLAMESCORE_MAX_REJECTS="80%").code == 0
    assert spoilt.is_dir()


def test_the_sources_of_the_run_are_read(project, flamescore):
    other = project / "other"
    other.mkdir()
    (other / "people.csv").write_text((project / "contacts.csv").read_text().replace("Ann Lee", "Ann Other"))
    (other / "log.csv").write_text("contact_id,event,at,asset\n101,call,2026-11-20T09:30:00Z,\n")
    done = flamescore("score", "-q", "--contacts", "other/people.csv", "--events", "other/log.csv")
    assert done.code == 0
    given = [str(other / "people.csv")], [str(other / "log.csv")]
    assert (record(project)["given"]["contacts"], record(project)["given"]["events"]) == given
    (project / "events.csv").unlink()
    told = json.loads(flamescore("explain", "101", "--format", "json").out)
    assert (told["name"], told["scores"][0]["score"], told["notes"]) == ("Ann Other", 15, [])


def test_variables_of_now_are_not_those_of_the_run(project, flamescore):
    assert flamescore("score", "-q").code == 0
    (project / "log.csv").write_text("contact_id,event,at,asset\n")
    told = json.loads(flamescore("explain", "101", "--format", "json", FLAMESCORE_EVENTS="log.csv").out)
    assert (told["scores"][0]["score"], told["notes"]) == (25, [])


def test_each_run_has_its_own(project, flamescore):
    (project / "log.csv").write_text("contact_id,event,at,asset\n102,call,2026-11-20T09:30:00Z,\n")
    assert flamescore("score", "-q", "--events", "log.csv").code == 0
    first = latest(project)
    assert flamescore("score", "-q", "--as-of", "2026-11-22").code == 0
    scores = [
        json.loads(flamescore("explain", "101", "--run", run, "--format", "json").out)["scores"][0]["score"]
        for run in (first, latest(project))
    ]
    assert scores == [5, 25]


def test_without_a_project_file(project, flamescore):
    (project / "flamescore.yaml").unlink()
    (project / "contacts.csv").write_text("contact_id,Employees\n101,250\n")
    words = ("--rules", "rules.yaml", "--contacts", "contacts.csv", "--events", "events.csv")
    rules = (project / "rules.yaml").read_text()
    lines = [line for line in rules.splitlines() if "tag:" not in line]
    (project / "rules.yaml").write_text("\n".join(lines) + "\n")
    assert flamescore("score", "-q", "--as-of", "2026-11-21", *words).code == 0
    told = json.loads(flamescore("explain", "101", "--format", "json").out)
    assert (told["scores"][0]["score"], told["notes"]) == (20, [])


def test_a_run_of_an_older_program_is_explained_with_the_settings_of_now(scored, flamescore):
    path = scored / "out/latest/run.json"
    said = json.loads(path.read_text())
    del said["given"]
    path.write_text(json.dumps(said))
    assert flamescore("explain", "101").out.startswith("Ann Lee · ann@example.com · 101\n")


def test_exports_were_new_enough_when_the_run_was_made(project, flamescore):
    text = PROJECT.replace("path: events.csv", "path: events.csv\n    max_age: 2d")
    (project / "flamescore.yaml").write_text(text)
    assert flamescore("score", "-q").code == 0
    path = project / "out/latest/run.json"
    said = json.loads(path.read_text())
    long_ago = datetime.now(UTC) - timedelta(days=30)
    path.write_text(json.dumps(said | {"started_at": long_ago.isoformat()}))
    for name in ("contacts.csv", "events.csv"):
        os.utime(project / name, (long_ago.timestamp() - 60,) * 2)
    assert flamescore("score", "-q").err.startswith("error I003: `events.csv` (events) is from ")
    assert flamescore("explain", "101").code == 0


GONE = (
    "error I001: events: run {run} took them from standard input (`-`), which can't be read again.\n"
    "        Do: Write it to a file, score again with that file, and explain the new run.\n"
)


@pytest.mark.once
@pytest.mark.parametrize("flags", [(), ("--events", "-")], ids=["file", "flag"])
def test_standard_input_of_the_run_is_gone(project, flamescore, monkeypatch, flags):
    if not flags:
        (project / "flamescore.yaml").write_text(PROJECT.replace("path: events.csv", "path: '-'"))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(EVENTS.encode())))
    assert flamescore("score", "-q", *flags).code == 0

    class Never(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, _: object) -> int:
            raise AssertionError

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(Never())))
    done = flamescore("explain", "101")
    assert (done.code, done.out, done.err) == (3, "", GONE.format(run=latest(project)))


def test_a_pipe_is_not_waited_for(project, flamescore):
    assert flamescore("score", "-q").code == 0
    (project / "events.csv").unlink()
    os.mkfifo(project / "events.csv")
    done = flamescore("explain", "101")
    assert (done.code, done.out) == (3, "")
    assert done.err == GONE.format(run=latest(project)).replace(
        "standard input (`-`)", "a pipe (`events.csv`)"
    )
