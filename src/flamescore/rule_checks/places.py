"""The path of an operand in its file, and the key of its rule rewritten with another operand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flamescore.findings import mapping, scalar
from flamescore.invisible import bare_ends
from flamescore.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flamescore.yaml_tree import Document, Node
    from flamescore.yaml_tree import Path as NodePath

LONGEST = 400
"""Maximum length of a cure in characters; a longer one is of no help."""


def place_of(document: Document, below: NodePath, key: str, operand: str | None = None) -> NodePath:
    """Return the path of an operand under a key, at or below a path; else that of the key; else `below`."""
    base = document.root.at(below)
    if base is None:
        return below
    under: NodePath | None = below if below[-1:] == (key,) else None
    for path, node in base.walk(below):
        if key not in path[len(below) - 1 :]:
            continue
        under = under or path
        if operand is not None and node.kind not in ("mapping", "list") and _same(node, operand):
            return path
    return below if under is None else under


def replaced(document: Document, owner: NodePath, path: NodePath, value: str) -> str | None:
    """Return the key of the mapping at `owner` that leads to `path` as YAML, with `value` at that path."""
    node = document.root.at(owner)
    rest = path[len(owner) :]
    if node is None or not rest or not isinstance(rest[0], str):
        return None
    child = node.child(rest[0])
    if child is None:
        return None
    cure = f"{rest[0]}: {_flow(child, rest[1:], value)}"
    return cure if len(cure) <= LONGEST else None


def _same(node: Node, operand: str) -> bool:
    texts = (node.written, node.scalar) if isinstance(node.scalar, str) else (node.written,)
    return any(fold(bare_ends(text)) == fold(bare_ends(operand)) for text in texts)


def _flow(node: Node, path: NodePath | None, value: str) -> str:
    """Write a node on one line, with `value` in place of the node at the path (None: replace no node)."""
    if path == ():
        return scalar(value)

    def below(step: str | int) -> NodePath | None:
        return path[1:] if path and path[0] == step else None

    if node.kind == "mapping":
        entries: Mapping[str, Node] = node.entries
        return mapping({key: _flow(child, below(key), value) for key, child in entries.items()})
    if node.kind == "list":
        return f"[{', '.join(_flow(each, below(i), value) for i, each in enumerate(node.items))}]"
    return scalar(str(node.scalar)) if node.kind == "text" else node.written or "null"
