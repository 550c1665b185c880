"""The work of `flamescore explain --since`: the past scores of a contact."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import polars as pl

from flamescore.cli.explain import chosen_form, required_contact
from flamescore.cli.options import ExplainFormat, Format, Output
from flamescore.cli.output import deliver, emit, place
from flamescore.cli.terminal import as_text, screen, show
from flamescore.errors import Problem, UsageError
from flamescore.history import SERIES, contact_history
from flamescore.project import find_settings
from flamescore.report import EXACTLY, render_history
from flamescore.runs import find_run
from flamescore.units import parse_period, parse_time

if TYPE_CHECKING:
    from datetime import date

    from flamescore.cli.messages import Messages
    from flamescore.units import Period


def check_alone(*, account: str | None, as_of: str | None, rank: bool) -> None:
    """Raise `UsageError` if a flag is given that can't be combined with `--since`."""
    for flag, given in {
        "--account": account is not None,
        "--as-of": as_of is not None,
        "--rank": rank,
    }.items():
        if given:
            hint = "Leave one of them out."
            raise UsageError(Problem("U002", f"--since and {flag} can't go together.", hint=hint))


def explain_since(
    contact: str | None,
    config: str | None,
    since: str,
    run: str | None,
    messages: Messages,
    *,
    everything: bool,
    exact: bool,
    out: str | None,
    form: ExplainFormat | None,
) -> None:
    """Show the history of a contact up to a run, by default the latest; `exact` shows all decimals."""
    chosen = chosen_form(out, form, rows=True)
    who, start = required_contact(contact), _start(since)
    project = find_settings(config)
    found = find_run(project, run, warn=messages.warn)
    messages.of_run.run_id = found.run_id
    history = contact_history(project.output_folder, found, who, start, every=everything)
    for note in history.notes:
        messages.remark(note)
    if chosen is ExplainFormat.TABLE:
        decimals = EXACTLY if exact else project.settings.decimals
        page = render_history(history, sparklines=_takes_sparklines(out), decimals=decimals)
        if place(out) is None and sys.stdout.isatty():
            show(page)
        else:
            deliver(as_text(page, coloured=screen(out).coloured).encode(), out)
    else:
        rows = pl.concat([pl.DataFrame(schema=SERIES), *(score.rows for score in history.scores)])
        emit(rows, Output(out, Format(chosen)))
    messages.took("explain --since")


def _takes_sparklines(out: str | None) -> bool:
    """Return whether the output supports sparklines: a file does, stdout depending on its encoding."""
    return place(out) is not None or "utf" in (sys.stdout.encoding or "").lower()


def _start(text: str) -> Period | date:
    """Parse the value of `--since`."""
    day = parse_time(text) if len(text) == len("2026-11-21") else None
    found = day or parse_period(text)
    if found is None:
        hint = "Use a period such as 90d or 3mo, or a day such as 2026-11-01."
        raise UsageError(Problem("U014", f"--since: `{text}` is neither a period nor a day.", hint=hint))
    return found
