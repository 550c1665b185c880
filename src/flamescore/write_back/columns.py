"""What each column of a write-back means, once the scores and segments are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from flamescore.errors import Problem, ProjectFileError
from flamescore.project import HOT_SINCE, IN, MEASURES, ROUTED_TO
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flamescore.errors import Where
    from flamescore.project import CrmFormat, CrmKey, Project, WriteBack

UNSTEADY: Final = ("percentile", "rank")
"""Measures that change because others do: they go along in rows that are written, and never cause one."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what stands in it, and the header that the file gives it.

    `of` is the score of a `measure`, or the segment that `in` asks for.
    """

    header: str
    kind: Literal["measure", "hot_since", "in", "routed_to"]
    measure: str = ""
    of: str = ""

    @property
    def steady(self) -> bool:
        """Say whether another cell makes a row worth writing."""
        return self.measure not in UNSTEADY


@dataclass(frozen=True, slots=True)
class Export:
    """A write-back as it is made: `settings` as the project file has it, `columns` in its order."""

    name: str
    settings: WriteBack
    columns: tuple[Column, ...]

    @property
    def crm(self) -> CrmFormat:
        """Return the CRM's format."""
        return self.settings.crm

    @property
    def key(self) -> CrmKey:
        """Return the key by which the CRM knows contacts."""
        return self.settings.crm_key

    @property
    def scores(self) -> tuple[str, ...]:
        """Return the scores that the columns name, once each."""
        return tuple(dict.fromkeys(each.of for each in self.columns if each.kind == "measure"))

    @property
    def routes(self) -> bool:
        """Say whether it writes who is routed to whom: then nobody else is in it."""
        return any(each.kind == "routed_to" for each in self.columns)


def exports_of(project: Project, scores: Sequence[str], segments: Sequence[str]) -> tuple[Export, ...]:
    """Return the write-backs of a project; `scores` are those of the rule book, the default one first.

    Raises:
        ProjectFileError: one names a score or a segment that there is not (`unknown_names`); all in one.
    """
    faults = tuple(unknown_names(project, scores, segments))
    if faults:
        raise ProjectFileError(faults)
    return tuple(
        Export(
            name,
            settings,
            tuple(_column(ours, header, scores) for ours, header in settings.columns.items()),
        )
        for name, settings in project.settings.write_back.items()
    )


def unknown_names(project: Project, scores: Sequence[str], segments: Sequence[str]) -> Iterator[Problem]:
    """Yield the scores (A013) and segments (A007) that write-backs name and that there are not."""
    for name, settings in project.settings.write_back.items():
        if settings.segment is not None and settings.segment not in segments:
            where = project.where("write_back", name, "segment")
            yield _unknown("A007", "segment", settings.segment, segments, where)
        for ours, header in settings.columns.items():
            column = _column(ours, header, scores)
            where = project.where("write_back", name, "columns", ours, key=True)
            if column.kind == "measure" and column.of not in scores:
                yield _unknown("A013", "score", column.of, scores, where)
            elif column.kind == "in" and column.of not in segments:
                yield _unknown("A007", "segment", column.of, segments, where)


def _unknown(code: str, what: str, name: str, known: Sequence[str], where: Where | None) -> Problem:
    meant = nearest(name, known)
    hint = f"Did you mean `{meant}`?" if meant else f"There are: {', '.join(known)}."
    return Problem(code, f"There is no {what} `{name}`.", where, hint)


def _column(ours: str, header: str, scores: Sequence[str]) -> Column:
    """Read a left-hand name; whether there is such a score or segment is for the caller to see.

    A name that may be both, `in_score`, asks for the segment unless there is a score `in`.
    """
    if ours == HOT_SINCE:
        return Column(header, "hot_since")
    if ours == ROUTED_TO:
        return Column(header, "routed_to")
    if ours in MEASURES:
        return Column(header, "measure", ours, scores[0])
    measure = next((each for each in MEASURES if ours.endswith(f"_{each}")), "")
    score = ours.removesuffix(f"_{measure}")
    if ours.startswith(IN) and not (measure and score in scores):
        return Column(header, "in", of=ours.removeprefix(IN))
    return Column(header, "measure", measure, score)
