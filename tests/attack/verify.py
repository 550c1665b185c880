"""Check that a published run is complete and consistent, according to the docs about its files."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FATES = ("old", "rejected", "later", "ignored", "duplicates", "superseded", "orphans", "kept")


def faults_of_latest(output: Path) -> list[str]:
    """Return what is wrong with the latest run: its files, checksums, row counts, the ledger."""
    import polars as pl  # noqa: PLC0415 - only a child may start Polars' threads

    run = (output / "latest").resolve()
    record = json.loads((run / "run.json").read_text())
    faults = []
    if record["run_id"] != run.name:
        faults.append("the run's id is not its folder's name")
    for file in record.get("files", ()):
        data = (run / file["path"]).read_bytes()
        if hashlib.sha256(data).hexdigest() != file["sha256"].removeprefix("sha256:"):
            faults.append(f"{file['path']} has another checksum")
    faults += [
        f"{source['kind']}: rows do not add up"
        for source in record["sources"]
        if source["rows"] != sum(source[fate] for fate in FATES)
    ]
    scores = pl.read_parquet(run / "scores.parquet")
    points = pl.read_parquet(run / "points.parquet")
    held = {(who, name): Decimal(0) for who, name in scores.select("contact_id", "score_name").iter_rows()}
    for who, name, given in points.select("contact_id", "score_name", "points").iter_rows():
        held[who, name] += Decimal(repr(given))
    for who, name, score in scores.select("contact_id", "score_name", "score").iter_rows():
        if held[who, name] != Decimal(repr(score)):
            faults.append(f"{name}: the ledger does not add up to the score")
            break
    return faults
