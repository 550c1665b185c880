"""Match a single tag against a tag condition with the engine itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from msgspec.structs import replace

from flamescore.engine import Tags
from flamescore.text import fold

if TYPE_CHECKING:
    from flamescore.rules import TagMatch


def fits_tag(tag: str, match: TagMatch) -> bool:
    """Return whether a condition refers to a tag; for `all`, any one of its tags matches."""
    held = pl.DataFrame({"c": [0], "tag": [fold(tag)], "at": [None]}, schema_overrides={"at": pl.Int64})
    meant = replace(match, how="any") if match.how == "all" else match
    return bool(Tags(held, 1).has(meant)[0])
