"""Measure `flamescore score` beside the floor and its peers, and write `benchmarks/results.md`.

    make bench
    make bench SIZE=M RULES=30,100 PEERS=duckdb,polars RUNS=3
    python benchmarks/bench.py --size S --rules 30,100 --variant urls --csv

Each run is a fresh process, and each figure the median of three. A peer's scores and ledger are compared with
ours before its time counts.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data import FOLDER, SIZES, VARIANTS, Dataset
from measure import Cost, machine, median, once
from rules import write_project

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE: Final = Path(__file__).parent
RESULTS: Final = HERE / "results.md"
RULES: Final = {"S": "10,100", "M": "10,30,100,300", "L": "100,300"}
PEERS: Final = {"S": "duckdb,polars,pandas", "M": "duckdb,polars", "L": "duckdb"}
ONCE: Final = {"polars", "pandas"}
"""Peers that take so much longer than we do that one run tells enough."""

PACKAGES: Final = ("flamescore", "polars", "numpy", "duckdb", "pandas", "pyarrow")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the results; `rules` is 0 for the floor.

    `differs` counts the scores and the ledger rows that are not ours.
    """

    what: str
    rules: int
    runs: int
    cost: Cost
    command: str
    differs: tuple[int, int] | None = None


def bench(
    data: Dataset, counts: Sequence[int], peers: Sequence[str], runs: int, *, csv: bool
) -> Iterator[Row]:
    """Measure everything in turn."""
    command = _python("floor.py", data.size, data.variant)
    yield Row("floor", 0, runs, median(command, runs), _shown(command))
    for count in counts:
        yield from _ours(data, count, runs, csv=csv)
        for peer in peers:
            yield _peer(peer, data, count, 1 if peer in ONCE else runs)


def _ours(data: Dataset, count: int, runs: int, *, csv: bool) -> Iterator[Row]:
    for text in (False, True) if csv else (False,):
        project = write_project(data, count, csv=text)
        command = _product(project, _results(data, "flamescore", count))
        cost = median(command, runs)
        yield Row("flamescore from CSV" if text else "flamescore", count, runs, cost, _shown(command))


def _peer(peer: str, data: Dataset, count: int, runs: int) -> Row:
    folder = _results(data, peer, count)
    command = _python(f"peer_{peer}.py", data.size, data.variant, str(count), str(folder))
    cost = median(command, runs)
    ours = _published(_results(data, "flamescore", count))
    differs = _compared(_python("compare.py", str(ours), str(folder)))
    return Row(peer, count, runs, cost, _shown(command), differs)


def _compared(command: Sequence[str]) -> tuple[int, int]:
    """Compare in a process of its own: the peak of this one would count for each child."""
    place = FOLDER / "compared.txt"
    once([*command, str(place)])
    scores, rows = place.read_text(encoding="utf-8").split()
    return int(scores), int(rows)


def _product(project: Path, folder: Path) -> list[str]:
    """Return the command that scores a project, writing every table (`--output` moves the run folders)."""
    if find_spec("flamescore.cli.main") is None:
        return _python("ours.py", str(project), str(folder))
    return [sys.executable, "-m", "flamescore", "score", "--config", str(project), "--output", str(folder)]


def _published(folder: Path) -> Path:
    return folder / "latest" if (folder / "latest").exists() else folder


def _results(data: Dataset, who: str, count: int) -> Path:
    folder = FOLDER / "out" / f"{who}-{data.size}-{data.variant}-{count}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _python(script: str, *words: str) -> list[str]:
    return [sys.executable, str(HERE / script), *words]


def _shown(command: Sequence[str]) -> str:
    words = ["python", *command[1:]]
    return " ".join(word.replace(f"{HERE}/", "benchmarks/") for word in words)


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the results as a Markdown table, each with its ratios to the floor and to ours."""
    floor = rows[0].cost.wall
    ours = {row.rules: row.cost.wall for row in rows if row.what == "flamescore"}
    yield "| what | rules | wall s | / floor | / flamescore | processor s | peak MB | runs | differs |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for row in rows:
        cost, mine = row.cost, ours.get(row.rules)
        against = f"{cost.wall / mine:.2f}" if mine else ""
        differs = "" if row.differs is None else f"{row.differs[0]} scores, {row.differs[1]} ledger rows"
        if row.differs and any(row.differs):
            differs, against = f"**{differs}**", "no: not the same scores"
        yield (
            f"| {row.what} | {row.rules or ''} | {cost.wall:.2f} | {cost.wall / floor:.2f} | {against} "
            f"| {cost.processor:.2f} | {cost.peak:.0f} | {row.runs} | {differs} |"
        )


def told(data: Dataset, rows: Sequence[Row]) -> str:
    """Return the whole of `results.md`."""
    people, events = SIZES[data.size]
    facts = machine() | {name: version(name) for name in PACKAGES} | {"python": sys.version.split()[0]}
    about = [f"- {name}: {value}" for name, value in facts.items()]
    commands = [f"    {row.command}" for row in rows]
    head = (
        f"Size {data.size}, variant {data.variant}, seed {data.seed}: {people:,} contacts, {events:,} events."
    )
    when = f"Made by `benchmarks/bench.py`, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC. {head}"
    return "\n".join(["# Results of the bench", "", when, "", *about, "", *table(rows), "", *commands, ""])


def main() -> None:
    """Read the command line, measure, print and write."""
    parser = argparse.ArgumentParser(description="Measure flamescore beside the floor and its peers.")
    parser.add_argument("--size", choices=SIZES, default="S")
    parser.add_argument("--variant", choices=VARIANTS, default="shuffled")
    parser.add_argument("--rules", help="how many rules, such as 30,100")
    parser.add_argument("--peers", help="such as duckdb,polars,pandas; or none")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--csv", action="store_true", help="score the CSV too (S and M)")
    asked = parser.parse_args()
    data = Dataset(asked.size, asked.variant)
    csv = asked.csv and asked.size != "L"
    once(_python("data.py", asked.size, "--variant", asked.variant, *(["--csv"] if csv else [])))
    counts = [int(count) for count in (asked.rules or RULES[asked.size]).split(",")]
    peers = [peer for peer in (asked.peers or PEERS[asked.size]).split(",") if peer != "none"]
    rows = []
    for row in bench(data, counts, peers, asked.runs, csv=csv):
        print(f"{row.what} {row.rules or ''}: {row.cost.wall:.2f} s, {row.cost.peak:.0f} MB", flush=True)
        rows.append(row)
    text = told(data, rows)
    RESULTS.write_text(text, encoding="utf-8")
    shutil.rmtree(FOLDER / "out")
    print("\n" + text)


if __name__ == "__main__":
    main()
