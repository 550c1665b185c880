"""What is measured of each size: the floor, the product and its peers, each run a fresh process."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data import END, FOLDER, Dataset
from features import FEATURES, write
from measure import Cost, in_turn, median, once
from rules import BROAD, NARROW, name_of, write_project
from sequences import QUARTER, SEQUENCES, WITHOUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE: Final = Path(__file__).parent
PLACE: Final = FOLDER / f"bench-{os.getpid()}"
"""Where a bench works, beside others: made when it begins, deleted when it ends."""

OURS: Final = "flamescore"
FROM_CSV: Final = "flamescore from CSV"
OF_NARROW: Final = ", narrow rules"
"""Ends the names of what is measured by rules of the narrow mix."""

NO_REPORT: Final = ", no report"
"""Ends the names of what writes every table, and no report: the target's own terms."""

AS_PEERS: Final = ", the peers' tables"
"""Ends the names of what writes the tables that the peers write, and no others."""

NEXT_NIGHT: Final = ", the next night"
"""Ends the name of a run that is held against one of the day before."""

BACKTEST: Final = ", a backtest of 12 cuts"
"""Ends the name of what holds the scores of a dozen weeks against what came after them."""

OF_HALF: Final = ", half of the events"
"""Ends the name of what tells how memory grows: the same contacts with fewer events."""

WITHOUT_IT: Final = ", left out"
"""Ends the name of what is measured without a feature."""

FLOOR: Final = "floor"
CSV_FLOOR: Final = "floor of CSV"
ONCE: Final = {"polars": 100, "pandas": 0}
"""Peers that take so long, from so many rules on, that one run tells enough."""

PEAK: Final = 300
"""The rules at which memory is judged."""

LEAST: Final = 10
"""The rules that the most are held against."""

NAMES: Final = {
    SEQUENCES: ", events in sequence",
    WITHOUT: ", those rules without",
    QUARTER: ", one in four in sequence",
}
"""Ends the names of what is measured by these mixes of rules."""

UP_TO: Final = 100
"""More rules than these are given to the peers only where nothing else is asked for."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure."""

    data: Dataset
    counts: tuple[int, ...]
    peers: tuple[str, ...]
    runs: int
    csv: tuple[int, ...]
    """The numbers of rules to score the CSV by; none: it is not made either."""

    def runs_of(self, mix: str) -> int:
        """Return how often to run: where start-up is most of it, and minutes count, the narrow mix once."""
        return 1 if mix == NARROW and self.data.size == "S" else self.runs

    def peers_of(self, count: int) -> tuple[str, ...]:
        """Return the peers to measure at so many rules; pandas takes its time just once."""
        most = max((each for each in self.counts if each <= UP_TO), default=max(self.counts))
        return tuple(each for each in self.peers if count <= most and (each != "pandas" or count == most))


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the results; `rules` is 0 for a floor.

    `differs` counts the scores and the ledger rows that are not ours.
    """

    what: str
    rules: int
    runs: int
    cost: Cost
    command: str
    differs: tuple[int, int] | None = None


def heavy(plan: Plan) -> Iterator[Row]:
    """Measure everything in turn."""
    words = plan.data.size, plan.data.variant
    yield _row(FLOOR, 0, plan.runs, python("floor.py", *words))
    if plan.csv:
        yield _row(CSV_FLOOR, 0, plan.runs, python("floor.py", *words, "csv"))
    for count in plan.counts:
        yield _row(OURS, count, plan.runs, score(project(plan.data, count)))
        if count == UP_TO:
            yield from _tables(plan, BROAD)
        if count in plan.csv:
            yield _row(FROM_CSV, count, plan.runs, score(project(plan.data, count, csv=True)))
        for peer in plan.peers_of(count):
            yield _peer(peer, plan, count, BROAD)
    if plan.data.size != "L" and UP_TO in plan.counts:
        yield _next_night(plan)
        yield _row(OURS + BACKTEST, UP_TO, 1, backtest(project(plan.data, UP_TO)))
    if plan.data.size == "L" and PEAK in plan.counts:
        half = replace(plan.data, variant="half")
        once(python("data.py", half.size, "--variant", half.variant))
        yield _row(OURS + OF_HALF, PEAK, 1, score(project(half, PEAK)))
    yield from _narrow(plan)
    yield from _sequences(plan)
    if UP_TO in plan.counts and plan.data.size != "L":
        yield from _features(plan)


def _narrow(plan: Plan) -> Iterator[Row]:
    """Measure the narrow mix of rules."""
    for count in plan.counts:
        config = project(plan.data, count, mix=NARROW)
        yield _row(OURS + OF_NARROW, count, plan.runs_of(NARROW), score(config))
        if count == UP_TO:
            yield from _tables(plan, NARROW)
        if count == UP_TO and "duckdb" in plan.peers:
            yield _peer("duckdb", plan, count, NARROW)


def _sequences(plan: Plan) -> Iterator[Row]:
    """Measure rules that look at events in sequence, beside the same rules without that."""
    for mix, counts in ((SEQUENCES, (UP_TO,)), (WITHOUT, (UP_TO,)), (QUARTER, (LEAST, PEAK))):
        for count in (each for each in counts if each in plan.counts):
            yield _row(OURS + NAMES[mix], count, plan.runs, score(project(plan.data, count, mix=mix)))


def _features(plan: Plan) -> Iterator[Row]:
    """Measure each feature beside the same rules without it, the two in turn."""
    data = plan.data
    once(python("features.py", data.size, str(PLACE), "--variant", data.variant))
    for feature in FEATURES:
        with_it, left_out = (score(write(data, feature, PLACE, without=without)) for without in (False, True))
        costs = in_turn(with_it, left_out, plan.runs)
        for command, ending, cost in zip((with_it, left_out), ("", WITHOUT_IT), costs, strict=True):
            yield Row(f"{OURS}, {feature.name}{ending}", UP_TO, plan.runs, cost, shown(command))


def _tables(plan: Plan, mix: str) -> Iterator[Row]:
    """Measure the tables alone: all of them, and those of the peers."""
    config = project(plan.data, UP_TO, mix=mix)
    for ending, names in ((NO_REPORT, ()), (AS_PEERS, ("scores.parquet", "points.parquet"))):
        command = python("tables.py", str(config), str(PLACE / "out" / "tables"), *names)
        yield _row(OURS + ending + (OF_NARROW if mix == NARROW else ""), UP_TO, plan.runs_of(mix), command)


def _next_night(plan: Plan) -> Row:
    """Measure a run that tells what has changed since the day before."""
    command = [*score(project(plan.data, UP_TO)), "--output", str(PLACE / "out" / "nights")]
    once([*command, "--as-of", (END - timedelta(days=1)).isoformat()])
    return _row(OURS + NEXT_NIGHT, UP_TO, 1, command)


def project(data: Dataset, count: int, *, csv: bool = False, mix: str = BROAD) -> Path:
    """Write the project file that scores a data set by so many rules."""
    return write_project(data, count, csv=csv, folder=PLACE, mix=mix)


def published(config: Path) -> Path:
    """Return the folder of a project's latest run."""
    return PLACE / "out" / config.stem.removeprefix("flamescore-") / "latest"


