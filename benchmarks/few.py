"""Make the exports of twenty contacts, and choose two contacts to explain: the busiest and a typical one.

python benchmarks/few.py S shuffled FOLDER
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

import polars as pl

from data import Dataset

PEOPLE: Final = 20


def main(size: str, variant: str, folder: Path) -> None:
    """Write `contacts.csv`, `events.csv` and `ids.json` (`busiest` and `typical`, with event counts)."""
    data = Dataset(size, variant)
    contacts = pl.read_parquet(data.contacts)
    known = contacts.lazy().select("contact_id")
    events = data.scan().join(known, on="contact_id", how="semi")
    counts = events.group_by("contact_id").len().collect(engine="streaming").sort("len", "contact_id")
    chosen = {"busiest": counts.row(-1), "typical": counts.row(counts.height // 2)}
    (folder / "ids.json").write_text(json.dumps(chosen), encoding="utf-8")
    few = contacts.gather_every(contacts.height // PEOPLE).head(PEOPLE)
    few.write_csv(folder / "contacts.csv")
    theirs = data.scan().filter(pl.col("contact_id").is_in(few["contact_id"].implode()))
    theirs.sink_csv(folder / "events.csv", datetime_format="%Y-%m-%dT%H:%M:%SZ")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
