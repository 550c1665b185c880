"""The tags that contacts have or had, and those that rules refer to but no contact has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl
from msgspec import Struct, field

from flamescore.cells import present
from flamescore.findings import Finding, Severity, common, hidden_by_separator, near, severity_of
from flamescore.rule_checks.places import place_of, replaced
from flamescore.rule_checks.words import from_file
from flamescore.rules import ListValues
from flamescore.text import fold, json_text
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flamescore.frames import Exports
    from flamescore.rule_checks.references import Reference
    from flamescore.rules import TagMatch
    from flamescore.yaml_tree import Path as NodePath

MISSING, MISSING_NOTE = "R125", "R126"
NOTHING, NOTE = "R120", "R124"
"""Codes of findings on a list from a file."""


def tags_held(exports: Exports) -> dict[str, int]:
    """Return each tag, as contacts spell it, with how many contacts have it or ever had it."""
    parts = []
    if "tags" in exports.contacts.columns:
        listed = exports.contacts.select("contact_id", pl.col("tags").alias("tag"))
        parts.append(listed.explode("tag", empty_as_null=False, keep_nulls=False))
    if exports.tag_history is not None:
        parts.append(exports.tag_history.select("contact_id", "tag"))
    if not parts:
        return {}
    rows = pl.concat(parts).select("contact_id", present(pl.col("tag")).alias("tag")).drop_nulls("tag")
    return dict(rows.group_by("tag").agg(pl.col("contact_id").n_unique()).iter_rows())


class _Miss(Struct, frozen=True):
    reference: Reference
    path: NodePath
    tag: str
    nearest: tuple[tuple[str, int], ...]
    blamed: bool


class TagCheck(Struct):
    """A check of the tags that rules refer to; each tag that no contact has is reported once."""

    tags: Mapping[str, int]
    contacts: int
    _folded: frozenset[str] = frozenset()
    _missed: dict[str, _Miss] = field(default_factory=dict)
    _lists: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._folded = frozenset(map(fold, self.tags))

    def missing(self, match: TagMatch) -> tuple[str, ...]:
        """Return the tags or patterns that no contact has; a list from a file counts as one, by its path."""
        if isinstance(match.tags, ListValues):
            return () if any(self._fits(tag, like=False) for tag in match.tags) else (match.tags.path,)
        return tuple(tag for tag in match.tags if not self._fits(tag, like=match.how == "like"))

    def is_impossible(self, match: TagMatch) -> bool:
        """Return whether no contact can match because no contact has the tags."""
        missing = self.missing(match)
        if isinstance(match.tags, ListValues):
            return bool(missing)
        return len(missing) == len(match.tags) or (match.how == "all" and bool(missing))

    def note(self, reference: Reference, path: NodePath, match: TagMatch, *, blamed: bool) -> None:
        """Record the tags that no contact has; `blamed`: they keep the reference from giving anything."""
        if isinstance(match.tags, ListValues):
            if self.missing(match):
                self._lists.append(self._of_list(reference, path, match.tags, blamed=blamed))
            return
        patterns = [fold(tag) for tag in match.tags]
        for tag in self.missing(match):
            taken = frozenset(patterns) - {fold(tag)}
            nearest = near(tag, self.tags, taken=lambda text, taken=taken: fold(text) in taken)  # type: ignore[misc]
            miss = _Miss(reference, place_of(reference.document, path, "tag", tag), tag, nearest, blamed)
            known = self._missed.setdefault(fold(tag), miss)
            if blamed and not known.blamed:
                self._missed[fold(tag)] = _Miss(
                    known.reference, known.path, known.tag, known.nearest, blamed=True
                )

    def findings(self) -> list[Finding]:
        """Return a finding for each tag that no contact has, and for each file none of whose tags occurs."""
        return [*(self._finding(miss) for miss in self._missed.values()), *self._lists]

    def _of_list(self, reference: Reference, path: NodePath, values: ListValues, *, blamed: bool) -> Finding:
        code = NOTHING if blamed else NOTE
        message = f"no tag of {count(self.contacts, 'contact')} is in {from_file(values)}"
        return Finding(
            code,
            severity_of(code),
            f"{reference.subject} tags",
            f"{message}, as {reference.title} asks.",
            reference.document.where(place_of(reference.document, path, "tag", values.path)),
            count=0,
            of=self.contacts,
            common=common(self.tags),
        )

    def _finding(self, miss: _Miss) -> Finding:
        reference, hidden = miss.reference, hidden_by_separator(miss.tag, self.tags)
        is_warning = miss.blamed or miss.nearest or hidden
        message = f'no contact has the tag "{miss.tag}"'
        cure = None
        nearest = miss.nearest
        if hidden is not None:
            separator, cell, many = hidden
            shown = json_text(separator)
            message += f'; "{cell}" ({many:,}) has it: is the separator {shown}?'
            cure, nearest = f"tags: {{separator: {shown}}}", ()
        else:
            message += f", which {reference.title} asks for."
            if nearest:
                cure = replaced(reference.document, reference.path, miss.path, nearest[0][0])
        return Finding(
            MISSING if is_warning else MISSING_NOTE,
            Severity.WARNING if is_warning else Severity.NOTE,
            f"{reference.subject} tag {miss.tag}",
            message,
            reference.document.where(miss.path),
            count=0,
            of=self.contacts,
            nearest=nearest,
            common=common(self.tags),
            cure=cure,
        )

    def _fits(self, tag: str, *, like: bool) -> bool:
        if not like:
            return fold(tag) in self._folded
        wild = {"*": "(?s:.*)", "?": "(?s:.)"}
        pattern = re.compile("".join(wild.get(each) or re.escape(each) for each in fold(tag)))
        return any(pattern.fullmatch(each) for each in self._folded)
