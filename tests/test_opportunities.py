"""Opportunities get the scores of their contacts."""

from __future__ import annotations

import os

import pytest

from flamescore.nightly import Options, nightly
from flamescore.project import load_project, settle

PROJECT = """\
version: 1
rules: rules.yaml
as_of: 2026-03-01
contacts: [{path: contacts.csv}]
opportunities: [{path: "deals*.csv"}]
"""
RULES = """\
version: 1
scores:
  interest:
    five_flames: 10
    rules:
      - {name: Warm, field: {warm: {at_least: 1}}, points: 5}
      - {name: Hot, field: {warm: {at_least: 2}}, points: 5}
  fit:
    five_flames: 5
    population: {field: {warm: {empty: false}}}
    rules:
      - {name: Large, field: {size: large}, points: 5}
"""
CONTACTS = """\
contact_id,email,account,warm,size
1,a@x.org,A,1,large
2,b@x.org,A,2,small
3,c@x.org,B,,large
4,A@x.org,B,1,small
"""


@pytest.fixture
def folder(tmp_path):
    for name, text in {"flamescore.yaml": PROJECT, "rules.yaml": RULES, "contacts.csv": CONTACTS}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def score(folder, deals=None, **options):
    if deals is not None:
        (folder / "deals.csv").write_text(deals)
    project = settle(load_project(folder / "flamescore.yaml"), environ={})
    outcome = nightly(project, Options(**options))
    path = outcome.published.run.path / "opportunities.csv"
    record = next(source for source in outcome.record.sources if source.kind == "opportunities")
    return (path.read_text() if path.exists() else None), record


HEADER = (
    "contact_id,contacts,interest_score,interest_flames,interest_percentile,"
    "fit_score,fit_flames,fit_percentile\n"
)


def test_each_has_the_scores_of_its_contact(folder):
    table, record = score(folder, "opportunity_id,contact_id,Amount\nX,1,100\nY,2,\nZ,99,7\n")
    assert table == (
        "opportunity_id,Amount," + HEADER + "Y,,2,1,10,5,100,0,0,0\n"
        "X,100,1,1,5,2,33.333333333333336,5,5,100\n"
    )
    assert (record.rows, record.kept, record.orphans) == (3, 2, 1)


def test_the_best_of_several_contacts_score_by_score(folder):
    table, record = score(folder, "opportunity_id,contact_id\nX,1\nX,2\nX,2\n")
    assert table == "opportunity_id," + HEADER + "X,2,2,10,5,100,5,5,100\n"
    assert (record.rows, record.kept) == (3, 3)


def test_a_contact_that_a_score_leaves_out(folder):
    table, _ = score(folder, "opportunity_id,contact_id\nX,3\n")
    assert table == "opportunity_id," + HEADER + "X,3,1,0,0,0,,,\n"


def test_those_of_an_account_belong_to_all_its_contacts(folder):
    (folder / "flamescore.yaml").write_text(PROJECT.replace('csv"}', 'csv", contact_key: account}'))
    table, record = score(folder, "opportunity_id,contact\nX,A\nY,B\nZ,C\n")
    assert [line.split(",")[:3] for line in table.splitlines()[1:]] == [["X", "2", "2"], ["Y", "4", "2"]]
    assert (record.rows, record.kept, record.orphans) == (3, 2, 1)


def test_those_of_an_address_belong_to_all_who_have_it(folder):
    (folder / "flamescore.yaml").write_text(PROJECT.replace('csv"}', 'csv", contact_key: email}'))
    table, _ = score(folder, "opportunity_id,contact\nX, a@X.org \n")
    assert [line.split(",")[:3] for line in table.splitlines()[1:]] == [["X", "1", "2"]]


def test_the_newer_file_of_two_stands(folder):
    for name, text, at in (("deals-1", "X,1,open\nW,1,won\n", 1), ("deals-2", "X,2,lost\n", 2)):
        path = folder / f"{name}.csv"
        path.write_text(f"opportunity_id,contact_id,stage\n{text}")
        os.utime(path, (at, at))
    table, record = score(folder)
    assert [line.split(",")[:3] for line in table.splitlines()[1:]] == [["X", "lost", "2"], ["W", "won", "1"]]
    assert (record.rows, record.kept, record.superseded) == (3, 2, 1)


def test_own_columns_that_are_called_alike_are_renamed(folder):
    table, _ = score(folder, "opportunity_id,contact_id,contacts,interest_score\nX,1,many,high\n")
    assert table.splitlines()[0].startswith(
        "opportunity_id,opportunity_contacts,opportunity_interest_score,contact_id,contacts,interest_score"
    )
    assert table.splitlines()[1].startswith("X,many,high,1,1,5,")


def test_a_spreadsheet_gets_no_formula(folder):
    table, _ = score(folder, "opportunity_id,contact_id,Name\nX,1,=1+1\n", spreadsheet=True)
    assert table.splitlines()[1].startswith("X,'=1+1,1,1,")


def test_without_any_there_is_no_table(folder):
    table, _ = score(folder, "opportunity_id,contact_id\nX,1\nY,99\n")
    assert table is not None
    (folder / "flamescore.yaml").write_text(PROJECT.replace("opportunities: ", "# "))
    project = settle(load_project(folder / "flamescore.yaml"), environ={})
    assert not (nightly(project, Options()).published.run.path / "opportunities.csv").exists()
