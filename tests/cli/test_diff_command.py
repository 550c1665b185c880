"""`flamescore diff`: formats, failures, and what it does not reveal."""

from __future__ import annotations

import json

import pytest

from cli.small import RULES
from flamescore.pages import can_draw

PERSONAL = ("Ann", "ann@example.com", "Acme", "Dana")


@pytest.fixture
def changed(project):
    (project / "old.yaml").write_text(RULES)
    (project / "rules.yaml").write_text(RULES.replace("points: 5}", "points: 10}", 1))
    return project


def test_a_change_as_text(changed, flamescore):
    done = flamescore("diff", "old.yaml")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[:5] == [
        "old.yaml → rules.yaml, as of 2026-11-21T00:00:00Z",
        "",
        "  changed: Form (points 5 → 10)",
        "",
        "Interest: 6 of 8 contacts change, 2 → 3 hot",
    ]
    assert "  103  20 → 30  5  Form +10" in lines
    assert not (changed / "out").exists()


def test_for_a_pull_request(changed, flamescore):
    assert flamescore("diff", "old.yaml", "rules.yaml", "-o", "d.md").out == ""
    text = (changed / "d.md").read_text()
    assert "- changed: Form (points 5 → 10)" in text
    assert "<details>" in text
    assert "| 103 | 20 → 30 |" in text
    assert [word for word in PERSONAL if word in text] == []
    redacted = flamescore("diff", "old.yaml", "--format", "md", "--redact").out
    assert "103" not in redacted
    assert "<details>" not in redacted


def test_redacted_json_has_no_ids(changed, flamescore):
    told = json.loads(flamescore("diff", "old.yaml", "--format", "json", "--redact").out)
    assert told["scores"][0]["hot"] == {"before": 2, "after": 3, "entered": [None], "left": []}
    assert {each["contact_id"] for each in told["scores"][0]["movers"]} == {None}
    assert changed


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("hot-change=49.9%", 1),
        ("hot-change=50%", 0),
        ("flames-change=10%", 1),
        ("flames-change=90%", 0),
        ("any", 1),
        ("warning", 0),
        ("nothing", 2),
    ],
)
@pytest.mark.usefixtures("changed")
def test_what_it_fails_on(flamescore, what, code):
    assert flamescore("diff", "old.yaml", "--fail-on", what).code == code


@pytest.mark.usefixtures("changed")
def test_the_same_file_is_no_change(flamescore):
    done = flamescore("diff", "rules.yaml", "--fail-on", "any", "--fail-on", "hot-change=0%")
    assert done.code == 0
    assert "  No rule changed.\n" in done.out


@pytest.mark.usefixtures("changed")
def test_what_is_not_there(flamescore):
    assert "D001" in flamescore("diff", "git:main").err
    assert flamescore("diff", "none.yaml").code == 2
    assert flamescore("diff", "old.yaml", "-o", "x.xyz").code == 2


def test_a_change_as_a_page(changed, flamescore):
    assert flamescore("diff", "old.yaml", "-o", "d.html").out == ""
    html = (changed / "d.html").read_text()
    assert "<li>changed: Form (points 5 → 10)</li>" in html
    assert ("<svg" in html) is can_draw()
    assert "<td>103</td><td>20 → 30</td>" in html.replace("\n", "")
    assert "<td>not scored</td>" in html
    evil = [word for word in (*PERSONAL, "<script", "http:", 'style="') if word in html]
    assert evil == []
    assert "103" not in flamescore("diff", "old.yaml", "--format", "html", "--redact").out
