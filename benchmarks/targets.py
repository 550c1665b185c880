"""The targets for speed and memory: what is measured for each, the bound, and whether it is met."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from features import ACCOUNTS, ACTING, BOTS, EVERYTHING, FEATURES, LABELS, LISTS
from rules import NARROW
from sequences import QUARTER, SEQUENCES, WITHOUT
from works import (
    BACKTEST,
    COLUMNS,
    CONTACTS,
    CSV_FLOOR,
    EXPLAIN,
    FIRST_NIGHT,
    FLOOR,
    HALF,
    HELP,
    IMPORT_POLARS,
    NEXT_NIGHT,
    NOTHING,
    REASONS,
    SAMPLE,
    SEARCH,
    TWENTY,
    WIDE_EVENTS,
    of_feature,
    ours,
    peer,
    tables,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from measure import Cost
    from works import Work

START: Final = "start"
"""The size of targets that use no data set: the start-up times of short commands."""

HEAD: Final = (
    "| size | what | wall | met | processor | met | target |",
    "|---|---|---|---|---|---|---|",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """A ratio of wall seconds and the same ratio of processor seconds, or a single figure of another unit."""

    value: float
    work: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The measurements of a data set of `events` events: the costs of each work, run by run.

    `differs` counts the scores and ledger rows in which a peer differs from us.
    """

    size: str
    events: int
    costs: Mapping[str, Sequence[Cost]]
    differs: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def ratio(self, one: Work, other: Work) -> Measured | None:
        """Return the medians of the per-round ratios, or None if a peer's scores or ledger differ."""
        pairs = list(zip(self.costs[one.name], self.costs[other.name], strict=False))
        if any(any(self.differs.get(each.name, ())) for each in (one, other)):
            return None
        return Measured(
            statistics.median(above.wall / below.wall for above, below in pairs),
            statistics.median(above.processor / below.processor for above, below in pairs),
        )

    def peak(self, work: Work) -> float:
        """Return the median of the peaks in MB."""
        return statistics.median(cost.peak for cost in self.costs[work.name])

    def told(self, work: Work) -> Mapping[str, Any]:
        """Return the JSON that a work printed last."""
        return self.costs[work.name][-1].told


@dataclass(frozen=True, slots=True)
class Target:
    """A row of the table. A bound by size is a maximum, or a minimum with `least`; None means only shown."""

    what: str
    bounds: Mapping[str, float | None]
    works: tuple[Work, ...]
    measured: Callable[[Found], Measured | None]
    least: bool = False
    unit: str = ""

    def line(self, found: Found) -> str:
        """Return the target's row of the table."""
        bound = self.bounds[found.size]
        wanted = "" if bound is None else f"{'at least' if self.least else 'at most'} {bound:g}{self.unit}"
        measured = self.measured(found)
        if measured is None:
            return f"| {found.size} | {self.what} | not the same scores | | | | {wanted} |"
        cells = (
            (f"{value:.2f}{self.unit}", self._verdict(value, bound)) if value is not None else ("", "")
            for value in (measured.value, measured.work)
        )
        told = " | ".join(f"{value} | {verdict}" for value, verdict in cells)
        return f"| {found.size} | {self.what} | {told} | {wanted} |"

    def _verdict(self, value: float, bound: float | None) -> str:
        if bound is None:
            return ""
        return "yes" if (value >= bound if self.least else value <= bound) else "**no**"


def ratio(
    what: str, bounds: Mapping[str, float | None], one: Work, other: Work, *, least: bool = False
) -> Target:
    """Return the target for a ratio of two works' seconds."""
    return Target(what, bounds, (one, other), lambda found: found.ratio(one, other), least)


def _against(name: str, count: int, bounds: Mapping[str, float | None], mix: str = "broad") -> Target:
    kind = "" if mix == "broad" else f" {mix}"
    title = {"duckdb": "DuckDB", "polars": "Polars, a query a rule"}.get(name, name)
    what = f"{title} / the same tables, {count}{kind} rules"
    return ratio(what, bounds, peer(name, count, mix), tables(count, mix), least=True)


def _inside(what: str, bounds: Mapping[str, float | None], work: Work) -> Target:
    def measured(found: Found) -> Measured:
        told = found.told(work)
        (wall, processor), (least_wall, least_processor) = told["ours"], told["floor"]
        return Measured(wall / least_wall, processor / least_processor)

    return Target(what, bounds, (work,), measured)


def _growth(found: Found) -> Measured:
    """Return the bytes that each event of the second half adds to the peak."""
    return Measured((found.peak(ours(300)) - found.peak(HALF)) * 1e6 / (found.events / 2))


_ALL, _ALL_WITHOUT = of_feature(EVERYTHING), of_feature(EVERYTHING, without=True)


def _for_each_wide(found: Found) -> Measured:
    more = found.peak(_ALL) - found.peak(_ALL_WITHOUT)
    return Measured(more * 1e6 / found.told(WIDE_EVENTS)["events"])


def _sample(work: Work) -> Target:
    return ratio(f"`{work.name.split()[0]}` on the sample / `import polars`", {START: 2}, work, IMPORT_POLARS)


_SMALL: Final = {"20": None, "2k": None, "20k": None}
_OF_FEATURE: Final = {LISTS: 1.1, LABELS: 1.05, ACCOUNTS: 1.15, BOTS: 1.3, ACTING: 1.15}
_EVERY: Final = tables(100, every=True)

