"""The paths of the rules of a score in their file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flamescore.rules.rulebook import Score
    from flamescore.yaml_tree import Document, Path


def rule_paths(document: Document, score: Score) -> tuple[Path, ...]:
    """Return the paths of the enabled rules of a score, in order: one for each of `score.rules`."""
    base: Path = ("scores", score.name, "rules")
    node = document.root.at(base)
    items = () if node is None else node.items
    return tuple(
        (*base, number)
        for number, item in enumerate(items)
        if (switch := item.child("enabled")) is None or switch.scalar is not False
    )
