"""Held-out contacts are scored and ranked, but appear on no call list."""

# ruff: noqa: E501 - one table row per line

import json
from io import BytesIO

import openpyxl
import polars as pl
import pytest

from cli.small import PROJECT, latest, record

HELD_OUT = "  holdout: {share: 25%, salt: draw-175}\n"
"""The draw selects 101, 106 and 105, which the call list excludes; 101 and 103 are hot."""


@pytest.fixture
def held(project, flamescore):
    (project / "flamescore.yaml").write_text(
        PROJECT.replace("exclude: {tag: Do Not Call}\n", f"exclude: {{tag: Do Not Call}}\n{HELD_OUT}")
    )
    done = flamescore("score")
    assert (done.code, done.err) == (0, "")
    return project, done


def ids(text):
    return [line.split(",")[1] for line in text.splitlines()[1:]]


def test_the_table_and_the_record_tell_who_is_held_out(held):
    folder, done = held
    table = pl.read_parquet(folder / "out/latest/holdout.parquet")
    assert table.schema == {
        "contact_id": pl.String,
        "score_name": pl.String,
        "flames": pl.Int32,
        "rank": pl.Int32,
        "hot": pl.Boolean,
    }
    assert table.rows() == [
        ("101", "interest", 5, 1, True),
        ("106", "interest", 0, 6, False),
        ("101", "fit", 3, 2, False),
        ("106", "fit", 0, 7, False),
    ]
    assert record(folder)["holdout"] == {"share": "25%", "contacts": 2, "hot": 1}
    assert (
        done.out
        == f"{latest(folder)}: 8 contacts, 3 hot on interest, 1 hot on fit with 5 flames, 1 to call, 1 held out\n"
    )


def test_scores_have_them_and_call_lists_do_not(held):
    latest_run = held[0] / "out/latest"
    assert pl.read_parquet(latest_run / "scores.parquet").filter(pl.col("contact_id") == "101").height == 2
    assert ids((latest_run / "hot_leads.csv").read_text()) == ["103"]
    assert pl.read_parquet(latest_run / "excluded.parquet").rows() == [("105",)]


@pytest.mark.usefixtures("held")
def test_searches_leave_them_out(flamescore):
    assert ids(flamescore("search", "--format", "csv").out) == ["103", "102", "104", "107", "108"]
    assert len(ids(flamescore("search", "--all", "--format", "csv").out)) == 8
    assert ids(flamescore("search", "--held-out", "--format", "csv").out) == ["101", "106"]
    assert ids(flamescore("search", "--held-out", "--flames", "5", "--format", "csv").out) == ["101"]
    assert flamescore("search", "--held-out", "--accounts").code == 2


def test_the_report_says_how_many_and_shows_none(held, flamescore):
    folder = held[0]
    for file in ("report.html", "report.md"):
        text = (folder / "out/latest" / file).read_text()
        assert "1 hot lead is held out (25%)" in text, file
        assert "0 hot leads are held out (25%)" in text, file  # under the other score
        assert "Cara Smith" in text, file
        assert "Ann Lee" not in text, file
    assert "<b>1</b> more hot, not to be called" in (folder / "out/latest/report.html").read_text()
    assert flamescore("report", "--format", "table").out.count("held out (25%)") == 2
    again = flamescore("report", "--format", "html").out
    assert again == (folder / "out/latest/report.html").read_text()
    assert flamescore("report", "-o", "calls.xlsx").code == 0
    book = openpyxl.load_workbook(BytesIO((folder / "calls.xlsx").read_bytes()))
    cells = {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert ("Ann Lee" in cells, "<script>alert(1)</script>" in cells) == (False, True)


def test_changes_leave_them_out(held, flamescore):
    folder = held[0]
    with (folder / "events.csv").open("a") as file:
        file.write("101,form_submit,2026-11-21T01:00:00Z,Ebook\n104,form_submit,2026-11-21T02:00:00Z,Ebook\n")
    assert flamescore("score", "--as-of", "2026-11-22").code == 0
    shown = flamescore("changes", "--format", "csv").out
    assert "\n104," in shown
    assert "\n101," not in shown
    assert "\n101," in flamescore("changes", "--all", "--format", "csv").out


def test_a_run_without_a_hold_out_has_none(scored, flamescore):
    assert "holdout" not in record(scored)
    assert not (scored / "out/latest/holdout.parquet").exists()
    done = flamescore("search", "--held-out")
    assert (done.code, done.err) == (
        4,
        (
            f"error N006: Run {latest(scored)} has no hold-out.\n"
            "        Do: Set `call_list: {holdout: 5%}` in the project file, and score again.\n"
        ),
    )


def test_under_a_condition_the_default_score_has_the_one_list(project, flamescore):
    text = PROJECT.replace("exclude: {tag: Do Not Call}\n", f"exclude: {{tag: Do Not Call}}\n{HELD_OUT}")
    (project / "flamescore.yaml").write_text(
        text + "hot: {any: [{score: interest, points: {at_least: 15}}, {score: fit, flames: 0}]}\n"
    )
    done = flamescore("score")
    assert done.out == f"{latest(project)}: 8 contacts, 6 hot, 3 to call, 2 held out\n"
    hot = pl.read_parquet(project / "out/latest/holdout.parquet")["hot"].to_list()
    assert hot == [True, True, False, False]
    assert ids((project / "out/latest/hot_leads.csv").read_text()) == ["103", "102", "107"]


def test_a_column_that_no_contact_has_is_told_with_its_place(project, flamescore):
    text = PROJECT.replace("call_list:\n", "call_list:\n  holdout: {share: 5%, by: compny}\n")
    (project / "flamescore.yaml").write_text(text)
    done = flamescore("score")
    assert done.code == 2
    assert done.err == (
        "flamescore.yaml:5:28: error P028: `call_list.holdout.by`: no contacts export has a column `compny`.\n"
        "    5 |   holdout: {share: 5%, by: compny}\n"
        "      |                            ^^^^^^\n"
        "        Nearest: `company`.\n"
    )


def test_the_line_of_success_in_a_log_counts_them(held, flamescore):
    log = flamescore("score", "--log-format", "json").err
    assert json.loads(log.splitlines()[-2])["held_out"] == {"interest": 1, "fit": 0}
    assert record(held[0])["holdout"]["hot"] == 1
