"""`write_back` of the project file: its valid values, and every fault at its place."""

# ruff: noqa: E501 - a case and its whole message are on one line

import jsonschema
import pytest
import yaml
from crm import exports

from flamescore.errors import ProjectFileError
from flamescore.project import json_schema

HUBSPOT = "    format: hubspot\n"


def faults(folder, text, **known):
    with pytest.raises(ProjectFileError) as caught:
        exports(folder, text, **known)
    return [
        f"{each.where.line}:{each.where.column} {each.code} {each.message}"
        + (f" {each.hint}" if each.hint else "")
        for each in caught.value.problems
    ]


def test_the_contracts_example(tmp_path):
    text = """\
  hubspot:
    format: hubspot
    columns: {flames: lead_flames, score: lead_score, hot_since: hot_since, in_best: best_lead}
  keap:
    format: keap
    segment: hot
    columns: {flames: Flames, score: Lead Score}
"""
    hubspot, keap = exports(tmp_path, text)
    assert [(each.header, each.kind, each.measure, each.of) for each in hubspot.columns] == [
        ("lead_flames", "measure", "flames", "interest"),
        ("lead_score", "measure", "score", "interest"),
        ("hot_since", "hot_since", "", ""),
        ("best_lead", "in", "", "best"),
    ]
    assert (hubspot.key.column, hubspot.key.header) == ("contact_id", "Record ID")
    assert (keap.key.column, keap.key.header, keap.settings.segment) == ("email", "Email", "hot")
    jsonschema.validate({"version": 1, "write_back": yaml.safe_load(text)}, json_schema())


def test_columns_of_other_scores_and_names_that_may_be_two_things(tmp_path):
    text = "  a: {format: generic, columns: {fit_last_activity_at: x, in_score: y, in_hot: z}}\n"
    read = exports(tmp_path, text, segments=("hot", "score"))[0].columns
    assert [(each.kind, each.measure, each.of) for each in read] == [
        ("measure", "last_activity_at", "fit"), ("in", "", "score"), ("in", "", "hot")
    ]  # fmt: skip
    (column,) = exports(tmp_path, "  a: {format: generic, columns: {in_score: y}}\n", scores=("x", "in"))[
        0
    ].columns
    assert (column.kind, column.measure, column.of) == ("measure", "score", "in")


def test_a_key_with_a_header_and_sizes(tmp_path):
    text = "  a: {format: generic, key: {contact_id: Their Id}, columns: {flames: f}, max_bytes: 20MB, max_rows: 7}\n"
    (crm,) = exports(tmp_path, text)
    assert (crm.key.column, crm.key.header) == ("contact_id", "Their Id")
    assert (crm.settings.max_bytes, crm.settings.max_rows) == (20_000_000, 7)


