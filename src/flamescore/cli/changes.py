"""The work of `flamescore changes`: contacts that rose, fell, came or went since an earlier run, and why."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from flamescore.cli.output import emit, first_rows, remark_on_others
from flamescore.history import find_earlier
from flamescore.project import find_settings
from flamescore.report import wording
from flamescore.runs import WORDS_OF_CHANGES, changed_contacts, find_run, reading_run
from flamescore.screen import Column, Span, table
from flamescore.tables import PARTS
from flamescore.units import nearest_points

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    import polars as pl

    from flamescore.cli.messages import Messages
    from flamescore.cli.options import Output
    from flamescore.screen import Cell, Screen

_HOTTER, _COLDER = "red", "blue"
_STYLES: Final = {"newly_hot": _HOTTER, "cooled_off": _COLDER}


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
    """Show what changed in a run since the previous one, or since the earlier run given by `against`."""
    project = find_settings(config)
    found = find_run(project, run, warn=messages.warn)
    messages.of_run.run_id = found.run_id
    earlier = None if against is None else find_earlier(project, against, found)
    with reading_run(found):
        changed = changed_contacts(found, score, everyone=everyone, against=earlier)
    rows = changed.rows
    shown = first_rows(rows, output, limit)
    if not changed.known:
        messages.remark(changed.summary)
    for note in changed.notes:
        messages.remark(note)
    heading = changed.summary if changed.known and not messages.quiet else None
    emit(shown, output, table=partial(_laid_out, shown, heading, project.settings.decimals))
    remark_on_others(shown, rows, output, limit, messages)
    messages.took(f"changes of run {found.run_id}: {rows.height:,} found")


def _laid_out(rows: pl.DataFrame, heading: str | None, decimals: int, on: Screen) -> list[str]:
    """Lay out the rows under a summary line: the contact, its old and new values, and why."""
    lines = [] if heading is None else [on.shown(heading)]
    if rows.is_empty():
        return lines
    people = rows.to_dicts()
    columns = [
        Column(
            "Change",
            [(Span(WORDS_OF_CHANGES[row["change"]], _STYLES.get(row["change"], "")),) for row in people],
        ),
        Column("Name", [_text(row, "name") or _text(row, "email") for row in people], least=12, style="bold"),
        Column("Owner", [_text(row, "owner") for row in people], least=10, goes=1, style="dim"),
        Column("Flames", [_step(row["previous_flames"], row["flames"], on) for row in people]),
        Column("Score", [_step(*_scores(row, decimals), on) for row in people]),
        Column("Because of", [_causes(row, decimals) for row in people], least=16, goes=2),
        Column("Id", [row["contact_id"] for row in people], style="dim"),
    ]
    gap = [""] if lines else []
    return [*lines, *gap, *table([each for each in columns if not each.is_empty], on)]


def _text(row: Mapping[str, Any], name: str) -> str:
    return "" if row.get(name) is None else str(row[name])


def _step(then: object, now: object, on: Screen) -> str:
    """Return a change as text: `4 → 5`; a single value if it is unchanged or the other one is missing."""
    if then is None or now is None or then == now:
        return f"{then if now is None else now}"
    return f"{then} {on.marks('→')} {now}"


def _scores(row: Mapping[str, Any], decimals: int) -> tuple[str | None, str | None]:
    then, now = (
        None if row[name] is None else wording.score(nearest_points(row[name]), decimals)
        for name in ("previous_score", "score")
    )
    return then, now


def _causes(row: Mapping[str, Any], decimals: int) -> Cell:
    """Return the parts of a change, largest first: `+2 new activity`; without parts, return `why`."""
    parts = [(nearest_points(row[name]), words) for name, words in PARTS.items() if row[name]]
    parts.sort(key=lambda part: -abs(part[0]))
    if not parts:
        return row["why"] or ""
    spans: list[Span] = []
    for points, words in parts:
        comma = ", " if spans else ""
        style = _HOTTER if points > 0 else _COLDER
        spans += [Span(comma), Span(wording.given(points, decimals), style), Span(f" {words}")]
    return tuple(spans)
