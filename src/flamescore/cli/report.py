"""`flamescore report`: the hot-lead report of a run."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from flamescore.cli.boundary import command
from flamescore.cli.options import Config, Log, LogFormat, Out, Quiet, RunName, Verbose

SHOWN = 20
"""Leads of each score that a terminal shows."""


def report(
    config: Config = None,
    run: RunName = None,
    redact: Annotated[
        bool,
        typer.Option(
            "--redact",
            help="Remove names, companies, e-mails and phones so the report can be shared; contact ids stay.",
        ),
    ] = False,
    out: Out = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="table, html, md or xlsx. Default: by the suffix of -o, else table.",
            show_default=False,
        ),
    ] = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore report -o report.html

    Show the report of the latest run: who is hot and why, who is closest, hot leads by owner, what changed,
    which rules gave the points, and warnings about the input. It goes to the terminal, or to a file in the
    format of its suffix.
    """  # noqa: D415 - an example to copy has no full stop

    def body() -> None:
        from flamescore.cli.emit import as_text, deliver, place, show  # noqa: PLC0415
        from flamescore.cli.published import published  # noqa: PLC0415
        from flamescore.project import find_settings  # noqa: PLC0415 - it takes time to import
        from flamescore.report import (  # noqa: PLC0415
            RENDERERS,
            read_back,
            redacted,
            render_terminal,
            view,
        )
        from flamescore.runs import reading_run  # noqa: PLC0415

        chosen = _format(out, form, tuple(RENDERERS))
        found = published(find_settings(config), run, log_format, quiet=quiet)
        with reading_run(found):
            data = read_back(found)
            data = redacted(data) if redact else data
            render = RENDERERS.get(chosen)
            made = render(data) if render else render_terminal(view(data), top=SHOWN)
        if isinstance(made, bytes):
            deliver(made, out)
        elif place(out) is None and sys.stdout.isatty():
            show(made)
        else:
            deliver(as_text(made).encode(), out)

    del verbose  # there are no steps to time
    command(body, log_format)


def _format(out: str | None, form: str | None, known: tuple[str, ...]) -> str:
    """Return the format asked for, else what the suffix says; `table` on stdout and for `.txt`."""
    from flamescore.cli.emit import by_suffix, place  # noqa: PLC0415
    from flamescore.errors import Problem, UsageError  # noqa: PLC0415

    path = place(out)
    if form is not None:
        if form.lower() not in ("table", *known):
            hint = f"Use table, {', '.join(known[:-1])} or {known[-1]}."
            raise UsageError(Problem("U002", f"`{form}` is not a report format.", hint=hint))
        return form.lower()
    if path is None:
        return "table"
    return by_suffix(path, {f".{each}": each for each in known} | {".txt": "table"})
