"""Real cases as tests of rules: they pass, and contain nothing personal."""

from __future__ import annotations

import os
import re
from pathlib import Path
from random import Random

import polars as pl
import pytest
from msgspec.structs import replace

from flamescore.errors import InputError
from flamescore.inputs import read_inputs
from flamescore.project import find_settings, load_project
from flamescore.rule_tests import case_as_test, run_tests

FULL = os.environ.get("FLAMESCORE_TESTS") == "full"

ROOT = Path(__file__).parents[2]
MANY = 167 if FULL else 4  # of each rule file that is shipped, 501 in all
PERSONAL = ("contact_id", "name", "email", "phone", "company", "owner")
RULES = """\
version: 1
timezone: America/Phoenix
ignore: [{event: visit, where: {bot: true}}]
scores:
  interest:
    five_flames: 20
    defaults: {count: each, expires: 4w}
    rules:
      - {name: Free mail, field: {email: {ends_with: ["@gmail.com", "@gmx.de"]}}, points: -1}
      - {name: Has a phone, field: {phone: {empty: false}}, points: 1}
      - {name: Asked, event: note, where: {text: {contains: [price, budget]}}, points: 2}
      - {name: Noted, event: note, where: {text: {not_contains: holiday}}, points: 0.5}
      - {name: Pages, event: visit, per: url, points: 1}
      - {name: Spent, event: order, points: {from: amount}, limits: {max: 5}}
      - {name: Prospect, tag: {like: "P*"}, points: 3}
      - {name: Hot, if: {all: [{event: visit, times: 2}, {tag: {all: [Pro, Pal]}}]}, points: 1}
      - {name: Due, field: {due: {within_next: 30d}}, points: 4}
  fit:
    flames: {percentile: [10, 20, 30, 40, 50]}
    population: {field: {company: {empty: false}}}
    rules: [{name: Large, field: {employees: {at_least: 100}}, points: 3}]
labels: {grade: {first_of: [{if: {field: {secret: yes}}, label: A}, {label: B}]}}
"""
PROJECT = """\
version: 1
rules: rules.yaml
as_of: 2026-11-21
contacts:
  - path: c.csv
    tags: {separator: ","}
    dates: {due: "%d.%m.%Y"}
    numbers: {employees: {decimal: ",", thousands: "."}}
events: [{path: e.csv}]
tag_history: [{path: t.csv}]
"""
CONTACTS = """\
contact_id,email,name,phone,company,owner,tags,due,employees,secret
c-1,Jane.Doe@Gmail.com,Jane Doe,+1 602 555 0101,Acme Tools,Dana Fox,"Pro,Pal,VIP",01.12.2026,"1.250",yes
c-2,bob@acme.com,Bob Roe,,,Dana Fox,Pal,,50,no
"""
EVENTS = """\
contact_id,event,at,url,text,amount,bot,other
c-1,visit,2026-11-20T00:00:00Z,https://a.io/p?mail=jane.doe@gmail.com,,,,left out
c-1,visit,2026-11-19T00:00:00Z,https://a.io/p?mail=other#x,,,,
c-1,visit,2026-11-18T00:00:00Z,/jane doe/p,,,true,
c-1,visit,2026-11-30T00:00:00Z,https://a.io/later,,,,
c-1,note,2026-11-18T12:00:00Z,,Jane Doe wants the Price of 3 seats,,,
c-1,note,2026-11-17T12:00:00Z,,On holiday with Acme Tools,,,
c-1,note,2026-11-16T12:00:00Z,,"Call +1 602 555 0101, later",,,
c-1,order,2026-11-15T00:00:00Z,,,4.25,,
c-1,order,2026-11-14T00:00:00Z,,,4.5,,
c-1,nothing,2026-11-14T00:00:00Z,,,4.5,,
"""
TAGS = """\
contact_id,tag,at,action
c-1,Pal,2026-11-01T00:00:00Z,applied
c-1,Pro,2026-12-01T00:00:00Z,applied
c-1,Other,2026-11-01T00:00:00Z,applied
"""


