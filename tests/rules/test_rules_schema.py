"""The JSON Schema accepts what the loader accepts, and rejects misspelt keys."""

import json
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from flamescore.rules import json_schema
from flamescore.yaml_tree import parse

ROOT = Path(__file__).parents[2]
SHIPPED = [path for path in sorted((ROOT / "rules").glob("*.yaml")) if ".test" not in path.suffixes]
FILES = [*SHIPPED, Path(__file__).parent / "section_one.yaml"]
SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)


def plain(value):
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return float(value) if isinstance(value, Decimal) else value


def data(path):
    return plain(parse(path.read_bytes(), path.name).document.root.plain())


def misspelt(value, path=()):
    """Yield every copy of the data in which one key of the language is misspelt."""
    if isinstance(value, dict):
        for key, each in value.items():
            if not path or path[-1] not in ("scores", "groups", "where", "field", "labels", "label", "roles"):
                yield {(f"{key}x" if name == key else name): other for name, other in value.items()}
            yield from ({**value, key: wrong} for wrong in misspelt(each, (*path, key)))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from ([*value[:index], wrong, *value[index + 1 :]] for wrong in misspelt(each, path))


def test_it_is_a_schema():
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert "$defs" not in json.dumps(SCHEMA)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_accepts(path):
    assert [error.message for error in VALIDATOR.iter_errors(data(path))] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_refuses_misspelt_keys(path):
    cases = list(misspelt(data(path)))[:: 1 if path.name == "section_one.yaml" else 10]
    assert len(cases) >= 5
    assert [case for case in cases if VALIDATOR.is_valid(case)] == []


def test_every_key_is_described():
    parts = [SCHEMA, *SCHEMA["definitions"].values()]
    silent = [
        f"{part.get('title')}.{name}"
        for part in parts
        for name, each in part.get("properties", {}).items()
        if not each.get("description")
    ]
    assert silent == []
    assert all(part.get("title") and part.get("description") for part in parts)


@pytest.mark.parametrize(
    "text", ["expires: null", "expires: 4m", "count: twice", "count: 0", "times: 1.5", "per: []"]
)
def test_it_refuses_wrong_values(text):
    rule = f"version: 1\nscores: {{a: {{five_flames: 5, rules: [{{name: A, event: e, points: 1, {text}}}]}}}}"
    assert not VALIDATOR.is_valid(plain(parse(rule, "a").document.root.plain()))
