"""Values inside structs (Parquet) and objects (NDJSON), named by their dotted path."""

import json

import polars as pl
import pytest

import flamescore
from flamescore.exports.paths import Names

PROPERTIES_OF = (
    ("1", "20", {"page": {"url": "/a", "n": 5}, "x.y": "Z"}),
    ("1", "19", {"page": None, "topics": ["CRM", None]}),
    ("2", "20", {"page": {"url": "/b", "n": 7.5}}),
    ("2", "18", None),
)
LINES = [
    {"contact_id": contact, "event": "visit", "at": f"2026-11-{day}", "properties": properties}
    for contact, day, properties in PROPERTIES_OF
]
PROPERTIES = pl.Struct(
    {
        "page": pl.Struct({"url": pl.String, "n": pl.Float64}),
        "x.y": pl.String,
        "topics": pl.List(pl.String),
    }
)


@pytest.fixture(params=["ndjson", "parquet", "frame"])
def exports_for(request, tmp_path):
    """Return a function that loads the lines for some rules, in each format."""
    (tmp_path / "c.csv").write_text("contact_id\n1\n2\n")
    frame = pl.DataFrame(LINES, schema_overrides={"properties": PROPERTIES})

    def load(rules, **keys):
        if request.param == "frame":
            return pl.DataFrame({"contact_id": ["1", "2"]}), frame
        name = f"e.{request.param}"
        if request.param == "parquet":
            frame.write_parquet(tmp_path / name)
        else:
            (tmp_path / name).write_text("".join(json.dumps(line) + "\n" for line in LINES))
        project = {"version": 1, "contacts": [{"path": "c.csv"}], "events": [{"path": name, **keys}]}
        (tmp_path / "flamescore.yaml").write_text(json.dumps(project))
        return (flamescore.load_exports(tmp_path / "flamescore.yaml", rules),)

    return load


def rules_of(*rules):
    text = "".join(f"      - {{name: R{n}, event: visit, {rule}}}\n" for n, rule in enumerate(rules))
    return flamescore.load_rules(
        f"version: 1\nscores:\n  s:\n    five_flames: 10\n    defaults: {{count: each}}\n    rules:\n{text}"
    )


def scores_of(rules, *data):
    found = flamescore.score(rules, *data, as_of="2026-11-21").scores.sort("contact_id")["score"].to_list()
    return [float(each) for each in found]


@pytest.mark.parametrize(
    ("rule", "scores"),
    [
        ("where: {properties.page.url: /A}, points: 1", [1, 0]),
        ("where: {properties.page.url: {empty: true}}, points: 1", [1, 1]),
        ("where: {properties.page.n: {at_least: 5}}, points: 1", [1, 1]),
        ("where: {properties.page.n: {more_than: 5}}, points: 1", [0, 1]),
        ("where: {properties.x.y: z}, points: 1", [1, 0]),
        ("where: {properties.topics: {has: crm}}, points: 1", [1, 0]),
        ('where: {properties.page: {contains: \'"url":"/b"\'}}, points: 1', [0, 1]),
        ("per: properties.page.url, points: 1", [2, 2]),
        ("per: properties.x.y, points: 1", [2, 1]),
        ("points: {from: properties.page.n}", [5, 7.5]),
    ],
)
def test_where_a_path_may_stand(exports_for, rule, scores):
    rules = rules_of(rule)
    assert scores_of(rules, *exports_for(rules)) == scores


def test_a_path_that_no_row_can_have(exports_for):
    rules = rules_of("where: {properties.page.ulr: /a}, points: 1")
    with pytest.raises(flamescore.FlamescoreError) as caught:
        flamescore.score(rules, *exports_for(rules), as_of="2026-11-21")
    [problem] = caught.value.problems
    assert problem.code == "R091"
    assert problem.message == 'Rule "R0": No events export has a column `properties.page.ulr`.'


@pytest.mark.parametrize("form", ["ndjson", "parquet"])
def test_paths_in_the_keys_of_a_source(form, tmp_path):
    (tmp_path / "c.csv").write_text("contact_id\n1\n2\n")
    name = f"e.{form}"
    if form == "parquet":
        pl.DataFrame(LINES, schema_overrides={"properties": PROPERTIES}).write_parquet(tmp_path / name)
    else:
        (tmp_path / name).write_text("".join(json.dumps(line) + "\n" for line in LINES))
    source = {
        "path": name,
        "columns": {"url": "properties.page.url"},
        "rename": {"url": {"/a": "/pricing"}, "properties.x.y": {"Z": "last"}},
        "leave_out": {"properties.page.n": 7.5},
    }
    project = {"version": 1, "contacts": [{"path": "c.csv"}], "events": [source]}
    (tmp_path / "flamescore.yaml").write_text(json.dumps(project))
    rules = rules_of(
        "where: {url: /pricing}, points: 1", "where: {properties.x.y: last}, points: 2", "points: 4"
    )
    assert scores_of(rules, flamescore.load_exports(tmp_path / "flamescore.yaml", rules)) == [11, 4]


def test_contacts_have_paths_too(tmp_path):
    rules = flamescore.load_rules(
        "version: 1\nscores:\n  s:\n    five_flames: 10\n    rules:\n"
        "      - {name: R, field: {company.size: {at_least: 10}}, points: 1}\n"
    )
    (tmp_path / "c.ndjson").write_text(
        '{"contact_id":"1","company":{"size":"12"}}\n{"contact_id":"2","company":null}\n'
    )
    (tmp_path / "flamescore.yaml").write_text("version: 1\ncontacts: [{path: c.ndjson}]\n")
    assert scores_of(rules, flamescore.load_exports(tmp_path / "flamescore.yaml", rules)) == [1, 0]


def test_the_longest_leading_name_is_taken_at_each_level():
    names = Names()
    names.note({"a": {"b": {"c": 1}, "b.c": 2, "d.e": {"f": 3}}, "a.b": {"x": 4}, "z": 5})
    assert names.steps("a") == ("a",)
    assert names.steps("a.b") == ("a.b",)
    assert names.steps("a.b.x") == ("a.b", "x")
    assert names.steps("a.b.c") is None
    assert names.steps("a.d.e.f") == ("a", "d.e", "f")
    assert names.steps("z.y") is None
    assert sorted(path for path, _ in names.paths()) == ["a.b.x", "a.d.e", "a.d.e.f"]


def test_a_column_of_the_whole_name_comes_first(tmp_path):
    rules = rules_of("where: {a.b: flat}, points: 1", "where: {a.b: deep}, points: 10")
    (tmp_path / "c.csv").write_text("contact_id\n1\n")
    (tmp_path / "e.ndjson").write_text(
        '{"contact_id":"1","event":"visit","at":"2026-11-20","a":{"b":"deep"},"a.b":"flat"}\n'
    )
    (tmp_path / "flamescore.yaml").write_text(
        "version: 1\ncontacts: [{path: c.csv}]\nevents: [{path: e.ndjson}]\n"
    )
    assert scores_of(rules, flamescore.load_exports(tmp_path / "flamescore.yaml", rules)) == [1]
