"""The JSON Schema of a comparison as JSON."""

from __future__ import annotations

from typing import Any, Final

from flamescore.schema_reader import SCHEMA_ID

_NUMBER: Final = {"type": ["number", "null"]}
_COUNT: Final = {"type": "integer", "minimum": 0}
_TEXT: Final = {"type": "string"}
_TEXT_OR_NULL: Final = {"type": ["string", "null"]}
_FLAMES: Final = {"type": ["integer", "null"], "minimum": 0, "maximum": 5}


def _object(about: str, **properties: Any) -> dict[str, Any]:  # noqa: ANN401 - schemas
    return {
        "type": "object",
        "description": about,
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the output of `flamescore diff --format json`."""
    key = {"key": _TEXT, "old": {}, "new": {}}
    file = _object("A rule file, and the SHA-256 of its bytes.", path=_TEXT, hash=_TEXT)
    lists = _object(
        "How many there were and are, and who came and went; null in place of an id that is left out.",
        before=_COUNT,
        after=_COUNT,
        entered=_list(_TEXT_OR_NULL),
        left=_list(_TEXT_OR_NULL),
    )
    rule = _object(
        "What became of a rule.",
        score=_TEXT,
        rule=_TEXT,
        name=_TEXT,
        status={"enum": ["added", "removed", "renamed", "changed", "same"]},
        keys=_list(_object("A key that differs; null where there is none.", **key)),
    )
    mover = _object(
        "A contact that moved, and the rule or limit that moved it most.",
        contact_id=_TEXT_OR_NULL,
        old_score=_NUMBER,
        new_score=_NUMBER,
        old_flames=_FLAMES,
        new_flames=_FLAMES,
        entry=_TEXT,
        moved={"type": "number"},
    )
    seven = {"minItems": 7, "maxItems": 7}
    score = _object(
        "A score that both have.",
        name=_TEXT,
        contacts=_COUNT,
        changed=_COUNT,
        matrix={**_list({**_list(_COUNT), **seven}), **seven},
        hot=lists,
        capacity={"anyOf": [lists, {"type": "null"}]},
        movers=_list(mover),
    )
    finding = _object(
        "A finding about rules or exports.",
        code=_TEXT,
        severity=_TEXT,
        subject=_TEXT,
        message=_TEXT,
        accepted=_TEXT_OR_NULL,
    )
    whole = _object(
        "Two rule files on the same exports.",
        schema_version={"const": 1},
        as_of=_TEXT,
        old=file,
        new=file,
        rules=_list(rule),
        settings=_list(
            _object("What differs beside the rules, of a score or of the file.", score=_TEXT_OR_NULL, **key)
        ),
        scores=_list(score),
        findings=_list(finding),
    )
    return {"$schema": SCHEMA_ID, "title": "flamescore diff", **whole}
