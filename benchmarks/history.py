"""Time the nightly run as history grows: exports of one to five years, mostly events that no longer count.

    python benchmarks/history.py
    python benchmarks/history.py --years 1 3 5 --rows 4000000 --runs 1

The exports are one Parquet file sorted by time, and the same events in one hive partition per month. In the
first case, every rule's window ends after 90 days at most. In the second, one rule on a rare type never
expires.
"""

from __future__ import annotations

import argparse
import os
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from commands import PLACE, score
from data import END, FOLDER, ROW_GROUP, SEED
from measure import load, machine, median
from people import contacts_of
from rules import DAYS_OF, Rule, rules, write_book, write_sources
from traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

HISTORY: Final = FOLDER / "history"
PEOPLE: Final = 100_000
MOST: Final = 5
WINDOW: Final = "90d"
EVER: Final = {
    "name": "Ever",
    "event": "unsubscribe",
    "points": -1,
    "count": "each",
    "expires": "never",
    "decay": "none",
}
CASES: Final[dict[str, tuple[object, ...]]] = {"90 days": (), "90 days, one rule for ever": (EVER,)}
LAYOUTS: Final = ("sorted", "monthly")


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the history. The last one ends at the benchmark's `as_of`."""

    start: datetime
    end: datetime

    @property
    def name(self) -> str:
        """Return the name of its hive partition."""
        return f"month={self.start:%Y-%m}"


def months(years: int) -> list[Month]:
    """Return the months of the last years in order. The last month is incomplete."""
    found: list[Month] = []
    end = END
    for _ in range(12 * years):
        start = (end - timedelta(seconds=1)).astimezone(UTC).replace(day=1, hour=0, minute=0, second=0)
        found.append(Month(start, end))
        end = start
    return found[::-1]


def make(years: Sequence[int], rows: int) -> Path:
    """Make the missing exports for each number of years; `rows` is the number of events per year."""
    place = HISTORY / f"{rows}"
    place.mkdir(parents=True, exist_ok=True)
    contacts = contacts_of(PEOPLE, SEED)
    contacts.write_parquet(place / "contacts.parquet")
    for month in months(max(years)):
        _month(place / "months" / month.name, month, contacts["contact_id"], rows)
    for count in years:
        _sorted(place, count)
        _monthly(place, count)
    return place


def export(place: Path, layout: str, years: int) -> Path:
    """Return the path of the export for a number of years."""
    return place / (f"sorted-{years}.parquet" if layout == "sorted" else f"monthly-{years}")


def _month(folder: Path, month: Month, contacts: pl.Series, rows: int) -> None:
    path = folder / "events.parquet"
    if path.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    days = -(-(month.end - month.start) // timedelta(days=1))
    traffic = Traffic(contacts, end=int(month.end.timestamp()), days=days, orphans=0.01, distinct_urls=0.0)
    seed = SEED, month.start.year, month.start.month
    events = traffic.piece(rows * days // 365, seed).filter(pl.col("at") >= month.start).sort("at")
    draft = folder / "draft"
    events.write_parquet(draft, row_group_size=ROW_GROUP)
    draft.rename(path)


def _sorted(place: Path, years: int) -> None:
    path = export(place, "sorted", years)
    if not path.exists():
        files = [place / "months" / month.name / "events.parquet" for month in months(years)]
        draft = place / "draft"
        whole = pl.scan_parquet(files, hive_partitioning=False)
        whole.sink_parquet(draft, row_group_size=ROW_GROUP, maintain_order=True)
        draft.rename(path)


def _monthly(place: Path, years: int) -> None:
    """Hard-link the months' files, which are the same for each number of years."""
    for month in months(years):
        folder = export(place, "monthly", years) / month.name
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "events.parquet").exists():
            os.link(place / "months" / month.name / "events.parquet", folder / "events.parquet")


def book(extra: Sequence[object]) -> list[object]:
    """Return thirty rules whose windows end after 90 days at most, followed by `extra`."""
    within = (
        replace(rule, window=WINDOW)
        if isinstance(rule, Rule) and DAYS_OF[rule.window] > DAYS_OF[WINDOW]
        else rule
        for rule in rules(30)
    )
    return [*(rule.words() for rule in within), *extra]


def curve(place: Path, years: Sequence[int], runs: int) -> Iterator[str]:
    """Measure, and yield the rows of a Markdown table."""
    heads = [f"{layout}, {case}" for case in CASES for layout in LAYOUTS]
    yield "| years | events | " + " | ".join(heads) + " |"
    yield "|" + "---|" * (len(heads) + 2)
    for count in years:
        events = pl.scan_parquet(export(place, "sorted", count)).select(pl.len()).collect().item()
        cells = [
            _seconds(place, layout, count, case, runs=runs)
            for case in range(len(CASES))
            for layout in LAYOUTS
        ]
        yield f"| {count} | {events:,} | " + " | ".join(cells) + " |"


def _seconds(place: Path, layout: str, years: int, case: int, *, runs: int) -> str:
    rule_file = write_book(book(list(CASES.values())[case]), PLACE / f"rules-history-{case}.yaml")
    config = write_sources(
        PLACE / f"flamescore-history-{layout}-{years}-{case}.yaml",
        rule_file,
        contacts=place / "contacts.parquet",
        events=export(place, layout, years),
    )
    cost = median(score(config), runs)
    return f"{cost.wall:.2f} s ({cost.processor:.2f})"


def main() -> None:
    """Make the missing exports, measure, and print the table."""
    parser = argparse.ArgumentParser(description="Time the nightly run by years of history.")
    parser.add_argument("--years", nargs="*", type=int, default=range(1, MOST + 1))
    parser.add_argument("--rows", type=int, default=2_000_000, help="events a year")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    place = make(asked.years, asked.rows)
    PLACE.mkdir(parents=True, exist_ok=True)
    print(
        f"{machine()['processor']}, load {load()}; wall seconds of `score` (processor seconds)\n", flush=True
    )
    try:
        for line in curve(place, asked.years, asked.runs):
            print(line, flush=True)
    finally:
        shutil.rmtree(PLACE)
    print(f"\n{PEOPLE:,} contacts, 30 rules, the median of {asked.runs}; load at the end {load()}")


if __name__ == "__main__":
    main()
