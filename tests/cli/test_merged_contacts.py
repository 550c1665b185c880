"""A contact that was merged into another is found and explained by its old id and values."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest

from cli.small import CONTACTS, PROJECT
from flamescore import load_exports, load_rules, score, search

MERGED = """\
Id,Name,Email,Phone,Company,Owner,Tags,Country,Employees,Renewal,Was
55,Ann Miller,miller@old.example,,Initech,,,,,,
"""


@pytest.fixture
def merged(project, flamescore):
    """Return the small project, where 55 was merged into 101, and 44 (not in the export) into 55."""
    first, *others = CONTACTS.splitlines()[1:]
    lines = [*MERGED.splitlines(), f"{first},55;44", *(f"{line}," for line in others)]
    (project / "contacts.csv").write_text("\n".join(lines) + "\n")
    text = PROJECT.replace("    dates:", "    merged: {column: Was}\n    dates:")
    (project / "flamescore.yaml").write_text(text)
    done = flamescore("score")
    assert (done.code, done.err) == (0, "1 note: -v shows it\n")
    return project


def found(text):
    return [row["contact_id"] for row in csv.DictReader(io.StringIO(text))]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("55", ["101"]),
        (" 44 ", ["101"]),  # an old id that has no row in the export
        ("Miller", ["101"]),  # a value from the old row
        ("INITECH", ["101"]),
        ("miller@OLD", ["101"]),
        ("101", ["101"]),  # its own id
        ("4", []),  # ids match only in full
    ],
)
@pytest.mark.usefixtures("merged")
def test_search_finds_who_the_contact_is_now(flamescore, text, ids):
    done = flamescore("search", "--text", text)
    assert (done.code, found(done.out)) == (0, ids)


@pytest.mark.parametrize("text", ["55", "44", "Miller@old.example", "101"])
@pytest.mark.usefixtures("merged")
def test_explain_means_the_same_contact(flamescore, text):
    done = flamescore("explain", text)
    assert (done.code, done.out.splitlines()[0]) == (0, "Ann Lee · ann@example.com · 101")


@pytest.mark.usefixtures("merged")
def test_the_old_words_count_beside_everything_else_asked(flamescore):
    assert found(flamescore("search", "--text", "Miller", "--owner", "dana fox").out) == ["101"]
    assert found(flamescore("search", "--text", "Miller", "--owner", "Bob").out) == []


def test_a_run_keeps_who_became_whom(merged):
    table = pl.read_parquet(merged / "out" / "latest" / "merged.parquet")
    assert table.columns == ["merged_id", "contact_id", "name", "company", "email"]
    assert table.rows() == [
        ("44", "101", None, None, None),
        ("55", "101", "Ann Miller", "Initech", "miller@old.example"),
    ]


def test_without_merged_contacts_there_is_no_such_table(scored, flamescore):
    assert not (scored / "out" / "latest" / "merged.parquet").exists()
    assert found(flamescore("search", "--text", "44").out) == []


def test_from_python_it_is_the_same(merged):
    rules = load_rules(merged / "rules.yaml")
    result = score(rules, load_exports(merged / "flamescore.yaml", rules), as_of="2026-11-21")
    assert search(result, text="Miller")["contact_id"].to_list() == ["101"]
