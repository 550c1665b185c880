"""Search a run: which contacts match, in which order, with which columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import polars as pl

from flamescore.changes import TREND
from flamescore.columns import REASONS
from flamescore.errors import Problem, UsageError
from flamescore.frames import SCORES
from flamescore.runs import reading_run, scan
from flamescore.searches.declared import as_declared
from flamescore.searches.extras import hot_since, moved, places, reasons_of
from flamescore.searches.matching import matching
from flamescore.searches.query import why_cold, with_columns_of
from flamescore.searches.result import SearchResult
from flamescore.searches.sorting import in_order, sort_keys
from flamescore.tables import (
    ACCOUNT_KEY,
    HOT_SINCE,
    MOVED,
    ROUTED,
    columns_of_call_list,
    free_name,
    local_time,
)
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flamescore.project import Project
    from flamescore.runs import Run, RunRecord
    from flamescore.searches.matching import Matching
    from flamescore.searches.request import SearchRequest

STANDING: Final = ("score", "flames", "percentile", "last_activity_at")
_OWN: Final = (*REASONS, *MOVED, "last_activity", HOT_SINCE)
"""Columns of a search that take precedence over contact columns with the same name."""


def search_run(
    project: Project, run: Run, request: SearchRequest, *, first: int | None = None, bare: bool = False
) -> SearchResult:
    """Search a run, and return the matches in order.

    With `first` only that many rows are returned, otherwise all. `bare` leaves out reasons and changes,
    unless `columns` names them.

    Raises:
        UsageError: a score, a column, a number of flames or a key is unknown.
        NotFoundError: the search needs a hold-out or a segment that the run does not have.
        DamagedRunError: a file of the run is missing or damaged.
    """
    with reading_run(run):
        everything = not bare and request.columns is None
        moves = everything or bool(request.sort) or not {*MOVED}.isdisjoint(request.columns or ())
        fits = matching(project, run, request, changes=moves)
        return _found(project, run, request, fits, first=first, everything=everything, moves=moves)


def count_of(project: Project, run: Run, request: SearchRequest) -> int:
    """Return the number of matches; errors are those of `search_run`."""
    with reading_run(run):
        return matching(project, run, request).rows.height


def _found(
    project: Project,
    run: Run,
    request: SearchRequest,
    fits: Matching,
    *,
    first: int | None,
    everything: bool,
    moves: bool,
) -> SearchResult:
    """Return the matches with the columns of every form, and with changes if they are requested."""
    record, name, zone = run.record, fits.terms[0].score_name, ZoneInfo(run.record.timezone)
    cold = fits.terms[0].high == 0
    there = [*fits.rows.columns, *(("why",) if cold else ())]
    contacts = fits.contacts
    in_contacts = [each for each in contacts.collect_schema().names() if "\x00" not in each]
    used = {*there, *in_contacts, *_OWN}
    renamed = {
        own: free_name(own, used, prefix="contact_")
        for own in dict.fromkeys((*there, *in_contacts))
        if own in _OWN
    }
    place = free_name("place", used, prefix="list_")
    rows = fits.rows.rename({old: new for old, new in renamed.items() if old in fits.rows.columns})
    chosen = frozenset(request.columns or ())
    beside = [places(run, name).rename({"place": place})]
    if moves:
        beside.append(moved(run, name, fits.changes))
    if (everything or HOT_SINCE in chosen) and (since := hot_since(run)) is not None:
        beside.append(since)
    for each in beside:
        rows = rows.join(each, on="contact_id", how="left", maintain_order="left")
    if record.accounts is not None and ACCOUNT_KEY not in rows.columns:
        rows = with_columns_of(rows, contacts.select("contact_id", ACCOUNT_KEY), (ACCOUNT_KEY,))
    shown = contacts.rename({old: new for old, new in renamed.items() if old in in_contacts})
    rows = _sorted(project, rows, shown, request.sort, zone)
    some = rows if first is None else rows.head(min(first, rows.height))
    if cold:
        points = scan(run, "points.parquet").filter(pl.col("score_name") == name)
        some = why_cold(some, points, _rule_names(record, name))
    bare_columns = [renamed.get(each, each) for each in _default_columns(there, fits.labels)]
    for_people = _for_people(some, fits, renamed, record)
    if request.columns is not None:
        available = (*some.columns, *REASONS, *MOVED, "last_activity", *shown.collect_schema().names())
        bare_columns = _chosen(request.columns, [each for each in available if "\x00" not in each])
        some = with_columns_of(some, shown, bare_columns).with_columns(
            local_time(pl.col("last_activity_at"), zone).alias("last_activity")
        )
        for_people = tuple(bare_columns)
    ids = some["contact_id"] if everything or chosen & {*REASONS} else some["contact_id"].clear()
    return SearchResult(
        rows=some,
        count=rows.height,
        strongest=reasons_of(run, name, ids),
        run_id=run.run_id,
        zone=zone,
        as_of=record.as_of,
        decimals=project.settings.decimals,
        score_name=name,
        compared=record.changes is not None or request.against is not None,
        further=tuple(term.score_name for term in fits.terms[1:]),
        columns=tuple(bare_columns),
        columns_for_people=for_people,
        chosen=request.columns is not None,
        renamed=renamed,
        place=place,
        notes=fits.notes,
    )


def _for_people(
    rows: pl.DataFrame, fits: Matching, renamed: Mapping[str, str], record: RunRecord
) -> tuple[str, ...]:
    """Return the columns of the call list."""
    scores = [f"{term.score_name}_{each}" for term in fits.terms[1:] for each in ("score", "flames")]
    others = {*SCORES, *TREND, *fits.labels, *ROUTED, *scores}
    people = [renamed.get(each, each) for each in fits.rows.columns if each not in others]
    if record.accounts is not None and ACCOUNT_KEY not in people:
        people.append(ACCOUNT_KEY)
    mine = (HOT_SINCE, "why", "trend", *(ROUTED if record.routing is not None else ()))
    own = {name for name in mine if name in rows.columns and name not in people}
    further = [term.score_name for term in fits.terms[1:]]
    return columns_of_call_list(people=people, labels=fits.labels, scores=further, own=own)


def _sorted(
    project: Project, rows: pl.DataFrame, contacts: pl.LazyFrame, sort: Sequence[str], zone: ZoneInfo
) -> pl.DataFrame:
    if not sort:
        return rows
    of_contacts = [each for each in contacts.collect_schema().names() if "\x00" not in each]
    there = dict.fromkeys((*rows.columns, *of_contacts))
    keys = sort_keys(sort, [each for each in there if each != "score_name"])
    wanted = [key.column for key in keys]
    declared = [name for name in wanted if name in of_contacts]
    contacts = as_declared(project, contacts, zone, dates=declared, numbers=declared)
    cells = with_columns_of(rows, contacts, wanted)
    if "routed_to" in rows.columns and "owner" in wanted:
        cells = cells.with_columns(owner=pl.coalesce("routed_to", "owner"))
    return in_order(rows, keys, cells, zone)


def _default_columns(there: Sequence[str], labels: tuple[str, ...]) -> list[str]:
    """Return the default columns of the rows for programs, in their order."""
    own = {*SCORES, *labels}
    extra = [
        name
        for name in there
        if (name.endswith(("_score", "_flames")) or name in ("why", "trend")) and name not in own
    ]
    routed = [name for name in there if name in ROUTED and name not in own]
    kept = [name for name in there if name not in own and name not in (*extra, *routed)]
    *measures, last = STANDING
    return ["rank", "contact_id", *kept, *measures, *labels, last, *routed, *extra]


def _chosen(names: Sequence[str], there: Sequence[str]) -> list[str]:
    """Return the columns that were named.

    Raises:
        UsageError: there is no such column.
    """
    for name in names:
        if name not in there:
            near = nearest(name, there)
            hint = f"Did you mean `{near}`?" if near else f"Columns: {', '.join(dict.fromkeys(there))}."
            raise UsageError(Problem("U008", f"There is no column `{name}`.", hint=hint))
    return list(dict.fromkeys(names))


def _rule_names(record: RunRecord, score_name: str) -> dict[str, str]:
    return {
        rule.id: rule.name
        for score in record.scores
        if score.name == score_name
        for rule in score.rules
        if rule.entry == "rule"
    }
