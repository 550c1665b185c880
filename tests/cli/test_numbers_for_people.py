"""Numbers for people have thousands separators and match singular and plural; machines get them plain."""

from __future__ import annotations

import pytest

from cli.small import CONTACTS, EVENTS, RULES


@pytest.fixture
def large(project, flamescore):
    """Return the small project, scored, with points in the thousands."""
    text = RULES.replace("five_flames: 20", "five_flames: 20000").replace("points: 5}", "points: 1234.5}", 1)
    (project / "rules.yaml").write_text(text)
    assert flamescore("score").code == 0
    return project


@pytest.mark.usefixtures("large")
def test_explain(flamescore):
    out = flamescore("explain", "101").out
    assert "Interest: 2,484 points ·····" in out
    assert "  +2,469  Form ×2" in out
    assert "; +1,234.5; until 2026-12-16" in out
    assert "\n   2,484  total" in out
    assert "  1,516 points more for 1 flame." in out
    assert '"score": 2484,' in flamescore("explain", "101", "--format", "json").out


@pytest.mark.usefixtures("large")
def test_search(flamescore):
    words = ("search", "--columns", "contact_id,score,Employees", "--where", "Employees: 1000")
    assert flamescore(*words, "--format", "table").out.split()[-3:] == ["104", "1,234.5", "1000"]
    assert flamescore(*words, "--format", "md").out.endswith("| 104 | 1,234.5 | 1000 |\n")
    assert flamescore(*words).out.endswith("\n104,1234.5,1000\n")
    further = flamescore("search", "--score", "fit", "--score", "interest", "--format", "table").out
    assert "  ·····   2,484  " in further
    assert "  ·····     2,484  " in flamescore("search", "--format", "table").out


def test_changes(large, flamescore):
    (large / "events.csv").write_text(EVENTS + "101,form_submit,2026-11-21T10:00:00Z,Ebook\n")
    assert flamescore("score", "--as-of", "2026-11-22").code == 0
    assert "2,484 → 3,718.5" in flamescore("changes", "--format", "table").out
    assert ",2484,0,3718.5,0,1234.5," in flamescore("changes").out


def test_a_dry_run(project, flamescore):
    (project / "contacts.csv").write_text(CONTACTS.splitlines()[0] + "\n101,Ann,,,,,,,,\n")
    said = ": 1 contact, 1 hot on interest, 0 hot on fit with 5 flames, 1 to call\n"
    assert flamescore("score").out.endswith(said)
    many = "".join(f"{n},N,,,,,,,,\n" for n in range(1000, 2500))
    (project / "contacts.csv").write_text(CONTACTS.splitlines()[0] + "\n" + many)
    out = flamescore("score", "--dry-run", "--accept").out
    assert "dry run: 1,500 contacts, " in out
    assert "1,500 new" in out


@pytest.mark.once
@pytest.mark.usefixtures("scored")
def test_pruned_runs(flamescore):
    flamescore("score", "--as-of", "2026-11-22")
    done = flamescore("runs", "--prune", FLAMESCORE_KEEP_RUNS="1")
    assert done.err == "1 run was deleted; keep_runs is 1\n"
    assert flamescore("runs", "--prune").err == "no run was deleted; keep_runs is 30\n"


@pytest.mark.usefixtures("project")
def test_one_reject_of_one_row(project, flamescore):
    (project / "events.csv").write_text("contact_id,event,at\n101,call,yesterday\n")
    assert (
        "events events.csv: error I007: 1 of 1 row is rejected, which leaves nothing"
        in flamescore("score").err
    )
