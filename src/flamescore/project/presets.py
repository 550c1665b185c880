"""The vendor presets: files in the package with source keys, selected by kind and header."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from msgspec.structs import replace

from flamescore.project.model import KINDS, Source
from flamescore.project.reading import Section, read_shipped, setting, shape_of
from flamescore.project.values import BOOLEAN, HEADERS, TEXT, one_of
from flamescore.schema_reader import At, Value, ValueType, listed
from flamescore.yaml_tree import Node

AUTO: Final = "auto"
NEVER: Final = "never"


def _keys(at: At) -> Value:
    """Read the keys of a source of the variant's kind; they have no `path`, so one is added."""
    kind = at.reading.at((*at.path[:-1], "kind")).node.written
    node = replace(at.node, entries={"path": Node("text", scalar="-"), **at.node.entries})
    return shape_of(KINDS[kind]).read(At(at.reading, at.path, node))


def _of_auto(at: At) -> tuple[str, ...] | None:
    """Read the additional headers that `preset: auto` requires; None for `never`."""
    return None if at.node.scalar == NEVER else HEADERS.read(at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant(Section):
    """One of a vendor's exports."""

    name: str = setting(TEXT, "what it is called")
    kind: str = setting(one_of(*KINDS), "the kind of source")
    header: tuple[str, ...] = setting(HEADERS, "columns that it is known by")
    auto: tuple[str, ...] | None = setting(
        ValueType(_of_auto, HEADERS.schema),
        "what `preset: auto` asks for beside those; `never` where anybody's file may have such a header",
        (),
    )
    exact: bool = setting(BOOLEAN, "whether it has no column beside those", default=False)
    verified: bool = setting(BOOLEAN, "whether a real one has been seen", default=True)
    keys: Source = setting(ValueType(_keys, {"type": "object"}), "the keys of the source, without a path")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset(Section):
    """The layout of a vendor's exports."""

    vendor: str = setting(TEXT, "who makes them")
    verified: bool = setting(BOOLEAN, "whether real headers or tables have been seen")
    about: str = setting(TEXT, "what they are")
    variants: tuple[Variant, ...] = setting(listed(shape_of(Variant).type), "the exports")

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds of exports that the preset supports, once each."""
        return tuple(dict.fromkeys(variant.kind for variant in self.variants))


@cache
def all_presets() -> dict[str, Preset]:
    """Return all presets by name, sorted."""
    folder = files("flamescore.exports") / "presets"
    names = sorted(
        each.name.removesuffix(".yaml") for each in folder.iterdir() if each.name.endswith(".yaml")
    )
    return {name: read_shipped(Preset, text_of(name), f"{name}.yaml") for name in names}


def text_of(name: str) -> str:
    """Return the text of a preset's file."""
    return (files("flamescore.exports") / "presets" / f"{name}.yaml").read_text(encoding="utf-8")
