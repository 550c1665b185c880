"""The targets of speed and memory: a table of what a run measured, what is wanted, and whether it is met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from features import ACCOUNTS, ACTING, BOTS, FEATURES, LABELS, LISTS
from heavy import (
    AS_PEERS,
    BACKTEST,
    CSV_FLOOR,
    FLOOR,
    FROM_CSV,
    NAMES,
    NO_REPORT,
    OF_HALF,
    OF_NARROW,
    OURS,
    PEAK,
    WITHOUT_IT,
)
from sequences import QUARTER, SEQUENCES, WITHOUT
from waits import BUSIEST, HELP, SEARCH, TWENTY, TYPICAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from data import Dataset
    from heavy import Row
    from waits import Wait


@dataclass(frozen=True, slots=True)
class Measured:
    """What is judged, and the same ratio of processor seconds, which a busy machine spoils less."""

    value: float
    work: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a run measured, of a data set of so many events."""

    size: str
    events: int
    rows: Mapping[tuple[str, int], Row]
    waits: Mapping[str, Wait]

    def over(self, one: tuple[str, int], other: tuple[str, int]) -> Measured | None:
        """Return the ratios of two rows; None where one is missing or its scores are wrong."""
        rows = [self.rows.get(key) for key in (one, other)]
        if any(row is None or any(row.differs or ()) for row in rows):
            return None
        above, below = (row.cost for row in rows if row is not None)
        return Measured(above.wall / below.wall, above.processor / below.processor)

    def wait(self, what: str) -> Measured | None:
        """Return the ratios of a short command."""
        each = self.waits.get(what)
        return None if each is None else Measured(each.ratio, each.work)

    def memory(self, one: tuple[str, int], other: tuple[str, int]) -> Measured | None:
        """Return the ratio of the peaks of two rows; None where one is missing."""
        rows = [self.rows[key] for key in (one, other) if key in self.rows]
        return None if len(rows) < 2 else Measured(rows[0].cost.peak / rows[1].cost.peak)

    def peak(self) -> Measured | None:
        """Return the peak in GB."""
        row = self.rows.get((OURS, PEAK))
        return None if row is None else Measured(row.cost.peak / 1_000)

    def growth(self) -> Measured | None:
        """Return the bytes that each event of the second half adds to the peak."""
        whole, half = self.rows.get((OURS, PEAK)), self.rows.get((OURS + OF_HALF, PEAK))
        if whole is None or half is None:
            return None
        return Measured((whole.cost.peak - half.cost.peak) * 1e6 / (self.events / 2))


@dataclass(frozen=True, slots=True)
class Target:
    """A ratio that is wanted: at most `bound`, or at least; `size` is None where any will do."""

    what: str
    size: str | None
    bound: float
    measured: Callable[[Found], Measured | None]
    least: bool = False
    unit: str = ""

    def line(self, found: Found) -> str:
        """Return the target's row of the table."""
        wanted = f"{'at least' if self.least else 'at most'} {self.bound:g}{self.unit}"
        if self.size not in (None, found.size):
            return f"| {self.what} | not measured in this run: make bench SIZE={self.size} | | {wanted} | |"
        measured = self.measured(found)
        if measured is None:
            return f"| {self.what} | not measured in this run | | {wanted} | |"
        value, work = measured.value, "" if measured.work is None else f"{measured.work:.2f}"
        met = value >= self.bound if self.least else value <= self.bound
        verdict = "pass" if met else "**short**"
        return f"| {self.what} | {value:.2f}{self.unit} | {work} | {wanted} | {verdict} |"


def _over(one: tuple[str, int], other: tuple[str, int]) -> Callable[[Found], Measured | None]:
    return lambda found: found.over(one, other)


def _wait(what: str) -> Callable[[Found], Measured | None]:
    return lambda found: found.wait(what)


