from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import polars as pl
import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from flamescore.cli.main import program
from flamescore.nightly import Options, nightly
from flamescore.project import find_settings
from flamescore.report import page_of, redacted
from report.pages import data, many

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def output(two_nights) -> Path:
    return two_nights


@pytest.fixture
def report(output, monkeypatch):
    monkeypatch.setenv("FLAMESCORE_OUTPUT", str(output))
    monkeypatch.setenv("FLAMESCORE_CONFIG", str(ROOT / "flamescore.yaml"))

    def run(*arguments: str):
        return CliRunner().invoke(program(), ["report", *arguments])

    return run


@pytest.mark.parametrize("night", ["2026-11-20", "2026-11-21"])
@pytest.mark.parametrize("name", ["report.html", "report.md"])
def test_a_stored_run_gives_the_very_report_that_it_wrote(output, report, tmp_path, night, name):
    """The first night has no changes; the second one has."""
    (run,) = (output / "runs").glob(f"{night}T*")
    assert report("--run", night, "-o", str(tmp_path / name)).exit_code == 0
    assert (tmp_path / name).read_bytes() == (run / name).read_bytes()


def test_a_stored_run_needs_no_other_run_for_its_report(output, tmp_path, monkeypatch):
    """The second night keeps its changes, its trend and its leads' lines when it is the only run."""
    (run,) = (output / "runs").glob("2026-11-21T*")
    alone = tmp_path / "out" / "runs" / run.name
    shutil.copytree(run, alone)
    (tmp_path / "out" / "latest").symlink_to(Path("runs", run.name))
    monkeypatch.setenv("FLAMESCORE_OUTPUT", str(tmp_path / "out"))
    monkeypatch.setenv("FLAMESCORE_CONFIG", str(ROOT / "flamescore.yaml"))
    told = CliRunner().invoke(program(), ["report", "--format", "html"])
    assert told.stdout.encode() == (run / "report.html").read_bytes()
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    assert [(each["as_of"][:10], each["hot"], each["to_call"]) for each in record["trend"]] == [
        ("2026-11-20", 38, 25),
        ("2026-11-21", 36, 22),
    ]
    assert record["scores"][0]["to_call"] == 22
    past = pl.read_parquet(run / "history.parquet")
    assert past["as_of"].n_unique() == 2
    assert past["contact_id"].n_unique() == 298
    assert past.row(0)[0] == "2456"


RULES = r"""
version: 1
timezone: Asia/Kathmandu
scores:
  "fit x.1":
    title: "<b>Fit\u202e</b> | `Zo\u00eb`"
    flames: [0.0001, 0.3, 1, 2, 1e6]
    rules:
      - {name: Opened, event: open, points: 0.1, count: each, expires: 10d}
      - {id: took, name: "- [took](x)", event: close, points: -0.3, count: each, limits: {min: -0.5}}
      - {id: huge, name: "Huge ]]> {{ 1 }}", event: huge, points: 999999999.9999, count: each}
  second:
    five_flames: 0.3
    rules:
      - {name: "Called https://ann:hunter2@host/?token=1", event: call, points: 0.1, count: each}
"""
PROJECT = """
version: 1
rules: rules.yaml
hot_flames: 2
keep: [owner, name, fax, second]
changes: true
contacts: [{path: contacts.csv}]
events: [{path: events.csv}]
max_rejects: 50%
"""


def test_odd_names_amounts_and_rejects_come_back_as_they_were_written(tmp_path, monkeypatch):
    """Everything that the record or a table could change when written: two nights, two scores."""
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    (tmp_path / "flamescore.yaml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "contacts.csv").write_text(
        "contact_id,name,owner,email,second\n"
        "1,\u202eNa\x1bme | <b>,,a@x.org,2\n2,,  Ann ,b@x.org,\n3,Zoë,ann,,x\n",
        encoding="utf-8",
    )
    rows = [
        f"{who},{event},2026-11-{day:02}T10:00:00Z"
        for who in (1, 2, 3)
        for day in range(1, 21)
        for event in ("open", "close", "call", "huge")[: who + 1]
    ]
    (tmp_path / "events.csv").write_text(
        "\n".join(["contact_id,event,at", *rows, "9,call,2026-11-02T10:00:00Z", "1,call,never"]) + "\n"
    )
    monkeypatch.setenv("FLAMESCORE_CONFIG", str(tmp_path / "flamescore.yaml"))
    for night in ("2026-11-12", "2026-11-21"):
        nightly(find_settings(None, {"as_of": night}), Options(accept=True))
    runs = sorted((tmp_path / "out" / "runs").iterdir())
    assert len(runs) == 2
    for run in runs:
        for name in ("report.html", "report.md"):
            words = ["report", "--run", run.name, "-o", str(tmp_path / name)]
            assert CliRunner().invoke(program(), words).exit_code == 0
            assert (tmp_path / name).read_bytes() == (run / name).read_bytes()


def test_another_run(report):
    told = report("--run", "2026-11-20", "--format", "md").stdout
    assert "as of 2026-11-20 00:00 MST" in told
    assert "What changed" not in told


def test_the_terminal_is_the_default(report):
    told = report().stdout
    assert "2,000 contacts scored as of 2026-11-21 00:00 MST" in told
    assert "1 newly hot and 1 cooled off since 2026-11-20; 14 more are hot but excluded from calls" in told
    assert "Rachel Walker" in told


def test_the_suffix_must_say_a_format(report, tmp_path):
    wrong = report("-o", str(tmp_path / "report.pdf"))
    assert wrong.exit_code == 2
    assert "U010" in wrong.stderr
    assert report("--format", "pdf").exit_code == 2
    assert report("-o", str(tmp_path / "report.txt")).exit_code == 0
    assert "Rachel Walker" in (tmp_path / "report.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["html", "md", "table"])
def test_redacted_has_no_name_no_email_no_phone_of_the_sample(output, report, form):
    told = report("--redact", "--format", form).stdout
    people = pl.read_parquet(output / "latest" / "contacts.parquet")
    body = re.sub(r"<(style|script)>.*?</\1>", "", told, flags=re.DOTALL)
    assert "@" not in body
    assert "tel:" not in body
    assert "mailto:" not in body
    for column in ("name", "email", "phone"):
        texts = people[column].drop_nulls().unique().to_list()
        assert len(texts) > 500
        assert [text for text in texts if len(text) > 3 and text in body] == []
    assert "2456" in body
    assert "Stayed in the webinar to the end" in body


def test_redacted_numbers_the_owners_and_drops_the_companies():
    told = page_of(redacted(data(many(3))))
    assert [lead.owner for lead in told.leads] == ["Owner 1", "Owner 2", "Owner 3"]
    assert {(lead.company, lead.name, lead.email, lead.phone) for lead in told.leads} == {(None,) * 4}
    assert [lead.contact_id for lead in told.leads] == ["000000", "000001", "000002"]
    assert told.redacted


def test_an_id_that_is_an_email_is_numbered():
    base = data(many(2))
    ids = {"000001": "ann@example.com"}

    def renamed(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(pl.col("contact_id").replace(ids))

    telling = replace(
        base,
        scores=renamed(base.scores),
        people=renamed(base.people),
        uncalled=renamed(base.uncalled),
        ledger=lambda who: renamed(base.ledger(who.replace({"ann@example.com": "000001"}))),
    )
    leads = page_of(redacted(telling)).leads
    assert [lead.contact_id for lead in leads] == ["000000", "contact 1"]
    assert len(leads[1].standings[0].reasons) == 3
