"""Search a run, as it was typed: which scores, which columns, whose contacts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from math import isnan
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import polars as pl

from flamescore.acting_conditions import no_segment
from flamescore.acting_frames import ROUTES_FILE, SEGMENTS_FILE
from flamescore.errors import NotFoundError, Problem, UsageError
from flamescore.labels import HOLDOUT_FILE, HOT_FILE, LABELS_FILE, columns_of_labels
from flamescore.merged import FILE as MERGED_FILE
from flamescore.project import HOT_SEGMENT
from flamescore.routing import UNROUTED_FILE, told_of
from flamescore.runs import (
    RECORD,
    DamagedRunError,
    changed_ids,
    has_merged,
    has_table,
    read,
    reading_run,
    scan,
    uncalled,
)
from flamescore.searches.query import Query, Term, ranked_contacts, search, why_cold
from flamescore.searches.where import bound
from flamescore.tables import ROUTED, label_columns
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flamescore.project import Project
    from flamescore.runs import EarlierRun, Run, RunRecord

_RANGE = re.compile(r"([0-5])(?:-([0-5]))?")
STANDING: Final = ("score", "flames", "percentile", "last_activity_at")


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it was typed."""

    flames: str | None = None
    scores: tuple[str, ...] = ()
    min_score: float | None = None
    min_percentile: float | None = None
    owners: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    text: str | None = None
    columns: tuple[str, ...] | None = None
    everyone: bool = False
    changed: tuple[str, ...] = ()
    """Only contacts that changed in one of these ways since the run before (`changes.KINDS`)."""

    against: EarlierRun | None = None
    """Or since this earlier run."""

    labels: tuple[str, ...] = ()
    """`grade=A1`: only contacts with this label; `grade=` is for those without."""

    hot: bool = False
    held_out: bool = False
    """Only contacts who are held out; `everyone` has them beside all others."""

    segments: tuple[str, ...] = ()
    """Only contacts that are in all of these."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: `rows` with the columns to show, and what a terminal needs to lay them out."""

    rows: pl.DataFrame
    run_id: str
    zone: ZoneInfo
    further: tuple[str, ...]
    """The scores that were searched by beside the first."""

    notes: tuple[str, ...] = ()
    score_name: str = ""
    """The score that the list goes by."""


def search_run(project: Project, found: Run, asked: Asked) -> Found:
    """Search a run, and return the rows to show.

    Raises:
        UsageError: what was asked is none of the run's: a score, a column, a number of flames.
        NotFoundError: the run has no hold-out, or no such segment, and those in it are asked for.
        DamagedRunError: a file of the run is missing or damaged.
    """
    with reading_run(found):
        return _found(project, found, asked)


def _members(project: Project, found: Run, names: Sequence[str]) -> pl.Series | None:
    """Return the ids of who is in all of these segments of a run; None where none is asked for."""
    if not names:
        return None
    there = [each.name for each in found.record.segments or ()]
    for name in names:
        known = dict.fromkeys((*there, HOT_SEGMENT, *project.settings.segments))
        if name not in known:
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