TARGETS: Final = (
    ratio("`score` of 20 contacts / `import polars`", {START: 2.5}, TWENTY, IMPORT_POLARS),
    *(_sample(each) for each in SAMPLE),
    ratio("`--help` / `python -c pass`", {START: 8}, HELP, NOTHING),
    _against("duckdb", 10, _SMALL | {"S": 1.2, "M": 1.2}),
    _against("polars", 10, _SMALL | {"S": 1.2, "M": 1.2}),
    _against("duckdb", 100, {"S": 2.5, "M": 4.5, "L": 4.5}),
    _against("polars", 100, {"S": None, "M": None}),
    _against("pandas", 100, {"S": 15}),
    _against("duckdb", 100, {"S": None, "M": None, "L": None}, NARROW),
    ratio(
        "everything written / the peers' tables, 40% hot",
        {"S": None, "M": 1.35},
        ours(100, hot="40%"),
        tables(100),
    ),
    ratio(
        "everything written / the peers' tables, 3% hot",
        {"S": None, "M": None},
        ours(100, hot="3%"),
        tables(100),
    ),
    _inside("the three reasons of 40% hot leads / counting", {"S": None, "M": 0.5}, REASONS),
    _inside("contacts, 20 field and tag rules / reading those columns", {"S": None, "M": 2}, CONTACTS),
    ratio("the peers' tables, 100 rules / floor", {"S": None, "M": 3, "L": 1.8}, tables(100), FLOOR),
    ratio(
        "the peers' tables, 100 narrow rules / floor",
        {"S": None, "M": 3, "L": 1.8},
        tables(100, NARROW),
        FLOOR,
    ),
    ratio("300 rules / 10 rules", {"S": None, "M": 1.8, "L": 1.8}, ours(300), ours(10)),
    ratio(
        "300 narrow rules / 10",
        {"S": None, "M": 1.6, "L": 1.6},
        ours(300, NARROW),
        ours(10, NARROW),
    ),
    ratio("CSV, 100 rules / counting its rows", {"M": 3}, ours(100, csv=True), CSV_FLOOR),
    ratio("the next night / the first", {"S": 1.3, "M": 1.3}, NEXT_NIGHT, FIRST_NIGHT),
    *(
        ratio(f"`explain` of the {who} contact / a filtered scan", {"S": 2, "M": None, "L": 1.3}, *pair)
        for who, pair in EXPLAIN.items()
    ),
    ratio(
        "`search --flames 5` / reading the columns that it shows",
        {"S": 1.2, "M": 1.2, "L": 1.2},
        SEARCH,
        COLUMNS,
    ),
    Target(
        "peak memory, 300 rules",
        {"L": 1.2},
        (ours(300),),
        lambda found: Measured(found.peak(ours(300)) / 1_000),
        unit=" GB",
    ),
    Target("memory for each further event", {"L": 8}, (ours(300), HALF), _growth, unit=" bytes"),
    ratio(
        "100 rules of events in sequence / without these keys",
        {"S": None, "M": 1.5},
        ours(100, SEQUENCES),
        ours(100, WITHOUT),
    ),
    ratio(
        "300 rules / 10 rules, one in four in sequence",
        {"S": None, "M": 1.6},
        ours(300, QUARTER),
        ours(10, QUARTER),
    ),
    *(
        ratio(
            each.title,
            {"S": None, "M": _OF_FEATURE[each.name]},
            of_feature(each),
            of_feature(each, without=True),
        )
        for each in FEATURES
    ),
    ratio(EVERYTHING.title, {"S": None, "M": None}, _ALL, _ALL_WITHOUT),
    Target(
        "its peak memory, for each event that a wide rule keeps",
        {"S": None, "M": 24},
        (_ALL, _ALL_WITHOUT, WIDE_EVENTS),
        _for_each_wide,
        unit=" bytes",
    ),
    ratio("a backtest of 12 cuts / every table, no report", {"M": 8}, BACKTEST, _EVERY),
    Target(
        "its peak memory / that of every table",
        {"M": 2.5},
        (BACKTEST, _EVERY),
        lambda found: Measured(found.peak(BACKTEST) / found.peak(_EVERY)),
    ),
)
"""The targets, in the order of the table. To add one, add an element."""


def chosen(size: str, only: Sequence[str]) -> list[Target]:
    """Return the targets of a size whose description contains any of the words, or all if none given."""
    words = [each.lower() for each in only]
    return [
        each
        for each in TARGETS
        if size in each.bounds and (not words or any(word in each.what.lower() for word in words))
    ]


def works_of(targets: Iterable[Target]) -> list[Work]:
    """Return the works to measure for some targets, each after the works that it needs."""
    wanted = {work.name: work for target in targets for work in target.works}
    found: dict[str, Work] = {}

    def put(work: Work) -> None:
        for first in (work.needs, work.same_as):
            if first is not None and first.name in wanted:
                put(first)
        found.setdefault(work.name, work)

    for work in wanted.values():
        put(work)
    return list(found.values())


def table(targets: Iterable[Target], found: Found) -> Iterator[str]:
    """Yield the rows of the table of targets."""
    yield from (target.line(found) for target in targets)
