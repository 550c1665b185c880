"""Who gets which lead: a lead keeps its rep; otherwise the rep of its company gets it, or the next in turn.

A worked example: A has weight 2, B weight 1; five hot leads without owners and companies, best first. A lead
goes to the rep with the smallest `(n + 1) / weight`, where `n` is the number of routes in the last 30 days.

lead   A             B             goes to
1      1/2           1/1           A
2      2/2           1/1           A: a tie, and A is first in the team
3      3/2           1/1           B
4      3/2           2/1           A
5      4/2           2/1           A: a tie

After every three leads A has twice as many as B. Fractions are compared exactly.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from msgspec import Struct, field

from flamescore.acting_frames import ROUTES
from flamescore.cells import fold, folded, present, trim
from flamescore.routing.book import UNROUTED, Routed
from flamescore.units import to_local

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from flamescore.routing.book import Rep

REACH: Final = timedelta(days=30)
"""How long a route counts for turns, and how long an ended one is kept: 30 days of 24 hours."""

_NOBODY: Final = -1


def route(
    everyone: pl.DataFrame,
    same: Mapping[str, pl.Series],
    team: Sequence[Rep],
    before: pl.DataFrame,
    *,
    as_of: datetime,
    zone: ZoneInfo,
) -> Routed:
    """Route the leads without a rep, and end the routes that are over.

    `everyone` has all contacts of the list, best first: `contact_id, owner` (String), `wanted, held_out`
    (Boolean). `owner` is null without an owner; `wanted` marks the leads that should have a rep: neither
    excluded nor held out. `same` are columns of these contacts by name, in the same row order: leads with the
    same value go to the same rep. `before` are the routes of the state (`ROUTES`). `zone` is the time zone of
    local days. Ties go to the first in the team; with an empty team no lead is routed.
    """
    held = _held_before(everyone, team, before, since=as_of - REACH)
    kept = held.filter(~pl.col("ended"))
    rep_of = _reps_of_owners(everyone["owner"], team)
    rep_of[kept["place"].to_numpy()] = kept["member"].to_numpy()
    free = everyone["wanted"].to_numpy() & everyone["owner"].is_null().to_numpy() & (rep_of == _NOBODY)
    leads = np.flatnonzero(free).tolist()
    desk = _Desk(team, _Together.of(same, rep_of, leads))
    desk.count(held, as_of, zone)
    made: list[tuple[str, str, datetime, str, bool]] = []
    nobody: list[tuple[str, str]] = []
    for place, contact_id in zip(leads, everyone["contact_id"].gather(leads), strict=True):
        member, reason = desk.assign(place)
        if member is None:
            nobody.append((contact_id, reason))
        else:
            made.append((contact_id, team[member].name, as_of, reason, False))
    fresh = pl.DataFrame(made, schema=ROUTES, orient="row")
    return Routed(
        pl.concat([held.select(ROUTES.names()), fresh]).sort("contact_id", "at", "ended", "rep"),
        fresh.select("contact_id"),
        pl.DataFrame(nobody, schema=UNROUTED, orient="row"),
    )


def _held_before(
    everyone: pl.DataFrame, team: Sequence[Rep], before: pl.DataFrame, *, since: datetime
) -> pl.DataFrame:
    """Return the routes that are kept, and those that have ended but still count.

    `place` is the row in `everyone` and `member` the index in the team, each null if there is none. A route
    belongs to the member of the team whose name matches the rep's, and takes on the spelling of that name.
    """
    members = {fold(rep.name): number for number, rep in enumerate(team)}
    number = folded(pl.col("rep")).replace_strict(members, default=None, return_dtype=pl.Int64)
    names = pl.Series([rep.name for rep in team], dtype=pl.String)
    people = everyone.select("contact_id", "owner", "held_out").with_row_index("place")
    rows = before.join(people, on="contact_id", how="left", maintain_order="left").with_columns(
        member=number, place=pl.col("place").cast(pl.Int64)
    )
    stays = (
        ~pl.col("ended")
        & pl.col("place").is_not_null()
        & pl.col("owner").is_null()
        & ~pl.col("held_out")
        & pl.col("member").is_not_null()
    ).fill_null(value=False)
    spelled = pl.lit(names).gather(pl.col("member"))
    return rows.with_columns(ended=~stays, rep=pl.coalesce(spelled, "rep")).filter(
        ~pl.col("ended") | (pl.col("at") > since)
    )


def _reps_of_owners(owners: pl.Series, team: Sequence[Rep]) -> NDArray[np.int64]:
    """Return the index in the team of each contact's owner, `_NOBODY` if the owner is not in it."""
    members = {fold(rep.name): number for number, rep in enumerate(team)}
    found = folded(pl.lit(owners)).replace_strict(members, default=_NOBODY, return_dtype=pl.Int64)
    return pl.select(found).to_series().fill_null(_NOBODY).to_numpy().copy()


