"""`write_back` from the project file to the CRM and back, as a user types it."""

# ruff: noqa: E501 - a case and its full message are on one line

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from small import EVENTS, latest, record

from cli.log_lines import first_line
from flamescore.state import StateStore

pytestmark = pytest.mark.once  # a second `delivered` would have nothing to do

ROOT = Path(__file__).parents[2]
WRITE_BACK = """\
changes: false
write_back:
  crm: {format: keap, columns: {flames: Flames, score: Lead Score}}
  calls: {format: generic, segment: hot, columns: {flames: f, hot_since: since, in_hot: hot}}
"""
NIGHT = {"FLAMESCORE_AS_OF": "2026-11-22", "FLAMESCORE_NOW": "2026-11-22T11:00:00Z"}
CRM = """\
Email,Flames,Lead Score
ann@example.com,5,25
script@example.com,5,20
shared@example.com,5,20
evil@example.com,3,15
cara@example.com,1,5
gus@example.com,0,-5
"""


@pytest.fixture
def crm(project):
    with (project / "flamescore.yaml").open("a") as file:
        file.write(WRITE_BACK)
    return project


def files(folder, name="crm", run="latest"):
    place = folder / "out" / ("latest" if run == "latest" else f"runs/{run}") / "write_back" / name
    return {path.name: path.read_text() for path in sorted(place.glob("*.[cj]s*"))}


def delivered(flamescore, *words):
    done = flamescore("delivered", *words)
    return done.code, done.out + done.err


def next_night(folder, flamescore):
    """Add another form by Cara, score the next night and return the id of its run."""
    (folder / "events.csv").write_text(EVENTS + "104,form_submit,2026-11-21T10:00:00Z,Webinar\n")
    assert flamescore("score", **NIGHT).code == 0
    return latest(folder)


def test_from_the_first_run_to_the_undone_second(crm, flamescore):
    assert flamescore("score").code == 0
    first = latest(crm)
    assert record(crm)["write_back"] == [
        {"name": "crm", "rows": 6, "first_time": 6},
        {"name": "calls", "rows": 2, "first_time": 2},
    ]
    assert files(crm)["crm-001.csv"] == CRM
    said = json.loads(files(crm)["write_back.json"])
    assert (said["without_key"], said["same_key"], said["based_on"]) == (1, 1, None)
    assert delivered(flamescore, "crm") == (0, f"crm: 6 rows of {first} delivered; 6 known\n")
    again = f"crm: {first} was delivered already, nothing to do; 6 known\n"
    assert delivered(flamescore, "crm") == (0, again)
    second = next_night(crm, flamescore)
    assert record(crm)["write_back"][0] == {"name": "crm", "rows": 1, "first_time": 0}
    assert files(crm)["crm-001.csv"] == "Email,Flames,Lead Score\ncara@example.com,2,10\n"
    assert files(crm)["undo-001.csv"] == "Email,Flames,Lead Score\ncara@example.com,1,5\n"
    assert json.loads(files(crm)["write_back.json"])["based_on"] == first
    assert len(pl.read_parquet(crm / "out/latest/write_back/calls/rows.parquet")) == 6, "nobody imported it"
    assert delivered(flamescore, "crm", "--run", second) == (
        0,
        f"crm: 1 row of {second} delivered; 6 known\n",
    )
    code, said = delivered(flamescore, "crm", "--run", first)
    assert (code, said.splitlines()[0]) == (
        2,
        f"error U041: The run {first} is older than {second}, which was delivered last.",
    )
    kept = sorted(path.name for path in (crm / "out/state/delivered").iterdir())
    assert kept == [f"crm-{first}.parquet", f"crm-{second}.parquet"]
    back = f"crm: the delivery of {second} was taken back; 6 known\n"
    assert delivered(flamescore, "crm", "--undone") == (0, back)
    code, said = delivered(flamescore, "crm", "--undone")
    assert (code, said.splitlines()[0]) == (4, "error N011: There is no delivery of `crm` to take back.")
    assert [path.name for path in (crm / "out/state/delivered").iterdir()] == [f"crm-{first}.parquet"]
    assert flamescore("score", **NIGHT).code == 0
    assert files(crm)["crm-001.csv"] == "Email,Flames,Lead Score\ncara@example.com,2,10\n"
    assert delivered(flamescore, "crm", "--forget") == (
        0,
        "crm: all was forgotten; the next files have everybody\n",
    )
    assert list((crm / "out/state/delivered").iterdir()) == []
    assert flamescore("score", **NIGHT).code == 0
    assert files(crm)["crm-001.csv"].count("\n") == 7


