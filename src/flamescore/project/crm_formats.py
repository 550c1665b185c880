"""The CRM formats for write-backs: files in the package that describe what each CRM's import accepts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from flamescore.project.reading import Section, read_shipped, setting, shape_of
from flamescore.project.values import BOOLEAN, CELL, TEXT, WORDS, of_text, one_of, whole
from flamescore.schema_reader import listed, mapped

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

KEYS: Final = ("contact_id", "email")
"""The contact columns by which a CRM may identify contacts."""

_SIZE: Final = re.compile(r"([0-9]+)(?: ?(B|kB|KB|MB|GB))?")
_UNITS: Final = {"B": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9}


def _size(text: str) -> int:
    """Parse `20MB`, `512 kB` or a number of bytes, and return bytes; units are decimal."""
    found = _SIZE.fullmatch(text)
    size = 0 if found is None else int(found[1]) * _UNITS[found[2] or "B"]
    if size == 0:
        msg = f"must be a size such as `20MB` or a number of bytes, not `{text}`"
        raise ValueError(msg)
    return size


SIZE: Final = replace(of_text("size", _size), schema={"type": ["string", "integer"]})
ROWS: Final = whole(1, 1_000_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmKey(Section):
    """A key by which a CRM identifies contacts; `property` and `type` are HubSpot's terms for it."""

    column: str = setting(one_of(*KEYS), "the contacts' column")
    header: str = setting(TEXT, "its header in the file")
    shape: str | None = setting(TEXT, "a regular expression that all of a key must match", None)
    property: str | None = setting(TEXT, "the name of the property", None)
    type: str | None = setting(TEXT, "the kind of identifier", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmFormat(Section):
    """The format that a CRM's import accepts."""

    vendor: str = setting(TEXT, "who makes it")
    about: str = setting(TEXT, "what it is for")
    documented: str = setting(
        one_of("yes", "in part", "no", "none"), "whether the vendor's documentation was seen to say so"
    )
    tried: bool = setting(BOOLEAN, "whether a file was imported into an account of the vendor")
    keys: tuple[CrmKey, ...] = setting(listed(shape_of(CrmKey).type), "the keys, the default one first")
    max_rows: int | None = setting(ROWS, "the most rows of a file, without its header", None)
    max_bytes: int | None = setting(SIZE, "the most bytes of a file", None)
    clear: str = setting(CELL, "what makes a field empty; by default an empty cell", "")
    headers: str | None = setting(TEXT, "a regular expression that every header must match", None)
    date_formats: dict[str, str] = setting(
        mapped(TEXT), "the formats of dates that it reads, and its names for them; none: any", factory=dict
    )
    pages: tuple[str, ...] = setting(WORDS, "the pages that it was made from")

    def key(self, column: str) -> CrmKey | None:
        """Return the key for a column, or None if the CRM has no such key."""
        return next((each for each in self.keys if each.column == column), None)


@cache
def all_formats() -> dict[str, CrmFormat]:
    """Return all formats by name, sorted."""
    names = sorted(
        each.name.removesuffix(".yaml") for each in _folder().iterdir() if each.name.endswith(".yaml")
    )
    return {name: read_shipped(CrmFormat, text_of_format(name), f"{name}.yaml") for name in names}


def text_of_format(name: str) -> str:
    """Return the text of a format's file."""
    return (_folder() / f"{name}.yaml").read_text(encoding="utf-8")


def _folder() -> Traversable:
    return files("flamescore") / "write_back" / "formats"
