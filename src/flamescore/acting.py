"""What follows the scores: segments, alerts, routes and write-backs, compared with the state.

`before_run` reads the state once. `acted` is pure: frames in, frames out. `ActingResult.write` writes tables
to the run's folder, and `StateRecorder` updates the state once the run is published.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl
from msgspec import Struct

from flamescore.acting_frames import ROUTES_FILE, SEGMENTS, SEGMENTS_FILE
from flamescore.alerts import FILE as ALERTS_FILE
from flamescore.alerts import RunNow, as_written, facts_of, notices_recorder, ring_all, subscriptions_of
from flamescore.errors import FlamescoreError, LockedError
from flamescore.event_feeds import stale_feeds
from flamescore.findings import Finding, Severity
from flamescore.frames import SCORES, conform
from flamescore.history import Keeping
from flamescore.project import HOT_SEGMENT
from flamescore.report import wording
from flamescore.routing import UNROUTED_FILE, routed_in_run
from flamescore.runs import DamagedRunError, RoutingEntry, SegmentEntry, StateEntry, moves, scan
from flamescore.segments import followed, in_file_order, merged_into, unfollowed
from flamescore.state import (
    HELD,
    Before,
    Kind,
    Moves,
    Recorder,
    StateDamagedError,
    StateStore,
    before,
    take_in,
    unreadable,
)
from flamescore.tables import LISTS_FOLDER, ListedSegment, write_csv, write_parquet, write_routed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from flamescore.inputs import Inputs
    from flamescore.project import Project
    from flamescore.routing import Away, Routed
    from flamescore.runs import Run, RunStore
    from flamescore.scoring import Scored
    from flamescore.segments import Followed, Segments
    from flamescore.write_back import WriteBack


def recorders(project: Project) -> tuple[Recorder, ...]:
    """Return the functions that record a counting run (its notices, for example) in the state, in order."""
    return (notices_recorder(project),)


def acts_on_scores(project: Project) -> bool:
    """Return whether a project has alerts, write-backs or routes, which need a state."""
    return any(getattr(project.settings, key, None) for key in ("alerts", "write_back", "route"))


def before_run(
    project: Project, runs: RunStore, as_of: datetime, *, ahead: bool, make_latest: bool, write: bool
) -> Before:
    """Return the state once the latest run has been recorded in it; write nothing unless `write`."""
    by_itself = not ahead and moves(runs.output, as_of)
    moving = Moves(latest=by_itself or make_latest, by_itself=by_itself)
    store, keeper, acting = StateStore.of(project), Keeping(project), acts_on_scores(project)
    return before(
        store, runs, as_of, moving, recorders=recorders(project), keeper=keeper, write=write, acting=acting
    )


class ActingResult(Struct, frozen=True):
    """What a run has in addition to its scores: Parquet tables by file, keys of its record, and findings.

    `segments` are the members as compared with the state, `lists` the declared segments as lists. `hot_since`
    has `contact_id, since` of each hot contact.
    """

    segments: Followed
    lists: tuple[ListedSegment, ...]
    hot_since: pl.DataFrame
    tables: Mapping[str, pl.DataFrame]
    record: Mapping[str, Any]
    findings: tuple[Finding, ...] = ()
    routed: Routed | None = None
    """The routes; None without `route`, and if routes are not computed."""
    write_backs: tuple[WriteBack, ...] = ()
    notices: pl.DataFrame | None = None
    """The alerts that fired (`alerts.NOTICES`); None if none are configured or the state does not move."""

    def write(self, folder: Path, scored: Scored, keep: Sequence[str], *, spreadsheet: bool) -> None:
        """Write the tables and lists into the run's folder."""
        if self.notices is not None:
            write_csv(as_written(self.notices), folder / ALERTS_FILE)
        for file, table in self.tables.items():
            write_parquet(table, folder / file)
        if self.lists:
            (folder / LISTS_FOLDER).mkdir()
        for each in self.lists:
            each.write(folder / LISTS_FOLDER, spreadsheet=spreadsheet)
        if self.routed is not None:
            write_routed(folder, scored, self.routed, keep)


