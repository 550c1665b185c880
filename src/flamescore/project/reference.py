"""The project file for readers: its JSON Schema, and the docs' table of every key, made from the models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flamescore.project.model import (  # fmt: skip
    CallList,
    ContactsSource,
    EventsSource,
    MergedIds,
    OpportunitiesSource,
    ProjectFile,
    Source,
    TagFormat,
    TagHistorySource,
    TimeFormat,
)
from flamescore.project.settings import FLAGS, VARIABLES
from flamescore.project.values import RejectLimit, Says

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

_PLAIN: Final = {bool: "`true` or `false`", str: "text"}
_NESTED: Final[dict[str, type[BaseModel]]] = {
    "call_list": CallList,
    "tags": TagFormat,
    "merged": MergedIds,
    "at": TimeFormat,
}
_KINDS: Final = (ContactsSource, EventsSource, TagHistorySource, OpportunitiesSource)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the project file."""
    schema = ProjectFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "flamescore.yaml"}


def key_table() -> str:
    """Return the table of every key as Markdown: type, default, flag, environment variable, meaning."""
    head = ["| key | type | default | flag | variable | meaning |", "|---|---|---|---|---|---|"]
    rows = [*_rows(ProjectFile, ""), *_source_rows()]
    return "\n".join([*head, *rows]) + "\n"


def _source_rows() -> Iterator[str]:
    yield from _rows(Source, "SOURCE.")
    seen = set(Source.model_fields)
    for kind in _KINDS:
        own = [name for name in kind.model_fields if name not in Source.model_fields]
        yield from _rows(kind, f"{kind.KIND}[].", own)
        seen.update(own)


def _rows(model: type[BaseModel], prefix: str, names: list[str] | None = None) -> Iterator[str]:
    for name in names if names is not None else list(model.model_fields):
        info = model.model_fields[name]
        if name in _NESTED:
            yield from _rows(_NESTED[name], f"{prefix}{name}.")
            continue
        flag = f"`{FLAGS[name]}`" if not prefix and name in FLAGS else ""
        variable = f"`{VARIABLES[name]}`" if not prefix and name in VARIABLES else ""
        cells = (
            f"`{prefix}{name}`",
            _type(info),
            _default(name, info),
            flag,
            variable,
            info.description or "",
        )
        yield "| " + " | ".join(cells) + " |"


def _type(info: FieldInfo) -> str:
    said = [each.words for each in info.metadata if isinstance(each, Says)]
    if said:
        return said[0]
    return _said_inside(info.annotation) or _PLAIN[info.annotation]  # type: ignore[index]


def _said_inside(annotation: object) -> str | None:
    """Return what a type inside `X | None` is called."""
    for each in (annotation, *getattr(annotation, "__args__", ())):
        found = [mark.words for mark in getattr(each, "__metadata__", ()) if isinstance(mark, Says)]
        if found:
            return found[0]
    return None


def _default(name: str, info: FieldInfo) -> str:
    if info.is_required():
        return "**required**"
    value = info.get_default(call_default_factory=True)
    if name == "mode":
        return f"`{value:04o}`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`[{', '.join(value)}]`" if value else ""
    return f"`{value}`" if isinstance(value, str | int | RejectLimit) else ""
