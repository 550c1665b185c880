"""The runs that a new run is compared with: the previous one and the latest. Their damage never stops it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct, field
from polars.exceptions import PanicException

from flamescore.errors import Where
from flamescore.findings import Finding, Severity
from flamescore.labels import HOT_FILE
from flamescore.runs.contents import has_table, read
from flamescore.runs.lists import StoredLists
from flamescore.runs.record import NAME, DamagedRunError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import polars as pl

    from flamescore.changes import Before
    from flamescore.rules import LoadedRules
    from flamescore.runs.catalog import Run
    from flamescore.runs.record import RunRecord
    from flamescore.runs.record_sections import TrendEntry
    from flamescore.runs.store import RunStore

T = TypeVar("T")
UNREAD = "O103"
SCORES = "scores.parquet"


class Earlier(Struct):
    """Reads earlier runs for a new one, and collects a finding for each of their files that can't be read."""

    store: RunStore
    _unread: dict[tuple[str, str], tuple[str, list[str]]] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The warnings: one per unreadable file, with what is not reported because of it."""
        return tuple(
            Finding(
                UNREAD,
                Severity.WARNING,
                "run",
                f"The run before can't be read: {file} {why}. {' '.join(consequences)}",
                Where(f"{self.store.output.name}/runs/{run_id}/{file}"),
            )
            for (run_id, file), (why, consequences) in self._unread.items()
        )

    def before(
        self, as_of: datetime, *, hot: bool = False, rules: LoadedRules | None = None
    ) -> Before | None:
        """Return the run with the latest `as_of` before this one, regardless of `latest`.

        The contacts that were hot in it are read only with `hot`. `rules` are today's; they are reused if the
        run had the same ones.
        """
        read_run = partial(_before, hot=hot, rules=rules)
        return self._of(_run_before(self.store, as_of), read_run, "Changes since then are unknown.")

    def trend(self, as_of: datetime) -> tuple[TrendEntry, ...]:
        """Return the trend in the previous run's record; empty if that run is missing or can't be read."""
        run = _run_before(self.store, as_of)
        if run is None or any(run_id == run.run_id for run_id, _ in self._unread):
            return ()
        return self._of(run, lambda run: run.record.trend, "The trend of the report begins anew.") or ()

    def latest(self) -> RunRecord | None:
        """Return the record of the latest run."""
        return self._of(
            self.store.latest(whole=False),
            lambda run: run.record,
            "Its numbers of rows are not compared with today's.",
        )

    def scores(self) -> pl.DataFrame | None:
        """Return the scores of the latest run."""
        return self._of(self.store.latest(), _scores, "What would change is unknown.")

    def _of(self, run: Run | None, reader: Callable[[Run], T], consequence: str) -> T | None:
        """Return what `reader` reads from a run; None if there is no run, or it can't be read."""
        if run is None:
            return None
        try:
            return reader(run)
        except DamagedRunError as error:
            self._note(run, error.file, error.why, consequence)
        except (Exception, PanicException) as error:  # noqa: BLE001 - only an earlier run's files are read
            self._note(run, NAME, f"can't be read ({type(error).__name__})", consequence)
        return None

    def _note(self, run: Run, file: str, why: str, consequence: str) -> None:
        _, consequences = self._unread.setdefault((run.run_id, file), (why, []))
        consequences.append(consequence)


def _run_before(store: RunStore, as_of: datetime) -> Run | None:
    found = next((run for run in reversed(store.runs()) if run.as_of < as_of), None)
    return None if found is None else store.whole(found)


def _before(run: Run, *, hot: bool, rules: LoadedRules | None) -> Before:
    from flamescore.changes import Before  # noqa: PLC0415 - it imports the engine

    record = run.record
    # Rules with lists are loaded again, so that damaged lists are reported.
    is_same = rules is not None and rules.text == record.rules.text and not record.rules.lists
    return Before.of(
        run.run_id,
        record.as_of,
        scores=read(run, SCORES),
        names=[score.name for score in record.scores],
        text=record.rules.text,
        path=record.rules.path,
        hot=read(run, HOT_FILE)["contact_id"] if hot and has_table(run, HOT_FILE) else None,
        hot_condition=record.hot_condition,
        lists=StoredLists(run),
        same=rules if is_same else None,
    )


def _scores(run: Run) -> pl.DataFrame:
    _ = run.record  # a damaged record is reported as such, not as damaged scores
    return read(run, SCORES)
