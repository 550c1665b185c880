"""Files generated from the code are up to date."""

import importlib.util
import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest
import yaml

from flamescore.cli.main import VERBS

ROOT = Path(__file__).parents[2]
SPEC = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs/generate.py")
generate = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(generate)
MADE = generate.made()


@pytest.mark.parametrize("name", MADE)
def test_generated_files_are_current(name):
    assert (ROOT / name).read_text(encoding="utf-8") == MADE[name], f"{name} is not current: run `make docs`"


@pytest.mark.parametrize("rules", sorted((ROOT / "rules").glob("*.yaml")), ids=lambda path: path.name)
def test_the_rule_files_and_their_tests_point_at_a_schema_that_is_there_and_that_they_fit(rules):
    text = rules.read_text(encoding="utf-8")
    name = "test.schema.json" if ".test" in rules.suffixes else "rules.schema.json"
    assert text.startswith(f"# yaml-language-server: $schema=./{name}\n")
    schema = json.loads((ROOT / "rules" / name).read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.validate(plain(yaml.safe_load(text)), schema, cls=jsonschema.Draft7Validator)


def plain(value):
    """Convert dates to strings, which they are in YAML 1.2."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def test_the_fields_of_a_run_s_record_are_in_the_outputs():
    rows = generate.record_table().splitlines()
    assert "| `sources[].rows` | whole number | the rows in its files |" in rows
    assert "| `scores[].rules[].points` | number | the points, together, exactly |" in rows
    assert (
        "| `sources[].modified` | text or null | when the newest of its files was last changed, ISO 8601 |"
        in rows
    )
    assert all("||" not in row and "|  |" not in row for row in rows)
    assert generate.record_table() in MADE["docs/outputs.md"]


def test_every_command_and_flag_is_in_the_reference():
    text = MADE["docs/commands.md"]
    told = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    assert told == [f"flamescore {verb}" for verb in VERBS]
    assert set(told) >= {"flamescore score", "flamescore explain", "flamescore search", "flamescore schema"}
    assert "| `--lock-timeout SECONDS` |" in text
    assert "| `--format <table\\|csv\\|json\\|ndjson\\|parquet" in text


def test_every_part_of_the_rule_language_is_in_the_reference():
    text = MADE["docs/rule-reference.md"]
    for word in (
        "five_flames",
        "unless_followed_by",
        "within_next",
        "undated",
        "half_life",
        "case_sensitive",
        "like",
    ):
        assert f"| `{word}`" in text