def _found(project: Project, found: Run, asked: Asked) -> Found:
    record = found.record
    zone = ZoneInfo(record.timezone)
    scores = scan(found, "scores.parquet")
    contacts = scan(found, "contacts.parquet")
    if asked.min_score is not None and isnan(asked.min_score):
        raise UsageError(Problem("U002", "--min-score must be a number, not `nan`."))
    terms = terms_of(asked.flames, asked.scores, [score.name for score in record.scores])
    where = None
    if asked.where:
        contacts, where = bound(project, asked.where, contacts, record.as_of, zone)
    routed = _routed(found)
    if routed is not None and asked.owners and "owner" not in contacts.collect_schema().names():
        contacts = contacts.with_columns(owner=pl.lit(None, pl.String))
    _check_columns(asked, contacts)
    taken = {*scores.collect_schema().names(), *contacts.collect_schema().names(), "why"}
    taken |= set(() if routed is None else ROUTED)
    taken |= {f"{score.name}_{measure}" for score in record.scores for measure in ("score", "flames")}
    columns = label_columns([label.name for label in record.labels], taken)
    query = Query(
        terms=terms,
        min_score=asked.min_score,
        min_percentile=asked.min_percentile,
        owners=asked.owners,
        tags=asked.tags,
        where=where,
        text=asked.text,
        labels=_asked_labels(asked, columns),
    )
    members = _members(project, found, asked.segments)
    declared = project.settings.segments
    for_all = any(declared[name].everyone for name in asked.segments if name in declared)
    everyone = asked.everyone or asked.held_out or for_all
    excluded = None if everyone else uncalled(found).collect()["contact_id"]
    aliases = scan(found, MERGED_FILE) if has_merged(found) else None
    labels = None
    if columns:
        labels = scan(found, LABELS_FILE).select("contact_id", *_renamed(found, columns))
    rows = search(
        scores,
        contacts,
        query,
        excluded=excluded,
        merged=aliases,
        labels=labels,
        hot=_hot(found) if asked.hot else None,
        held_out=_held_out(found) if asked.held_out else None,
        routed=routed,
        members=members,
    )
    notes: tuple[str, ...] = ()
    if asked.changed:
        changed, notes = changed_ids(found, terms[0].score_name, asked.changed, asked.against)
        rows = rows.filter(pl.col("contact_id").is_in(changed.implode()))
    if terms[0].high == 0:
        points = scan(found, "points.parquet")
        points = points.filter(pl.col("score_name") == terms[0].score_name)
        rows = why_cold(rows, points, _rule_names(record, terms[0].score_name))
    rows = ranked_contacts(rows, contacts, _shown(asked, rows, contacts, tuple(columns.values())))
    further = tuple(term.score_name for term in terms[1:])
    return Found(rows, found.run_id, zone, further, notes, terms[0].score_name)


def _renamed(run: Run, columns: Mapping[str, str]) -> Iterator[pl.Expr]:
    """Yield the columns of a run's labels, as they are called beside its other columns."""
    stored = scan(run, LABELS_FILE).collect_schema().names()
    written = columns_of_labels(columns)
    if {"contact_id", *written.values()} != set(stored):
        raise DamagedRunError(run.path, LABELS_FILE, f"has other labels than {RECORD}")
    yield from (pl.col(written[name]).alias(new) for name, new in columns.items())


def _hot(run: Run) -> pl.Series:
    """Return the ids of who is hot: by the run's condition, else by its flames under the default score."""
    record = run.record
    if record.hot_flames is None:
        return read(run, HOT_FILE)["contact_id"]
    mine = (pl.col("score_name") == record.scores[0].name) & (pl.col("flames") >= record.hot_flames)
    return scan(run, "scores.parquet").filter(mine).select("contact_id").collect().to_series()


def _routed(run: Run) -> pl.DataFrame | None:
    """Return who calls those without an owner (`routing.TOLD`); None where nobody was routed."""
    if run.record.routing is None:
        return None
    return told_of(read(run, ROUTES_FILE), read(run, UNROUTED_FILE))


def _held_out(run: Run) -> pl.Series:
    if not has_table(run, HOLDOUT_FILE):
        hint = "Set `call_list: {holdout: 5%}` in the project file, and score again."
        raise NotFoundError(Problem("N006", f"Run {run.run_id} has no hold-out.", hint=hint))
    return read(run, HOLDOUT_FILE)["contact_id"].unique()


def _asked_labels(asked: Asked, columns: Mapping[str, str]) -> tuple[tuple[str, tuple[str | None, ...]], ...]:
    """Return by column what `--label` asks; of the same name again any of the texts."""
    found: dict[str, list[str | None]] = {}
    for words in asked.labels:
        name, equals, text = words.partition("=")
        if not equals:
            hint = "Write `--label grade=A1`, or `--label grade=` for contacts without a label."
            raise UsageError(Problem("U002", f"--label: `{words}` is no name and text.", hint=hint))
        if name.strip() not in columns:
            near = nearest(name, tuple(columns))
            hint = (
                f"Labels in this run: {', '.join(columns)}." if columns else "Its rule file has no `labels`."
            )
            hint = f"Did you mean `{near}`?" if near else hint
            raise UsageError(Problem("U018", f"This run has no label `{name}`.", hint=hint))
        found.setdefault(columns[name.strip()], []).append(text or None)
    return tuple((column, tuple(texts)) for column, texts in found.items())