def test_the_first_delivery_undone_is_as_if_there_had_been_none(crm, flamescore):
    flamescore("score")
    assert delivered(flamescore, "crm", "--undone")[0] == 4
    delivered(flamescore, "crm")
    assert delivered(flamescore, "crm", "--undone")[0] == 0
    assert delivered(flamescore, "crm", "--undone")[0] == 4
    flamescore("score")
    assert files(crm)["crm-001.csv"] == CRM


def test_who_leaves_a_segment_is_followed(crm, flamescore):
    flamescore("score")
    assert files(crm, "calls")["calls-001.csv"] == "contact_id,f,since,hot\n101,5,,true\n103,5,,true\n"
    delivered(flamescore, "calls")
    (crm / "events.csv").write_text(
        "\n".join(line for line in EVENTS.splitlines() if "103," not in line)
        + "\n104,call,2026-11-21T10:00:00Z,\n104,form_submit,2026-11-21T10:00:00Z,a\n104,form_submit,2026-11-21T11:00:00Z,b\n"
    )
    flamescore("score", **NIGHT)
    assert (
        files(crm, "calls")["calls-001.csv"]
        == "contact_id,f,since,hot\n104,5,2026-11-22,true\n103,0,,false\n"
    )
    assert files(crm, "calls")["undo-001.csv"] == "contact_id,f,since,hot\n103,5,,true\n"


def test_what_can_not_be_delivered(crm, flamescore):
    code, said = delivered(flamescore, "crn")
    assert (code, said) == (2, "error U040: There is no write-back `crn`.\n        Nearest: `crm`.\n")
    assert delivered(flamescore, "crm")[0] == 4, "no run yet"
    flamescore("score")
    flamescore("score", "--as-of", "2026-11-10")
    code, said = delivered(flamescore, "crm", "--run", "2026-11-10")
    assert code == 4
    assert said.startswith("error N010: The run 2026-11-10T")
    assert delivered(flamescore, "crm", "--undone", "--forget")[0] == 2
    assert not (crm / "out/state/delivered").exists()


def test_a_backfill_and_a_dry_run_write_none(crm, flamescore):
    done = flamescore("score", "--dry-run")
    assert done.out.splitlines()[-2:] == [
        "write_back crm: 6 rows, 6 for the first time",
        "write_back calls: 2 rows, 2 for the first time",
    ]
    assert not (crm / "out").exists()
    flamescore("score")
    flamescore("score", "--as-of", "2026-11-10")
    (run,) = [each for each in (crm / "out/runs").iterdir() if each.name.startswith("2026-11-10")]
    assert not (run / "write_back").exists()
    assert "write_back" not in json.loads((run / "run.json").read_text())


def test_a_state_that_another_command_holds_or_that_is_no_state(crm, flamescore):
    flamescore("score")
    state = StateStore(crm / "out/state")
    with state.hold():
        code, said = delivered(flamescore, "crm")
    assert (code, said.split(":")[0]) == (5, "error O001")
    state.file.write_bytes(b"no database")
    code, said = delivered(flamescore, "crm")
    assert (code, said.split(":")[0]) == (7, "error A015")
    assert state.file.read_bytes() == b"no database"


