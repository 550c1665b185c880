"""What comes after the scores: held against the state, worked out, written with the tables, taken in.

`before_run` reads the state once, `acted` is pure, frames in and frames out, `write` puts its tables into the
run's folder, and `taken_in` moves the state when the run is published.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flamescore.acting_frames import SEGMENTS, SEGMENTS_FILE
from flamescore.errors import FlamescoreError, LockedError
from flamescore.event_feeds import stale_feeds
from flamescore.findings import Finding, Severity
from flamescore.frames import conform
from flamescore.history import Keeping
from flamescore.project import HOT_SEGMENT
from flamescore.report import say
from flamescore.runs import SegmentEntry, StateEntry, moves
from flamescore.segments import followed, in_file_order, merged_into, unfollowed
from flamescore.state import (
    HELD,
    Before,
    Kind,
    Moves,
    StateDamagedError,
    StateStore,
    Taker,
    before,
    take_in,
    unreadable,
)
from flamescore.tables import LISTS_FOLDER, ListedSegment, write_parquet

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from flamescore.inputs import Inputs
    from flamescore.project import Project
    from flamescore.runs import Run, RunStore
    from flamescore.scoring import Scored
    from flamescore.segments import Followed, Segments

TAKERS: Final[tuple[Taker, ...]] = ()
"""What takes a counting run's notices and the like into the state, in this order, in one transaction."""


def acts_on_scores(project: Project) -> bool:
    """Say whether a project has alerts, write-backs or routes, which need a state."""
    return any(getattr(project.settings, key, None) for key in ("alerts", "write_back", "route"))


def before_run(
    project: Project, runs: RunStore, as_of: datetime, *, ahead: bool, make_latest: bool, write: bool
) -> Before:
    """Return where the state stands, once the latest run is taken in; nothing is written unless `write`."""
    by_itself = not ahead and moves(runs.output, as_of)
    moving = Moves(latest=by_itself or make_latest, by_itself=by_itself)
    store, acting, keeper = StateStore.of(project), acts_on_scores(project), Keeping(project)
    return before(store, runs, as_of, moving, takers=TAKERS, keeper=keeper, write=write, acting=acting)


@dataclass(frozen=True)
class Acted:
    """What a run has beside its scores: Parquet tables by file, keys of its record, what there is to tell.

    `segments` are the members held against the state, `lists` the declared segments as lists, `hot_since` is
    `contact_id, since` of who is hot.
    """

    segments: Followed
    lists: tuple[ListedSegment, ...]
    hot_since: pl.DataFrame
    tables: Mapping[str, pl.DataFrame]
    record: Mapping[str, Any]
    findings: tuple[Finding, ...] = ()

    def write(self, folder: Path, *, spreadsheet: bool) -> None:
        """Write tables and lists into the run's folder."""
        for file, table in self.tables.items():
            write_parquet(table, folder / file)
        if self.lists:
            (folder / LISTS_FOLDER).mkdir()
        for each in self.lists:
            each.write(folder / LISTS_FOLDER, spreadsheet=spreadsheet)


def acted(
    earlier: Before, inputs: Inputs, scored: Scored, segments: Segments, found: tuple[Finding, ...]
) -> Acted:
    """Work out what changed since the state's run; nothing is read or written.

    `found` are the findings so far, as the project accepts them: they tell which feeds are stale.
    """
    run, members = earlier.run, segments.frame()
    if run is None or earlier.kind is not Kind.COUNTING:
        tracked = unfollowed(members)
    else:
        before = merged_into(earlier.segments, inputs.exports.aliases)
        stale = bool(stale_feeds(found))
        tracked = followed(members, before, segments.members, as_of=scored.as_of, stale=stale)
    rows = in_file_order(tracked.rows, segments.members)
    since = rows.filter(~pl.col("held")).select("segment", "contact_id", "since")
    return Acted(
        segments=tracked,
        lists=tuple(_lists(inputs, scored, segments, since)),
        hot_since=since.filter(pl.col("segment") == HOT_SEGMENT).drop("segment"),
        tables={SEGMENTS_FILE: conform(rows, SEGMENTS, name="segments")},
        record={
            "segments": tuple(_entries(segments, tracked)),
            "state": StateEntry(kind=str(earlier.kind), state_run=None if run is None else run.run_id),
        },
        findings=tuple(_redefined(earlier, segments, inputs.project)),
    )


def _lists(
    inputs: Inputs, scored: Scored, segments: Segments, since: pl.DataFrame
) -> Iterator[ListedSegment]:
    settings, default = inputs.project.settings, scored.book.scores[0].name
    nobody = pl.DataFrame(schema={"contact_id": pl.String(), "rep": pl.String()})
    for name, declared in settings.segments.items():
        yield ListedSegment(
            declared,
            segments.members[name].places,
            scored,
            settings.keep,
            since=since.filter(pl.col("segment") == name).drop("segment"),
            routed=nobody,
            reasons=partial(say.worded_reasons, scored, default, decimals=settings.decimals),
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
    """Return the segments that the state's run has too, and with another definition."""
    known = () if earlier.run is None or earlier.kind is not Kind.COUNTING else earlier.run.record.segments
    before = {each.name: each.definition for each in known or ()}
    return tuple(
        name
        for name, each in segments.members.items()
        if before.get(name, each.definition) != each.definition
    )


def _redefined(earlier: Before, segments: Segments, project: Project) -> Iterator[Finding]:
    for name in redefined(earlier, segments):
        text = f"The segment `{name}` asks for something else than in the run before; its alerts begin anew."
        declared = segments.members[name].declared
        where = project.where("segments", name, key=True) if declared else project.where("hot", key=True)
        yield Finding("A017", Severity.NOTE, f"segments.{name}", text, where)


@dataclass(slots=True)
class TakingIn:
    """Takes a run in once it is published; `findings` tell what came of it."""

    store: StateStore
    earlier: Before
    keeping: Keeping
    findings: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, project: Project, earlier: Before) -> TakingIn:
        """Return what takes a run of a project in."""
        store = StateStore.of(project)
        return cls(store, earlier, Keeping(project))

    def prepare(self) -> None:
        """Make the state where there is none yet, before the run is published.

        So a missing state means that it was never there, or is gone, and never a crash.
        """
        if self.earlier.moves_state:
            with suppress(StateDamagedError):  # told when the run is taken in
                self.store.make()

    def __call__(self, run: Run) -> Collection[str] | None:
        """Take the run in; return the runs that must stay: the state's, where it has not moved."""
        if not self.earlier.moves_state:
            return self.earlier.spared
        try:
            with self.store.hold_patiently(), self.store.open() as connection:
                self.findings = take_in(connection, run, TAKERS, keeper=self.keeping)
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
