"""The history of a contact for people: a sparkline and a table a score; nothing is read as markup."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from flamescore.report.words import number
from flamescore.text import for_cell
from flamescore.units import to_local

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from rich.console import RenderableType

    from flamescore.history import ContactHistory, ScoreHistory


def render_history(told: ContactHistory, *, sparklines: bool = True) -> Group:
    """Return the history of a contact; without `sparklines` for an output that has no such characters."""
    zone = ZoneInfo(told.timezone)
    rest = f" · since {_local(told.since, zone)} · up to {_local(told.until, zone)} {told.timezone}"
    parts: list[RenderableType] = [Text.assemble((for_cell(told.contact_id), "bold"), rest)]
    for score in told.scores:
        parts += ["", *_score(score, zone, sparklines=sparklines)]
    return Group(*parts)


def _score(score: ScoreHistory, zone: ZoneInfo, *, sparklines: bool) -> Iterator[RenderableType]:
    yield Text(for_cell(score.title), style="bold")
    if sparklines:
        yield Padding(Text(score.sparkline), (0, 0, 0, 2))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="none")
    for header, right in (("as_of", False), ("score", True), ("flames", True), ("change", False)):
        table.add_column(header, justify="right" if right else "left")
    for row in score.rows.iter_rows(named=True):
        flames = "-" if row["flames"] is None else f"{row['flames']}"
        change = (row["change"] or "").replace("_", " ")
        table.add_row(_local(row["as_of"], zone), number(row["score"]), flames, change)
    yield Padding(table, (0, 0, 0, 2))


def _local(instant: datetime, zone: ZoneInfo) -> str:
    return f"{to_local(instant, zone):%Y-%m-%d %H:%M}"
