"""The database tables of the run that the state is at, loaded when they are due.

They are due until the state has recorded that run as loaded. The next run, or `flamescore notify`, therefore
makes up for a failed load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.acting_frames import SEGMENTS, SEGMENTS_FILE
from flamescore.errors import FlamescoreError, LockedError
from flamescore.findings import Finding, Severity
from flamescore.frames import INSTANT, POINTS, SCORES
from flamescore.runs import RunStore, has_table, reading_run, scan
from flamescore.state import StateDamagedError, StateStore, meta, set_meta

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.project import Project, Tables
    from flamescore.runs import Run

UNLOADED: Final = "A035"
_LOADED: Final = "tables_run"
_OF_ALERTS: Final = ":"
"""Rows of the segments table with this character in their name belong to alerts."""


def load_tables(project: Project) -> tuple[Finding, ...]:
    """Load what is due, and report a load that fails.

    Do nothing if no database is configured, or if the state can't be read, which has been reported already.
    """
    tables, store = project.settings.tables, StateStore.of(project)
    if tables is None or not store.exists():
        return ()
    from flamescore.connections import DatabaseError  # noqa: PLC0415 - only needed with a database

    try:
        with store.open(write=False) as connection:
            due, loaded = meta(connection, "run_id"), meta(connection, _LOADED)
        if due is None or due == loaded:
            return ()
        run = RunStore.of(project).find(due)
        with reading_run(run):
            _load(run, tables, project)
        with store.hold_patiently(), store.open() as connection:
            set_meta(connection, tables_run=due)
    except (StateDamagedError, LockedError):
        return ()
    except DatabaseError as error:
        return (_failed(str(error), None),)
    except FlamescoreError as error:
        return (_failed(error.problems[0].message, error.problems[0].hint),)
    return ()


def _failed(why: str, hint: str | None) -> Finding:
    text = f"The run's tables are not in the database, which has the old ones: {why}"
    cure = f"{hint or 'Mend that.'} The next run, or `flamescore notify`, tries again."
    return Finding(UNLOADED, Severity.ERROR, "tables", text, do=cure)


def _load(run: Run, tables: Tables, project: Project) -> None:
    from flamescore.connections import TableRows, replace_rows  # noqa: PLC0415 - the same

    named = [
        TableRows(f"{tables.prefix}{name}", rows) for name, rows in tables_of(run) if name in tables.write
    ]
    runs = TableRows(f"{tables.prefix}runs", run_row(run), once="run_id")
    settings = project.settings
    replace_rows(tables.uri, (*named, runs), folder=project.folder, schema=tables.schema, mode=settings.mode)


def tables_of(run: Run) -> Iterator[tuple[str, pl.LazyFrame]]:
    """Yield each table of a run as stored in a database, with its name.

    `scores` has the kept columns as text, with a comma and a space between the items of lists. `segments` has
    neither the rows of alerts nor those that are held.
    """
    scores = scan(run, "scores.parquet")
    kept = [
        _joined(name) if isinstance(dtype, pl.List) else pl.col(name)
        for name, dtype in scores.collect_schema().items()
        if name not in SCORES and isinstance(dtype, pl.List | pl.String)
    ]
    yield "scores", scores.select(*SCORES, *kept)
    segments = scan(run, SEGMENTS_FILE) if has_table(run, SEGMENTS_FILE) else pl.LazyFrame(schema=SEGMENTS)
    of_segments = ~pl.col("held") & ~pl.col("segment").str.contains(_OF_ALERTS, literal=True)
    yield "segments", segments.filter(of_segments).drop("held")
    yield "points", scan(run, "points.parquet").select(*POINTS)


def _joined(name: str) -> pl.Expr:
    """Join the items of lists; an empty list becomes null, like any missing cell."""
    cells = pl.col(name)
    return pl.when(cells.list.len() > 0).then(cells.list.join(", ")).alias(name)


def run_row(run: Run) -> pl.LazyFrame:
    """Return the single row for a run: `run_id, as_of, contacts, hot`."""
    record = run.record
    schema = {"run_id": pl.String(), "as_of": INSTANT, "contacts": pl.Int32(), "hot": pl.Int32()}
    row = (run.run_id, run.as_of, record.contacts, record.hot_contacts)
    return pl.LazyFrame([row], schema=schema, orient="row")
