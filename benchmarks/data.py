"""Make the benchmark's exports if they are missing: seeded, in chunks of bounded size.

    python benchmarks/data.py S M --variant shuffled monthly --csv

| size | contacts | events |
|---|---|---|
| 20 | 20 | 400 |
| 2k | 2,000 | 40,000 |
| 20k | 20,000 | 400,000 |
| S | 100,000 | 2 million |
| M | 1 million | 20 million |
| L | 2 million | 100 million |
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl
from polars.io.plugins import register_io_source

from people import contacts_of
from traffic import EVENTS, Traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER: Final = Path(__file__).parent / "data"
SEED: Final = 7
END: Final = datetime(2026, 11, 21, 7, tzinfo=UTC)
"""Midnight in Phoenix: the `as_of` of every run, and the latest possible time of an event."""

DAYS: Final = 730
SIZES: Final = {
    "20": (20, 400),
    "2k": (2_000, 40_000),
    "20k": (20_000, 400_000),
    "S": (100_000, 2_000_000),
    "M": (1_000_000, 20_000_000),
    "L": (2_000_000, 100_000_000),
}
VARIANTS: Final = ("shuffled", "half", "sorted", "monthly", "urls", "orphans")
"""`urls` has 30% distinct URLs. In `orphans`, 50% of the events belong to no contact on the list. `half` is
the first half of `shuffled`. `sorted` (by time) and `monthly` (a hive partition per month) contain the events
of `shuffled` in another order.
"""

PIECE: Final = 1_000_000
ROW_GROUP: Final = 262_144


@dataclass(frozen=True, slots=True)
class Dataset:
    """A size, a variant and a seed, and the paths of the files."""

    size: str
    variant: str = "shuffled"
    seed: int = SEED

    @property
    def people(self) -> int:
        """The number of contacts."""
        return SIZES[self.size][0]

    @property
    def rows(self) -> int:
        """The number of events."""
        return SIZES[self.size][1] // (2 if self.variant == "half" else 1)

    @property
    def contacts(self) -> Path:
        """The contacts file."""
        return FOLDER / f"contacts-{self.size}-seed{self.seed}.parquet"

    @property
    def events(self) -> Path:
        """The events: a Parquet file, or a folder of months."""
        end = "" if self.variant == "monthly" else ".parquet"
        return FOLDER / f"events-{self.size}-{self.variant}-seed{self.seed}{end}"

    @property
    def csv(self) -> Path:
        """The same events as CSV (every size but L)."""
        return self.events.with_suffix(".csv")

    @property
    def pattern(self) -> str:
        """The Parquet files of the events, as a path or a glob."""
        return f"{self.events}/**/*.parquet" if self.variant == "monthly" else str(self.events)

    def scan(self) -> pl.LazyFrame:
        """Return the events lazily."""
        return pl.scan_parquet(self.pattern)


def make(data: Dataset, *, csv: bool = False) -> Dataset:
    """Make the missing files of a data set, and return the data set."""
    FOLDER.mkdir(exist_ok=True)
    _missing(data.contacts, lambda path: contacts_of(data.people, data.seed).write_parquet(path))
    _missing(data.events, lambda path: _events(data, path))
    if csv:
        _missing(data.csv, lambda path: data.scan().sink_csv(path, datetime_format="%Y-%m-%dT%H:%M:%SZ"))
    return data


def _missing(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file or folder under a temporary name, then rename it: an existing path is complete."""
    if path.exists():
        return
    print(f"making {path.name}", flush=True)
    draft = path.with_name(f"draft-{path.name}")
    write(draft)
    draft.rename(path)


def _events(data: Dataset, path: Path) -> None:
    if data.variant == "monthly":
        path.mkdir(exist_ok=True)
        for start, rows in _months(make(Dataset(data.size, seed=data.seed)).scan()):
            folder = path / f"month={start:%Y-%m}"
            folder.mkdir(exist_ok=True)
            _sink(rows.lazy(), folder / "events.parquet")
        return
    if data.variant == "half":
        _sink(make(Dataset(data.size, seed=data.seed)).scan().head(data.rows), path)
        return
    _sink(_streamed(lambda: _pieces(data)), path)


def _pieces(data: Dataset) -> Iterator[pl.DataFrame]:
    if data.variant == "sorted":
        for _, rows in _months(make(Dataset(data.size, seed=data.seed)).scan()):
            yield rows
        return
    traffic = Traffic(
        contacts_of(data.people, data.seed)["contact_id"],
        end=int(END.timestamp()),
        days=DAYS,
        orphans=0.5 if data.variant == "orphans" else 0.01,
        distinct_urls=0.3 if data.variant == "urls" else 0.0,
    )
    for number, first in enumerate(range(0, data.rows, PIECE)):
        yield traffic.piece(min(PIECE, data.rows - first), (data.seed, number))


def _months(events: pl.LazyFrame) -> Iterator[tuple[datetime, pl.DataFrame]]:
    """Yield the events of each month in turn, sorted by time."""
    last = END + timedelta(days=1)
    start = (END - timedelta(days=DAYS)).replace(day=1, hour=0)
    while start < last:
        after = (start + timedelta(days=31)).replace(day=1)
        yield start, events.filter(pl.col("at") >= start, pl.col("at") < after).sort("at").collect()
        start = after


def _streamed(pieces: Callable[[], Iterator[pl.DataFrame]]) -> pl.LazyFrame:
    """Return a lazy frame of chunks that are made one at a time."""

    def source(
        _columns: list[str] | None, _predicate: pl.Expr | None, _rows: int | None, _batch: int | None
    ) -> Iterator[pl.DataFrame]:
        yield from pieces()

    return register_io_source(source, schema=dict(EVENTS))


def _sink(frame: pl.LazyFrame, path: Path) -> None:
    frame.sink_parquet(path, row_group_size=ROW_GROUP, maintain_order=True)


def main() -> None:
    """Make the data sets named on the command line."""
    parser = argparse.ArgumentParser(description="Make the bench's exports, where they are missing.")
    parser.add_argument("size", nargs="*", choices=SIZES, default=["S"])
    parser.add_argument("--variant", nargs="*", choices=VARIANTS, default=["shuffled"])
    parser.add_argument("--csv", action="store_true", help="as CSV too (every size but L)")
    asked = parser.parse_args()
    for size in asked.size:
        for variant in asked.variant:
            make(Dataset(size, variant), csv=asked.csv and size != "L")


if __name__ == "__main__":
    main()
