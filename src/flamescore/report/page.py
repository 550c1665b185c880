"""The contents of the page and `report.md`, computed once; both only lay it out.

Points are whole ten-thousandths, times are local.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from flamescore.report.accounts import best_accounts
from flamescore.report.bots_view import bots_view
from flamescore.report.findings_view import findings_of
from flamescore.report.listed import LISTED, listing
from flamescore.report.standings import listed_contacts, newly_hot, parts_of, run_times
from flamescore.report.words import UNASSIGNED
from flamescore.tables import PARTS
from flamescore.units import count, nearest_points, to_local

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from flamescore.report.accounts import AccountsView
    from flamescore.report.bots_view import BotsView
    from flamescore.report.findings_view import Findings
    from flamescore.report.listed import Listing
    from flamescore.report.run_data import RunData
    from flamescore.report.standings import Listed
    from flamescore.runs import LabelEntry, RuleEntry, ScoreEntry, SourceEntry

MOVED: Final = 12
"""The number of newly hot contacts listed by name, and of contacts that cooled off."""

NEAREST: Final = 9
"""The number of contacts closest to hot that are listed."""

FLAMES: Final = 5
DRAWN: Final = 3
"""The minimum number of runs for a line."""

_CHANGED: Final = frozenset(
    {"contact_id", "change", "previous_score", "previous_flames", "score", "flames", "difference", *PARTS}
)


class Moved(Struct, frozen=True):
    """One contact that became hot or cooled off; `before` is None for a new contact."""

    contact_id: str
    called: str
    owner: str
    flames: int
    before: int | None
    now: int
    parts: tuple[tuple[int, str], ...]


class Moves(Struct, frozen=True):
    """The changes under a score; `hot` and `cooled` list the first contacts by name.

    `newly_hot` and `cooled_off` count only contacts that may be called, the other fields all contacts.
    """

    newly_hot: int
    cooled_off: int
    up: int
    down: int
    new: int
    gone: int
    hot: tuple[Moved, ...]
    cooled: tuple[Moved, ...]


class OwnerCounts(Struct, frozen=True):
    """The leads of an owner on the call list: hot, newly hot, one flame short of hot, with any flame."""

    owner: str
    hot: int
    newly_hot: int
    short: int
    any: int


class Near(Struct, frozen=True):
    """A contact close to hot: `missing` is the points it needs, None if that is not known."""

    contact_id: str
    called: str
    owner: str
    flames: int
    points: int
    missing: int | None


class TrendPoint(Struct, frozen=True):
    """The hot leads to call in one run. `new_rules`: its rule file differs from the previous run's."""

    day: datetime
    to_call: int
    new_rules: bool


class PageScore(Struct, frozen=True):
    """One score. `to_call` and `hot` are None if the score does not determine who is hot.

    `flames` counts all contacts by flames, `on_list` those on the call list. `hot_from` is the points from
    which a contact is hot, None if not known.
    """

    name: str
    title: str
    contacts: int
    to_call: int | None
    hot: int | None
    held_out: int
    flames: tuple[int, ...]
    on_list: tuple[int, ...]
    percentiles: tuple[tuple[int, int | None], ...]
    hot_from: int | None
    rules: tuple[RuleEntry, ...]
    moves: Moves | None
    trend: tuple[TrendPoint, ...]

    @property
    def excluded(self) -> int:
        """The number of hot contacts not to be called, without those held out; 0 if `hot` is None."""
        return 0 if self.hot is None or self.to_call is None else self.hot - self.to_call - self.held_out


class Grid(Struct, frozen=True):
    """Contacts that may be called and have both scores, by the flames of both: `counts[first][other]`.

    `listed` counts the ones on the page; if it is less, not all of them can be shown.
    """

    other: int
    counts: tuple[tuple[int, ...], ...]
    listed: tuple[tuple[int, ...], ...]


class Page(Struct, frozen=True):
    """A run's report. `leads` are the listed ones, out of `total`; `scores` has the default one first.

    `run_id` is `dry run` if nothing was published. `hot_flames` is None under a condition. `holdout` is the
    share that is held out, such as `5%`; None without a hold-out. `since` is the instant of the run that
    changes are relative to; without one, `is_first` is whether there was no earlier run. `runs` is the number
    of runs covered by the leads' sparklines.
    """

    run_id: str
    version: str
    as_of: datetime
    zone: ZoneInfo
    rules_hash: str
    hot_flames: int | None
    decimals: int
    contacts: int
    columns: tuple[str, ...]
    scores: tuple[PageScore, ...]
    leads: tuple[Listed, ...]
    total: int
    grids: tuple[Grid, ...]
    owners: tuple[OwnerCounts, ...]
    nearest: tuple[Near, ...]
    labels: tuple[LabelEntry, ...]
    findings: Findings
    sources: tuple[SourceEntry, ...]
    since: datetime | None
    is_first: bool
    runs: int
    holdout: str | None
    accounts: AccountsView | None
    bots: BotsView | None
    redacted: bool

    def held_out(self, score: PageScore) -> str | None:
        """Return `2 hot leads are held out (5%)`; None without a hold-out, or if that is not known."""
        if self.holdout is None or score.to_call is None:
            return None
        are = "is" if score.held_out == 1 else "are"
        return f"{count(score.held_out, 'hot lead')} {are} held out ({self.holdout})"

    @property
    def several(self) -> bool:
        """Whether there are several scores."""
        return len(self.scores) > 1

    def has(self, column: str) -> bool:
        """Return whether the report shows a column of the contacts."""
        return column in self.columns

    def first(self, count: int) -> Page:
        """Return the report with only its first leads."""
        return replace(self, leads=self.leads[:count], grids=_regrid(self.grids, self.leads[:count]))


