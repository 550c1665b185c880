"""The JSON Schema of a rule file, for editors: made from the models."""

from __future__ import annotations

import re
from typing import Any, Final

from flamescore.rules.model import RuleFile

SCHEMA_ID: Final = "http://json-schema.org/draft-07/schema#"
_DROPPED: Final = ("default", "discriminator")
_CAMEL: Final = re.compile("([A-Z])")
_RENAMED: Final[dict[str, str]] = {"$defs": "definitions", "oneOf": "anyOf"}


def json_schema() -> dict[str, Any]:
    """Return the schema of a rule file, draft 7: the one that YAML editors know best."""
    made = RuleFile.model_json_schema(by_alias=True)
    schema = _draft7(made)
    schema["title"] = "flamescore rule file"
    return {"$schema": SCHEMA_ID, **schema}


def _draft7(part: Any) -> Any:  # noqa: ANN401 - JSON
    """Rewrite what pydantic makes (2020-12) for draft 7; null is no value of a rule file."""
    if isinstance(part, list):
        return [_draft7(each) for each in part]
    if not isinstance(part, dict):
        return part
    out: dict[str, Any] = {}
    for key, value in part.items():
        if key not in _DROPPED:
            out[_RENAMED.get(key) or key] = _of_key(key, value)
    return _alone(_tuple(_without_null(out)))


def _of_key(key: str, value: Any) -> Any:  # noqa: ANN401
    if key in ("properties", "$defs"):
        return {name: _titled(key, name, _draft7(each)) for name, each in value.items()}
    if key == "$ref":
        return value.replace("#/$defs/", "#/definitions/")
    return _draft7(value)


def _titled(key: str, name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Title a property by the word that the file has, a definition in words."""
    return {**schema, "title": name if key == "properties" else _CAMEL.sub(r" \1", name).strip().capitalize()}


def _without_null(part: dict[str, Any]) -> dict[str, Any]:
    choices = part.get("anyOf")
    if not isinstance(choices, list):
        return part
    left = [each for each in choices if each != {"type": "null"}]
    if len(left) == 1:
        return {**left[0], **{key: value for key, value in part.items() if key != "anyOf"}}
    return {**part, "anyOf": left}


def _tuple(part: dict[str, Any]) -> dict[str, Any]:
    """Draft 7 has `items` for what became `prefixItems`."""
    if "prefixItems" not in part:
        return part
    return {
        **{key: value for key, value in part.items() if key != "prefixItems"},
        "items": part["prefixItems"],
    }


def _alone(part: dict[str, Any]) -> dict[str, Any]:
    """Draft 7 overlooks what stands beside `$ref`."""
    if "$ref" not in part or len(part) == 1:
        return part
    return {"allOf": [{"$ref": part["$ref"]}], **{key: value for key, value in part.items() if key != "$ref"}}