def acted(
    earlier: Before,
    inputs: Inputs,
    scored: Scored,
    segments: Segments,
    found: tuple[Finding, ...],
    *,
    away: Away,
) -> ActingResult:
    """Compute what changed since the state's run; nothing is written.

    `found` are the findings so far, after applying the project's `accept`: they determine which feeds are
    stale. `away` are the days of `route: {away: FILE}`, by name. From the state's run, only the scores of
    contacts for whom an alert fires are read.
    """
    run, aliases = earlier.run, inputs.exports.aliases
    alerts = subscriptions_of(inputs, scored, segments) if earlier.moves_state else ()
    unnamed = {each.segment: each.unnamed for each in alerts if each.segment and each.unnamed is not None}
    members, names = pl.concat([segments.frame(), *unnamed.values()]), (*segments.members, *unnamed)
    if run is None or earlier.kind is not Kind.COUNTING:
        tracked = unfollowed(members)
    else:
        before = merged_into(earlier.segments, aliases)
        stale = bool(stale_feeds(found))
        tracked = followed(members, before, names, as_of=scored.as_of, stale=stale)
    rows = in_file_order(tracked.rows, names)
    since = rows.filter(~pl.col("held")).select("segment", "contact_id", "since")
    people = pl.DataFrame(
        {"contact_id": segments.ids_of(segments.order), "may": segments.callable[segments.order]}
    )
    routed = _routed(earlier, inputs, scored, segments, away)
    facts = partial(_facts, earlier, inputs, scored, _reps(routed))
    alert_results = ring_all(
        alerts, RunNow(scored.as_of, scored.book.zone, people, tracked, aliases, facts), earlier
    )
    alerting = bool(inputs.project.settings.alerts) and earlier.moves_state
    again = redefined(earlier, segments)
    tables = {
        SEGMENTS_FILE: conform(pl.concat([rows, alert_results.rows]), SEGMENTS, name="segments"),
        **_tables_of_routes(routed),
    }
    record: dict[str, Any] = {
        "segments": tuple(_entries(segments, tracked)),
        "state": StateEntry(kind=str(earlier.kind), state_run=None if run is None else run.run_id),
        **({"alerts": alert_results.entries} if alerting else {}),
    }
    if routed is not None:
        record["routing"] = RoutingEntry(**routed.counts())
    write_backs = _write_backs(earlier, inputs, scored, tables)
    if write_backs:
        record["write_back"] = tuple(each.entry for each in write_backs)
    return ActingResult(
        segments=tracked,
        lists=tuple(_lists(inputs, scored, segments, since, routed)),
        hot_since=since.filter(pl.col("segment") == HOT_SEGMENT).drop("segment"),
        tables=tables,
        record=record,
        findings=(
            *_redefined(again, segments, inputs.project),
            *_anew(
                (each.name for each in alert_results.anew if each.refers_to.isdisjoint(again)),
                inputs.project,
            ),
            *(found for each in write_backs for found in each.findings()),
        ),
        write_backs=write_backs,
        routed=routed,
        notices=alert_results.notices if alerting else None,
    )


def _routed(earlier: Before, inputs: Inputs, scored: Scored, segments: Segments, away: Away) -> Routed | None:
    """Route the leads; None without `route`, and if the state does not move to this run."""
    if inputs.project.settings.route is None or not earlier.moves_state:
        return None
    return routed_in_run(
        scored,
        inputs.project,
        segments,
        inputs.acting,
        away=away,
        before=earlier.routes,
        aliases=inputs.exports.aliases,
    )


def _tables_of_routes(routed: Routed | None) -> dict[str, pl.DataFrame]:
    return {} if routed is None else {ROUTES_FILE: routed.routes, UNROUTED_FILE: routed.unrouted}


def _write_backs(
    earlier: Before, inputs: Inputs, scored: Scored, tables: Mapping[str, pl.DataFrame]
) -> tuple[WriteBack, ...]:
    """Return the write-backs, made from the scores and the tables computed so far."""
    if not inputs.project.settings.write_back:
        return ()
    from flamescore.write_back import Leads, exports_of, work_out  # noqa: PLC0415 - only needed with write-backs

    exports = exports_of(inputs.project, [score.name for score in scored.book.scores])
    if not exports or not earlier.moves_state:
        return ()
    return work_out(exports, Leads.of(scored, inputs.project.settings.team, tables), earlier)