def page_of(run: RunData, *, limit: int = LISTED) -> Page:
    """Return the contents of a report, with at most `limit` leads."""
    record = run.record
    names = [score.name for score in record.scores]
    hot = None if run.hot is None or record.hot_flames is not None else run.hot["contact_id"]
    chosen = listing(run.scores, run.uncalled, names, hot=hot, limit=limit)
    leads = listed_contacts(run, chosen)
    scores = tuple(_score(run, score, chosen) for score in record.scores)
    days = {each.as_of for each in record.trend}
    return Page(
        run_id=record.run_id if record.published else "dry run",
        version=record.versions.program,
        as_of=run.as_of,
        zone=run.zone,
        rules_hash=record.rules.hash.removeprefix("sha256:"),
        hot_flames=record.hot_flames,
        decimals=run.decimals,
        contacts=record.contacts,
        columns=tuple(name for name in run.people.columns if name != "contact_id"),
        scores=scores,
        leads=leads,
        total=chosen.total,
        grids=_regrid(tuple(_grids(run, names)), leads),
        owners=_owners(run, chosen, names[0]),
        nearest=_nearest(run, names[0]),
        labels=record.labels,
        findings=findings_of(record),
        sources=record.sources,
        since=None if record.changes is None else to_local(record.changes.as_of, run.zone),
        is_first=record.changes is None and len(days) <= 1,
        runs=len(run_times(run)),
        holdout=None if record.holdout is None else record.holdout.share,
        accounts=best_accounts(run),
        bots=bots_view(run),
        redacted=run.redacted,
    )


def _score(run: RunData, score: ScoreEntry, chosen: Listing) -> PageScore:
    record, hot_from = run.record, run.hot_from(score.name)
    counts_hot, by_condition = run.counts_hot(score.name), record.hot_flames is None
    mine = chosen.places.filter(pl.col("score_name") == score.name)
    rows = run.scores.join(mine.drop("place"), on=["contact_id", "score_name"], how="semi")
    flames = dict(rows["flames"].value_counts().iter_rows())
    return PageScore(
        name=score.name,
        title=score.title,
        contacts=score.contacts,
        hot=(record.hot_contacts if by_condition else score.hot(record.hot_flames)) if counts_hot else None,
        to_call=rows.filter(run.is_hot()).height if counts_hot else None,
        held_out=run.held_out(score.name),
        flames=score.flames,
        on_list=tuple(flames.get(number, 0) for number in range(FLAMES + 1)),
        percentiles=tuple(
            (each.percent, None if each.score is None else nearest_points(each.score))
            for each in score.percentiles
        ),
        hot_from=None if hot_from is None else nearest_points(hot_from),
        rules=score.rules,
        moves=_moves(run, score.name),
        trend=tuple(_trend(run, score.name)),
    )


def _trend(run: RunData, score_name: str) -> Iterator[TrendPoint]:
    before = None
    for each in run.record.trend:
        if each.score == score_name:
            changed = before is not None and before != each.rules_hash
            yield TrendPoint(to_local(each.as_of, run.zone), each.to_call, changed)
            before = each.rules_hash


# --- changes


def _moves(run: RunData, score_name: str) -> Moves | None:
    if run.changes is None:
        return None
    rows = run.changes.filter(pl.col("score_name") == score_name)
    rows = rows.select(name for name in rows.columns if name in _CHANGED)
    counts = dict(rows["change"].value_counts().iter_rows())
    to_call = rows.join(run.uncalled, on="contact_id", how="anti", maintain_order="left")
    hot = to_call.filter(newly_hot(run, score_name)).sort("score", descending=True, maintain_order=True)
    cooled = to_call.filter(pl.col("change") == "cooled_off")
    cooled = cooled.sort("previous_score", descending=True, maintain_order=True)
    return Moves(
        newly_hot=hot.height,
        cooled_off=cooled.height,
        up=counts.get("up", 0) + counts.get("newly_hot", 0),
        down=counts.get("down", 0) + counts.get("cooled_off", 0),
        new=counts.get("new", 0),
        gone=counts.get("vanished", 0),
        hot=tuple(_moved(run, hot.head(MOVED))),
        cooled=tuple(_moved(run, cooled.head(MOVED))),
    )


