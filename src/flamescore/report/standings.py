"""The standing of each listed contact in a report under each score, with the reasons.

Points are whole ten-thousandths; the renderers format them with `say`.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl
from msgspec import Struct

from flamescore.engine import Clock
from flamescore.explanations import expiry_days
from flamescore.report.leads import label_texts, routes_of
from flamescore.report.run_data import PERSON
from flamescore.report.words import UNASSIGNED
from flamescore.rules import BranchRule
from flamescore.tables import PARTS, strongest
from flamescore.units import nearest_points, to_local

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from flamescore.report.listed import Listing
    from flamescore.report.run_data import RunData
    from flamescore.runs import ScoreEntry
    from flamescore.units import Period

RULE: Final = "rule"


class Why(Struct, frozen=True):
    """One of the strongest rules: how often it counted, and the local day of the last time, if any."""

    name: str
    times: int
    last: date | None
    points: int


class LedgerLine(NamedTuple):
    """One entry of the ledger: what a rule gave, or what a limit or silence took.

    `rule` is its index in the record's rules of the score. `until` is the local day on which the last
    occurrence stops counting, None if it never does or has no date.
    """

    rule: int
    entry: str
    points: int
    times: int
    last: date | None
    until: date | None


class Change(Struct, frozen=True):
    """The change of a score since the previous run, in parts that are not 0, each with its wording.

    `points` is None for a new contact.
    """

    points: int | None
    newly_hot: bool
    parts: tuple[tuple[int, str], ...] = ()


class Standing(Struct, frozen=True):
    """A contact under one score.

    `place` is its place on the score's call list, None if it is not on it. `order` is its place among the
    listed contacts. `missing` is the points it needs to be hot; None if it is hot, or if that is not known.
    `past` are its recent scores, oldest first, each with the index of its run in the sparkline.
    """

    place: int | None
    order: int
    flames: int
    points: int
    percent: int
    rank: int
    hot: bool
    reasons: tuple[Why, ...]
    ledger: tuple[LedgerLine, ...]
    change: Change | None
    missing: int | None
    past: tuple[tuple[int, int], ...]


class Listed(Struct, frozen=True):
    """One contact of a report; `standings` are those under the run's scores, None where it is not scored.

    `owner` is the rep to whom it was routed if `is_routed`. `routed_reason` is why it was routed, or why not.
    `labels` are its texts in order of the record's labels.
    """

    contact_id: str
    name: str | None
    company: str | None
    phone: str | None
    email: str | None
    owner: str | None
    is_routed: bool
    routed_reason: str | None
    last_activity: datetime | None
    labels: tuple[str | None, ...]
    standings: tuple[Standing | None, ...]

    @property
    def called(self) -> str:
        """The contact's name, else its e-mail, else its id."""
        return self.name or self.email or self.contact_id

    @property
    def owned_by(self) -> str:
        """The owner, or the rep in place of one; `Unassigned` if there is neither."""
        return self.owner or UNASSIGNED

    @property
    def called_by(self) -> str:
        """The owner; a rep in place of one is marked with `(routed)`."""
        return f"{self.owned_by}{' (routed)' if self.is_routed else ''}"


def listed_contacts(run: RunData, listing: Listing) -> tuple[Listed, ...]:
    """Return the contacts of a listing, in its order."""
    ids = listing.ids
    ledger = run.ledger(ids)
    by_score = [_standings(run, score, listing, ledger) for score in run.record.scores]
    last = dict(
        run.scores.filter(pl.col("contact_id").is_in(ids.implode()))
        .group_by("contact_id")
        .agg(pl.col("last_activity_at").max())
        .iter_rows()
    )
    routes = routes_of(run, ids)
    rows = (
        ids.alias("contact_id")
        .to_frame()
        .join(run.people, on="contact_id", how="left", maintain_order="left")
    )
    found = []
    for row, texts in zip(rows.iter_rows(named=True), _labels(run, ids), strict=True):
        who = row["contact_id"]
        rep, reason = routes.get(who, (None, None))
        at = last.get(who)
        found.append(
            Listed(
                contact_id=who,
                is_routed=rep is not None,
                routed_reason=reason,
                last_activity=None if at is None else to_local(at, run.zone),
                labels=texts,
                standings=tuple(of_score.get(who) for of_score in by_score),
                **{name: str(row[name]) if row.get(name) else None for name in PERSON},
            )
        )
    return tuple(found)


def _labels(run: RunData, ids: pl.Series) -> list[tuple[str | None, ...]]:
    texts = label_texts(run, ids)
    return [tuple(row) for row in texts.iter_rows()] if texts.width else [()] * len(ids)


def _standings(
    run: RunData, score: ScoreEntry, listing: Listing, ledger: pl.DataFrame
) -> dict[str, Standing]:
    mine = pl.col("score_name") == score.name
    rows = run.scores.filter(mine, pl.col("contact_id").is_in(listing.ids.implode()))
    rows = rows.with_columns(run.is_hot().alias("\x00hot"))
    places = dict(listing.places.filter(mine).select("contact_id", "place").iter_rows())
    entries = ledger.filter(mine)
    reasons, lines = _reasons(run, score, entries), _ledger(run, score, entries)
    changed, past = _changes(run, score.name, listing.ids), _past(run, score.name)
    bound, counts_hot = run.hot_from(score.name), run.counts_hot(score.name)
    hot_from = None if bound is None else nearest_points(bound)
    found = {}
    for order, row in enumerate(rows.iter_rows(named=True)):
        who, points, hot = row["contact_id"], nearest_points(row["score"]), row["\x00hot"] and counts_hot
        found[who] = Standing(
            place=places.get(who),
            order=order,
            flames=row["flames"],
            points=points,
            percent=int(row["percentile"]),
            rank=row["rank"],
            hot=hot,
            reasons=tuple(reasons.get(who, ())),
            ledger=tuple(lines.get(who, ())),
            change=changed.get(who),
            missing=None if hot or hot_from is None else hot_from - points,
            past=tuple(past.get(who, ())),
        )
    return found


