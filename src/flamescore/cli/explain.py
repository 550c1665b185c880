"""`flamescore explain`: why a contact has its scores."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flamescore.cli.boundary import command
from flamescore.cli.options import Config, Log, LogFormat, Out, Quiet, RunName, Verbose

if TYPE_CHECKING:
    from rich.console import Console, Group

    from flamescore.exports.project import Project
    from flamescore.frames import Exports
    from flamescore.insight.explanation import Explanation


class ExplainFormat(StrEnum):
    """How an explanation is written."""

    TABLE = "table"
    JSON = "json"


def explain(
    contact: Annotated[str, typer.Argument(help="A contact id, or an e-mail address.", show_default=False)],
    config: Config = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="WHEN",
            help="Another time than the run's, with the rule file as it is now: now, today, a date (its first instant) or an instant.",
        ),
    ] = None,
    run: RunName = None,
    rank: Annotated[
        bool, typer.Option("--rank", help="With --as-of: score everyone, to tell rank and percentile too.")
    ] = False,
    everything: Annotated[
        bool,
        typer.Option(
            "--all", help="Also the rules that gave nothing and the events that don't count, and why."
        ),
    ] = False,
    out: Out = None,
    form: Annotated[
        ExplainFormat | None,
        typer.Option("--format", help="By default a table; json where -o ends in .json.", show_default=False),
    ] = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore explain jane@example.com

    Show every rule and limit that gave the contact something or took it, each counted event with its worth
    and the day it expires, the outlook, and the way to the next flame. The points add up to the score, to the
    last digit. By default as of the latest run, with the rules of that run.
    """

    def body() -> None:
        from flamescore.inputs import find_settings  # noqa: PLC0415 - Polars comes with it

        project = find_settings(config)
        if as_of is None:
            told = _of_run(project, contact, run, everything=everything)
        else:
            told = _of_time(project, contact, as_of, rank=rank, everything=everything)
        _write(told, out, form, everything=everything)

    del quiet, verbose  # there is nothing to say but the explanation
    command(body, log_format)


def _of_run(project: Project, contact: str, run: str | None, *, everything: bool) -> Explanation:
    import polars as pl  # noqa: PLC0415 - it takes time to import

    from flamescore.inputs import read_inputs, rules_path  # noqa: PLC0415
    from flamescore.insight.explain import explain as explained  # noqa: PLC0415
    from flamescore.insight.published import held_against  # noqa: PLC0415
    from flamescore.insight.who import contact_meant  # noqa: PLC0415
    from flamescore.publish.store import RunStore  # noqa: PLC0415
    from flamescore.rules.load import load_rules_text  # noqa: PLC0415

    store = RunStore(project.resolve(project.settings.output), project.settings.mode)
    found = store.find(run or "latest")
    record = found.record
    rules = load_rules_text(record.rules.text, record.rules.path)
    instant = record.as_of.isoformat().replace("+00:00", "Z")
    with read_inputs(project, rules=rules, as_of=instant) as inputs:
        who = contact_meant(inputs.exports.contacts, contact)
        told = explained(inputs.bound.book, inputs.exports, who, as_of=inputs.as_of, everything=everything)
    told = held_against(told, found.run_id, pl.read_parquet(found.path / "scores.parquet"))
    path = rules_path(project)
    if (
        project.settings.rules
        and path.is_file()
        and path.read_text(encoding="utf-8-sig") != record.rules.text.removeprefix("\ufeff")
    ):
        told = replace(
            told,
            notes=(
                *told.notes,
                f"{project.settings.rules} has changed since the run; these are the run's rules.",
            ),
        )
    return told


def _of_time(project: Project, contact: str, as_of: str, *, rank: bool, everything: bool) -> Explanation:
    from flamescore.inputs import read_inputs  # noqa: PLC0415 - Polars comes with it
    from flamescore.insight.explain import explain as explained  # noqa: PLC0415
    from flamescore.insight.explain import standing, with_ranks  # noqa: PLC0415
    from flamescore.insight.who import contact_meant  # noqa: PLC0415

    with read_inputs(project, as_of=as_of) as inputs:
        book, exports = inputs.bound.book, inputs.exports
        who = contact_meant(exports.contacts, contact)
        told = explained(book, exports, who, as_of=inputs.as_of, everything=everything)
        day = _exported_on(exports)
        if rank:
            told = with_ranks(told, standing(book, exports, who, as_of=inputs.as_of))
    notes = [f"Fields and undated tags are as exported on {day}."]
    if len(as_of.strip()) == len("2026-11-21"):
        notes.insert(0, f"A date means its first instant: 00:00 in {told.timezone}.")
    return replace(told, notes=(*told.notes, *notes))


def _exported_on(exports: Exports) -> str:
    """Return the day of the newest contacts export."""
    times = [file[2] for record in exports.records if record.kind == "contacts" for file in record.files]
    return max(times)[:10] if times else "an unknown day"


def _write(told: Explanation, out: str | None, form: ExplainFormat | None, *, everything: bool) -> None:
    from flamescore.cli.emit import writing_to  # noqa: PLC0415 - Polars comes with it

    path = None if out in (None, "-") else Path(str(out))
    by_suffix = ExplainFormat.JSON if path and path.suffix == ".json" else ExplainFormat.TABLE
    chosen = form or by_suffix
    if path is None and chosen is ExplainFormat.TABLE and sys.stdout.isatty():
        _console().print(_rendered(told, everything=everything))
        return
    text = _json(told) if chosen is ExplainFormat.JSON else _text(told, everything=everything)
    if path is None:
        sys.stdout.write(text)
        return
    with writing_to(str(path)):
        path.write_text(text, encoding="utf-8")


def _json(told: Explanation) -> str:
    from flamescore.cli.emit import plain  # noqa: PLC0415 - Polars comes with it

    data = asdict(told)
    for score in data["scores"]:
        for line in (*score["entries"], *score["silent"]):
            for occurrence in (*line["counted"], *line["uncounted"]):
                occurrence["properties"] = dict(occurrence["properties"])
    return json.dumps(plain(data), ensure_ascii=False, indent=2) + "\n"


def _text(told: Explanation, *, everything: bool) -> str:
    console = _console(width=200)
    with console.capture() as captured:
        console.print(_rendered(told, everything=everything))
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def _rendered(told: Explanation, *, everything: bool) -> Group:
    from flamescore.report.explained import render  # noqa: PLC0415 - rich takes time to import

    return render(told, everything=everything)


def _console(width: int | None = None) -> Console:
    from rich.console import Console  # noqa: PLC0415 - it takes time to import

    return Console() if width is None else Console(width=width, color_system=None)
