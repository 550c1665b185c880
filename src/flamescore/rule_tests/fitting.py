"""Whether a single tag fits a tag condition, by the engine itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from msgspec.structs import replace

from flamescore.engine import Tags
from flamescore.text import fold

if TYPE_CHECKING:
    from flamescore.rules import TagMatch


def fits_tag(tag: str, match: TagMatch) -> bool:
    """Say whether a tag is one that a condition looks at; of `all` any of its tags is."""
    held = pl.DataFrame({"c": [0], "tag": [fold(tag)], "at": [None]}, schema_overrides={"at": pl.Int64})
    meant = replace(match, how="any") if match.how == "all" else match
    return bool(Tags(held, 1).has(meant)[0])