class _Together(Struct, frozen=True):
    """By which column, and with which contacts, a lead is grouped; how many contacts each rep has there.

    `keys` are, by column, the value of each lead, folded and trimmed, by its place; `shown` has the cells.
    """

    keys: Mapping[str, Mapping[int, str]]
    shown: Mapping[str, Mapping[int, str]]
    counts: Mapping[str, Mapping[str, Counter[int]]]

    @classmethod
    def of(cls, same: Mapping[str, pl.Series], rep_of: NDArray[np.int64], leads: list[int]) -> _Together:
        keys, shown, counts = {}, {}, {}
        for name, cells in same.items():
            values = pl.select(folded(present(pl.lit(cells.cast(pl.String)))).alias("key")).to_series()
            mine = dict(zip(leads, values.gather(leads), strict=True))
            keys[name] = {place: key for place, key in mine.items() if key is not None}
            shown[name] = dict(zip(leads, cells.gather(leads), strict=True))
            counts[name] = {key: Counter[int]() for key in keys[name].values()}
            known = pl.DataFrame({"key": values, "rep": rep_of}).filter(
                pl.col("rep") != _NOBODY, pl.col("key").is_in(list(counts[name]))
            )
            for key, member, many in known.group_by("key", "rep").len().iter_rows():
                counts[name][key][member] = many
        return cls(keys, shown, counts)

    def match(self, place: int) -> tuple[int, str] | None:
        """Return the rep with most of the contacts grouped with a lead, and why; None if no rep has any."""
        for name, keys in self.keys.items():
            if place in keys:
                counts = self.counts[name][keys[place]]
                if not counts:
                    return None
                best = min(counts, key=lambda member: (-counts[member], member))
                return best, f"same {name}: {trim(self.shown[name][place])}"
        return None

    def add(self, place: int, member: int) -> None:
        """Count a new route."""
        for name, keys in self.keys.items():
            if place in keys:
                self.counts[name][keys[place]][member] += 1


class _Desk(Struct):
    """Assigns leads one by one. `recent` and `today` count the relevant routes of each rep."""

    team: Sequence[Rep]
    together: _Together
    recent: Counter[int] = field(default_factory=Counter)
    today: Counter[int] = field(default_factory=Counter)

    def count(self, held: pl.DataFrame, as_of: datetime, zone: ZoneInfo) -> None:
        """Count earlier routes: those of the last 30 days for turns, those of the day for caps."""
        day = to_local(as_of, zone).date()
        counted = held.filter(pl.col("member").is_not_null(), pl.col("at") > as_of - REACH)
        for member, at in counted.select("member", "at").iter_rows():
            self.recent[member] += 1
            self.today[member] += to_local(at, zone).date() == day

    def assign(self, place: int) -> tuple[int | None, str]:
        """Assign a lead to a rep; return the rep, None if no rep can take it, and why."""
        match = self.together.match(place)
        if match is not None and not self.team[match[0]].is_away and not self._is_full(match[0]):
            return self._give(place, *match)
        taking = [number for number, rep in enumerate(self.team) if rep.weight]
        hindered = {number: self._hindrance(number, place) for number in taking}
        able = [number for number in taking if hindered[number] is None]
        if not able:
            return None, _nobody(hindered.values())
        turn = min(able, key=lambda each: (Fraction(self.recent[each] + 1, self.team[each].weight), each))
        return self._give(place, turn, "next in turn")

    def _give(self, place: int, member: int, reason: str) -> tuple[int, str]:
        self.recent[member] += 1
        self.today[member] += 1
        self.together.add(place, member)
        return member, reason

    def _is_full(self, member: int) -> bool:
        most = self.team[member].a_day
        return most is not None and self.today[member] >= most

    def _hindrance(self, member: int, place: int) -> str | None:
        """Return the first reason why a rep gets no lead by turn; None if there is none."""
        rep = self.team[member]
        if rep.is_away:
            return _AWAY
        if self._is_full(member):
            return _FULL
        return None if rep.fits is None or rep.fits[place] else _OUTSIDE


_AWAY: Final = "away"
_FULL: Final = "full"
_OUTSIDE: Final = "outside the territory"


def _nobody(hindrances: Iterable[str | None]) -> str:
    many = Counter(hindrances)
    reasons = [f"{many[each]} {each}" for each in (_AWAY, _FULL, _OUTSIDE) if many[each]]
    return f"nobody: {', '.join(reasons) or 'no rep takes turns'}"
