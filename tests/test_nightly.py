"""The nightly job as a call: what it publishes, and what it returns."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from cli.small import latest, write_project
from flamescore.errors import InputError, LockedError, UsageError
from flamescore.inputs import parse_as_of
from flamescore.nightly import Options, nightly
from flamescore.project import find_settings
from flamescore.runs import RunStore

DEFAULT = Options()
"""The options without any flag."""


@pytest.fixture
def project(tmp_path):
    folder = write_project(tmp_path / "project")
    return find_settings(str(folder / "flamescore.yaml"))


def test_it_publishes_a_run_and_gives_it_back(project):
    heard = []
    outcome = nightly(project, DEFAULT, show_step=heard.append)
    assert heard == ["Reading the exports", "Scoring", "Writing the tables and the report"]
    assert outcome.published.run.run_id == latest(project.folder) == outcome.record.run_id
    assert outcome.published.run.record == outcome.record
    assert ([each.code for each in outcome.findings], outcome.scored.contacts.height) == (["O102"], 8)
    assert [step.step for step in outcome.record.steps][:3] == ["load", "score", "write"]


def test_a_dry_run_publishes_nothing_and_gives_the_scores_of_before(project):
    first = nightly(project, Options(dry_run=True))
    assert (first.published, first.previous, first.record.published) == (None, None, False)
    assert not (project.folder / "out").exists()
    nightly(project, DEFAULT)
    again = nightly(project, Options(dry_run=True))
    assert again.previous.equals(again.scored.scores.select(again.previous.columns[:8]).join(
        again.previous.select("contact_id", "score_name", *again.previous.columns[8:]),
        on=["contact_id", "score_name"], how="left", maintain_order="left",
    ))  # fmt: skip
    assert len(RunStore(project.folder / "out").runs()) == 1


def test_a_held_output_is_left_alone(project):
    with RunStore(project.folder / "out").hold(), pytest.raises(LockedError):
        nightly(project, DEFAULT)


def test_what_is_missing_is_said_before_there_is_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="No project file"):
        nightly(find_settings(), DEFAULT)
    assert list(tmp_path.iterdir()) == []


def test_bad_input_leaves_no_run(project):
    (project.folder / "events.csv").unlink()
    with pytest.raises(InputError):
        nightly(project, DEFAULT)
    assert RunStore(project.folder / "out").runs() == ()


NOW = datetime(2026, 11, 21, 3, 30, 15, 999_999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone", "instant"),
    [
        ("now", "UTC", "2026-11-21T03:30:15+00:00"),
        ("today", "UTC", "2026-11-21T00:00:00+00:00"),
        ("today", "America/Phoenix", "2026-11-20T07:00:00+00:00"),
        ("2026-11-19", "America/Phoenix", "2026-11-19T07:00:00+00:00"),
        ("2026-11-19T01:02", "America/Phoenix", "2026-11-19T08:02:00+00:00"),
        ("2026-11-19T01:02:03.9Z", "America/Phoenix", "2026-11-19T01:02:03+00:00"),
        ("2026-09-06", "America/Santiago", "2026-09-06T04:00:00+00:00"),
    ],
)
def test_as_of(text, zone, instant):
    assert parse_as_of(text, ZoneInfo(zone), now=NOW) == datetime.fromisoformat(instant)


@pytest.mark.parametrize("text", ["tomorrow", "2026-11-31", "21.11.2026", ""])
def test_as_of_that_is_no_instant(text):
    with pytest.raises(UsageError, match="is not a date or time"):
        parse_as_of(text, ZoneInfo("UTC"), now=NOW)