@pytest.fixture
def small(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files = {
        "rules.yaml": RULES,
        "flamescore.yaml": PROJECT,
        "c.csv": CONTACTS,
        "e.csv": EVENTS,
        "t.csv": TAGS,
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def as_test(inputs, contact_id, file="rules.yaml"):
    return case_as_test(
        inputs.loaded, inputs.bound.book, inputs.exports, contact_id, as_of=inputs.as_of, file=file
    )


def case(contact_id, **how):
    with read_inputs(load_project("flamescore.yaml"), as_of=how.get("as_of")) as inputs:
        return as_test(inputs, contact_id)


def test_a_case_to_the_letter(small):
    text = case("c-1")
    assert (
        text
        == """\
version: 1
rules: rules.yaml

tests:
  - name: A real case
    as_of: 2026-11-21T07:00:00Z
    contact:
      email: x@gmail.com
      phone: "+1 555 0100"
      due: 2026-12-01
      employees: 1250
      company: Company
    events:
      - {event: order, ago: 630000s, amount: 4.5}
      - {event: order, ago: 543600s, amount: 4.25}
      - {event: note, ago: 414000s, text: x}
      - {event: note, ago: 327600s, text: holiday}
      - {event: visit, ago: 284400s, bot: true, url: x}
      - {event: note, ago: 241200s, text: price}
      - {event: visit, ago: 198000s, url: https://a.io/p}
      - {event: visit, ago: 111600s, url: https://a.io/p-2}
    tag_history:
      - {tag: Pal, ago: 1753200s}
    expect:
      score: 17
      flames: 4
      rules:
        free-mail: -1
        has-a-phone: 1
        asked: 2
        noted: 1
        pages: 2
        spent: 5
        prospect: 3
        due: 4
      only: true
      scores:
        fit:
          score: 3
          rules: {large: 3}
          only: true
"""
    )
    (small / "x.test.yaml").write_text(text)
    assert run_tests([Path("x.test.yaml")], find_settings(None)).tests[0].passed


def test_what_is_not_there_is_left_out(small):
    text = case("c-2")
    assert (
        "contact: {tags: [Pal], email: x@example.com, employees: 50}\n    expect:\n      score: 3\n" in text
    )
    assert text.endswith("      scores:\n        fit:\n          scored: false\n")
    assert small


def test_numbers_that_are_ids_become_others_unless_they_are_worth_points(small):
    (small / "c.csv").write_text(f"{CONTACTS}4,,,,,,,,,\n50,,,,,,,,,\n51,,,,,,,,,\n")
    events = EVENTS.replace("4.25", "4")
    (small / "e.csv").write_text(f"{events}c-2,order,2026-11-15T00:00:00Z,,,4,,\n")
    rule = "      - {name: Some, field: {employees: {at_least: 50}}, points: 1}\n"
    (small / "rules.yaml").write_text(RULES.replace("  fit:\n", f"{rule}  fit:\n"))
    text = case("c-2")
    assert "{event: order, ago: 543600s, amount: 4}" in text
    assert "employees: 52}" in text


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            '{name: Doe, field: {email: {matches: "^jane"}}, points: 1}',
            'The address of this contact decides "Doe"; write the test by hand.',
        ),
        (
            "{name: Me, field: {contact_id: c-1}, points: 1}",
            None,
        ),
        (
            '{name: Landed, event: visit, where: {url: {matches: "mail=jane"}}, count: each, points: 1}',
            'The `url` of this contact decides "Landed"; write the test by hand.',
        ),
        (
            '{name: Landed, event: visit, where: {url: {contains: "?mail=jane"}}, count: each, points: 1}',
            None,
        ),
        ("{name: Firm, field: {company: {starts_with: Ac, ends_with: Tools}}, points: 1}", None),
        ("{name: Domain, field: {email_domain: [gmail.com, a.com]}, points: 1}", None),
        (
            '{name: Domain, field: {email_domain: {matches: "^gmail"}}, points: 1}',
            'The address of this contact decides "Domain"; write the test by hand.',
        ),
    ],
)
def test_what_decides_is_put_back_where_the_rules_show_it(small, rule, said):
    (small / "rules.yaml").write_text(RULES.replace("  fit:\n", f"      - {rule}\n  fit:\n"))
    if said is not None:
        with pytest.raises(InputError) as raised:
            case("c-1")
        assert (raised.value.problems[0].code, raised.value.problems[0].message) == ("T006", said)
        return
    text = case("c-1")
    assert not re.search(r"(?i)jane.doe|\bacme tools\b|602|dana", text)
    (small / "x.test.yaml").write_text(text)
    done = run_tests([Path("x.test.yaml")], find_settings(None))
    assert (done.problems, [test.failures for test in done.tests]) == ((), [()])


@pytest.mark.parametrize(
    "rules",
    ["b2b", pytest.param("keap", marks=pytest.mark.full), pytest.param("ontraport", marks=pytest.mark.full)],
)
def test_cases_of_the_sample_pass_and_tell_nobody_s_name(tmp_path, rules):
    project = load_project(ROOT / "flamescore.yaml")
    path = str(ROOT / f"rules/{rules}.yaml")
    project = replace(project, settings=project.settings.with_keys(rules=path))
    with read_inputs(project) as inputs:
        people = inputs.exports.contacts
        ids = Random(rules).sample(sorted(people["contact_id"]), MANY)
        texts = {id_: as_test(inputs, id_, path) for id_ in ids}
        whole = [inputs.exports.whole(id_) for id_ in ids] if inputs.exports.whole else [people]
    words = {
        str(cell)
        for frame in whole
        for name in PERSONAL
        if name in frame.columns
        for cell in frame[name].drop_nulls()
        if len(str(cell)) > 2
    }
    assert len(words) > MANY
    for text in texts.values():
        body = text.partition("as_of: 2026")[2]
        body = re.sub(r"Vaccination Due: \d{4}-\d\d-\d\d", "Vaccination Due: a day", body)
        found = [word for word in words if re.search(rf"(?<![\w.]){re.escape(word)}(?![\w.])", body)]
        assert found == []
        assert re.findall(r"\d{4}-\d\d-\d\d", body) == []
    files = []
    for id_, text in texts.items():
        files.append(tmp_path / f"{id_}.test.yaml")
        files[-1].write_text(text)
    done = run_tests(files, project)
    assert (done.problems, [test for test in done.tests if not test.passed]) == ((), [])
    assert len(done.tests) == MANY
    assert isinstance(people, pl.DataFrame)