def _facts(
    earlier: Before, inputs: Inputs, scored: Scored, reps: pl.DataFrame, ids: pl.Series
) -> pl.DataFrame:
    """Return what notices report about some contacts; previous scores are missing if they can't be read."""
    before = pl.DataFrame(schema={name: SCORES[name] for name in ("contact_id", "flames", "score")})
    if earlier.run is not None:
        with suppress(DamagedRunError):
            rows = scan(earlier.run, "scores.parquet").filter(
                pl.col("score_name") == scored.book.scores[0].name, pl.col("contact_id").is_in(ids.implode())
            )
            before = rows.select(before.columns).collect()
    decimals = inputs.project.settings.decimals
    return facts_of(scored, ids, before=before, routed=reps, decimals=decimals)


def _reps(routed: Routed | None) -> pl.DataFrame:
    """Return `contact_id, rep` of the leads that are routed now."""
    nobody = pl.DataFrame(schema={"contact_id": pl.String(), "rep": pl.String()})
    return nobody if routed is None else routed.now.select("contact_id", "rep")


def _lists(
    inputs: Inputs, scored: Scored, segments: Segments, since: pl.DataFrame, routed: Routed | None
) -> Iterator[ListedSegment]:
    settings, default = inputs.project.settings, scored.book.scores[0].name
    for name, declared in settings.segments.items():
        yield ListedSegment(
            declared,
            segments.members[name].places,
            scored,
            settings.keep,
            since=since.filter(pl.col("segment") == name).drop("segment"),
            routed=_reps(routed),
            reasons=partial(wording.worded_reasons, scored, default, decimals=settings.decimals),
        )


def _entries(segments: Segments, tracked: Followed) -> Iterator[SegmentEntry]:
    entered, left = (Counter(each["segment"].to_list()) for each in (tracked.entered, tracked.left))
    for name, each in segments.members.items():
        yield SegmentEntry(
            name=name,
            title=each.title,
            contacts=len(each.places),
            entered=entered[name],
            left=left[name],
            definition=each.definition,
        )


def redefined(earlier: Before, segments: Segments) -> tuple[str, ...]:
    """Return the segments that the state's run also has, but with another definition."""
    known = () if earlier.run is None or earlier.kind is not Kind.COUNTING else earlier.run.record.segments
    before = {each.name: each.definition for each in known or ()}
    return tuple(
        name
        for name, each in segments.members.items()
        if before.get(name, each.definition) != each.definition
    )


def _anew(alerts: Iterable[str], project: Project) -> Iterator[Finding]:
    for name in alerts:
        text = f"The alert `{name}` asks for something else than in the run before, and begins anew."
        where = project.where("alerts", name, key=True)
        yield Finding("A017", Severity.NOTE, f"alerts.{name}", text, where)


def _redefined(names: Iterable[str], segments: Segments, project: Project) -> Iterator[Finding]:
    for name in names:
        text = f"The segment `{name}` asks for something else than in the run before; its alerts begin anew."
        declared = segments.members[name].declared
        where = project.where("segments", name, key=True) if declared else project.where("hot", key=True)
        yield Finding("A017", Severity.NOTE, f"segments.{name}", text, where)


class StateRecorder(Struct):
    """Records a run in the state once it is published; `findings` report the outcome."""

    store: StateStore
    earlier: Before
    recorders: tuple[Recorder, ...]
    keeping: Keeping
    findings: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, project: Project, earlier: Before) -> StateRecorder:
        """Return the object that records a run of a project."""
        store = StateStore.of(project)
        return cls(store, earlier, recorders(project), Keeping(project))

    def prepare(self) -> None:
        """Create the state, if it does not exist, before the run is published.

        A missing state then means that it never existed or was deleted, and never that a run crashed.
        """
        if self.earlier.moves_state:
            with suppress(StateDamagedError):  # reported when the run is recorded
                self.store.make()

    def __call__(self, run: Run) -> Collection[str] | None:
        """Record the run; return the runs that must be kept: the state's, if it has not moved."""
        if not self.earlier.moves_state:
            return self.earlier.spared
        try:
            with self.store.hold_patiently(), self.store.open() as connection:
                self.findings = take_in(connection, run, self.recorders, keeper=self.keeping)
        except StateDamagedError as error:
            self.findings = (unreadable(error.why),)
        except LockedError:
            self.findings = (unreadable(HELD),)
        except FlamescoreError as error:
            self.findings = (unreadable(f"could not take the run in: {error.problems[0].message}"),)
        else:
            self.keeping.tidy(run)
            return ()
        return self.earlier.spared
