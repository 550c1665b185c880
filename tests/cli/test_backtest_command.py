"""`flamescore backtest`: formats, failures, and findings that the project accepts."""

from __future__ import annotations

import json

import pytest

ASKED = ("backtest", "--outcome", "call", "--horizon", "2d", "--repeat", "--at", "2026-11-14", "--short-cuts")


@pytest.fixture
def asked(project):
    """Return the small project without the score `fit`, whose fields prevent looking back."""
    lines = (project / "rules.yaml").read_text().split("  fit:\n")
    (project / "rules.yaml").write_text(lines[0])
    return project


@pytest.mark.usefixtures("asked")
def test_its_formats(flamescore):
    done = flamescore(*ASKED)
    assert done.code == 0
    assert done.out.startswith("# Backtest: call within 2 days\n\n1 cut: 2026-11-14. Looked at: everyone")
    assert flamescore(*ASKED, "--format", "md").out == done.out
    told = json.loads(flamescore(*ASKED, "--format", "json", "--fields-from", "runs", "-q").out or "null")
    assert told is None  # it can't be combined with --at
    told = json.loads(flamescore(*ASKED, "-o", "-", "--format", "json").out)
    assert told["kind"] == "backtest"
    assert flamescore(*ASKED, "-o", "b.html").out == ""
    assert flamescore(*ASKED, "--format", "html").out.startswith("<!doctype html>")


@pytest.mark.usefixtures("asked")
def test_an_unknown_suffix_is_an_error(flamescore):
    done = flamescore(*ASKED, "-o", "b.xyz")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error U010: Can't tell the format from `b.xyz`.")


def test_what_is_accepted_does_not_fail(asked, flamescore):
    words = (*ASKED, "--fail-on", "warning")
    text = (asked / "flamescore.yaml").read_text()
    done = flamescore(*words)
    assert done.code == 1
    codes = {line.split(" warning ")[1][:4] for line in done.err.splitlines() if " warning " in line}
    entries = ", ".join(f"{{code: {code}, reason: known}}" for code in sorted(codes))
    (asked / "flamescore.yaml").write_text(f"{text}accept: [{entries}]\n")
    assert codes
    assert flamescore(*words).code == 0


def test_without_the_extra_it_says_so(asked, flamescore, monkeypatch):
    monkeypatch.setattr("flamescore.pages.can_draw", lambda: False)
    monkeypatch.setattr("flamescore.pages.charts.can_draw", lambda: False)
    done = flamescore(*ASKED, "-o", "b.html")
    assert "pip install 'flamescore[charts]'" in done.err
    assert "<svg" not in (asked / "b.html").read_text()
