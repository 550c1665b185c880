"""The history of a contact for people: a sparkline and a table per score; never interpreted as markup."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from flamescore.report import wording
from flamescore.runs import WORDS_OF_CHANGES
from flamescore.text import for_cell
from flamescore.units import nearest_points, to_local

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from flamescore.history import ContactHistory, ScoreHistory


def render_history(history: ContactHistory, *, sparklines: bool = True, decimals: int = 1) -> Group:
    """Return the history of a contact; scores have at most `decimals` decimals.

    Omit `sparklines` for output without such characters.
    """
    zone = ZoneInfo(history.timezone)
    since, until = wording.to_the_minute(history.since, zone), wording.minute(to_local(history.until, zone))
    rest = f" · since {since} · up to {until}"
    parts: list[RenderableType] = [Text.assemble((for_cell(history.contact_id), "bold"), rest)]
    for score in history.scores:
        parts += ["", *_score(score, zone, decimals, sparklines=sparklines)]
    return Group(*parts)


def _score(
    score: ScoreHistory, zone: ZoneInfo, decimals: int, *, sparklines: bool
) -> Iterator[RenderableType]:
    yield Text(for_cell(score.title), style="bold")
    if sparklines:
        yield Padding(Text(score.sparkline), (0, 0, 0, 2))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="none")
    for header, right in (("as_of", False), ("score", True), ("flames", True), ("change", False)):
        table.add_column(header, justify="right" if right else "left")
    for row in score.rows.iter_rows(named=True):
        flames = "-" if row["flames"] is None else f"{row['flames']}"
        change = "" if row["change"] is None else WORDS_OF_CHANGES[row["change"]]
        points = "-" if row["score"] is None else wording.score(nearest_points(row["score"]), decimals)
        table.add_row(wording.to_the_minute(row["as_of"], zone), points, flames, change)
    yield Padding(table, (0, 0, 0, 2))
