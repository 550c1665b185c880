"""The vendor presets: files of the package that hold nothing but source keys, by kind and header."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from flamescore.project.model import (
    ContactsSource,
    EventsSource,
    OpportunitiesSource,
    Source,
    TagHistorySource,
)
from flamescore.yaml_tree import parse

AUTO: Final = "auto"
KINDS: Final[dict[str, type[Source]]] = {
    "contacts": ContactsSource,
    "events": EventsSource,
    "tag_history": TagHistorySource,
    "opportunities": OpportunitiesSource,
}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Variant(_Part):
    """One export of a vendor, known by its header: `header` is in it, and with `exact` nothing else is."""

    name: str
    kind: Literal["contacts", "events", "tag_history", "opportunities"]
    header: Annotated[tuple[str, ...], Field(min_length=1)]
    exact: bool = False
    verified: bool = True
    keys: dict[str, Any]

    @property
    def source(self) -> Source:
        """Return its keys as a source without a path of its own."""
        return KINDS[self.kind].model_validate({"path": "-", **self.keys})


class Preset(_Part):
    """What a vendor's exports look like. `verified`: real headers or tables have been seen."""

    vendor: str
    verified: bool
    about: str
    variants: tuple[Variant, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds of exports that it knows, once each."""
        return tuple(dict.fromkeys(variant.kind for variant in self.variants))


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
    return Preset.model_validate(parsed.document.root.plain())


def preset_table() -> str:
    """Return the docs' table of every variant as Markdown."""
    head = ["| preset | export | kind | known by its headers | seen |", "|---|---|---|---|---|"]
    rows = [
        f"| `{name}` | {each.name} | {each.kind} | {_told(each)} | {'yes' if each.verified else 'no'} |"
        for name, preset in all_presets().items()
        for each in preset.variants
    ]
    return "\n".join([*head, *rows]) + "\n"


def _told(variant: Variant) -> str:
    named = ", ".join(f"`{header}`" for header in variant.header)
    return f"{named} alone" if variant.exact else named
