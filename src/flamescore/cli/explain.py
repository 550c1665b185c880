"""The work of `flamescore explain`: why a contact has its scores."""

from __future__ import annotations

import dataclasses
import os
import sys
from typing import TYPE_CHECKING, Any, Final

from flamescore.cli.options import ExplainFormat
from flamescore.cli.output import as_mapping, by_suffix, deliver, place, plain
from flamescore.cli.terminal import as_text, screen, show
from flamescore.errors import Problem, UsageError
from flamescore.explained_runs import columns_to_find, explained_as_of_run
from flamescore.explanations import (
    everyone,
    flames_of_list,
    given_to,
    places_among,
    resolve_contact,
    with_population_results,
)
from flamescore.explanations import explain as explain_contact
from flamescore.inputs import read_inputs
from flamescore.project import find_settings
from flamescore.report import EXACTLY, SHOWN, render_explanation
from flamescore.runs import find_run
from flamescore.text import json_text

if TYPE_CHECKING:
    from flamescore.cli.messages import Messages
    from flamescore.explanations import Explanation
    from flamescore.frames import Exports
    from flamescore.project import Project


def explain(
    contact: str | None,
    config: str | None,
    as_of: str | None,
    run: str | None,
    messages: Messages,
    *,
    rank: bool,
    everything: bool,
    exact: bool,
    out: str | None,
    form: ExplainFormat | None,
) -> None:
    """Explain a contact as of a run, or as of a point in time; with `exact`, show all decimals of points."""
    contact = required_contact(contact)
    if as_of is not None and run is not None:
        hint = "--run explains as of that run, with its rules; --as-of any time, with today's rule file."
        raise UsageError(Problem("U011", "Use --run or --as-of, not both.", hint=hint))
    chosen = chosen_form(out, form)
    project = find_settings(config)
    most = SHOWN if chosen is ExplainFormat.TABLE else None
    if as_of is None:
        found = find_run(project, run, warn=messages.warn)
        messages.of_run.run_id = found.run_id
        explanation = explained_as_of_run(project, contact, found, config, everything=everything, most=most)
    else:
        explanation = _of_time(project, contact, as_of, rank=rank, everything=everything, most=most)
    decimals = EXACTLY if exact else project.settings.decimals
    _write(explanation, out, chosen, everything=everything, decimals=decimals)
    messages.took("explain")


def _of_time(
    project: Project, contact: str, as_of: str, *, rank: bool, everything: bool, most: int | None
) -> Explanation:
    with read_inputs(project, as_of=as_of, keys=None if rank else columns_to_find(contact)) as inputs:
        book, exports = inputs.bound.book, inputs.exports
        who = resolve_contact(exports, contact)
        hot = inputs.hot
        among = everyone(book, exports, as_of=inputs.as_of, hot=hot) if rank else None
        explanation = explain_contact(
            book,
            exports,
            who,
            as_of=inputs.as_of,
            everything=everything,
            most=most,
            flames_from=None if among is None else flames_of_list(among),
            given_to=None if among is None else given_to(among),
            places=None if among is None else places_among(among, who),
            hot=hot,
        )
        day = _exported_on(exports)
        if among is not None:
            explanation = with_population_results(explanation, among, hot=hot)
    notes = [f"Fields and undated tags are as exported on {day}."]
    if len(as_of.strip()) == len("2026-11-21"):
        notes.insert(0, f"A date means 00:00 in {explanation.timezone}.")
    return dataclasses.replace(explanation, notes=(*explanation.notes, *notes))


def _exported_on(exports: Exports) -> str:
    """Return the day of the newest contacts export."""
    times = [file[2] for record in exports.records if record.kind == "contacts" for file in record.files]
    return max(times)[:10] if times else "an unknown day"


def required_contact(contact: str | None) -> str:
    """Return the contact; raise `UsageError` if it is None."""
    if contact is None:
        hint = "Give a contact id or an e-mail address, or --account."
        raise UsageError(Problem("U000", "Missing argument 'CONTACT'.", hint=hint))
    return contact


def chosen_form(out: str | None, form: ExplainFormat | None, *, rows: bool = False) -> ExplainFormat:
    """Return the requested format, else that of the suffix of `-o`; `rows` allows CSV."""
    path = place(out)
    if form or path is None:
        chosen = form or ExplainFormat.TABLE
        if chosen is ExplainFormat.CSV and not rows:
            hint = "Use json, or add --since for a table of what the scores were."
            raise UsageError(Problem("U002", "An explanation can't be CSV.", hint=hint))
        return chosen
    suffixes = {".json": ExplainFormat.JSON, ".txt": ExplainFormat.TABLE}
    return by_suffix(path, {**suffixes, ".csv": ExplainFormat.CSV} if rows else suffixes)


def _write(
    explanation: Explanation, out: str | None, form: ExplainFormat, *, everything: bool, decimals: int
) -> None:
    if form is ExplainFormat.JSON:
        deliver(_json(explanation).encode(), out)
        return
    page = render_explanation(
        explanation, everything=everything, decimals=decimals, ascii_only=_is_ascii(out)
    )
    if place(out) is None and sys.stdout.isatty():
        show(page)
    else:
        deliver(as_text(page, width=width_of_text(out), coloured=screen(out).coloured).encode(), out)


def width_of_text(out: str | None) -> int:
    """Return the width of text that does not go to a terminal: `COLUMNS` for stdout, else unlimited."""
    columns = os.environ.get("COLUMNS", "")
    return max(int(columns), _LEAST) if place(out) is None and columns.isdecimal() else _ANY


def _is_ascii(out: str | None) -> bool:
    """Return whether text goes to stdout and stdout is limited to ASCII; a file never is."""
    lacks = "utf" not in (sys.stdout.encoding or "utf-8").lower() or os.environ.get("TERM") == "dumb"
    return place(out) is None and lacks


def _json(explanation: Explanation) -> str:
    data = _without_unused(as_mapping(explanation))
    for score in data["scores"]:
        for line in (*score["entries"], *score["silent"]):
            for occurrence in (*line["counted"], *line["uncounted"]):
                for event in (occurrence, *occurrence.get("burst", ())):
                    event["properties"] = dict(event["properties"])
    return json_text(plain(data), indent=2) + "\n"


_LEAST: Final = 40
_ANY: Final = 10**9

_TEXT_ONLY: Final = ("numbers",)
"""Keys that only the text needs."""

_OPTIONAL: Final = (
    "burst",
    "like_scanner",
    "silence",
    "by_percentile",
    "bots",
    "labels",
    "hot",
    "hot_evidence",
    "hot_failed",
)
"""Keys that are present only if the rules use the feature; `hot: false` is kept."""


def _without_unused(value: Any) -> Any:  # noqa: ANN401 - any value in an explanation
    """Remove the keys of features that are not used."""
    if isinstance(value, dict):
        silent = {key for key in _OPTIONAL if key in value and value[key] in (None, (), False)}
        silent -= {"hot"} if value.get("hot") is False else set()
        silent |= {key for key in _TEXT_ONLY if key in value}
        silent |= (
            {"evidence", "failed"}
            if "known" in value and not (value["evidence"] or value["failed"])
            else set()
        )
        return {key: _without_unused(each) for key, each in value.items() if key not in silent}
    return [_without_unused(each) for each in value] if isinstance(value, tuple | list) else value
