"""Measure `flamescore` beside the floor and its peers, and write the section of that size in `results.md`.

    make bench
    make bench SIZE=M RULES=30,100 PEERS=duckdb,polars RUNS=3
    python benchmarks/bench.py --size S --rules 30,100 --variant urls --csv

Each run is a fresh process, and each figure the median of as many as its row says. A peer's scores and ledger
are compared with ours before its time counts.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import results
import targets
from data import SIZES, VARIANTS, Dataset
from heavy import PLACE, Plan, heavy, python
from measure import load, machine, once, spent
from waits import waits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from heavy import Row
    from waits import Wait

RULES: Final = {"S": "10,100,300", "M": "10,30,100,300", "L": "10,100,300"}
PEERS: Final = {"S": "duckdb,polars,pandas", "M": "duckdb,polars", "L": "duckdb"}
PACKAGES: Final = ("flamescore", "polars", "numpy", "duckdb", "pandas", "pyarrow")


def bench(plan: Plan) -> None:
    """Measure, print and write."""
    began = datetime.now(UTC), load()
    rows: list[Row] = []
    for row in heavy(plan):
        print(f"{row.what} {row.rules or ''}: {row.cost.wall:.2f} s, {row.cost.peak:.0f} MB", flush=True)
        rows.append(row)
    short: list[Wait] = []
    for wait in waits(plan):
        print(f"{wait.what}: {wait.ours.wall:.3f} / {wait.floor.wall:.3f} s", flush=True)
        short.append(wait)
    before = results.RESULTS.read_text(encoding="utf-8") if results.RESULTS.exists() else ""
    section = "\n".join(_section(plan, rows, short, began))
    title = f"{plan.data.size}, {plan.data.variant}"
    results.RESULTS.write_text(results.replaced(before, title, section), encoding="utf-8")
    print(f"\n## {title}\n\n{section}")


def _section(
    plan: Plan, rows: Sequence[Row], short: Sequence[Wait], began: tuple[datetime, str]
) -> Iterator[str]:
    data = plan.data
    yield f"Seed {data.seed}: {data.people:,} contacts, {data.rows:,} events."
    yield ""
    yield from targets.table(targets.found_in(data, rows, short))
    yield ""
    yield from results.rows_table(rows)
    yield ""
    yield from results.waits_table(short)
    yield ""
    yield from _about(*began)
    yield ""
    yield from (f"    {row.command}" for row in rows)
    yield from (f"    {command}" for each in short for command in each.commands)


def _about(when: datetime, loaded: str) -> Iterator[str]:
    minutes = (datetime.now(UTC) - when).total_seconds() / 60
    work = spent() / 60
    yield f"- measured: {when:%Y-%m-%d %H:%M} UTC, in {minutes:.1f} minutes ({work:.1f} of a processor)"
    yield f"- load when it began, and when it ended (1, 5, 15 minutes): {loaded}; {load()}"
    facts = machine() | {name: version(name) for name in PACKAGES} | {"python": sys.version.split()[0]}
    yield from (f"- {name}: {value}" for name, value in facts.items())


def main() -> None:
    """Read the command line, make what is missing, measure."""
    parser = argparse.ArgumentParser(description="Measure flamescore beside the floor and its peers.")
    parser.add_argument("--size", choices=SIZES, default="S")
    parser.add_argument("--variant", choices=VARIANTS, default="shuffled")
    parser.add_argument("--rules", help="how many rules, such as 30,100")
    parser.add_argument("--peers", help="such as duckdb,polars,pandas; or none")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--csv", action="store_true", help="score the CSV by each number of rules (S, M)")
    asked = parser.parse_args()
    counts = tuple(int(count) for count in (asked.rules or RULES[asked.size]).split(","))
    peers = tuple(peer for peer in (asked.peers or PEERS[asked.size]).split(",") if peer != "none")
    texts = counts if asked.csv else tuple(count for count in counts if count == 100 and asked.size == "M")
    csv = () if asked.size == "L" or asked.variant == "monthly" else texts
    PLACE.mkdir(parents=True, exist_ok=True)
    once(python("data.py", asked.size, "--variant", asked.variant, *(["--csv"] if csv else [])))
    try:
        bench(Plan(Dataset(asked.size, asked.variant), counts, peers, asked.runs, csv))
    finally:
        shutil.rmtree(PLACE)


if __name__ == "__main__":
    main()
