"""`route` of the project file: how leads without an owner are assigned to the team."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flamescore.errors import Problem
from flamescore.project.reading import Section, setting
from flamescore.project.values import CONDITION, TEXT, WORDS
from flamescore.schema_reader import ValueType, items

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.project.model import ProjectFile
    from flamescore.schema_reader import At
    from flamescore.yaml_tree import Document


def _columns(at: At) -> tuple[str, ...]:
    found: tuple[str, ...] = items(at, TEXT) if at.node.kind == "list" else (TEXT(at),)
    return found


_COLUMNS: Final = ValueType(
    _columns, {"anyOf": [TEXT.schema, {"type": "array", "items": TEXT.schema}]}, "column or list of columns"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Section):
    """How leads without an owner are assigned to the team."""

    condition: Any = setting(
        CONDITION, "which leads are assigned; by default `{segment: hot}`", None, name="if"
    )
    same: tuple[str, ...] = setting(
        _COLUMNS,
        "leads with the same value of this column go to the same rep; by default `company`",
        ("company",),
    )
    unowned: tuple[str, ...] = setting(WORDS, "owners that mean nobody, like an empty cell", ["Unassigned"])
    away: str | None = setting(TEXT, "a file that says who is away when: `name,from,to`", None)


def check_route(document: Document, settings: ProjectFile) -> Iterator[Problem]:
    """Yield a problem if `route` is set without a `team`."""
    if settings.route is not None and not settings.team:
        where = document.where(("route",), key=True)
        yield Problem("P021", "`team` is missing: `route` hands leads to it.", where, "List who gets leads.")
