"""Measure `flamescore` next to its peers and lower bounds, and check the ratios against the targets.

    make bench                                    every size but L: an hour on two cores
    make bench SIZE=S RUNS=1
    python benchmarks/bench.py --size S --only explain "the next night"
    python benchmarks/bench.py --list
    python benchmarks/bench.py --size S --only "40% hot" --profile

Each run is a fresh process. The commands of a size run in rounds, and each ratio is the median of the rounds'
ratios. A run of whole sizes writes their sections of `results.md`; a run with `--only` just prints.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import results
import targets
from commands import HERE, OUT, PLACE, PRODUCT, ROOT, python
from data import SIZES, VARIANTS, Dataset
from measure import compile_all, load, machine, once, spent
from rounds import in_rounds
from targets import START, TARGETS, Found, chosen, works_of
from works import CSV_FLOOR

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from measure import Cost
    from rounds import Rounds
    from works import Work

ALL: Final = (START, *SIZES)
SEVERAL: Final = tuple(size for size in ALL if size != "L")
PACKAGES: Final = ("flamescore", "polars", "numpy", "duckdb", "pandas", "pyarrow")


def bench(size: str, variant: str, only: Sequence[str], runs: int) -> list[str]:
    """Measure a size, write its section if all of it was measured, and return the rows of its targets."""
    began = datetime.now(UTC), load(), spent()
    wanted = chosen(size, only)
    works, data = works_of(wanted), _data(size, variant)
    _make(data, works)
    found = in_rounds(data, works, runs, _tell)
    shutil.rmtree(OUT)
    rows = list(targets.table(wanted, Found(size, data.rows, found.costs, found.differs)))
    section = "\n".join(_section(data, rows, works, found, began))
    title = size if size == START else f"{size}, {variant}"
    if only:
        print("", *results.costs_table(works, found), "", *results.steps_table(found), "", sep="\n")
        return rows
    before = results.RESULTS.read_text(encoding="utf-8") if results.RESULTS.exists() else ""
    results.RESULTS.write_text(results.replaced(before, title, section), encoding="utf-8")
    print(f"\n## {title}\n\n{section}\n", flush=True)
    return rows


def profile(size: str, variant: str, only: Sequence[str]) -> None:
    """Profile the measured commands of the product and print where the processor time goes."""
    wanted, data = chosen(size, only), _data(size, variant)
    works = works_of(wanted)
    _make(data, works)
    for work in works:
        if work.before is not None:
            work.before(data)
        command = work.command(data)
        if command[: len(PRODUCT)] != PRODUCT:
            continue
        if work.needs is not None:
            once(work.needs.command(data))
        print(f"\n## {work.name}\n", flush=True)
        subprocess.run(python("profiled.py", *command[len(PRODUCT) :]), check=True)


def _data(size: str, variant: str) -> Dataset:
    """Return the data set of a size. For `START`, return S, from which the twenty contacts are taken."""
    return Dataset("S") if size == START else Dataset(size, variant)


def _make(data: Dataset, works: Sequence[Work]) -> None:
    csv = any(work is CSV_FLOOR for work in works)
    once(python("data.py", data.size, "--variant", data.variant, *(["--csv"] if csv else [])))


def _tell(work: Work, cost: Cost) -> None:
    told = f"{cost.wall:.3f} s, {cost.processor:.3f} s of the processor, {cost.peak:.0f} MB"
    print(f"{work.name}: {told}", flush=True)


def _section(
    data: Dataset,
    rows: Sequence[str],
    works: Sequence[Work],
    found: Rounds,
    began: tuple[datetime, str, float],
) -> Iterator[str]:
    yield from (*targets.HEAD, *rows)
    yield ""
    yield f"Seed {data.seed}: {data.people:,} contacts, {data.rows:,} events."
    yield ""
    yield from results.costs_table(works, found)
    steps = list(results.steps_table(found))
    yield from ["", *steps] if steps else []
    yield ""
    yield from _about(*began)
    yield ""
    yield from results.commands_of(data, works)


def _about(when: datetime, loaded: str, worked: float) -> Iterator[str]:
    minutes = (datetime.now(UTC) - when).total_seconds() / 60
    work = (spent() - worked) / 60
    yield f"- measured: {when:%Y-%m-%d %H:%M} UTC, in {minutes:.1f} minutes ({work:.1f} of a processor)"
    yield f"- load when it began, and when it ended (1, 5, 15 minutes): {loaded}; {load()}"
    facts = machine() | {name: version(name) for name in PACKAGES} | {"python": sys.version.split()[0]}
    yield from (f"- {name}: {value}" for name, value in facts.items())


def _listed(sizes: Sequence[str]) -> Iterator[str]:
    for target in TARGETS:
        at = ", ".join(size for size in target.bounds if size in sizes)
        if at:
            yield f"{target.what}  [{at}]"


def main() -> None:
    """Parse the command line, make the missing data, and measure."""
    parser = argparse.ArgumentParser(
        description="Measure flamescore beside its peers, and hold the ratios against the targets."
    )
    parser.add_argument("--size", nargs="+", choices=ALL, default=SEVERAL, help="default: all but L")
    parser.add_argument("--variant", choices=VARIANTS, default=VARIANTS[0], help="of the sizes S, M and L")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="WORDS", help="the rows that have any of these"
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--list", action="store_true", help="list the rows, and measure nothing")
    parser.add_argument("--profile", action="store_true", help="profile the commands of the product instead")
    asked = parser.parse_args()
    if asked.list:
        print("\n".join(_listed(asked.size)))
        return
    if not any(chosen(size, asked.only) for size in asked.size):
        parser.error("no row has these words; --list lists them")
    PLACE.mkdir(parents=True, exist_ok=True)
    for folder in (ROOT / "src", HERE):
        compile_all(folder)
    try:
        if asked.profile:
            for size in asked.size:
                profile(size, asked.variant, asked.only)
            return
        rows = [row for size in asked.size for row in bench(size, asked.variant, asked.only, asked.runs)]
        print("", *targets.HEAD, *rows, sep="\n")
    finally:
        shutil.rmtree(PLACE)


if __name__ == "__main__":
    main()
