"""The best accounts of a run, as listed in a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl
from msgspec import Struct

from flamescore.report import wording
from flamescore.units import nearest_points, to_local

if TYPE_CHECKING:
    from datetime import date, datetime

    from flamescore.report.run_data import RunData

BEST: Final = 20
"""The number of accounts that a report lists."""

FILE: Final = "accounts.csv"
_ROLE: Final = "role_"


class AccountLine(Struct, frozen=True):
    """One account: `called` is its name, else its key. `lacks` has the roles without any contact.

    `points` are the score in ten-thousandths, `last_day` the local day of the last activity.
    """

    rank: int
    called: str
    account: str
    contacts: int
    flames: int
    score: str
    percent: int
    lacks: tuple[str, ...]
    complete: bool | None
    last_activity: str | None
    points: int
    last_day: date | None

    @property
    def roles(self) -> str:
        """Describe how far the roles are filled: `complete`, or `without users`; empty without roles."""
        if self.complete is None or self.complete:
            return "complete" if self.complete else ""
        return f"without {', '.join(self.lacks)}" if self.lacks else "not complete"


class AccountsView(Struct, frozen=True):
    """The best accounts by the first score of accounts, and the number of all accounts."""

    title: str
    accounts: int
    lines: tuple[AccountLine, ...]


def best_accounts(run: RunData) -> AccountsView | None:
    """Return the best accounts of a run; None if it has none, or if companies must not be shown."""
    record = run.record.accounts
    if run.accounts is None or record is None or run.redacted:
        return None
    first = run.accounts["score_name"].head(1)
    rows = run.accounts.filter(pl.col("score_name").is_in(first.implode())).head(BEST)
    titles = {score.name: score.title for score in run.record.scores}
    return AccountsView(
        title="" if first.is_empty() else titles.get(first[0], first[0]),
        accounts=record.accounts,
        lines=tuple(_line(row, run) for row in rows.to_dicts()),
    )


def _line(row: dict[str, Any], run: RunData) -> AccountLine:
    at: datetime | None = row["last_activity_at"]
    local = None if at is None else to_local(at, run.zone)
    roles = {name.removeprefix(_ROLE): many for name, many in row.items() if name.startswith(_ROLE)}
    return AccountLine(
        rank=row["rank"],
        called=row["name"] or row["account"],
        account=row["account"],
        contacts=row["contacts"],
        flames=row["flames"],
        score=wording.score(nearest_points(row["score"]), run.decimals),
        percent=int(row["percentile"]),
        lacks=tuple(name for name, many in roles.items() if not many),
        complete=row.get("complete"),
        last_activity=None if local is None else f"{local:%Y-%m-%d %H:%M}",
        points=nearest_points(row["score"]),
        last_day=None if local is None else local.date(),
    )
