"""The columns that a write-back can write, and the checks that reject others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from flamescore.errors import Problem
from flamescore.project.model import ContactsSource
from flamescore.project.presets import all_presets
from flamescore.yaml_tree import nearest, nearest_or_use, use

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flamescore.errors import Where
    from flamescore.project.load import Project
    from flamescore.project.model import ProjectFile
    from flamescore.project.write_back import WriteBack
    from flamescore.yaml_tree import Document

MEASURES: Final = ("flames", "score", "percent_of_ideal", "percentile", "rank", "last_activity_at")
"""Measures of the default score; those of another score are written as `fit_flames`."""

HOT_SINCE: Final = "hot_since"
ROUTED_TO: Final = "routed_to"
IN: Final = "in_"
"""The prefix of columns that show whether a contact is in a segment: `in_best`."""

UNSTEADY: Final = ("percentile", "rank")
"""Measures that change because others do: they are included in rows, but never cause a row to be written."""

_WRITABLE: Final = (*MEASURES, HOT_SINCE, ROUTED_TO)
_BESIDE_ROUTED: Final = ("flames", "score")


class CrmColumn(Struct, frozen=True):
    """One column: its contents, and its header in the file.

    `of` is the score of a `measure`, or the segment that `in` refers to.
    """

    header: str
    kind: Literal["measure", "hot_since", "in", "routed_to"]
    measure: str = ""
    of: str = ""

    @property
    def steady(self) -> bool:
        """Return whether a changed cell causes the row to be written."""
        return self.measure not in UNSTEADY


def crm_column(ours: str, header: str, scores: Sequence[str]) -> CrmColumn:
    """Parse a left-hand name; the caller checks that the score or segment exists.

    An ambiguous name such as `in_score` refers to the segment unless a score `in` exists.
    """
    if ours == HOT_SINCE:
        return CrmColumn(header, "hot_since")
    if ours == ROUTED_TO:
        return CrmColumn(header, "routed_to")
    if ours in MEASURES:
        return CrmColumn(header, "measure", ours, scores[0])
    measure = next((each for each in MEASURES if ours.endswith(f"_{each}")), "")
    score = ours.removesuffix(f"_{measure}")
    if ours.startswith(IN) and not (measure and score in scores):
        return CrmColumn(header, "in", of=ours.removeprefix(IN))
    return CrmColumn(header, "measure", measure, score)


def unknown_in_write_backs(
    project: Project, scores: Sequence[str], segments: Sequence[str]
) -> Iterator[Problem]:
    """Yield problems for scores (A013) and segments (A007) that write-backs name but that do not exist.

    `scores` are those of the rule book, the default score first.
    """
    for name, settings in project.settings.write_back.items():
        if settings.segment is not None and settings.segment not in segments:
            where = project.where("write_back", name, "segment")
            yield _unknown("A007", "segment", settings.segment, segments, where)
        for ours, header in settings.columns.items():
            column = crm_column(ours, header, scores)
            where = project.where("write_back", name, "columns", ours, key=True)
            if column.kind == "measure" and column.of not in scores:
                yield _unknown("A013", "score", column.of, scores, where)
            elif column.kind == "in" and column.of not in segments:
                yield _unknown("A007", "segment", column.of, segments, where)


def _unknown(code: str, what: str, name: str, known: Sequence[str], where: Where | None) -> Problem:
    hint = nearest_or_use(name, known)
    return Problem(code, f"There is no {what} `{name}`.", where, hint)


def write_back_faults(document: Document, settings: ProjectFile) -> Iterator[Problem]:
    """Yield problems in `write_back`: columns that can't be written, names that a vendor does not accept."""
    for name, each in settings.write_back.items():
        for keys, code, text, hint in (*_columns(each, settings), *_headers(each, settings), *_others(each)):
            yield Problem(code, text, document.where(("write_back", name, *keys), key=len(keys) > 1), hint)


_Fault = tuple[tuple[str, ...], str, str, str | None]


def _columns(export: WriteBack, settings: ProjectFile) -> Iterator[_Fault]:
    """Yield faults for left-hand names that can't be written."""
    theirs = {*ContactsSource.CANONICAL, *(name for each in settings.contacts for name in each.columns)}
    for name in export.columns:
        if name in _WRITABLE or name.startswith(IN) or name.endswith(tuple(f"_{each}" for each in MEASURES)):
            continue
        if name in theirs:
            text = f"`{name}` is a column of the contacts export, and none of those is written back: it is"
            text += " a day old, and would overwrite what people have typed since."
            yield ("columns", name), "A013", text, "Remove it."
            continue
        meant = nearest(name, _WRITABLE)
        hint = f"Did you mean `{meant}`?" if meant else use((*_WRITABLE, "in_SEGMENT"))
        yield ("columns", name), "A013", f"`{name}` is not a column that a write-back can write.", hint
    others = [name for name in export.columns if name not in (ROUTED_TO, *_BESIDE_ROUTED)]
    if ROUTED_TO in export.columns:
        for name in others:
            text = (
                f"`{name}` can't be combined with `{ROUTED_TO}`: an owner is written only for who has none."
            )
            yield ("columns", name), "A013", text, "Write it by a write-back of its own."
        if export.segment is not None:
            text = f"`{ROUTED_TO}` takes no `segment`: its rows are those of the contacts that are routed."
            yield ("segment",), "A013", text, "Remove `segment`."


def _headers(export: WriteBack, settings: ProjectFile) -> Iterator[_Fault]:
    """Yield faults for right-hand names that the vendor does not accept, or that people edit by hand."""
    crm, seen = export.crm, {export.crm_key.header}
    typed = _headers_of_contacts(settings)
    for name, header in export.columns.items():
        if crm.headers is not None and re.fullmatch(crm.headers, header) is None:
            text = f"`{header}` is not a field name in {crm.vendor}: small letters, digits and `_`."
            hint = "Write the internal name of the property, such as `lead_flames`."
            yield ("columns", name), "A013", text, hint
        elif header in seen:
            text = f"`{header}` would be in the file twice."
            yield ("columns", name), "A013", text, "Each column needs a header of its own."
        elif header in typed and (name, typed[header]) != (ROUTED_TO, "owner"):
            text = f"`{header}` is where the contacts export has `{typed[header]}`, which is never written."
            yield ("columns", name), "A013", text, "Write into a field of its own."
        seen.add(header)


def _headers_of_contacts(settings: ProjectFile) -> dict[str, str]:
    """Return the headers that are read as canonical columns of contacts, mapped to those columns."""
    found: dict[str, str] = {}
    for source in settings.contacts:
        preset = all_presets().get(source.preset or "")
        kept = () if preset is None else [each.keys for each in preset.variants if each.kind == source.KIND]
        for columns in (*(each.columns for each in kept), source.columns):
            for name in ContactsSource.CANONICAL:
                found |= dict.fromkeys(columns.get(name, ()), name)
    return found


def _others(export: WriteBack) -> Iterator[_Fault]:
    """Yield faults for a key or a date format that the vendor does not accept."""
    crm = export.crm
    if export.key is not None and crm.key(export.key.column) is None:
        known = " or ".join(f"`{each.column}`" for each in crm.keys)
        text = f"{crm.vendor} knows contacts by {known}, not by `{export.key.column}`."
        yield ("key",), "P023", text, f"Write `key: {crm.keys[0].column}`, or leave it out."
    if crm.date_formats and export.dates not in crm.date_formats:
        known = ", ".join(f"`{each}`" for each in crm.date_formats)
        yield ("dates",), "P023", f"{crm.vendor} reads dates as {known}, not as `{export.dates}`.", None
