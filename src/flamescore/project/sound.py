"""Find the sound part of a project file with faults, so that the rest can still be checked.

A key with a fault is left out; in a list of sources, only the faulty source is. So in

    hot_flames: 9                 # wrong, and left out
    contacts: exports/c.csv
    events:
      - {path: exports/a.csv}
      - {path: exports/b.csv, delimeter: ";"}     # wrong, and left out

the contacts and the first source of events remain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from flamescore.errors import ProjectFileError
from flamescore.project.load import Project, find_project, load_project, validated
from flamescore.project.model import KINDS
from flamescore.project.settings import settle
from flamescore.yaml_tree import parse

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from flamescore.errors import Problem, Where
    from flamescore.yaml_tree import Node, Span

T = TypeVar("T")

_ROUNDS: Final = 5
"""How many times keys are left out, since leaving out one may make another wrong."""


class SoundPart(Struct, frozen=True):
    """A project without the faulty parts of its file; `project` is None if nothing remains.

    `problems` are all faults of the file, `left_out` the keys that were left out in whole or in part.
    """

    project: Project | None
    problems: tuple[Problem, ...] = ()
    left_out: frozenset[str] = frozenset()

    @property
    def is_whole(self) -> bool:
        """Return whether the project has no faults."""
        return self.project is not None and not self.problems


def find_sound_part(config: str | None = None, flags: Mapping[str, object] | None = None) -> SoundPart:
    """Return the project of the current folder, as `find_settings` does, or the sound part of it."""
    path: Path | None = None
    try:
        path = find_project(config)
        return SoundPart(settle(None if path is None else load_project(path), flags))
    except ProjectFileError as error:
        problems = error.problems
    found = None if path is None else _without_faults(path)
    if found is None:
        return SoundPart(None, problems)
    project, left_out = found
    try:
        return SoundPart(settle(project, flags), problems, left_out)
    except ProjectFileError:  # its faults are in `problems`, or result from what was left out
        return SoundPart(None, problems, left_out)


def _without_faults(path: Path) -> tuple[Project, frozenset[str]] | None:
    parsed = parse(path.read_bytes(), str(path), letter="P") if path.is_file() else None
    document = None if parsed is None else parsed.document
    left_out: set[str] = set()
    for _ in range(_ROUNDS):
        if document is None or document.root.kind != "mapping":
            return None
        settings, problems = validated(document)
        if settings is not None and not problems:
            return Project(settings, path.resolve().parent, path, document), frozenset(left_out)
        faulty = {step for each in problems if (step := _step(document.root, each.where)) is not None}
        if not faulty:
            return None
        left_out |= {key for key, _ in faulty}
        document = replace(document, root=_without(document.root, faulty))
    return None


def _step(root: Node, where: Where | None) -> tuple[str, int | None] | None:
    """Return the key that contains a place, and the index of its item if the key lists sources."""
    if where is None or not where.line:
        return None
    key = _last_before(where, list(root.keys.items()))
    if key is None:
        return None
    items = root.entries[key].items if key in KINDS else ()
    return key, _last_before(where, [(number, node.span) for number, node in enumerate(items)])


def _last_before(where: Where, places: Sequence[tuple[T, Span]]) -> T | None:
    """Return the last item that begins at or before a place."""
    before = [
        (span.line, span.column, number)
        for number, (_, span) in enumerate(places)
        if (span.line, span.column) <= (where.line, max(where.column, 1))
    ]
    return places[max(before)[2]][0] if before else None


def _without(root: Node, faulty: Collection[tuple[str, int | None]]) -> Node:
    """Return a mapping without some keys, or without some of their items."""
    whole = {key for key, item in faulty if item is None}
    entries = {
        key: replace(node, items=tuple(each for n, each in enumerate(node.items) if (key, n) not in faulty))
        for key, node in root.entries.items()
        if key not in whole
    }
    kept = {key: node for key, node in entries.items() if node.items or not root.entries[key].items}
    return replace(root, entries=kept, keys={key: span for key, span in root.keys.items() if key in kept})
