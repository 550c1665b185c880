"""Cells with several values: split as the project file defines, or lists in the file."""

import json

import polars as pl
import pytest

import flamescore

CELL = "CRM; mail;;Shop "
HOLDS = {
    "{has: Mail}": True,
    "{has: [Ads, shop]}": True,
    "{has_all: [crm, mail]}": True,
    "{has_none: [Ads]}": True,
    "{has: hop}": False,
    "{has: Mail, case_sensitive: true}": False,
    "{has: mail, case_sensitive: true}": True,
    "{has_all: [crm, Ads]}": False,
    "{has_none: [Ads, CRM]}": False,
    "{has_none: hop}": True,
    "{contains: ';;'}": True,
    "{has: Mail, contains: Ads}": False,
}
WITHOUT_ITEMS = [";;", " ; ", "[]", "", None]


def rules_of(*predicates, column="Products"):
    rules = "\n".join(
        f"      - {{name: R{n}, field: {{{column}: {each}}}, points: 1}}" for n, each in enumerate(predicates)
    )
    return flamescore.load_rules(f"version: 1\nscores:\n  fit:\n    five_flames: 10\n    rules:\n{rules}\n")


def held(rules, exports):
    """Return the numbers of the rules that hold, by contact."""
    points = flamescore.score(rules, exports, as_of="2026-11-21").points
    found = {}
    for contact, rule in points.select("contact_id", "rule_id").iter_rows():
        found.setdefault(contact, set()).add(int(rule.removeprefix("r")))
    return found


def project(tmp_path, text, name="c.csv", **keys):
    (tmp_path / name).write_text(text, encoding="utf-8")
    source = {"path": name, **keys}
    (tmp_path / "flamescore.yaml").write_text(json.dumps({"version": 1, "contacts": [source]}))
    return tmp_path / "flamescore.yaml"


def csv_of(cells):
    rows = ['"' + (cell or "").replace('"', '""') + '"' for cell in cells]
    return "contact_id,Products\n" + "".join(f"{n},{row}\n" for n, row in enumerate(rows))


@pytest.mark.parametrize(("predicate", "holds"), HOLDS.items(), ids=HOLDS)
def test_the_example(predicate, holds, tmp_path):
    rules = rules_of(predicate)
    config = project(tmp_path, csv_of([CELL]), lists={"Products": ";"})
    assert held(rules, flamescore.load_exports(config, rules)) == ({"0": {0}} if holds else {})


def test_cells_without_items_match_none_of_the_three(tmp_path):
    rules = rules_of("{has: CRM}", "{has_all: CRM}", "{has_none: CRM}", "{empty: true}", "{empty: false}")
    config = project(tmp_path, csv_of(WITHOUT_ITEMS), lists={"Products": ";"})
    found = held(rules, flamescore.load_exports(config, rules))
    assert found == {"0": {4}, "1": {4}, "2": {4}, "3": {3}, "4": {3}}


def test_cells_are_read_as_tags_are(tmp_path):
    cells = ['"a*/*b"*/*c', "*/*15*/*", '["x, y", "z"]', "one of one"]
    predicates = (
        "{has: 'a*/*b'}",
        "{has_all: [15]}",
        "{has_all: ['x, y', z]}",
        "{has: one of one}",
        "{has: c}",
    )
    rules = rules_of(*predicates)
    config = project(tmp_path, csv_of(cells), lists={"Products": "*/*"})
    assert held(rules, flamescore.load_exports(config, rules)) == {"0": {0, 4}, "1": {1}, "2": {2}, "3": {3}}


def test_operands_compare_as_those_of_equals_do(tmp_path):
    cells = ["5.0;YES", "5;1", "five;maybe"]
    rules = rules_of("{has: 5}", "{has: '5'}", "{has: true}", "{has_all: [5, true]}", "{has_none: [5, five]}")
    config = project(tmp_path, csv_of(cells), lists={"Products": ";"})
    assert held(rules, flamescore.load_exports(config, rules)) == {
        "0": {0, 2, 3},
        "1": {0, 1, 2, 3},
    }


LISTED = [["CRM", " mail ", None], [], None, ["a,b"]]


@pytest.mark.parametrize("form", ["parquet", "ndjson", "frame"])
def test_columns_of_lists_are_lists_as_they_are(form, tmp_path):
    rules = rules_of("{has: Mail}", "{has_none: [Ads]}", "{has: 'a,b'}", "{has: a}")
    frame = pl.DataFrame(
        {"contact_id": ["0", "1", "2", "3"], "Products": LISTED},
        schema_overrides={"Products": pl.List(pl.String)},
    )
    if form == "frame":
        exports = frame
    else:
        name = f"c.{form}"
        config = project(tmp_path, "", name)
        frame.write_parquet(tmp_path / name) if form == "parquet" else frame.write_ndjson(tmp_path / name)
        exports = flamescore.load_exports(config, rules)
    assert held(rules, exports) == {"0": {0, 1}, "3": {1, 2}}