_NARROW: Final = OURS + OF_NARROW
_TABLES: Final = _over((OURS + NO_REPORT, 100), (FLOOR, 0))
_NARROW_TABLES: Final = _over((OURS + NO_REPORT + OF_NARROW, 100), (FLOOR, 0))
_BACKTEST: Final = (OURS + BACKTEST, 100), (OURS + NO_REPORT, 100)
_DUCKDB: Final = _over(("duckdb", 100), (OURS + AS_PEERS, 100))
_PANDAS: Final = _over(("pandas", 100), (OURS + AS_PEERS, 100))

_AT_MOST: Final = {LISTS: 1.1, LABELS: 1.05, ACCOUNTS: 1.15, BOTS: 1.3, ACTING: 1.15}
"""What a feature may cost at M, as a ratio to the same without it."""

TARGETS: Final = (
    Target("all tables at M, 100 rules / floor", "M", 2.4, _TABLES),
    Target("the same with narrow rules, at M", "M", 2.4, _NARROW_TABLES),
    Target("all tables at L, 100 rules / floor", "L", 1.6, _TABLES),
    Target("the same with narrow rules, at L", "L", 1.6, _NARROW_TABLES),
    Target("300 rules / 10 rules", None, 1.6, _over((OURS, 300), (OURS, 10))),
    Target("300 rules / 10 rules, narrow ones", None, 1.6, _over((_NARROW, 300), (_NARROW, 10))),
    Target(
        "100 rules of events in sequence / the same without these keys, at M",
        "M",
        1.5,
        _over((OURS + NAMES[SEQUENCES], 100), (OURS + NAMES[WITHOUT], 100)),
    ),
    Target(
        "300 rules / 10 rules, one in four of events in sequence, at M",
        "M",
        1.6,
        _over((OURS + NAMES[QUARTER], 300), (OURS + NAMES[QUARTER], 10)),
    ),
    *(
        Target(
            f"{each.title}, at M",
            "M",
            _AT_MOST[each.name],
            _over((f"{OURS}, {each.name}", 100), (f"{OURS}, {each.name}{WITHOUT_IT}", 100)),
        )
        for each in FEATURES
    ),
    Target("a backtest of 12 cuts / all tables, at M, 100 rules", "M", 8, _over(*_BACKTEST)),
    Target("its peak memory / that of all tables", "M", 2.5, lambda found: found.memory(*_BACKTEST)),
    Target("DuckDB / the same tables at M, 100 rules", "M", 3.5, _DUCKDB, least=True),
    Target("DuckDB / the same tables at L, 100 rules", "L", 3.5, _DUCKDB, least=True),
    Target("pandas / the same tables at S, 100 rules", "S", 15, _PANDAS, least=True),
    Target(
        "CSV at M, 100 rules / counting its rows by contact", "M", 2, _over((FROM_CSV, 100), (CSV_FLOOR, 0))
    ),
    Target("peak memory at L, 300 rules", "L", 1.5, Found.peak, unit=" GB"),
    Target("memory for each further event at L, 300 rules", "L", 8, Found.growth, unit=" bytes"),
    Target(f"{TYPICAL}, at L", "L", 1.3, _wait(TYPICAL)),
    Target(f"{BUSIEST}, at L", "L", 1.3, _wait(BUSIEST)),
    Target(HELP, None, 8, _wait(HELP)),
    Target(TWENTY, None, 1.8, _wait(TWENTY)),
    Target(SEARCH, None, 1.2, _wait(SEARCH)),
)


def found_in(data: Dataset, rows: Sequence[Row], waits: Sequence[Wait]) -> Found:
    """Return what a run measured, by name."""
    named = {(row.what, row.rules): row for row in rows}
    return Found(data.size, data.rows, named, {each.what: each for each in waits})


def table(found: Found) -> Iterator[str]:
    """Yield the table of targets as Markdown."""
    yield "| what | measured | by processor | target | |"
    yield "|---|---|---|---|---|"
    for target in TARGETS:
        yield target.line(found)
    yield ""
    yield (
        "Tables are written by `tables.py`, which is `flamescore score` without the report and without "
        "publishing; the peers write `scores.parquet` and `points.parquet`, and are held against a run that "
        "writes these two. Wall seconds are measured and judged; beside them stands the ratio of processor "
        "seconds."
    )
