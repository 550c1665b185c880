"""`flamescore presets`, and what `score` reports about presets and brakes, as a user types it."""

from __future__ import annotations

import json

from cli.log_lines import first_line
from flamescore.project import all_formats, all_presets, text_of

CONTACTS = "Record ID,First Name,Last Name,Email,Phone Number\n101,Ann,Lee,ann@example.com,'+1602\n"
PROJECT = """\
version: 1
rules: rules.yaml
as_of: 2026-11-21
contacts: [{path: contacts.csv, preset: auto}]
events: [{path: events.csv}]
"""
RULES = """\
version: 1
scores:
  interest:
    five_flames: 20
    rules:
      - {name: Form, event: form_submit, count: once, expires: never, points: 5}
"""


def small(folder, contacts=CONTACTS):
    for name, text in {
        "contacts.csv": contacts,
        "events.csv": "contact_id,event,at\n101,form_submit,2026-11-18\n",
        "rules.yaml": RULES,
        "flamescore.yaml": PROJECT,
    }.items():
        (folder / name).write_text(text)


def test_they_are_listed(flamescore):
    done = flamescore("presets")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "preset,vendor,kinds,verified,variants"
    assert 'hubspot,HubSpot,"contacts, events",yes,4' in lines
    assert 'ontraport,Ontraport,"contacts, events",no,2' in lines
    assert len(lines) == 1 + len(all_presets()) + len(all_formats())


def test_the_list_in_another_format_and_place(flamescore, tmp_path):
    done = flamescore("presets", "--format", "json")
    assert json.loads(done.out)[0]["preset"] == "activecampaign"
    flamescore("presets", "-o", str(tmp_path / "list.ndjson"))
    assert len((tmp_path / "list.ndjson").read_text().splitlines()) == len(all_presets()) + len(all_formats())


def test_one_is_shown(flamescore, tmp_path):
    assert flamescore("presets", "hubspot").out == text_of("hubspot")
    flamescore("presets", "stripe", "-o", str(tmp_path / "stripe.yaml"))
    assert (tmp_path / "stripe.yaml").read_text() == text_of("stripe")


def test_one_that_is_not_there(flamescore):
    done = flamescore("presets", "hubspt")
    assert (done.code, done.out) == (2, "")
    assert done.err == "error P029: There is no preset `hubspt`.\n        Nearest: `hubspot`.\n"
    done = flamescore("presets", "hubspt", "--log-format", "json")
    assert first_line(done.err)["code"] == "P029"


def test_score_says_which_preset_auto_took(project, flamescore):
    small(project)
    done = flamescore("score")
    assert done.code == 0
    assert done.err == "1 note: -v shows it\n"
    said = "contacts contacts.csv: note I137: Preset chosen by its headers: `hubspot` (contacts export).\n"
    assert said in flamescore("score", "-v").err
    assert flamescore("score", "-q").err == ""


def test_no_preset_that_fits_is_an_error_of_the_project_file(project, flamescore):
    small(project, CONTACTS.replace("Record ID", "No"))
    done = flamescore("score")
    assert done.code == 2
    assert "error P029: No preset matches the headers of contacts: `contacts.csv`." in done.err
    assert "flamescore.yaml:4:" in done.err


def test_accept_publishes_what_is_braked(project, flamescore):
    small(project)
    (project / "events.csv").write_text("contact_id,event,at\n0101,form_submit,2026-11-18\n")
    done = flamescore("score")
    assert done.code == 3
    assert "events events.csv: error I051: Of 1 row" in done.err
    assert not list((project / "out").glob("runs/2*"))
    done = flamescore("score", "--accept")
    assert done.code == 0
    assert "Of 1 row that could count none is of a contact in the list. (accepted: --accept)" in done.err
    assert len(list((project / "out").glob("runs/2*"))) == 1
