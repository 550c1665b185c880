"""`flamescore explain`: why a contact has its scores."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from flamescore.cli.boundary import command, remark
from flamescore.cli.options import Config, Log, LogFormat, Out, Quiet, RunName, Verbose
from flamescore.errors import Problem, UsageError
from flamescore.text import json_text

if TYPE_CHECKING:
    from flamescore.explain import Explanation
    from flamescore.frames import Exports
    from flamescore.project import Project
    from flamescore.runs import Run


class ExplainFormat(StrEnum):
    """How an explanation is written."""

    TABLE = "table"
    JSON = "json"


def explain(
    contact: Annotated[str, typer.Argument(help="A contact id, or an e-mail address.", show_default=False)],
    *,
    config: Config = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="WHEN",
            help="Explain as of this time instead, with the rule file as it is now: now, today, a date "
            "(its first instant) or an instant.",
            show_default=False,
        ),
    ] = None,
    run: RunName = None,
    rank: Annotated[
        bool, typer.Option("--rank", help="With --as-of: score every contact, to show rank and percentile.")
    ] = False,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Include rules and events that did not count, with the reason."),
    ] = False,
    out: Out = None,
    form: Annotated[
        ExplainFormat | None,
        typer.Option("--format", help="Default: text, or json if -o ends in .json.", show_default=False),
    ] = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore explain jane@example.com

    Show every rule and limit that gave the contact points or took them, each counted event with its worth
    and the day it expires, the outlook, and the way to the next flame. The points add up to the score, to
    the last digit. By default this is as of the latest run, with that run's rules, and with the sources and
    the reject limit that flags or variables gave it.
    """  # noqa: D415 - an example to copy has no full stop

    def body() -> None:
        started = time.perf_counter()
        from flamescore.cli.published import published  # noqa: PLC0415
        from flamescore.project import find_settings  # noqa: PLC0415 - it takes time to import

        if as_of is not None and run is not None:
            hint = "--run explains as of that run, with its rules; --as-of any time, with today's rule file."
            raise UsageError(Problem("U011", "Use --run or --as-of, not both.", hint=hint))
        chosen = _chosen(out, form)
        project = find_settings(config)
        most = _most(chosen)
        if as_of is None:
            found = published(project, run, log_format, quiet=quiet)
            told = _of_run(project, contact, found, config, everything=everything, most=most)
        else:
            told = _of_time(project, contact, as_of, rank=rank, everything=everything, most=most)
        _write(told, out, chosen, everything=everything)
        if verbose and not quiet:
            took = time.perf_counter() - started
            remark(f"{took:8.3f} s  explain", log_format, level="info")

    command(body, log_format)


def _of_run(
    project: Project,
    contact: str,
    found: Run,
    config: str | None,
    *,
    everything: bool,
    most: int | None,
) -> Explanation:
    from flamescore.cli.published import as_read  # noqa: PLC0415 - it takes time to import
    from flamescore.explain import contact_meant, held_against  # noqa: PLC0415
    from flamescore.explain import explain as explained  # noqa: PLC0415
    from flamescore.inputs import read_inputs  # noqa: PLC0415
    from flamescore.rules import load_rules_text  # noqa: PLC0415
    from flamescore.runs import reading_run, scan  # noqa: PLC0415

    record = found.record
    rules = load_rules_text(record.rules.text, record.rules.path)
    as_of = record.as_of.isoformat().replace("+00:00", "Z")
    read = as_read(found, project, config)
    with read_inputs(read, rules=rules, as_of=as_of, now=record.started_at, keys=_keys(contact)) as inputs:
        who = contact_meant(inputs.exports, contact)
        book, exports, instant = inputs.bound.book, inputs.exports, inputs.as_of
        told = explained(book, exports, who, as_of=instant, everything=everything, most=most)
    with reading_run(found):
        told = held_against(told, found.run_id, scan(found, "scores.parquet"))
    if _changed(project, record.rules.text):
        name = project.settings.rules
        note = f"{name} has changed since this run; showing the run's rules."
        told = replace(told, notes=(*told.notes, note))
    return told


def _changed(project: Project, text: str) -> bool:
    """Whether the project's rule file says something else than a text; also where it is gone."""
    from flamescore.inputs import rules_path  # noqa: PLC0415 - Polars comes with it

    if not project.settings.rules:
        return False
    try:
        now = rules_path(project).read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return True
    return now != text.removeprefix("\ufeff")


def _of_time(
    project: Project, contact: str, as_of: str, *, rank: bool, everything: bool, most: int | None
) -> Explanation:
    from flamescore.explain import (  # noqa: PLC0415
        contact_meant,
        standing,
        with_ranks,
    )
    from flamescore.explain import explain as explained  # noqa: PLC0415
    from flamescore.inputs import read_inputs  # noqa: PLC0415 - Polars comes with it

    with read_inputs(project, as_of=as_of, keys=None if rank else _keys(contact)) as inputs:
        book, exports = inputs.bound.book, inputs.exports
        who = contact_meant(exports, contact)
        told = explained(book, exports, who, as_of=inputs.as_of, everything=everything, most=most)
        day = _exported_on(exports)
        if rank:
            told = with_ranks(told, standing(book, exports, who, as_of=inputs.as_of))
    notes = [f"Fields and undated tags are as exported on {day}."]
    if len(as_of.strip()) == len("2026-11-21"):
        notes.insert(0, f"A date means 00:00 in {told.timezone}.")
    return replace(told, notes=(*told.notes, *notes))


def _most(form: ExplainFormat) -> int | None:
    """Return how many of the occurrences that count under a rule a format has."""
    from flamescore.report import SHOWN  # noqa: PLC0415 - rich takes time to import

    return SHOWN if form is ExplainFormat.TABLE else None


def _keys(contact: str) -> tuple[str, ...]:
    """Return the columns that most likely tell which contact is meant, beside the ids."""
    return ("email",) if "@" in contact else ()


def _exported_on(exports: Exports) -> str:
    """Return the day of the newest contacts export."""
    times = [file[2] for record in exports.records if record.kind == "contacts" for file in record.files]
    return max(times)[:10] if times else "an unknown day"


def _chosen(out: str | None, form: ExplainFormat | None) -> ExplainFormat:
    """Return the format asked for, else that of the suffix of `-o`."""
    from flamescore.cli.emit import by_suffix, place  # noqa: PLC0415 - rich takes time to import

    path = place(out)
    if form or path is None:
        return form or ExplainFormat.TABLE
    return by_suffix(path, {".json": ExplainFormat.JSON, ".txt": ExplainFormat.TABLE})


def _write(told: Explanation, out: str | None, form: ExplainFormat, *, everything: bool) -> None:
    from flamescore.cli.emit import as_text, deliver, place, show  # noqa: PLC0415 - Polars comes with it
    from flamescore.report import render_explanation  # noqa: PLC0415

    if form is ExplainFormat.JSON:
        deliver(_json(told).encode(), out)
    elif place(out) is None and sys.stdout.isatty():
        show(render_explanation(told, everything=everything))
    else:
        deliver(as_text(render_explanation(told, everything=everything)).encode(), out)


def _json(told: Explanation) -> str:
    from flamescore.cli.emit import plain  # noqa: PLC0415 - Polars comes with it

    data = asdict(told)
    for score in data["scores"]:
        for line in (*score["entries"], *score["silent"]):
            for occurrence in (*line["counted"], *line["uncounted"]):
                occurrence["properties"] = dict(occurrence["properties"])
    return json_text(plain(data), indent=2) + "\n"
