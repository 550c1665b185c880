"""`changes` and `runs` as CSV: guarded against formulas for people, exact with `--raw`."""

from __future__ import annotations

import pytest

from cli.small import CONTACTS


@pytest.fixture
def nights(project, flamescore):
    """Score a project twice; one of its cells would be a formula where a spreadsheet splits it at `;`."""
    (project / "contacts.csv").write_text(
        CONTACTS.replace("Smith & Sons", "Smith;\N{FULLWIDTH EQUALS SIGN}1+1")
    )
    for day in ("2026-11-20", "2026-11-21"):
        assert flamescore("score", "--as-of", day).code == 0
    return project


def test_changes(nights, flamescore):
    guarded, raw = flamescore("changes", "--all").out, flamescore("changes", "--all", "--raw").out
    assert "'=HYPERLINK" in guarded
    assert "Smith;'\N{FULLWIDTH EQUALS SIGN}1+1" in guarded
    assert "'" not in raw
    assert "Smith;\N{FULLWIDTH EQUALS SIGN}1+1" in raw
    flamescore("changes", "--all", "-o", "changes.csv")
    assert (nights / "changes.csv").read_text() == guarded
    assert "'=" not in flamescore("changes", "--all", "--format", "json").out


@pytest.mark.usefixtures("nights")
def test_runs(flamescore):
    assert flamescore("runs", "--raw").out == flamescore("runs").out  # no cell of a run begins with a sign


def test_the_call_list_is_guarded_and_the_scores_are_exact(nights):
    latest = nights / "out" / "latest"
    assert "Smith;'\N{FULLWIDTH EQUALS SIGN}1+1" in (latest / "hot_leads-fit.csv").read_text()
    assert "Smith;\N{FULLWIDTH EQUALS SIGN}1+1" in (latest / "scores.csv").read_text()
