"""The README shows real output, and the steps in its "Your own data in five minutes" work."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flamescore.cli.main import VERBS
from flamescore.first_guess import TargetPaths, first_guess

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
RUN = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z-[0-9a-f]{6}")
FENCE = re.compile(r"^```(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def flamescore(*words, cwd, **environ):
    clean = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("FLAMESCORE_") and key != "COLUMNS"  # parallel tests set these
    }
    done = subprocess.run(
        [sys.executable, "-m", "flamescore", *words],
        cwd=cwd, env=clean | environ, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def shown(text):
    return RUN.sub("RUN", text)


def fences(language):
    return [body for found, body in FENCE.findall(README) if found == language]


def test_the_demos_output_is_that_of_the_program(tmp_path):
    flamescore("score", "--rules", "rules/keap.yaml", "--output", str(tmp_path), "--quiet", cwd=ROOT)
    report = (tmp_path / "latest/report.md").read_text(encoding="utf-8").partition("\n| 4 |")[0]
    assert shown(report) in shown(README)
    words = ("search", "--flames", "5", "--limit", "10", "--quiet", "--format", "table")
    columns = ("--columns", "rank,contact_id,name,company,owner,score,flames")
    table = flamescore(*words, *columns, cwd=ROOT, COLUMNS="100", FLAMESCORE_OUTPUT=str(tmp_path))
    assert shown(table) in shown(README)


def test_make_demo_says_what_the_readme_shows():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for line in (
        "Ranks count everyone; the call list leaves out who must not be called",
        "hot_leads.csv to call from",
    ):
        assert line in makefile
        assert line in README


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    (folder / "exports").mkdir()
    contacts, clicks = fences("csv")
    project, rules = fences("yaml")
    for name, text in {
        "exports/contacts.csv": contacts,
        "exports/clicks-2026.csv": clicks,
        "flamescore.yaml": project,
        "rules.yaml": rules,
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_your_own_data_in_five_minutes(folder):
    commands = re.findall(r"^    flamescore (.+)$", README, re.MULTILINE)
    assert [each.split()[0] for each in commands[4:]] == ["score", "search", "explain"]
    score, search, explain = (flamescore(*each.split(), cwd=folder) for each in commands[4:])
    assert score.endswith(": 2 contacts, 0 hot with 5 flames, 0 to call\n")
    assert [line.split(",")[1] for line in search.splitlines()] == ["contact_id", "7"]
    assert shown(explain) == shown(fences("text")[1])


def test_it_begins_with_the_first_guess(tmp_path):
    commands = re.findall(r"^    flamescore (.+)$", README, re.MULTILINE)[:4]
    assert [each.split()[0] for each in commands] == ["init", "check", "score", "search"]
    contacts, clicks = fences("csv")
    (tmp_path / "contacts.csv").write_text(contacts, encoding="utf-8")
    (tmp_path / "clicks.csv").write_text(clicks, encoding="utf-8")
    page = (ROOT / "docs/guess-and-check.md").read_text(encoding="utf-8")
    now = datetime(2026, 11, 21, tzinfo=UTC)
    told = first_guess([], TargetPaths(tmp_path), contacts=None, zone=None, now=now).report
    flames = "five flames from 9 points, which 1 of 2 contacts reach"
    assert told[-1] == f"rules.yaml: 3 rules, 3 more as comments; {flames}"
    assert all(each in page for each in told[:2])


def test_every_command_is_told():
    told = set(re.findall(r"^\| `flamescore ([a-z]+)", README, re.MULTILINE))
    assert told == set(VERBS)


def test_the_verbs_of_the_makefile_are_there():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    verbs = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    needed = "demo quick test test-all lint types imports format bench mutants sample docs clean help"
    assert verbs >= set(needed.split())
    named = set(re.findall(r"make ([a-z-]+)", "\n".join(re.findall(r"`([^`\n]+)`", README))))
    assert named <= verbs


@pytest.mark.full
def test_the_page_on_explanations_shows_what_comes_out(tmp_path):
    page = (ROOT / "docs/explain.md").read_text(encoding="utf-8")
    example = next(body for found, body in FENCE.findall(page) if found == "text")
    flamescore("score", "--rules", "rules/b2b.yaml", "--output", str(tmp_path), "--quiet", cwd=ROOT)
    told = shown(flamescore("explain", "1042", cwd=ROOT, FLAMESCORE_OUTPUT=str(tmp_path))).splitlines()
    assert [line for line in shown(example).splitlines() if line not in told] == []