def terms_of(asked_flames: str | None, scores: Sequence[str], names: Sequence[str]) -> tuple[Term, ...]:
    """Return what `--flames` and `--score` ask for, of a run with scores of these names.

    Raises:
        UsageError: there is no such score, or it is no number of flames.
    """
    low, high = (0, 5) if asked_flames is None else _flames(asked_flames, "--flames")
    if not scores:
        return (Term(names[0], low, high),)
    terms = []
    for text in scores:
        name, colon, flames = text.rpartition(":") if ":" in text and text not in names else (text, "", "")
        if name not in names:
            hint = f"Scores in this run: {', '.join(names)}."
            near = nearest(name, names)
            raise UsageError(
                Problem(
                    "U005",
                    f"This run has no score `{name}`.",
                    hint=f"Did you mean `{near}`?" if near else hint,
                )
            )
        bounds = _flames(flames, "--score") if colon else (0, 5)
        terms.append(Term(name, *bounds))
    if asked_flames is not None:
        terms[0] = Term(terms[0].score_name, max(low, terms[0].low), min(high, terms[0].high))
    return tuple(terms)


def _flames(text: str, flag: str) -> tuple[int, int]:
    match = _RANGE.fullmatch(text.strip())
    low, high = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
    if low > high:
        hint = "Use 0 to 5, or a range such as 4-5."
        raise UsageError(Problem("U006", f"{flag}: `{text}` is not a number of flames.", hint=hint))
    return low, high


def _check_columns(asked: Asked, contacts: pl.LazyFrame) -> None:
    names = contacts.collect_schema().names()
    needed = {"--owner": ("owner",) if asked.owners else (), "--tag": ("tags",) if asked.tags else ()}
    for flag, columns in needed.items():
        for column in columns:
            if column not in names:
                hint = f"Map it in the project file: `columns: {{{column}: HEADER}}` of the contacts."
                raise UsageError(
                    Problem(
                        "U007",
                        f"{flag} needs the column `{column}`, which the contacts do not have.",
                        hint=hint,
                    )
                )


def _shown(asked: Asked, rows: pl.DataFrame, contacts: pl.LazyFrame, labels: tuple[str, ...]) -> list[str]:
    there = [*rows.columns, *contacts.collect_schema().names()]
    if asked.columns is None:
        own = {*_OF_SCORES, *labels}
        extra = [
            name
            for name in rows.columns
            if (name.endswith(("_score", "_flames")) or name in ("why", "trend")) and name not in own
        ]
        routed = [name for name in rows.columns if name in ROUTED and name not in own]
        kept = [name for name in rows.columns if name not in own and name not in (*extra, *routed)]
        *measures, last = STANDING
        return ["rank", "contact_id", *kept, *measures, *labels, last, *routed, *extra]
    for name in asked.columns:
        if name not in there:
            near = nearest(name, there)
            hint = f"Did you mean `{near}`?" if near else f"Columns: {', '.join(dict.fromkeys(there))}."
            raise UsageError(Problem("U008", f"There is no column `{name}`.", hint=hint))
    return list(dict.fromkeys(asked.columns))


def _rule_names(record: RunRecord, score_name: str) -> dict[str, str]:
    return {
        rule.id: rule.name
        for score in record.scores
        if score.name == score_name
        for rule in score.rules
        if rule.entry == "rule"
    }


_OF_SCORES: Final = (
    "contact_id", "score_name", "score", "flames", "percent_of_ideal", "percentile", "rank",
    "last_activity_at",
)  # fmt: skip