def score(config: Path) -> list[str]:
    """Return the command that scores a project, writing every table and the report."""
    return product("score", "--quiet", "--config", str(config))


def backtest(config: Path) -> list[str]:
    """Return the command that looks at all rules of a project at twelve weekly cuts."""
    asked = ("--outcome", "purchase", "--horizon", "4w", "--every", "1w", "--cuts", "12", "--repeat")
    known = ("--static-fields", "tags,employees", "--short-cuts")
    out = str(PLACE / "out" / "backtest.json")
    return product("backtest", *asked, *known, "-o", out, "--quiet", "--config", str(config))


def product(*words: str) -> list[str]:
    """Return a command of the product."""
    return [sys.executable, "-m", "flamescore", *words]


def python(script: str, *words: str) -> list[str]:
    """Return the command that runs a script of the bench."""
    return [sys.executable, str(HERE / script), *words]


def shown(command: Sequence[str]) -> str:
    """Return a command as one would type it in the project's folder."""
    return (
        shlex.join(["python", *command[1:]]).replace(f"{HERE}/", "benchmarks/").replace(PLACE.name, "bench")
    )


def _row(what: str, rules: int, runs: int, command: Sequence[str]) -> Row:
    return Row(what, rules, runs, median(command, runs), shown(command))


def _peer(peer: str, plan: Plan, count: int, mix: str) -> Row:
    data, book = plan.data, name_of(count, mix)
    folder = PLACE / "out" / f"{peer}-{book}"
    folder.mkdir(parents=True, exist_ok=True)
    command = python(f"peer_{peer}.py", data.size, data.variant, book, str(folder))
    runs = 1 if count >= ONCE.get(peer, count + 1) else plan.runs_of(mix)
    cost = median(command, runs)
    differs = _compared(published(project(data, count, mix=mix)), folder)
    return Row(peer + (OF_NARROW if mix == NARROW else ""), count, runs, cost, shown(command), differs)


def _compared(ours: Path, theirs: Path) -> tuple[int, int]:
    """Compare in a process of its own: the peak of this one would count for each child."""
    place = PLACE / "compared.txt"
    once(python("compare.py", str(ours), str(theirs), str(place)))
    scores, rows = place.read_text(encoding="utf-8").split()
    return int(scores), int(rows)
