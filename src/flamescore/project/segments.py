"""`segments` of the project file: lists in every run. The reader of the rule language reads their `if`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec.structs import replace

from flamescore.errors import Problem
from flamescore.project.names import by_name
from flamescore.project.reading import Section, setting, shape_of
from flamescore.project.values import BOOLEAN, CONDITION, TEXT, WORDS, one_of, whole
from flamescore.schema_reader import ValueType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.project.model import ProjectFile
    from flamescore.schema_reader import At, Value
    from flamescore.yaml_tree import Document

HOT_SEGMENT: Final = "hot"
"""The segment of all hot leads, which every project has."""

_MOST: Final = 1_000_000_000


def _columns(at: At) -> Value:
    found = WORDS(at)
    if not found:
        at.refuse(*at.reading.empty(at))
    twice = next((each for number, each in enumerate(found) if each in found[:number]), None)
    if twice is not None:
        at.refuse("P023", f"{at.label} has `{twice}` twice.")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment(Section):
    """A list of contacts. `name` is its key; `title` defaults to the name."""

    name: str = field(default="")
    title: str = setting(TEXT, "what reports call it; by default its name", factory=str)
    condition: Any = setting(
        replace(CONDITION, words="condition"), "who is in it: a condition of the rule language", name="if"
    )
    everyone: bool = setting(
        BOOLEAN, "whether it may include contacts whom the call list leaves out", default=False
    )
    limit: int | None = setting(
        whole(1, _MOST), "the maximum number of members, the best by the default score", None
    )
    columns: tuple[str, ...] | None = setting(
        ValueType(_columns, {**WORDS.schema, "minItems": 1}, WORDS.words),
        "the columns of its list; by default `contact_id`, the kept ones, `flames`, `score`, `percentile`, "
        "`last_activity_at`, `since`",
        None,
    )
    format: Literal["csv", "parquet"] = setting(one_of("csv", "parquet"), "the format of its list", "csv")


SEGMENT: Final = shape_of(Segment)
SEGMENTS_BY_NAME: Final = by_name(
    SEGMENT.type,
    lambda name, segment: dataclasses.replace(segment, name=name, title=segment.title or name),
    words="name: segment",
)


def check_segments(document: Document, settings: ProjectFile) -> Iterator[Problem]:
    """Yield a problem if a segment has the name of the built-in one."""
    if HOT_SEGMENT in settings.segments:
        text = f"The segment `{HOT_SEGMENT}` is there anyway: it has who is hot."
        where = document.where(("segments", HOT_SEGMENT), key=True)
        yield Problem("P026", text, where, "Give this one another name.")
