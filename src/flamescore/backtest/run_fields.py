"""Fields and tags as they were: the contacts of stored runs, each as of the instant of its scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from flamescore.errors import InputError, Problem
from flamescore.frames import ISO_SUFFIX, LIST_SUFFIX, NUMBER_SUFFIX, ROW
from flamescore.runs import RunStore, reading_run, scan
from flamescore.searches import as_declared

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    import polars as pl

    from flamescore.backtest.cuts import Cut, Knowledge
    from flamescore.frames import Exports
    from flamescore.project import Project
    from flamescore.runs import Run
    from flamescore.units import Period


class RunFields(Struct, frozen=True):
    """The stored runs whose contacts can be used, oldest first, one for each instant."""

    store: RunStore
    runs: tuple[Run, ...]

    @classmethod
    def of(cls, project: Project) -> RunFields:
        """Return the runs of a project. Of several runs as of the same instant, the last one started counts.

        Raises:
            InputError: no run exists yet.
        """
        store = RunStore.of(project)
        by_instant: dict[datetime, Run] = {}
        for run in sorted(store.runs(), key=lambda run: (run.as_of, run.record.started_at)):
            by_instant[run.as_of] = run
        if not by_instant:
            hint = "`flamescore score` makes one; `keep_runs: {monthly: 24}` keeps one a month for two years."
            raise InputError(Problem("B005", "No run is stored yet, so no cut can be looked at.", hint=hint))
        return cls(store, tuple(by_instant.values()))

    def thinned(
        self, known: Knowledge, *, every: Period, first: datetime | None, last: datetime | None, many: int
    ) -> RunFields:
        """Return the latest run of each step of a period, at most `many`.

        Steps are counted back from the latest run whose horizon is known. With runs on the 1st, 9th, 10th and
        20th and steps of 10 days, only the 20th and the 10th are used.
        """
        usable = [
            run
            for run in self.runs
            if known.horizon.after(run.as_of, known.zone) <= known.until
            and (first is None or run.as_of >= first)
            and (last is None or run.as_of <= last)
        ]
        found: list[Run] = []
        number = 0
        while usable and len(found) < many:
            newest = found[0].as_of if found else usable[-1].as_of
            step = Step(every, number).before(newest, known.zone)
            usable = [run for run in usable if run.as_of <= step and run not in found]
            if usable:
                found.append(usable[-1])
            number += 1
        return replace(self, runs=tuple(reversed(found)))

    def columns(self) -> frozenset[str]:
        """Return the columns that the contacts of all runs have in common."""
        return frozenset.intersection(*(self._names(run) for run in self.runs)) if self.runs else frozenset()

    def _names(self, run: Run) -> frozenset[str]:
        return frozenset(scan(self.store.whole(run), "contacts.parquet").collect_schema().names())

    def only(self, instants: Collection[datetime]) -> RunFields:
        """Return the runs as of these instants."""
        return replace(self, runs=tuple(run for run in self.runs if run.as_of in instants))

    def contacts(
        self, run: Run, exports: Exports, project: Project, zone: ZoneInfo, static: Collection[str]
    ) -> pl.DataFrame:
        """Return the contacts of a run in the shape of `Exports.contacts`.

        `static` columns and columns by which events are matched are taken from today's contacts if the run
        doesn't have them. Dates, numbers and lists with a declared format are parsed by today's project file.
        """
        with reading_run(run):
            then = scan(self.store.whole(run), "contacts.parquet").collect()
        now = exports.contacts
        keys = {source.key for source in exports.events}
        lacking = [name for name in now.columns if name not in then.columns and name in {*static, *keys}]
        if lacking:
            then = then.join(
                now.select("contact_id", *lacking), on="contact_id", how="left", maintain_order="left"
            )
        dates, numbers, lists = (
            _beside(now.columns, suffix, then) for suffix in (ISO_SUFFIX, NUMBER_SUFFIX, LIST_SUFFIX)
        )
        read = as_declared(project, then.lazy(), zone, dates=dates, numbers=numbers, lists=lists)
        return read.collect().drop(ROW, strict=False)


class Step(Struct, frozen=True):
    """A number of periods, possibly 0."""

    period: Period
    many: int

    def before(self, instant: datetime, zone: ZoneInfo) -> datetime:
        """Return the instant that is this much earlier."""
        if not self.many:
            return instant
        return type(self.period)(self.period.count * self.many, self.period.unit).before(instant, zone)


def judged(fields: RunFields, known: Knowledge) -> tuple[Cut, ...]:
    """Return the runs' instants as cuts in chronological order, back to the latest one that is left out."""
    found: list[Cut] = []
    for run in reversed(fields.runs):
        found.append(known.judged(run.as_of))
        if found[-1].skipped is not None:
            break
    return tuple(reversed(found))


def _beside(columns: Sequence[str], suffix: str, contacts: pl.DataFrame) -> list[str]:
    """Return the columns of contacts for which `columns` has a companion with a suffix."""
    return [
        name
        for column in columns
        if column.endswith(suffix) and (name := column.removesuffix(suffix)) in contacts.columns
    ]