def _moved(run: RunData, rows: pl.DataFrame) -> Iterator[Moved]:
    for row in rows.join(run.people, on="contact_id", how="left", maintain_order="left").iter_rows(
        named=True
    ):
        before = row["previous_score"]
        yield Moved(
            contact_id=row["contact_id"],
            called=row.get("name") or row.get("email") or row["contact_id"],
            owner=str(row.get("owner") or UNASSIGNED),
            flames=row["flames"],
            before=None if before is None else nearest_points(before),
            now=nearest_points(row["score"]),
            parts=tuple(parts_of(row)),
        )


# --- owners, contacts close to hot, the grid


def _owners(run: RunData, chosen: Listing, score_name: str) -> tuple[OwnerCounts, ...]:
    """Count the call list of a score by owner: most hot leads first, then by name, `Unassigned` last."""
    if "owner" not in run.people.columns:
        return ()
    mine = chosen.places.filter(pl.col("score_name") == score_name).drop("place")
    owners = run.people.select("contact_id", pl.col("owner").cast(pl.String).replace("", None))
    short = pl.lit(value=False)
    if run.record.hot_flames is not None and run.record.hot_flames > 1:
        short = pl.col("flames") == run.record.hot_flames - 1
    got_hot: Sequence[str] = ()
    if run.changes is not None:
        changes = run.changes.filter(pl.col("score_name") == score_name, newly_hot(run, score_name))
        got_hot = changes["contact_id"].to_list()
    counts = (
        run.scores.join(mine, on=["contact_id", "score_name"], how="semi", maintain_order="left")
        .join(owners, on="contact_id", how="left")
        .group_by("owner")
        .agg(
            run.is_hot().sum().alias("hot"),
            pl.col("contact_id").is_in(got_hot).sum().alias("new"),
            short.sum().alias("short"),
            pl.len().alias("any"),
        )
        .sort("hot", "owner", descending=[True, False], nulls_last=True)
    )
    rows = [
        OwnerCounts(owner or UNASSIGNED, hot, new, few, many)
        for owner, hot, new, few, many in counts.iter_rows()
    ]
    return tuple(sorted(rows, key=lambda row: -row.hot))


def _nearest(run: RunData, score_name: str) -> tuple[Near, ...]:
    """Return the contacts on the call list that are next to become hot; empty under a condition."""
    hot_from = run.hot_from(score_name)
    if run.record.hot_flames is None:
        return ()
    rows = run.scores.filter(pl.col("score_name") == score_name, ~run.is_hot(), pl.col("score") > 0)
    rows = rows.join(run.uncalled, on="contact_id", how="anti", maintain_order="left").head(NEAREST)
    found = []
    for row in rows.join(run.people, on="contact_id", how="left", maintain_order="left").iter_rows(
        named=True
    ):
        points = nearest_points(row["score"])
        found.append(
            Near(
                contact_id=row["contact_id"],
                called=row.get("name") or row.get("email") or row["contact_id"],
                owner=str(row.get("owner") or UNASSIGNED),
                flames=row["flames"],
                points=points,
                missing=None if hot_from is None else nearest_points(hot_from) - points,
            )
        )
    return tuple(found)


def _grids(run: RunData, names: Sequence[str]) -> Iterator[Grid]:
    to_call = run.scores.join(run.uncalled, on="contact_id", how="anti")
    flames = ("contact_id", "flames")
    first = to_call.filter(pl.col("score_name") == names[0]).select(flames)
    for number, name in enumerate(names[1:], 1):
        other = to_call.filter(pl.col("score_name") == name).select(flames)
        pairs = first.join(other, on="contact_id").group_by("flames", "flames_right").len()
        yield Grid(number, _table({(a, b): many for a, b, many in pairs.iter_rows()}), ())


def _regrid(grids: tuple[Grid, ...], leads: Sequence[Listed]) -> tuple[Grid, ...]:
    """Count in each grid the contacts that are on the page."""
    found = []
    for grid in grids:
        counts: dict[tuple[int, int], int] = {}
        for lead in leads:
            one, two = lead.standings[0], lead.standings[grid.other]
            if one is not None and two is not None:
                cell = (one.flames, two.flames)
                counts[cell] = counts.get(cell, 0) + 1
        found.append(replace(grid, listed=_table(counts)))
    return tuple(found)


def _table(counts: dict[tuple[int, int], int]) -> tuple[tuple[int, ...], ...]:
    numbers = range(FLAMES + 1)
    return tuple(tuple(counts.get((a, b), 0) for b in numbers) for a in numbers)
