"""The part of a report about events that look like a mail scanner's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from flamescore.report import wording
from flamescore.units import count, nearest_points

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.report.run_data import RunData
    from flamescore.runs import BotsEntry

TITLE: Final = "Looks like a mail scanner"
BOTS_LISTED: Final = 20
"""The number of contacts with such events that are listed by name."""


class BotLine(Struct, frozen=True):
    """A contact and score: the number of events, and the points (ten-thousandths) lost without them."""

    contact_id: str
    called: str
    company: str | None
    score: str
    events: int
    points_lost: int


class BotsView(Struct, frozen=True):
    """The first lines, and the number of all rows; `sentences` are the totals in sentences."""

    sentences: tuple[str, ...]
    lines: tuple[BotLine, ...]
    rows: int


def bots_view(run: RunData) -> BotsView | None:
    """Return the view; None if the rules have no `bots`."""
    entry, table = run.record.bots, run.bots
    if entry is None or table is None:
        return None
    titles = {score.name: score.title for score in run.record.scores}
    rows = table.head(BOTS_LISTED).join(run.people, on="contact_id", how="left", maintain_order="left")
    lines = tuple(
        BotLine(
            contact_id=row["contact_id"],
            called=row.get("name") or row.get("email") or row["contact_id"],
            company=row.get("company") or None,
            score=titles.get(row["score_name"], row["score_name"]),
            events=row["events"],
            points_lost=nearest_points(row["points_lost"]),
        )
        for row in rows.iter_rows(named=True)
    )
    return BotsView(tuple(_sentences(entry, titles, run.decimals)), lines, table.height)


def _sentences(entry: BotsEntry, titles: dict[str, str], decimals: int) -> Iterator[str]:
    if not entry.events:
        yield "No events."
        return
    done = "were removed" if entry.action == "remove" else "are counted; `bots: remove` removes them"
    yield f"{count(entry.events, 'event')} of {count(entry.contacts, 'contact')} {done}."
    for each in entry.scores:
        loses = "lost" if entry.action == "remove" else "would lose"
        hot = "" if each.hot_lost is None else f" and {count(each.hot_lost, 'hot lead')}"
        who = count(each.contacts, "contact")
        title = titles.get(each.name, each.name)
        points = wording.given(nearest_points(each.points_lost), decimals).removeprefix("+")
        yield f"{title} {loses} {points} {'point' if points in ('1', '-1') else 'points'} of {who}{hot}."
