"""Parse YAML text into a tree in which every node knows its place."""

from __future__ import annotations

from flamescore.yaml_tree.nodes import Document, Node, Path, Span, shortened
from flamescore.yaml_tree.reader import bare, by_place, nearest, nearest_or_use, parse, use

__all__ = [
    "Document",
    "Node",
    "Path",
    "Span",
    "bare",
    "by_place",
    "nearest",
    "nearest_or_use",
    "parse",
    "shortened",
    "use",
]
