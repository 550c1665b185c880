"""The JSON Schema of the findings of `flamescore check`."""

from __future__ import annotations

from typing import Any, Final

from flamescore.schema_reader import SCHEMA_ID

_COUNT: Final = {"type": "integer", "minimum": 0}
_COUNT_OR_NULL: Final = {"type": ["integer", "null"], "minimum": 0}
_NUMBER_OR_NULL: Final = {"type": ["number", "null"]}
_TEXT: Final = {"type": "string"}
_TEXT_OR_NULL: Final = {"type": ["string", "null"]}


def _object(about: str, optional: dict[str, Any] | None = None, **properties: Any) -> dict[str, Any]:  # noqa: ANN401 - schemas
    return {
        "type": "object",
        "description": about,
        "properties": {**properties, **(optional or {})},
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: dict[str, Any], **more: int) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the output of `flamescore check --format json`."""
    rule = _object(
        "An enabled rule, and what it came to: for how many contacts it fires, after its own limits; null "
        "where no exports were read.",
        score=_TEXT,
        rule=_TEXT,
        name=_TEXT,
        line=_COUNT,
        contacts=_COUNT_OR_NULL,
        occurrences=_COUNT_OR_NULL,
        points=_NUMBER_OR_NULL,
        last_at=_TEXT_OR_NULL,
        share=_NUMBER_OR_NULL,
    )
    score = _object(
        "An enabled score: how many contacts it is for, and how many have 0 to 5 flames.",
        name=_TEXT,
        contacts=_COUNT_OR_NULL,
        flames={"anyOf": [_list(_COUNT, minItems=6, maxItems=6), {"type": "null"}]},
    )
    source = _object(
        "A source of the project file, its file, and the record in it.",
        kind=_TEXT,
        path=_TEXT,
        file=_TEXT_OR_NULL,
        record=_COUNT_OR_NULL,
        line=_COUNT_OR_NULL,
    )
    near = _object("A value that may be meant, and how many rows have it.", value=_TEXT, count=_COUNT_OR_NULL)
    finding = _object(
        "An error, a warning or a note.",
        {"accepted_until": _TEXT},
        code=_TEXT,
        severity={"enum": ["error", "warning", "note"]},
        subject=_TEXT_OR_NULL,
        message=_TEXT,
        path=_TEXT_OR_NULL,
        line=_COUNT_OR_NULL,
        column=_COUNT_OR_NULL,
        source={"anyOf": [source, {"type": "null"}]},
        count=_COUNT_OR_NULL,
        of=_COUNT_OR_NULL,
        samples={"anyOf": [_list(_TEXT), {"type": "null"}]},
        nearest={"anyOf": [_list(near), {"type": "null"}]},
        cure=_TEXT_OR_NULL,
        accepted=_TEXT_OR_NULL,
    )
    counts = _object(
        "How many there are; accepted ones don't count.", error=_COUNT, warning=_COUNT, note=_COUNT
    )
    whole = _object(
        "What is wrong or doubtful of rules, project and exports.",
        schema_version={"const": 1},
        as_of=_TEXT_OR_NULL,
        rules=_list(rule),
        scores=_list(score),
        findings=_list(finding),
        counts=counts,
    )
    return {"$schema": SCHEMA_ID, "title": "flamescore check", **whole}
