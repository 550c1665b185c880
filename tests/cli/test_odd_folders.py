"""A project in a folder whose name looks like a pattern, next to folders that the pattern would match."""

import json

import pytest

from cli.small import CONTACTS, latest, write_project

OTHERS = CONTACTS.replace("Ann Lee", "Zed Sibling")


@pytest.fixture(params=["leads[1]", "leads*", "day=1", "leads {a,b}", "**"])
def odd(tmp_path, monkeypatch, request, project):  # noqa: ARG001 - `project` clears the environment
    """Return a project with patterns for its exports; siblings that its name would match have another Ann."""
    for name in ("leads1", "leads", "leadsx", "leads a"):
        (write_project(tmp_path / name) / "contacts.csv").write_text(OTHERS)
    folder = write_project(tmp_path / request.param)
    file = folder / "flamescore.yaml"
    text = file.read_text().replace("path: contacts.csv", 'path: "cont*.csv"')
    file.write_text(text.replace("path: events.csv", 'path: "ev*.csv"'))
    monkeypatch.chdir(folder)
    return folder


def test_every_command_reads_the_project_in_which_it_stands(odd, flamescore):
    assert flamescore("score", "--as-of", "2026-11-20").code == 0
    done = flamescore("score")
    assert (done.code, done.err) == (0, "")
    assert latest(odd).startswith("2026-11-21")
    assert {file["path"] for source in _sources(odd) for file in source["files"]} == {
        "contacts.csv",
        "events.csv",
    }
    for words in (("search",), ("explain", "101"), ("report",), ("changes", "--all")):
        done = flamescore(*words)
        assert (done.code, done.err, "Ann Lee" in done.out) == (0, "", True), words
    for words in (
        ("runs",),
        ("score", "--dry-run"),
        ("search", "--changed", "up"),
        ("search", "--flames", "0"),
    ):
        done = flamescore(*words)
        assert (done.code, done.err) == (0, ""), words
    assert flamescore("report", "-o", "page.html").code == 0
    assert "Ann Lee" in (odd / "page.html").read_text()


def _sources(folder):
    return json.loads((folder / "out" / "latest" / "run.json").read_text())["sources"]


def test_flags_are_relative_to_the_working_folder_and_their_names_are_the_pattern(odd, flamescore):
    words = ("--contacts", "con*.csv", "--events", "e*.csv", "--output", "o[1]", "--rules", "./rules.yaml")
    done = flamescore("score", *words)
    assert (done.code, done.err) == (0, "")
    assert latest(odd, "o[1]").startswith("2026-11-21")
    done = flamescore("explain", "101")
    assert done.code == 4  # the run is not in `out`
    done = flamescore("runs", "--output", "o[1]")
    assert done.out.count("2026-11-21T000000Z-") == 1


def test_output_and_rules_of_the_file_are_no_patterns(odd, flamescore):
    file = odd / "flamescore.yaml"
    file.write_text(file.read_text().replace("rules: rules.yaml", "rules: 'rules[1].yaml'\noutput: 'o*'"))
    (odd / "rules.yaml").rename(odd / "rules[1].yaml")
    done = flamescore("score")
    assert (done.code, done.err) == (0, "")
    assert latest(odd, "o*").startswith("2026-11-21")
    assert "Ann Lee" in flamescore("search").out


def test_a_colon_alone_is_a_name(project, flamescore):
    done = flamescore("score", "--contacts", "s3:/contacts.csv")
    assert (done.code, done.err.splitlines()[0]) == (
        3,
        f"error I001: contacts: there is no `{project}/s3:/contacts.csv`.",
    )
