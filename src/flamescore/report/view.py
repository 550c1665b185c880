"""What a report tells: plain frozen values, worked out once; the renderers only lay them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.report.accounts import best_accounts
from flamescore.report.bots_view import bots_view
from flamescore.report.leads import Lead, leads, with_owner
from flamescore.report.told import findings_of
from flamescore.report.words import difference, number, signed
from flamescore.tables import PARTS, list_file
from flamescore.units import count, to_local

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from flamescore.report.accounts import AccountsView
    from flamescore.report.bots_view import BotsView
    from flamescore.report.run_data import RunData
    from flamescore.report.told import Findings
    from flamescore.runs import LabelEntry, RuleEntry, ScoreEntry

LISTED: Final = 500
"""Leads that a report lists, of all scores together."""
NEAREST: Final = 9
"""Those closest to hot that are told."""
MOVES: Final = 12
"""Contacts who got hot that are told by name, and as many who cooled off."""
_COLUMNS: Final = frozenset(
    {"contact_id", "change", "previous_score", "previous_flames", "score", "flames", "difference", *PARTS}
)


@dataclass(frozen=True, slots=True)
class OwnerView:
    """An owner's leads on the call list with a flame or more: how many, how many hot, and those listed."""

    owner: str
    leads: int
    hot: int
    listed: tuple[Lead, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """One contact whose score moved: `before` and `now` are points, None where it was not there."""

    contact_id: str
    called: str
    company: str | None
    flames_before: int | None
    flames: int | None
    before: str | None
    now: str | None
    by: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moves:
    """What changed under a score: the first who got hot, the first who cooled, and how many there are."""

    hot: tuple[Move, ...]
    cooled: tuple[Move, ...]
    newly_hot: int
    cooled_off: int
    up: int
    down: int
    new: int
    vanished: int


@dataclass(frozen=True, slots=True)
class ScoreView:
    """One score: the headline numbers, contacts by flames, the top of the call list, rules by points given.

    `hot` counts contacts who are hot, `on_list` those of them who are on the call list, `held_out` those whom
    only the hold-out keeps off it; the first two are None where it is not told under this score who is hot.
    `warm` are those on the call list with a flame or more; `leads` is its top, hot or not, in ranked order;
    `nearest` are those next to get hot; `file` is the table that has all who are hot. `moves` is None where
    no earlier run is known.
    """

    name: str
    title: str
    contacts: int
    hot: int | None
    on_list: int | None
    held_out: int
    warm: int
    flames: tuple[int, ...]
    percentiles: tuple[tuple[int, str], ...]
    leads: tuple[Lead, ...]
    nearest: tuple[Lead, ...]
    owners: tuple[OwnerView, ...]
    hot_from: str | None
    file: str
    rules: tuple[RuleEntry, ...]
    moves: Moves | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """Contacts by the flames of two scores: `counts[flames of the first][flames of the second]`."""

    first: str
    second: str
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class NewestEvent:
    """The newest event of a source that is not after `as_of`: its local day, and how many days ago it was.

    Both are None where the source has no event.
    """

    source: str
    day: str | None
    age: int | None

    @property
    def told(self) -> str:
        """Return it as a line: `events e.csv: 2026-11-20, 1 day old`."""
        if self.day is None or self.age is None:
            return f"{self.source}: none"
        return f"{self.source}: {self.day}, {count(self.age, 'day')} old"


@dataclass(frozen=True, slots=True)
class View:
    """A run's report. `scores` has the default one first; `findings` of rules and exports.

    `run_id` is `dry run` where nothing was published. `holdout` is the share that is held out, as `5%`; None
    where nobody is.

    `since` is the instant of the run that changes are told against, None where there is none.
    """

    run_id: str
    as_of: datetime
    rules_hash: str
    hot_flames: int | None
    contacts: int
    scores: tuple[ScoreView, ...]
    grids: tuple[Grid, ...]
    findings: Findings
    newest: tuple[NewestEvent, ...] = ()
    since: datetime | None = None
    redacted: bool = False
    labels: tuple[LabelEntry, ...] = ()
    accounts: AccountsView | None = None
    bots: BotsView | None = None
    holdout: str | None = None


def view(run: RunData, *, limit: int = LISTED) -> View:
    """Work out what a report tells; at most `limit` leads of all scores together are listed."""
    record = run.record
    default, *others = record.scores
    each = limit // len(record.scores)
    return View(
        run_id=record.run_id if record.published else "dry run",
        as_of=run.as_of,
        rules_hash=record.rules.hash,
        hot_flames=record.hot_flames,
        contacts=record.contacts,
        scores=tuple(_score(run, score, each, default=score is default) for score in record.scores),
        grids=tuple(_grid(run, default, other) for other in others),
        findings=findings_of(record),
        newest=tuple(_newest(run)),
        since=None if record.changes is None else to_local(record.changes.as_of, run.zone),
        redacted=run.redacted,
        labels=record.labels,
        accounts=best_accounts(run),
        bots=bots_view(run),
        holdout=None if record.holdout is None else record.holdout.share,
    )


def _newest(run: RunData) -> Iterator[NewestEvent]:
    """Yield the newest event of each source; none of a record that does not know it."""
    today = run.as_of.date()
    for source in run.record.sources:
        if source.kind == "events" and source.feeds:
            day = None if source.newest is None else to_local(source.newest, run.zone).date()
            age = None if day is None else (today - day).days
            yield NewestEvent(f"{source.kind} {source.path}", None if day is None else day.isoformat(), age)


def _score(run: RunData, score: ScoreEntry, limit: int, *, default: bool) -> ScoreView:
    rows = run.scores.filter(pl.col("score_name") == score.name)
    listed = rows.join(run.uncalled, on="contact_id", how="anti", maintain_order="left")
    record, hot, hot_from = run.record, run.is_hot(), run.hot_from(score.name)
    told = run.counts_hot(score.name)
    by_condition = record.hot_flames is None
    top = leads(run, score, listed.head(limit))
    return ScoreView(
        name=score.name,
        title=score.title,
        contacts=score.contacts,
        hot=(record.hot_contacts if by_condition else score.hot(record.hot_flames)) if told else None,
        on_list=(_on_call_list(run) if by_condition else listed.filter(hot).height) if told else None,
        held_out=run.held_out(score.name),
        warm=listed.filter(pl.col("flames") > 0).height,
        flames=score.flames,
        percentiles=tuple((each.percent, number(each.score)) for each in score.percentiles),
        leads=top,
        nearest=()
        if by_condition
        else leads(run, score, listed.filter(~hot, pl.col("score") > 0).head(NEAREST)),
        owners=_owners(run, listed, top),
        hot_from=None if hot_from is None else number(hot_from),
        file=list_file(score.name, default=default),
        rules=tuple(sorted(score.rules, key=lambda rule: -rule.points)),
        moves=moves(run, score.name),
    )


def _on_call_list(run: RunData) -> int:
    """Return how many who are hot by a condition are to be called."""
    assert run.hot is not None
    return run.hot.join(run.uncalled, on="contact_id", how="anti").height


def _owners(run: RunData, listed: pl.DataFrame, top: Sequence[Lead]) -> tuple[OwnerView, ...]:
    """Return the owners by their hot leads, then by name; without a column for them there are none."""
    if "owner" not in run.people.columns:
        return ()
    owned = with_owner(run, listed.filter(pl.col("flames") > 0))
    counts = (
        owned.group_by("owner")
        .agg(pl.len(), run.is_hot().sum().alias("hot"))
        .sort("hot", "owner", descending=[True, False])
    )
    own = with_owner(run, listed.head(len(top)).select("contact_id"))["owner"].to_list()
    mine: dict[str, list[Lead]] = {}
    for owner, lead in zip(own, top, strict=True):
        if lead.flames:
            mine.setdefault(owner, []).append(lead)
    return tuple(
        OwnerView(owner, many, hot, tuple(mine.get(owner, ()))) for owner, many, hot in counts.iter_rows()
    )


def _grid(run: RunData, first: ScoreEntry, other: ScoreEntry) -> Grid:
    flames = ("contact_id", "flames")
    one = run.scores.filter(pl.col("score_name") == first.name).select(flames)
    two = run.scores.filter(pl.col("score_name") == other.name).select(flames)
    pairs = one.join(two, on="contact_id").group_by("flames", "flames_right").len()
    counts = {(mine, its): many for mine, its, many in pairs.iter_rows()}
    rows = tuple(tuple(counts.get((mine, its), 0) for its in range(6)) for mine in range(6))
    return Grid(first.title, other.title, rows)


# --- what changed since the run before


def moves(run: RunData, score_name: str) -> Moves | None:
    """Tell what changed under a score; None where that is not known. Contacts not to be called don't show."""
    if run.changes is None:
        return None
    rows = _of_score(run.changes, score_name)
    counts = dict(rows["change"].value_counts().iter_rows())
    callable_rows = rows.join(run.uncalled, on="contact_id", how="anti", maintain_order="left")
    hot_at_once = run.is_hot() if run.counts_hot(score_name) else pl.lit(value=False)
    hot = callable_rows.filter(
        (pl.col("change") == "newly_hot") | ((pl.col("change") == "new") & hot_at_once)
    )
    cooled = callable_rows.filter(pl.col("change") == "cooled_off")
    return Moves(
        hot=tuple(_moves(run, hot.sort("score", descending=True, maintain_order=True).head(MOVES))),
        cooled=tuple(
            _moves(run, cooled.sort("previous_score", descending=True, maintain_order=True).head(MOVES))
        ),
        newly_hot=hot.height,
        cooled_off=cooled.height,
        up=counts.get("up", 0) + counts.get("newly_hot", 0),
        down=counts.get("down", 0) + counts.get("cooled_off", 0),
        new=counts.get("new", 0),
        vanished=counts.get("vanished", 0),
    )


def _of_score(changes: pl.DataFrame, score_name: str) -> pl.DataFrame:
    rows = changes.filter(pl.col("score_name") == score_name)
    return rows.select(name for name in rows.columns if name in _COLUMNS)


def _moves(run: RunData, rows: pl.DataFrame) -> Iterator[Move]:
    people = rows.join(run.people, on="contact_id", how="left", maintain_order="left")
    for row in people.iter_rows(named=True):
        before, now = row["previous_score"], row["score"]
        yield Move(
            contact_id=row["contact_id"],
            called=row.get("name") or row.get("email") or row["contact_id"],
            company=row.get("company") or None,
            flames_before=row["previous_flames"],
            flames=row["flames"],
            before=None if before is None else number(before),
            now=None if now is None else number(now),
            by="new" if before is None else signed(difference(now or 0, before)),
            parts=tuple(_parts(row)),
        )


def _parts(row: Mapping[str, float | None]) -> Iterator[str]:
    for column, what in PARTS.items():
        value = row.get(column)
        if value:
            yield f"{signed(value)} {what}"


def summary_line(report: View) -> str:
    """Say a report in one line, without its end: the run, the contacts, how many are hot under each score.

    Under a condition it is one number for all. How many of the default score's are to be called follows, and
    with a hold-out how many are held out.
    """
    default = report.scores[0]
    end = f", {default.on_list:,} to call"
    if report.holdout is not None:
        end += f", {default.held_out:,} held out"
    start = f"{report.run_id}: {count(report.contacts, 'contact')}"
    if report.hot_flames is None:
        return f"{start}, {default.hot:,} hot{end}"
    hot = ", ".join(_hot(score, several=len(report.scores) > 1) for score in report.scores)
    return f"{start}, {hot} with {_flames(report.hot_flames)}{end}"


def held_out_line(report: View, score: ScoreView) -> str | None:
    """Say how many hot leads of a score are held out: `2 hot leads are held out (5%)`; None without."""
    if report.holdout is None or score.on_list is None:
        return None
    are = "is" if score.held_out == 1 else "are"
    return f"{count(score.held_out, 'hot lead')} {are} held out ({report.holdout})"


def _hot(score: ScoreView, *, several: bool) -> str:
    return f"{score.hot:,} hot on {score.name}" if several else f"{score.hot:,} hot"


def _flames(hot_flames: int) -> str:
    most = 5
    return count(hot_flames, "flame") + ("" if hot_flames == most else " or more")
