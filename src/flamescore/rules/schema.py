"""The JSON Schema of a rule file (draft 7, which YAML editors know best), made from the tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from flamescore.rules.shapes import FILE, SHAPES

if TYPE_CHECKING:
    from flamescore.rules.reader import Key, Shape

SCHEMA_ID: Final = "http://json-schema.org/draft-07/schema#"


def json_schema() -> dict[str, Any]:
    """Return the schema of a rule file."""
    definitions = {shape.name: _object(shape) for shape in sorted(SHAPES, key=lambda shape: shape.name)}
    return {
        "$schema": SCHEMA_ID,
        "definitions": definitions,
        **_object(FILE),
        "title": "flamescore rule file",
    }


def _object(shape: Shape) -> dict[str, Any]:
    needed = [name for name, key in shape.keys.items() if key.needed]
    return {
        "title": re.sub("([A-Z])", r" \1", shape.name).strip().capitalize(),
        "description": shape.about,
        "type": "object",
        "properties": {name: _property(name, key) for name, key in shape.keys.items()},
        **({"required": needed} if needed else {}),
        "additionalProperties": False,
    }


def _property(name: str, key: Key) -> dict[str, Any]:
    """Return the schema of a key; draft 7 overlooks what stands beside `$ref`, so that is put in `allOf`."""
    schema = key.type.schema
    own = {"allOf": [schema]} if "$ref" in schema else schema
    return {"title": name, "description": key.about, **own}
