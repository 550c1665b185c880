"""The work of `flamescore changes`: who rose, fell, came and went since the run before, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flamescore.cli.options import Format
from flamescore.cli.output import emit, first_rows, format_of, on_terminal, remark_on_others
from flamescore.history import find_earlier
from flamescore.project import find_settings
from flamescore.report import number
from flamescore.runs import changed_contacts, find_run, reading_run

if TYPE_CHECKING:
    from flamescore.cli.messages import Messages
    from flamescore.cli.options import Output
    from flamescore.runs import ChangedContacts

ARROW = "\N{RIGHTWARDS ARROW}"


def changes(
    config: str | None,
    run: str | None,
    against: str | None,
    score: str | None,
    output: Output,
    limit: int | None,
    messages: Messages,
    *,
    everyone: bool,
) -> None:
    """Show what changed in a run since the one before, or since the earlier one that `against` means."""
    chosen = format_of(output)
    project = find_settings(config)
    found = find_run(project, run, warn=messages.warn)
    messages.of_run.run_id = found.run_id
    earlier = None if against is None else find_earlier(project, against, found)
    with reading_run(found):
        told = changed_contacts(found, score, everyone=everyone, against=earlier)
    rows = told.rows
    shown = first_rows(rows, output, limit)
    _say(told, output, messages)
    emit(_brief(shown) if chosen is Format.TABLE else shown, output)
    remark_on_others(shown, rows, output, limit, messages)
    messages.took(f"changes of run {found.run_id}: {rows.height:,} found")


def _say(told: ChangedContacts, output: Output, messages: Messages) -> None:
    """Say what could not be told, and on a terminal what it all comes to."""
    if not told.known:
        messages.remark(told.summary)
        return
    if on_terminal(output):
        messages.remark(told.summary)
    for note in told.notes:
        messages.remark(note)


def _brief(rows: pl.DataFrame) -> pl.DataFrame:
    """Return what a person reads of the rows: who, from where to where, and why."""
    who = pl.coalesce(*(name for name in ("name", "contact_id") if name in rows.columns))
    owner = [pl.col("owner")] if "owner" in rows.columns else []
    return rows.select(
        pl.col("change").str.replace_all("_", " "),
        who.alias("who"),
        *owner,
        _step(pl.col("previous_flames").cast(pl.String), pl.col("flames").cast(pl.String)).alias("flames"),
        _step(_numbers("previous_score"), _numbers("score")).alias("score"),
        "why",
    )


def _numbers(name: str) -> pl.Expr:
    """Say points with a comma between thousands; null stays null."""

    def said(cells: pl.Series) -> pl.Series:
        return pl.Series([None if cell is None else number(cell) for cell in cells], dtype=pl.String)

    return pl.col(name).map_batches(said, return_dtype=pl.String, is_elementwise=True)


def _step(then: pl.Expr, now: pl.Expr) -> pl.Expr:
    both = pl.concat_str(then, now, separator=f" {ARROW} ")
    return pl.when(then == now).then(now).otherwise(pl.coalesce(both, now, then))
