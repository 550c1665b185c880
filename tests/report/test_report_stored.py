from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from flamescore.cli.main import program
from flamescore.nightly import Options, nightly
from flamescore.project import find_settings
from flamescore.report import redacted, view
from report.pages import many, material

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def output(tmp_path_factory) -> Path:
    """Two nights of the sample."""
    folder = tmp_path_factory.mktemp("out")
    for night in ("2026-11-20", "2026-11-21"):
        project = find_settings(str(ROOT / "flamescore.yaml"), {"output": str(folder), "as_of": night})
        nightly(project, Options())
    return folder


@pytest.fixture
def report(output, monkeypatch):
    monkeypatch.setenv("FLAMESCORE_OUTPUT", str(output))
    monkeypatch.setenv("FLAMESCORE_CONFIG", str(ROOT / "flamescore.yaml"))

    def run(*arguments: str):
        return CliRunner().invoke(program(), ["report", *arguments])

    return run


def test_a_stored_run_gives_the_very_report_that_it_wrote(output, report, tmp_path):
    for name in ("report.html", "report.md"):
        assert report("-o", str(tmp_path / name)).exit_code == 0
        assert (tmp_path / name).read_bytes() == (output / "latest" / name).read_bytes()


def test_another_run(report):
    told = report("--run", "2026-11-20", "--format", "md").stdout
    assert "as of 2026-11-20 00:00 MST" in told
    assert "What changed" not in told


def test_the_terminal_is_the_default(report):
    told = report().stdout
    assert "2,000 contacts as of 2026-11-21 00:00 MST" in told
    assert "1 got hot: Lars Åkesson" in told
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
    assert "Stayed in the webinar to the end 2 days ago" in body


def test_redacted_numbers_the_owners_and_drops_the_companies():
    told = view(redacted(material(many(3))))
    assert [lead.owner for lead in told.scores[0].leads] == ["Owner 1", "Owner 2", "Owner 3"]
    assert {(lead.company, lead.name, lead.email, lead.phone) for lead in told.scores[0].leads} == {
        (None,) * 4
    }
    assert [lead.contact_id for lead in told.scores[0].leads] == ["000000", "000001", "000002"]
    assert told.redacted


def test_an_id_that_is_an_email_is_numbered():
    base = material(many(2))
    ids = {"000001": "ann@example.com"}

    def renamed(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(pl.col("contact_id").replace(ids))

    telling = replace(
        base,
        scores=renamed(base.scores),
        people=renamed(base.people),
        excluded=renamed(base.excluded),
        ledger=lambda who: renamed(base.ledger(who.replace({"ann@example.com": "000001"}))),
    )
    leads = view(redacted(telling)).scores[0].leads
    assert [lead.contact_id for lead in leads] == ["000000", "contact 1"]
    assert len(leads[1].reasons) == 3
