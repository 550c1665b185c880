"""What a person waits for: `--help`, a score of twenty, `explain`, `search`; each beside its own floor."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from heavy import PLACE, product, project, published, python, score, shown
from measure import Cost, in_turn, once
from rules import write_rules, write_sources

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from heavy import Plan

HELP: Final = "`--help` / `python -c pass`"
TWENTY: Final = "`score` of 20 contacts / `import polars`"
TYPICAL: Final = "`explain` of a typical contact / a filtered scan for the id"
BUSIEST: Final = "`explain` of the busiest contact / a filtered scan for the id"
SEARCH: Final = "`search --flames 5` / reading the columns that it shows"
SHORT: Final = 5
"""How often what takes less than some seconds is run."""

LISTED: Final = (
    "rank", "contact_id", "email", "name", "owner", "score", "flames", "percentile", "last_activity_at",
)  # fmt: skip
"""What `search` shows of the bench's contacts; all of it stands in `scores.parquet`."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A command, and what it can't be quicker than: run in turn, the median of several."""

    what: str
    about: str
    runs: int
    ours: Cost
    floor: Cost
    commands: tuple[str, str]

    @property
    def ratio(self) -> float:
        """Return how many times as long as the floor it takes."""
        return self.ours.wall / self.floor.wall

    @property
    def work(self) -> float:
        """Return the same of processor seconds."""
        return self.ours.processor / self.floor.processor


def waits(plan: Plan) -> Iterator[Wait]:
    """Measure everything in turn; the data set must have been scored by the rules that are counted last."""
    yield _wait(HELP, "", SHORT, product("--help"), _code("pass"))
    data = plan.data
    once(python("few.py", data.size, data.variant, str(PLACE)))
    config = write_sources(
        PLACE / "flamescore-twenty.yaml",
        write_rules(10, PLACE),
        contacts=PLACE / "contacts.csv",
        events=PLACE / "events.csv",
    )
    yield _wait(TWENTY, "from CSV, 10 rules", SHORT, score(config), _code("import polars"))
    last = 100 if 100 in plan.counts else plan.counts[-1]
    config = project(data, last)
    chosen = json.loads((PLACE / "ids.json").read_text(encoding="utf-8"))
    runs = 3 if data.size == "L" else SHORT
    for what, who in ((TYPICAL, "typical"), (BUSIEST, "busiest")):
        contact, events = chosen[who]
        about = f"{events:,} events, {last} rules"
        command = product("explain", contact, "--quiet", "--config", str(config))
        yield _wait(what, about, runs, command, _filtered(data.pattern, contact))
    command = product("search", "--flames", "5", "--quiet", "--config", str(config))
    yield _wait(SEARCH, f"of {data.people:,} contacts", SHORT, command, _columns(published(config)))


def _wait(what: str, about: str, runs: int, ours: list[str], floor: list[str]) -> Wait:
    return Wait(what, about, runs, *in_turn(ours, floor, runs), (shown(ours), shown(floor)))


def _filtered(events: str, contact: str) -> list[str]:
    scan = f'pl.scan_parquet("{events}").filter(pl.col("contact_id") == "{contact}").collect()'
    return _code(f"import polars as pl; {scan}")


def _columns(folder: Path) -> list[str]:
    names = ", ".join(f'"{name}"' for name in LISTED)
    read = f'pl.read_parquet("{folder}/scores.parquet", columns=[{names}])'
    return _code(f"import polars as pl; {read}")


def _code(text: str) -> list[str]:
    return [sys.executable, "-c", text]
