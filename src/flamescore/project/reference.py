"""Reference material for the project file: its JSON Schema, and tables of all keys and presets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flamescore import schema_reader
from flamescore.project.alerts import ALERT_SHAPES, Alert
from flamescore.project.channels import CHANNEL_SHAPES, Channel
from flamescore.project.model import FILE, KINDS, SHAPES, Source
from flamescore.project.presets import all_presets
from flamescore.project.reading import shape_of
from flamescore.project.segments import Segment
from flamescore.project.settings import FLAGS, VARIABLES
from flamescore.project.team import Member
from flamescore.project.write_back import WriteBack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flamescore.project.presets import Variant
    from flamescore.schema_reader import Key, Shape


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the project file."""
    return schema_reader.json_schema("flamescore.yaml", FILE, SHAPES)


def key_table() -> str:
    """Return a Markdown table of all keys: type, default, flag, environment variable, meaning."""
    head = ["| key | type | default | flag | variable | meaning |", "|---|---|---|---|---|---|"]
    rows = [*_rows(FILE.keys, ""), *_source_rows(), *_acting_rows()]
    return "\n".join([*head, *rows]) + "\n"


def _source_rows() -> Iterator[str]:
    common = shape_of(Source).keys
    yield from _rows(common, "SOURCE.")
    for kind, section in KINDS.items():
        own = {name: key for name, key in shape_of(section).keys.items() if name not in common}
        yield from _rows(own, f"{kind}[].")


def _acting_rows() -> Iterator[str]:
    yield from _rows(shape_of(Member).keys, "team[].")
    yield from _rows(shape_of(Channel).keys, "CHANNEL.")
    for name, shape in CHANNEL_SHAPES.items():
        yield from _rows(_own(shape.keys, shape_of(Channel).keys), f"CHANNEL.{name}.")
    yield from _rows(shape_of(Segment).keys, "SEGMENT.")
    yield from _rows(shape_of(WriteBack).keys, "WRITE_BACK.")
    yield from _rows(shape_of(Alert).keys, "ALERT.")
    for kind, shape in ALERT_SHAPES.items():
        yield from _rows(_own(shape.keys, shape_of(Alert).keys), f"ALERT.{kind.PLACE}.")


def _own(keys: Mapping[str, Key], common: Mapping[str, Key]) -> dict[str, Key]:
    """Return the keys that are not common to all, or whose default differs."""
    there = {name: key for name, key in common.items() if name != "type"}
    return {
        name: key
        for name, key in keys.items()
        if name not in common or (name in there and key.default != there[name].default)
    }


def _rows(keys: Mapping[str, Key], prefix: str) -> Iterator[str]:
    for name, key in keys.items():
        nested = _nested(key)
        inside = () if nested is None else _rows(nested.keys, f"{prefix}{name}.")
        if "$ref" in key.type.schema:
            yield from inside
            continue
        flag = f"`{FLAGS[name]}`" if not prefix and name in FLAGS else ""
        variable = f"`{VARIABLES[name]}`" if not prefix and name in VARIABLES else ""
        cells = (f"`{prefix}{name}`", key.type.words, _default(key), flag, variable, key.about)
        yield "| " + " | ".join(cells) + " |"
        yield from inside


def _nested(key: Key) -> Shape | None:
    """Return the shape of the mapping that a key takes, or may take instead of a single value."""
    forms = [key.type.schema, *key.type.schema.get("anyOf", ())]
    parts = [part for form in forms for part in (form, *form.get("allOf", ()))]
    return next((_NESTED[part["$ref"]] for part in parts if part.get("$ref") in _NESTED), None)


_NESTED: Final = {shape.type.schema["$ref"]: shape for shape in SHAPES}


def _default(key: Key) -> str:
    if key.needed:
        return "**required**"
    if isinstance(key.default, bool):
        return f"`{str(key.default).lower()}`"
    if isinstance(key.default, list | tuple):
        return f"`[{', '.join(key.default)}]`" if key.default else ""
    return "" if key.default is None else f"`{key.default}`"


def preset_table() -> str:
    """Return a Markdown table of all variants of presets, for the docs."""
    head = ["| preset | export | kind | known by its headers | seen |", "|---|---|---|---|---|"]
    rows = [
        f"| `{name}` | {each.name} | {each.kind} | {_header(each)} | {'yes' if each.verified else 'no'} |"
        for name, preset in all_presets().items()
        for each in preset.variants
    ]
    return "\n".join([*head, *rows]) + "\n"


def _header(variant: Variant) -> str:
    text = _headers(variant.header) + (" alone" if variant.exact else "")
    if variant.auto is None:
        return f"{text}; never by `auto`"
    return f"{text}; by `auto` with {_headers(variant.auto)} alone" if variant.auto else text


def _headers(names: Sequence[str]) -> str:
    return ", ".join(f"`{header}`" for header in names)
