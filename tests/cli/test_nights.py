"""Successive nightly runs: growing exports, backfills, runs that supersede others, and runs that are kept."""

from __future__ import annotations

import csv
import json

import polars as pl

from cli.small import CONTACTS, EVENTS, PROJECT, latest, runs


def days(folder):
    return [name[:10] for name in runs(folder)]


def hot(folder):
    with (folder / "out" / "latest" / "hot_leads.csv").open(encoding="utf-8-sig") as file:
        return [row["contact_id"] for row in csv.DictReader(file)]


def test_two_nights_on_growing_exports(project, flamescore):
    assert flamescore("score", "--as-of", "2026-11-21").code == 0
    first = latest(project)
    assert hot(project) == ["101", "103"]
    (project / "events.csv").write_text(
        EVENTS + "102,form_submit,2026-11-21T08:00:00Z,Ebook\n109,call,2026-11-21T08:00:00Z,\n"
        "109,form_submit,2026-11-21T09:00:00Z,\n"
        "109,form_submit,2026-11-21T10:00:00Z,\n"
    )
    (project / "contacts.csv").write_text(CONTACTS + "109,New Face,new@example.com,,,,,US,,\n")
    done = flamescore("score", "--as-of", "2026-11-22")
    assert (done.code, done.err) == (0, "")
    assert days(project) == ["2026-11-21", "2026-11-22"]
    assert hot(project) == ["101", "109", "102", "103"]
    assert pl.read_parquet(project / "out" / "runs" / first / "scores.parquet").height == 16
    assert pl.read_parquet(project / "out" / "latest" / "scores.parquet").height == 18


def test_a_backfill_of_january_does_not_move_latest(project, flamescore):
    flamescore("score")
    now = latest(project)
    done = flamescore("score", "--as-of", "2026-01-15")
    assert (done.code, latest(project)) == (0, now)
    assert days(project) == ["2026-01-15", "2026-11-21"]
    january = next(name for name in runs(project) if name.startswith("2026-01-15"))
    assert done.out.startswith(f"{january}: 8 contacts, 0 hot on interest, ")
    assert json.loads((project / "out" / "runs" / january / "run.json").read_text())["published"] is True


def test_a_run_of_the_same_instant_supersedes_the_older_one(project, flamescore):
    flamescore("score")
    first = latest(project)
    (project / "events.csv").write_text(EVENTS + "104,call,2026-11-20T10:00:00Z,\n")
    flamescore("score")
    assert runs(project) == [latest(project)] != [first]
    flamescore("score", "--as-of", "2026-11-20")
    flamescore("score", "--as-of", "2026-11-20")
    assert days(project) == ["2026-11-20", "2026-11-21"]


def test_the_same_inputs_give_the_same_bytes(project, flamescore):
    def tables():
        folder = project / "out" / "latest"
        return [
            (folder / name).read_bytes()
            for name in ("scores.parquet", "points.parquet", "contacts.parquet", "scores.csv")
        ]

    flamescore("score")
    first = tables()
    flamescore("score")
    assert tables() == first


def test_keep_runs(project, flamescore):
    (project / "flamescore.yaml").write_text(PROJECT + "keep_runs: 2\n")
    for day in (18, 19, 20, 21):
        flamescore("score", "--as-of", f"2026-11-{day}")
    assert days(project) == ["2026-11-20", "2026-11-21"]
    flamescore("score", "--as-of", "2026-11-22", FLAMESCORE_KEEP_RUNS="4")
    assert days(project) == ["2026-11-20", "2026-11-21", "2026-11-22"]
    flamescore("score", "--as-of", "2026-01-01")
    assert days(project) == ["2026-01-01", "2026-11-22"]
    assert latest(project).startswith("2026-11-22T")


def test_the_output_is_for_its_owner_alone(project, flamescore):
    flamescore("score")
    for path in (project / "out").rglob("*"):
        if not path.is_symlink():
            assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def test_hot_leads_are_guarded_and_the_other_tables_exact(project, flamescore):
    (project / "contacts.csv").write_text(
        CONTACTS.replace("[/evil],evil@example.com", "=cmd|x,evil@example.com")
    )
    flamescore("score", "--hot-flames", "1")
    folder = project / "out" / "latest"
    assert b"\n4,102,evil@example.com,'=cmd|x,,\"'=HYPERLINK(" in (folder / "hot_leads.csv").read_bytes()
    assert b'\n102,evil@example.com,=cmd|x,,"=HYPERLINK(' in (folder / "scores.csv").read_bytes()
    assert (folder / "hot_leads.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_names_of_markup_come_out_as_themselves_in_the_report(project, flamescore):
    flamescore("score", "--hot-flames", "1")
    text = (project / "out" / "latest" / "report.md").read_text()
    assert "<script>" not in text.replace("\\<", "")
    assert "alert" in text