CASES = [
    ("  Crm: {format: generic, columns: {flames: f}}", "3:3 P023 `Crm` is not a name for an entry of `write_back`. Write small letters, digits, `-` and `_`, at most 64, and begin with a letter or a digit."),
    ("  a: {format: hubspt, columns: {flames: f}}", "3:15 P023 `write_back.a.format` must be a format, not the text `hubspt`. Did you mean `hubspot`?"),
    ("  a: {columns: {flames: f}}", "3:6 P021 `write_back.a.format` is missing."),
    ("  a: {format: generic}", "3:6 P021 `write_back.a.columns` is missing."),
    ("  a: {format: generic, columns: {}}", "3:33 P023 `write_back.a.columns` must not be empty."),
    ("  a: {format: generic, columns: {flames: f}, colums: x}", "3:46 P025 Unknown key `colums` in write_back.a. Did you mean `columns`?"),
    ("  a: {format: generic, columns: {owner: Owner}}", "3:34 A013 `owner` is a column of the contacts export, and none of those is written back: it is a day old, and would overwrite what people have typed since. Remove it."),
    ("  a: {format: generic, columns: {flame: f}}", "3:34 A013 `flame` is not a column that a write-back can write. Did you mean `flames`?"),
    ("  a: {format: generic, columns: {tomato: f}}", "3:34 A013 `tomato` is not a column that a write-back can write. Use `flames`, `score`, `percent_of_ideal`, `percentile`, `rank`, `last_activity_at` or 3 others."),
    ("  a: {format: generic, columns: {fat_flames: f}}", "3:34 A013 There is no score `fat`. Did you mean `fit`?"),
    ("  a: {format: generic, columns: {in_bst: f}}", "3:34 A007 There is no segment `bst`. Did you mean `best`?"),
    ("  a: {format: generic, segment: hott, columns: {flames: f}}", "3:33 A007 There is no segment `hott`. Did you mean `hot`?"),
    ("  a: {format: hubspot, columns: {flames: Lead Flames}}", "3:34 A013 `Lead Flames` is not a field name in HubSpot: small letters, digits and `_`. Write the internal name of the property, such as `lead_flames`."),
    ("  a: {format: generic, columns: {flames: f, score: f}}", "3:45 A013 `f` would be in the file twice. Each column needs a header of its own."),
    ("  a: {format: keap, columns: {flames: Email}}", "3:31 A013 `Email` would be in the file twice. Each column needs a header of its own."),
    ("  a: {format: generic, columns: {routed_to: o, rank: r}}", "3:48 A013 `rank` can't be combined with `routed_to`: an owner is written only for who has none. Write it by a write-back of its own."),
    ("  a: {format: generic, segment: hot, columns: {routed_to: o}}", "3:33 A013 `routed_to` takes no `segment`: its rows are those of the contacts that are routed. Remove `segment`."),
    ("  a: {format: keap, key: contact_id, columns: {flames: f}}", "3:26 P023 Keap (Infusionsoft) knows contacts by `email`, not by `contact_id`. Write `key: email`, or leave it out."),
    ("  a: {format: keap, key: phone, columns: {flames: f}}", "3:26 P023 `write_back.a.key` must be `contact_id` or `email`, or one of them with its header, not the text `phone`."),
    ("  a: {format: hubspot, dates: '%d.%m.%Y', columns: {flames: f}}", "3:31 P023 HubSpot reads dates as `%Y-%m-%d`, `%m/%d/%Y`, `%d/%m/%Y`, not as `%d.%m.%Y`."),
    ("  a: {format: generic, dates: '%H:%M', columns: {flames: f}}", "3:31 P023 `write_back.a.dates` must be a format of a whole day, such as `%m/%d/%Y`, not `%H:%M`."),
    ("  a: {format: generic, round: 5, columns: {flames: f}}", "3:31 P023 `write_back.a.round` must be a whole number from 0 to 4, not `5`."),
    ("  a: {format: generic, max_bytes: 20 apples, columns: {flames: f}}", "3:35 P023 `write_back.a.max_bytes` must be a size such as `20MB` or a number of bytes, not `20 apples`."),
    ("  a: {format: generic, max_rows: 0, columns: {flames: f}}", "3:34 P023 `write_back.a.max_rows` must be a whole number from 1 to 1,000,000,000, not `0`."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_a_fault(tmp_path, text, expected):
    assert faults(tmp_path, f"{text}\n") == [expected]


def test_faults_are_told_in_one_go(tmp_path):
    text = "  a: {format: generic, columns: {owner: o, flame: f}}\n  b: {format: hubspot, columns: {flames: F}}\n"
    assert [each[:9] for each in faults(tmp_path, text)] == ["3:34 A013", "3:44 A013", "4:34 A013"]


def test_a_field_that_the_contacts_are_read_from_is_never_written(tmp_path):
    text = """\
  a: {format: generic, columns: {flames: Work Phone, routed_to: Owner}}
  b: {format: generic, columns: {score: First Name, rank: Lead Owner}}
contacts:
  - {path: x.csv, columns: {phone: Work Phone, owner: Owner, name: [First Name, Last Name], lead: Lead Owner}}
"""
    assert faults(tmp_path, text) == [
        "3:34 A013 `Work Phone` is where the contacts export has `phone`, which is never written. Write into a field of its own.",
        "4:34 A013 `First Name` is where the contacts export has `name`, which is never written. Write into a field of its own.",
    ]  # fmt: skip