def test_lists_of_numbers(tmp_path):
    rules = rules_of("{has: 5}", "{has_all: [5, 7]}")
    config = project(
        tmp_path,
        '{"contact_id": "0", "Products": [5.0, 7]}\n{"contact_id": "1", "Products": 5}\n',
        "c.ndjson",
    )
    assert held(rules, flamescore.load_exports(config, rules)) == {"0": {0, 1}, "1": {0}}


def test_a_source_without_lists_beside_one_with_has_whole_cells(tmp_path):
    rules = rules_of("{has: CRM}", "{has: 'CRM;Mail'}")
    (tmp_path / "a.csv").write_text("contact_id,Products\n1,CRM;Mail\n")
    (tmp_path / "b.csv").write_text("contact_id,Products\n2,CRM;Mail\n3,CRM\n")
    sources = [{"path": "a.csv", "lists": {"Products": ";"}}, {"path": "b.csv"}]
    (tmp_path / "flamescore.yaml").write_text(json.dumps({"version": 1, "contacts": sources}))
    exports = flamescore.load_exports(tmp_path / "flamescore.yaml", rules)
    assert held(rules, exports) == {"1": {0}, "2": {1}, "3": {0}}


def test_a_column_that_no_source_holds_as_a_list(tmp_path):
    rules = rules_of("{has: CRM}")
    with pytest.raises(flamescore.FlamescoreError) as caught:
        flamescore.score(
            rules, flamescore.load_exports(project(tmp_path, csv_of([CELL])), rules), as_of="2026-11-21"
        )
    [problem] = caught.value.problems
    assert (problem.code, problem.message) == ("R166", 'Rule "R0": Column `Products` has no lists.')
    assert '`lists: {Products: ";"}`' in problem.hint


def test_tags_are_asked_by_tag_alone(tmp_path):
    rules = rules_of("{has: VIP}", column="tags")
    with pytest.raises(flamescore.FlamescoreError, match="R093"):
        flamescore.score(rules, pl.DataFrame({"contact_id": ["1"], "tags": [["VIP"]]}), as_of="2026-11-21")
    config = project(tmp_path, "contact_id,tags\n1,VIP\n", lists={"tags": ";"})
    with pytest.raises(flamescore.FlamescoreError, match="P026 `tags` has a key of its own"):
        flamescore.load_exports(config)


@pytest.mark.parametrize(("separator", "said"), [(" ", "white space alone"), ("", "empty"), (5, "`5`")])
def test_a_separator_is_more_than_white_space(separator, said, tmp_path):
    config = project(tmp_path, csv_of([CELL]), lists={"Products": separator})
    with pytest.raises(flamescore.FlamescoreError, match=f"P023 .*, not {said}"):
        flamescore.load_exports(config)


def test_lists_of_a_column_that_is_not_there(tmp_path):
    config = project(tmp_path, csv_of([CELL]), lists={"Product": ";"})
    with pytest.raises(flamescore.FlamescoreError, match=r"P028 .*has no column `Product`"):
        flamescore.load_exports(config)


def test_events_have_lists_too(tmp_path):
    (tmp_path / "c.csv").write_text("contact_id\n1\n2\n")
    (tmp_path / "e.csv").write_text(
        "contact_id,event,at,Topics\n1,visit,2026-11-20,CRM|Ads\n1,visit,2026-11-19,Ads|\n2,visit,2026-11-20,||\n"
    )
    (tmp_path / "flamescore.yaml").write_text(
        "version: 1\ncontacts: [{path: c.csv}]\n"
        "events: [{path: e.csv, columns: {topics: Topics}, lists: {topics: '|'}}]\n"
    )
    rules = flamescore.load_rules(
        "version: 1\nscores:\n  fit:\n    five_flames: 10\n    defaults: {count: each}\n    rules:\n"
        "      - {name: R0, event: visit, where: {topics: {has: ads}}, points: 1}\n"
        "      - {name: R1, event: visit, where: {topics: {has_none: ads}}, points: 10}\n"
        "      - {name: R2, event: visit, where: {topics: {has_all: [ads, crm]}}, points: 100}\n"
    )
    exports = flamescore.load_exports(tmp_path / "flamescore.yaml", rules)
    scores = flamescore.score(rules, exports, as_of="2026-11-21").scores.sort("contact_id")
    assert scores["score"].to_list() == [102.0, 0.0]
