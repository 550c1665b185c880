"""Find the contacts of a run that match a search, and validate the search against the run."""

from __future__ import annotations

from functools import reduce
from math import isnan
from operator import or_
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl
from msgspec import Struct

from flamescore.acting_frames import ROUTES_FILE, SEGMENTS_FILE
from flamescore.errors import NotFoundError, Problem, UsageError
from flamescore.labels import HOLDOUT_FILE, HOT_FILE, LABELS_FILE, columns_of_labels
from flamescore.merged import FILE as MERGED_FILE
from flamescore.project import HOT_SEGMENT
from flamescore.routing import UNROUTED_FILE, assignments_of
from flamescore.runs import (
    RECORD,
    DamagedRunError,
    changes_under,
    has_merged,
    has_table,
    hot_now,
    read,
    scan,
    uncalled,
)
from flamescore.searches.query import Query, search
from flamescore.searches.request import WAYS
from flamescore.searches.terms import terms_of
from flamescore.tables import ROUTED, label_columns
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flamescore.project import Project
    from flamescore.runs import Run
    from flamescore.searches.request import SearchRequest
    from flamescore.searches.terms import Term
    from flamescore.searches.where import Where


class Matching(Struct, frozen=True):
    """The matching contacts: `rows` as `search` returns them, and what was read along the way."""

    rows: pl.DataFrame
    contacts: pl.LazyFrame
    terms: tuple[Term, ...]
    labels: tuple[str, ...]
    changes: pl.LazyFrame | None
    """Rows of `CHANGES`; None if the run was not compared with another, or they were not requested."""

    notes: tuple[str, ...]


def matching(project: Project, found: Run, request: SearchRequest, *, changes: bool = False) -> Matching:
    """Return the matches, ranked; call it within `runs.reading_run`. Errors are those of `search_run`.

    Changes are read if `request` needs them, or with `changes`.
    """
    record = found.record
    zone = ZoneInfo(record.timezone)
    scores = scan(found, "scores.parquet")
    contacts = scan(found, "contacts.parquet")
    for flag, bound_of_score in (("--min-score", request.min_score), ("--max-score", request.max_score)):
        if bound_of_score is not None and isnan(bound_of_score):
            raise UsageError(Problem("U002", f"{flag} must be a number, not `nan`."))
    terms = terms_of(request.flames, request.scores, [score.name for score in record.scores])
    where = None
    if request.where:
        from flamescore.searches.where import bound  # noqa: PLC0415 - it loads rules and engine

        contacts, where = bound(project, request.where, contacts, record.as_of, zone)
    routed = routed_of(found)
    if routed is not None and request.owners and "owner" not in contacts.collect_schema().names():
        contacts = contacts.with_columns(owner=pl.lit(None, pl.String))
    _check_columns(request, contacts)
    taken = {*scores.collect_schema().names(), *contacts.collect_schema().names(), "why"}
    taken |= set(() if routed is None else ROUTED)
    taken |= {f"{score.name}_{measure}" for score in record.scores for measure in ("score", "flames")}
    columns = label_columns([label.name for label in record.labels], taken)
    members = _members(project, found, request.segments)
    declared = project.settings.segments
    for_all = any(declared[name].everyone for name in request.segments if name in declared)
    everyone = request.everyone or request.held_out or for_all
    labels = None
    if columns:
        labels = scan(found, LABELS_FILE).select("contact_id", *_renamed(found, columns))
    rows = search(
        scores,
        contacts,
        _query(request, terms, where, columns),
        excluded=None if everyone else uncalled(found).collect()["contact_id"],
        merged=scan(found, MERGED_FILE) if has_merged(found) else None,
        labels=labels,
        hot=_hot(found) if request.hot else None,
        held_out=_held_out(found) if request.held_out else None,
        routed=routed,
        members=members,
    )
    since = None
    notes: tuple[str, ...] = ()
    if request.changed or changes:
        since, notes = changes_under(found, terms[0].score_name, request.against)
    if request.changed:
        ids = _changed(found, request.changed, terms[0].score_name, since)
        rows = rows.filter(pl.col("contact_id").is_in(ids.implode()))
    shown_notes = notes if request.changed else ()
    return Matching(rows, contacts, terms, tuple(columns.values()), since, shown_notes)


def _query(
    request: SearchRequest, terms: tuple[Term, ...], where: Where | None, labels: Mapping[str, str]
) -> Query:
    return Query(
        terms=terms,
        min_score=request.min_score,
        max_score=request.max_score,
        min_percentile=request.min_percentile,
        owners=request.owners,
        tags=request.tags,
        where=where,
        texts=tuple(text for text in (" ".join(request.words), request.text or "") if text.strip()),
        labels=_requested_labels(request, labels),
    )


