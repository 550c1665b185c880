"""A lint as a finding, at its place in the rule file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flamescore.findings import Finding, severity_of

if TYPE_CHECKING:
    from flamescore.rules import Rule, Score
    from flamescore.yaml_tree import Document
    from flamescore.yaml_tree import Path as NodePath


def subject_of(score: Score, rule: Rule) -> str:
    """Return the name of a rule in findings."""
    return f"{score.name}/{rule.id}"


def nearest_place(document: Document, below: NodePath, key: str) -> NodePath:
    """Return the path of the first key of this name at or below a path; if none, the path itself."""
    base = document.root.at(below)
    found = () if base is None else (path for path, _ in base.walk(below) if path[-1:] == (key,))
    return next(iter(found), below)


def finding(
    code: str,
    subject: str,
    message: str,
    document: Document,
    path: NodePath,
    *,
    do: str | None = None,
    cure: str | None = None,
    count: int | None = None,
    of: int | None = None,
) -> Finding:
    """Return a lint as a finding; a path that doesn't exist is resolved to the nearest one that does."""
    where = document.where(path, key=isinstance(path[-1], str) and document.root.at(path) is not None)
    return Finding(code, severity_of(code), subject, message, where, count=count, of=of, do=do, cure=cure)