def _reasons(run: RunData, score: ScoreEntry, entries: pl.DataFrame) -> dict[str, list[Why]]:
    """Return each contact's strongest rules, in the order of `tables.strongest`."""
    names = {rule.id: rule.called for rule in score.rules if rule.entry == RULE}
    found: dict[str, list[Why]] = {}
    for row in strongest(entries).iter_rows(named=True):
        found.setdefault(row["contact_id"], []).append(
            Why(
                names.get(row["rule_id"]) or row["rule_id"],
                row["occurrences"],
                _day(run, row["last_at"]),
                nearest_points(row["points"]),
            )
        )
    return found


def _day(run: RunData, at: datetime | None) -> date | None:
    return None if at is None else to_local(at, run.zone).date()


def _ledger(run: RunData, score: ScoreEntry, entries: pl.DataFrame) -> dict[str, list[LedgerLine]]:
    """Return each contact's entries: most points first, then in order of the file; limits last."""
    places = {(rule.entry, rule.id): place for place, rule in enumerate(score.rules)}
    columns = (
        [places.get(which, len(places)) for which in entries.select("entry", "rule_id").rows()],
        entries["entry"].to_list(),
        [nearest_points(points) for points in entries["points"].to_list()],
        entries["occurrences"].to_list(),
        entries["last_at"].dt.convert_time_zone(run.zone.key).dt.date().clip(date.min, date.max).to_list(),
        _until(run, score, entries).to_list(),
    )
    lines = map(LedgerLine, *columns)
    found: dict[str, list[LedgerLine]] = {}
    for who, line in zip(entries["contact_id"].to_list(), lines, strict=True):
        found.setdefault(who, []).append(line)
    for mine in found.values():
        mine.sort(key=lambda line: (line.entry != RULE, -line.points, line.rule))
    return found


def _until(run: RunData, score: ScoreEntry, entries: pl.DataFrame) -> pl.Series:
    """Return the local days on which the last occurrences stop counting; null if they never do."""
    clock = Clock(run.record.as_of, run.zone)
    rules: dict[Period, list[str]] = {}
    for rule, window in _windows(run, score.name).items():
        rules.setdefault(window, []).append(rule)
    until = pl.Series([None], dtype=pl.Date).new_from_index(0, entries.height)
    for window, some in rules.items():
        of_window = (
            (pl.col("entry") == RULE) & pl.col("rule_id").is_in(some) & pl.col("last_at").is_not_null()
        )
        here = entries.select(of_window).to_series().arg_true()
        until = until.scatter(here, expiry_days(entries["last_at"].gather(here), window, clock))
    return until


def _windows(run: RunData, score_name: str) -> dict[str, Period]:
    """Return how long an occurrence of each rule counts, without rules that never expire."""
    for score in () if run.book is None else run.book.scores:
        if score.name == score_name:
            return {
                rule.id: rule.subject.window
                for rule in score.rules
                if not isinstance(rule.subject, BranchRule) and rule.subject.window is not None
            }
    return {}


def newly_hot(run: RunData, score_name: str) -> pl.Expr:
    """Match rows of `changes.CHANGES` of contacts that became hot, including new contacts that are hot."""
    at_once = run.is_hot() if run.counts_hot(score_name) else pl.lit(value=False)
    return (pl.col("change") == "newly_hot") | ((pl.col("change") == "new") & at_once)


def parts_of(row: Mapping[str, object]) -> Iterator[tuple[int, str]]:
    """Yield the parts of a change that are not 0, each with its wording."""
    for column, words in PARTS.items():
        value = row.get(column)
        if isinstance(value, float) and nearest_points(value):
            yield nearest_points(value), words


def _changes(run: RunData, score_name: str, ids: pl.Series) -> dict[str, Change]:
    if run.changes is None:
        return {}
    mine = (pl.col("score_name") == score_name) & pl.col("contact_id").is_in(ids.implode())
    rows = run.changes.filter(mine).with_columns(newly_hot(run, score_name).alias("\x00got_hot"))
    found = {}
    for row in rows.iter_rows(named=True):
        then, now = row["previous_score"], row["score"]
        if now is not None:
            moved = None if then is None else nearest_points(now) - nearest_points(then)
            found[row["contact_id"]] = Change(moved, row["\x00got_hot"], tuple(parts_of(row)))
    return found


def run_times(run: RunData) -> Sequence[datetime]:
    """Return the `as_of` of the runs covered by sparklines, oldest first."""
    return () if run.past_scores is None else run.past_scores["as_of"].unique().sort().to_list()


def _past(run: RunData, score_name: str) -> dict[str, list[tuple[int, int]]]:
    if run.past_scores is None:
        return {}
    number = {at: place for place, at in enumerate(run_times(run))}
    rows = run.past_scores.filter(pl.col("score_name") == score_name).sort("as_of", maintain_order=True)
    found: dict[str, list[tuple[int, int]]] = {}
    for who, at, points in rows.select("contact_id", "as_of", "score").iter_rows():
        found.setdefault(who, []).append((number[at], nearest_points(points)))
    return found
