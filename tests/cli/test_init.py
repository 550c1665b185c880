"""`flamescore init` with arguments: the files it writes, what it reports, and what it refuses."""

from __future__ import annotations

import os

import pytest

from cli.small import CONTACTS, EVENTS

pytestmark = pytest.mark.once  # `init` writes files, and never overwrites one


@pytest.fixture
def exports(tmp_path, monkeypatch):
    """Return a folder that contains only two exports; it is also the working directory."""
    for name in list(os.environ):
        if name.startswith("FLAMESCORE_"):
            monkeypatch.delenv(name)
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "contacts.csv").write_text(CONTACTS)
    (tmp_path / "exports" / "events.csv").write_text(EVENTS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_from_two_exports_to_a_hot_list(exports, flamescore):
    done = flamescore("init")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0].startswith(
        "exports/contacts.csv: contacts; Id is in every row and never twice; 8 of 8 rows"
    )
    assert lines[1].startswith(
        "exports/events.csv: events; rows of type event, at at, of contacts by contact_id"
    )
    assert lines[-1] == "Next: flamescore check"
    hot = lines[-3].rpartition(", which ")[2].split()[0]
    assert flamescore("check").code == 0
    assert flamescore("score").code == 0
    listed = flamescore("search", "--flames", "5", "--format", "csv").out.splitlines()[1:]
    assert len(listed) == int(hot) > 0
    assert sorted(each.name for each in exports.iterdir()) == [
        "exports",
        "flamescore.yaml",
        "out",
        "rules.yaml",
    ]


def test_twice_is_refused_and_changes_nothing(exports, flamescore):
    assert flamescore("init").code == 0
    before = {each: each.read_bytes() for each in exports.glob("*.yaml")}
    (exports / "exports" / "more.csv").write_text(EVENTS)
    done = flamescore("init")
    assert (done.code, done.out) == (2, "")
    assert "error G001: flamescore.yaml is already here; init never overwrites." in done.err
    (exports / "flamescore.yaml").unlink()
    done = flamescore("init")
    assert "error G001: rules.yaml is already here; init never overwrites." in done.err
    assert {each: each.read_bytes() for each in exports.glob("*.yaml")}.items() < before.items()


def test_a_dry_run_prints_both_files_and_writes_nothing(exports, flamescore):
    shown = flamescore("init", "--dry-run").out
    assert [each.name for each in exports.iterdir()] == ["exports"]
    project, rules = shown.removeprefix("# flamescore.yaml\n").split("# rules.yaml\n")
    told = flamescore("init", "-o", "told.log")
    assert told.out == ""
    assert (exports / "told.log").read_text().endswith("\n\nNext: flamescore check\n")
    assert (exports / "flamescore.yaml").read_text() == project
    assert (exports / "rules.yaml").read_text() == rules
    assert flamescore("init", "--dry-run").out == shown


def test_its_flags(exports, flamescore):
    words = ("--config", "deals/scoring.yaml", "--rules", "rules/first.yaml", "--timezone", "Europe/Berlin")
    (exports / "deals").mkdir()
    done = flamescore("init", "exports/events.csv", "--contacts", "exports/contacts.csv", *words)
    assert done.code == 0, done.err
    assert 'path: "../exports/contacts.csv"\n' in (exports / "deals" / "scoring.yaml").read_text()
    assert "timezone: Europe/Berlin   # as given" in (exports / "deals" / "rules" / "first.yaml").read_text()
    assert flamescore("score", "--config", "deals/scoring.yaml").code == 0


@pytest.mark.usefixtures("exports")
def test_what_it_refuses(flamescore):
    done = flamescore("init", "--timezone", "Berlin")
    assert (done.code, done.err[:12]) == (2, "error U002: ")
    done = flamescore("init", "exports/events.csv")
    assert (done.code, done.err[:12]) == (3, "error G002: ")
    assert (
        "The nearest is exports/events.csv, whose column `contact_id` has only 7 different values" in done.err
    )
