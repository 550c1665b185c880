"""The work of `flamescore search`: the call list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.cli.boundary import say
from flamescore.cli.options import Changed
from flamescore.cli.output import emit, first_rows, on_terminal, remark_on_others
from flamescore.project import find_settings
from flamescore.runs import find_run
from flamescore.searches import Asked, search_run

if TYPE_CHECKING:
    import polars as pl

    from flamescore.cli.messages import Messages
    from flamescore.cli.options import Output
    from flamescore.searches import Found

__all__ = ["KINDS", "Asked", "names", "search"]

KINDS: Final = {Changed.UP: ("newly_hot", "up"), Changed.DOWN: ("cooled_off", "down")}
"""The kinds of change that each word of --changed means."""


def search(
    config: str | None, run: str | None, asked: Asked, output: Output, limit: int | None, messages: Messages
) -> None:
    """Search a run and show the rows."""
    project = find_settings(config)
    found = search_run(project, find_run(project, run, warn=messages.warn), asked)
    for note in found.notes:
        messages.remark(note)
    shown = first_rows(found.rows, output, limit)
    if on_terminal(output) and asked.columns is None:
        _show(shown, found)
    else:
        emit(shown, output, zone=found.zone)
    remark_on_others(shown, found.rows, output, limit, messages)
    messages.took(f"search of run {found.run_id}: {found.rows.height:,} found")


def names(columns: str | None) -> tuple[str, ...] | None:
    """Read the value of `--columns`."""
    return None if columns is None else tuple(each.strip() for each in columns.split(",") if each.strip())


def _show(rows: pl.DataFrame, found: Found) -> None:
    """Show the call list on the terminal, in the columns that a rep needs first."""
    from flamescore.cli.call_list import show_call_list  # noqa: PLC0415 - rich takes 50 ms, a pipe needs none

    if rows.is_empty():
        say("No contacts match.")
        return
    show_call_list(rows, found.further, found.zone)