def _changed(run: Run, ways: Sequence[str], score_name: str, changes: pl.LazyFrame | None) -> pl.Series:
    """Return the ids of contacts that changed in one of these ways; empty if changes are not known.

    Raises:
        UsageError: a way is not one of `WAYS`.
    """
    fits = []
    for way in ways:
        if way not in WAYS:
            near = nearest(way, WAYS)
            hint = f"Did you mean `{near}`?" if near else f"Ways: {', '.join(WAYS)}."
            raise UsageError(Problem("U002", f"--changed: `{way}` is not a way to change.", hint=hint))
        fits.append(pl.col("change").is_in(WAYS[way]))
        if way == "newly-hot":
            fits.append(hot_now(run).newly_hot(score_name))
    if changes is None:
        return pl.Series("contact_id", [], pl.String)
    return changes.filter(reduce(or_, fits)).select("contact_id").collect().to_series()


def _members(project: Project, found: Run, names: Sequence[str]) -> pl.Series | None:
    """Return the ids of contacts that are in all of these segments of a run; None without segments."""
    if not names:
        return None
    there = [each.name for each in found.record.segments or ()]
    for name in names:
        known = dict.fromkeys((*there, HOT_SEGMENT, *project.settings.segments))
        if name not in known:
            from flamescore.acting_conditions import no_segment  # noqa: PLC0415 - it loads the exports

            code, text, hint = no_segment(name, tuple(known))
            raise UsageError(Problem(code, text, hint=hint))
        if name not in there:
            text = f"the run {found.run_id} has no segment {name}: score again"
            raise NotFoundError(Problem("N005", text))
    rows = read(found, SEGMENTS_FILE).filter(~pl.col("held"))
    return reduce(
        lambda ids, more: ids.filter(ids.is_in(more.implode())),
        (rows.filter(pl.col("segment") == name)["contact_id"] for name in names),
    )


def _renamed(run: Run, columns: Mapping[str, str]) -> Iterator[pl.Expr]:
    """Yield the columns of a run's labels, under their names next to its other columns."""
    stored = scan(run, LABELS_FILE).collect_schema().names()
    written = columns_of_labels(columns)
    if {"contact_id", *written.values()} != set(stored):
        raise DamagedRunError(run.path, LABELS_FILE, f"has other labels than {RECORD}")
    yield from (pl.col(written[name]).alias(new) for name, new in columns.items())


def _hot(run: Run) -> pl.Series:
    """Return the ids of hot contacts: by the run's condition, else by its flames under the default score."""
    record = run.record
    if record.hot_flames is None:
        return read(run, HOT_FILE)["contact_id"]
    mine = (pl.col("score_name") == record.scores[0].name) & (pl.col("flames") >= record.hot_flames)
    return scan(run, "scores.parquet").filter(mine).select("contact_id").collect().to_series()


def routed_of(run: Run) -> pl.DataFrame | None:
    """Return who calls contacts without an owner (`routing.ASSIGNMENTS`); None if the run has no routing."""
    if run.record.routing is None:
        return None
    return assignments_of(read(run, ROUTES_FILE), read(run, UNROUTED_FILE))


def _held_out(run: Run) -> pl.Series:
    if not has_table(run, HOLDOUT_FILE):
        hint = "Set `call_list: {holdout: 5%}` in the project file, and score again."
        raise NotFoundError(Problem("N006", f"Run {run.run_id} has no hold-out.", hint=hint))
    return read(run, HOLDOUT_FILE)["contact_id"].unique()


def _requested_labels(
    request: SearchRequest, columns: Mapping[str, str]
) -> tuple[tuple[str, tuple[str | None, ...]], ...]:
    """Return the texts of `--label` by column; a repeated name matches any of its texts."""
    found: dict[str, list[str | None]] = {}
    for words in request.labels:
        name, equals, text = words.partition("=")
        if not equals:
            hint = "Write `--label grade=A1`, or `--label grade=` for contacts without a label."
            raise UsageError(Problem("U002", f"--label: `{words}` is not a name and a text.", hint=hint))
        if name.strip() not in columns:
            near = nearest(name, tuple(columns))
            hint = (
                f"Labels in this run: {', '.join(columns)}." if columns else "Its rule file has no `labels`."
            )
            hint = f"Did you mean `{near}`?" if near else hint
            raise UsageError(Problem("U018", f"This run has no label `{name}`.", hint=hint))
        found.setdefault(columns[name.strip()], []).append(text or None)
    return tuple((column, tuple(texts)) for column, texts in found.items())


def _check_columns(request: SearchRequest, contacts: pl.LazyFrame) -> None:
    names = contacts.collect_schema().names()
    needed = {"--owner": ("owner",) if request.owners else (), "--tag": ("tags",) if request.tags else ()}
    for flag, columns in needed.items():
        for column in columns:
            if column not in names:
                hint = "Add it under `columns:` in the project file."
                raise UsageError(
                    Problem(
                        "U007",
                        f"{flag} needs the column `{column}`, which the contacts do not have.",
                        hint=hint,
                    )
                )