def test_without_a_state_the_first_delivery_makes_one(crm, flamescore):
    flamescore("score")
    shutil.rmtree(crm / "out/state")
    assert delivered(flamescore, "crm")[1].endswith("delivered; 6 known\n")
    assert delivered(flamescore, "crm")[1].endswith("nothing to do; 6 known\n")


@pytest.mark.usefixtures("crm")
def test_it_is_told_as_one_line_of_a_log(flamescore):
    flamescore("score")
    done = flamescore("delivered", "crm", "--log-format", "json")
    assert (done.out, first_line(done.err)["level"]) == ("", "info")
    assert flamescore("delivered", "crm", "-q").out == ""


def test_a_run_with_its_files_is_sound_and_a_damaged_one_is_not_delivered(crm, flamescore):
    flamescore("score")
    assert flamescore("runs", "--check").code == 0
    place = crm / "out/latest/write_back/crm"
    (place / "stray.csv").write_text("x")
    assert flamescore("runs", "--check").code == 3
    (place / "stray.csv").unlink()
    (place / "crm-001.csv").unlink()
    assert delivered(flamescore, "crm")[0] == 0, "the CSVs may be moved away"
    (place / "rows.parquet").write_bytes((place / "rows.parquet").read_bytes()[:-1] + b"?")
    assert delivered(flamescore, "crm")[0] == 3


def test_what_a_crash_left_is_swept(crm, flamescore):
    flamescore("score")
    delivered(flamescore, "calls")
    for name in ("crm-2026-11-21T000000Z-abcdef.parquet", ".crm-x"):
        (crm / "out/state/delivered" / name).write_text("half")
    delivered(flamescore, "crm")
    names = sorted(path.name for path in (crm / "out/state/delivered").iterdir())
    assert names == [f"calls-{latest(crm)}.parquet", f"crm-{latest(crm)}.parquet"]
    assert {path.stat().st_mode & 0o777 for path in (crm / "out/state/delivered").iterdir()} == {0o600}


def test_cells_that_are_gone_make_the_state_unreadable(crm, flamescore):
    flamescore("score")
    delivered(flamescore, "crm")
    shutil.rmtree(crm / "out/state/delivered")
    done = flamescore("score", **NIGHT)
    assert (done.code, "A015" in done.err) == (7, True)
    assert not (crm / "out/latest/write_back").exists()
    assert record(crm)["state"]["kind"] == "none"


@pytest.mark.full
@pytest.mark.usefixtures("crm")
def test_a_note_where_nobody_acknowledges(flamescore):
    for day in range(10, 21):
        done = flamescore("score", "-v", "--as-of", f"2026-11-{day}")
        assert ("A019" in done.err) == (day == 20), day
    assert (
        "write_back crm: note A019: For 10 runs nobody has confirmed that its files were imported."
        in done.err
    )
    delivered(flamescore, "crm")
    done = flamescore("score", "-v", "--as-of", "2026-11-21")
    assert "write_back crm" not in done.err
    assert (
        "write_back calls: note A019: For 11 runs nobody has confirmed that its files were imported."
        in done.err
    )


def test_who_is_held_out_later_is_told_as_nobody(crm, flamescore):
    flamescore("score")
    delivered(flamescore, "crm")
    text = (crm / "flamescore.yaml").read_text()
    text = text.replace("exclude: {tag: Do Not Call}", "exclude: {tag: Do Not Call}\n  holdout: 50%")
    (crm / "flamescore.yaml").write_text(text)
    flamescore("score")
    held_out = set(pl.read_parquet(crm / "out/latest/holdout.parquet")["contact_id"])
    mails = {"101": "ann", "102": "evil", "103": "script", "104": "cara", "108": "gus"}
    nobody = {f"{mails[each]}@example.com,0,0" for each in held_out & {*mails}}
    assert nobody
    assert set(files(crm)["crm-001.csv"].splitlines()[1:]) == nobody


