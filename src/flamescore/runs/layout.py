"""The layout of `run.json` as a Markdown table, made from its model; docs/outputs.md holds it."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Annotated, Final, Union, get_args, get_origin

from pydantic import BaseModel

from flamescore.runs.record import RunRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES: Final = {
    "str": "text",
    "int": "whole number",
    "float": "number",
    "Decimal": "number",
    "bool": "true or false",
}
_INSTANT: Final = "ISO 8601, UTC"


def layout() -> str:
    """Return the table: one row a field, nested ones as `rules.hash` and `sources[].rows`."""
    rows = [f"| `{path}` | {kind} | {meaning} |" for path, kind, meaning in _fields(RunRecord, "")]
    return "\n".join(("| field | type | meaning |", "|---|---|---|", *rows)) + "\n"


def _fields(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, str, str]]:
    for name, field in model.model_fields.items():
        inner, listed, nullable = _unwrapped(field.annotation)
        path = f"{prefix}{name}" + ("[]" if listed else "")
        model_of = inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None
        kind = "object" if model_of else _named(inner)
        yield path, kind + (" or null" if nullable else ""), field.description or ""
        if model_of:
            yield from _fields(model_of, f"{path}.")


def _unwrapped(annotation: object) -> tuple[object, bool, bool]:
    """Return the type itself, whether it stands in a list, and whether it may be null."""
    if get_origin(annotation) is Annotated:
        return _unwrapped(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return (*_unwrapped(get_args(annotation)[0])[:2], True)
    if get_origin(annotation) is tuple:
        return (_unwrapped(get_args(annotation)[0])[0], True, False)
    return annotation, False, False


def _named(inner: object) -> str:
    return _NAMES.get(getattr(inner, "__name__", ""), _INSTANT)
