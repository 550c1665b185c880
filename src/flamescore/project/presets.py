"""The vendor presets: files of the package that hold nothing but source keys, by kind and header."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Final

from flamescore.project.model import KINDS, Source
from flamescore.project.reading import ProjectReading, shape_of
from flamescore.project.values import BOOLEAN, HEADERS, TEXT, one_of
from flamescore.schema_reader import At, Key, RefusedError, Shape, Value, ValueType, listed
from flamescore.yaml_tree import Node, parse

AUTO: Final = "auto"


@dataclass(frozen=True, slots=True)
class Variant:
    """One export of a vendor, known by its header: `header` is in it, and with `exact` nothing else is.

    `source` has the preset's keys, and no path of its own.
    """

    name: str
    kind: str
    header: tuple[str, ...]
    source: Source
    exact: bool = False
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Preset:
    """What a vendor's exports look like. `verified`: real headers or tables have been seen."""

    vendor: str
    verified: bool
    about: str
    variants: tuple[Variant, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds of exports that it knows, once each."""
        return tuple(dict.fromkeys(variant.kind for variant in self.variants))


# --- the files -----------------------------------------------------------------------------------------


def _keys(at: At) -> Value:
    """Read the keys of a source of the variant's kind; they have no `path`, so that is put in."""
    kind = at.reading.at((*at.path[:-1], "kind")).node.written
    node = replace(at.node, entries={"path": Node("text", scalar="-"), **at.node.entries})
    return shape_of(KINDS[kind]).read(At(at.reading, at.path, node))


_VARIANT: Final = Shape(
    "Variant",
    "One export of a vendor.",
    {
        "name": Key(TEXT, "what it is called", needed=True),
        "kind": Key(one_of(*KINDS), "the kind of source", needed=True),
        "header": Key(HEADERS, "columns that it is known by", needed=True),
        "exact": Key(BOOLEAN, "whether it has no other columns"),
        "verified": Key(BOOLEAN, "whether somebody has seen one"),
        "keys": Key(ValueType(_keys, {"type": "object"}), "the keys of the source", needed=True),
    },
    lambda found: Variant(source=found.pop("keys"), **found),
)
_PRESET: Final = Shape(
    "Preset",
    "The exports of a vendor.",
    {
        "vendor": Key(TEXT, "who makes them", needed=True),
        "verified": Key(BOOLEAN, "whether real ones have been seen", needed=True),
        "about": Key(TEXT, "what they are", needed=True),
        "variants": Key(listed(_VARIANT.type), "its exports", needed=True),
    },
    lambda found: Preset(**found),
)


@cache
def all_presets() -> dict[str, Preset]:
    """Return every preset by its name, in order."""
    folder = files("flamescore.exports") / "presets"
    names = sorted(
        each.name.removesuffix(".yaml") for each in folder.iterdir() if each.name.endswith(".yaml")
    )
    return {name: _read(name) for name in names}


def text_of(name: str) -> str:
    """Return the file of a preset."""
    return (files("flamescore.exports") / "presets" / f"{name}.yaml").read_text(encoding="utf-8")


def _read(name: str) -> Preset:
    parsed = parse(text_of(name), f"{name}.yaml")
    assert parsed.document is not None, name
    reading = ProjectReading(parsed.document)
    try:
        preset: Preset = _PRESET.read(reading.at())
    except RefusedError:
        raise ValueError("\n".join(map(str, reading.problems))) from None
    return preset