def test_keys_of_the_wrong_shape_are_told(crm, flamescore):
    text = (crm / "flamescore.yaml").read_text()
    (crm / "flamescore.yaml").write_text(text + "  sf: {format: salesforce, columns: {flames: F__c}}\n")
    done = flamescore("score")
    assert (done.code, done.err.splitlines()[0]) == (
        0,
        "write_back sf: warning A024: 8 contacts have a `contact_id` that Salesforce does not take; they are left out.",
    )
    assert record(crm)["write_back"][-1] == {"name": "sf", "rows": 0, "first_time": 0}


def test_a_fault_is_told_before_anything_is_read(crm, flamescore):
    (crm / "contacts.csv").unlink()
    text = (crm / "flamescore.yaml").read_text()
    (crm / "flamescore.yaml").write_text(text.replace("flames: Flames", "fat_flames: Flames"))
    done = flamescore("score")
    assert done.code == 2
    assert "error A013: There is no score `fat`." in done.err


def test_the_formats_are_listed_and_shown(flamescore):
    lines = flamescore("presets").out.splitlines()
    formats = [line for line in lines if line.startswith("write_back/")]
    assert formats[3:5] == [
        "write_back/keap,Keap (Infusionsoft),write_back,no,1",
        "write_back/mailchimp,Mailchimp,write_back,no,1",
    ]
    assert len(formats) == 8
    assert "max_rows: 5000" in flamescore("presets", "write_back/keap").out


@pytest.mark.full
@pytest.mark.parametrize("case", [
    ("none", "{flames: f, score: s}", 97), ("none", "{flames: f}", 51),
    ("1%", "{score: s}, round: 4", 1_024), ("1%", "{score: s}", 125),
])  # fmt: skip
def test_how_many_rows_change_in_a_night_of_the_sample(tmp_path, monkeypatch, flamescore, case):
    decay, columns, rows = case
    for name in ("rules", "sample_data"):
        shutil.copytree(ROOT / name, tmp_path / name)
    text = (ROOT / "flamescore.yaml").read_text()
    (tmp_path / "flamescore.yaml").write_text(
        f"{text}\nwrite_back:\n  crm: {{format: generic, columns: {columns}}}\n"
    )
    rules = tmp_path / "rules/keap.yaml"
    rules.write_text(rules.read_text().replace("      decay: none ", f"      decay: {decay} "))
    monkeypatch.chdir(tmp_path)
    for day, expected in (("2026-11-20T00:00:00", 2_000), ("2026-11-21T00:00:00", rows)):
        assert flamescore("score", "--as-of", day, "--accept").code == 0
        assert record(tmp_path)["write_back"][0]["rows"] == expected
        if day.startswith("2026-11-20"):
            assert delivered(flamescore, "crm")[0] == 0
    with (tmp_path / "out/latest/write_back/crm/crm-001.csv").open() as file:
        assert len(list(csv.reader(file))) == rows + 1


def test_who_is_routed_is_written_while_the_crm_has_no_owner(crm, flamescore):
    (crm / "flamescore.yaml").write_text(
        (crm / "flamescore.yaml").read_text()
        + "  owners: {format: generic, columns: {routed_to: Assigned To, flames: f}}\n"
        + "team: [{name: Priya Raman, import_as: priya.raman}]\nroute: {same: [], unowned: [Bob]}\n"
    )
    flamescore("score")
    assert files(crm, "owners")["owners-001.csv"] == "contact_id,Assigned To,f\n103,priya.raman,5\n"
    delivered(flamescore, "owners")
    text = (crm / "contacts.csv").read_text()
    (crm / "contacts.csv").write_text(
        text.replace("script@example.com,,,Bob", "script@example.com,,,Priya Raman")
    )
    flamescore("score", **NIGHT)
    assert record(crm)["write_back"][-1] == {"name": "owners", "rows": 0, "first_time": 0}
