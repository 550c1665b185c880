"""The lower bound: count the events per contact, streaming, over the whole file.

python benchmarks/floor.py M shuffled
python benchmarks/floor.py M shuffled csv
"""

from __future__ import annotations

import sys

import polars as pl

from data import Dataset


def main(size: str, variant: str, form: str = "parquet") -> None:
    """Count the events per contact, and print the number of contacts with events."""
    data = Dataset(size, variant)
    events = pl.scan_csv(data.csv, infer_schema=False) if form == "csv" else data.scan()
    print(events.group_by("contact_id").len().collect(engine="streaming").height)


if __name__ == "__main__":
    main(*sys.argv[1:])
