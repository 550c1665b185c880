"""Publish a complete run of a scoring made by hand: the tables, the record, the commit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

from flamescore.runs import Published, RulesFile, RunStore, describe, write_record
from flamescore.tables import TableSettings, write_tables
from tables.by_hand import AS_OF, scored

if TYPE_CHECKING:
    from pathlib import Path

RULES = RulesFile.of("rules/keap.yaml", "version: 1\n")
REJECTS = pl.DataFrame({"source": ["events"], "raw": ['1,"open']})


def publish(
    output: Path,
    *,
    as_of: datetime = AS_OF,
    mode: int = 0o600,
    make_latest: bool = False,
    keep_runs: int | None = None,
) -> Published:
    result = scored(as_of=as_of)
    with RunStore(output, mode).hold() as held, held.begin(as_of) as run:
        write_tables(run.path, result, REJECTS, TableSettings(keep=("name", "phone")))
        record = describe(
            result, run_id=run.run_id, rules=RULES, started_at=datetime(2026, 11, 21, 2, 1, tzinfo=UTC)
        )
        write_record(run.path, record)
        return run.commit(make_latest=make_latest, keep_runs=keep_runs)
