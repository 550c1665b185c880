"""Measure in rounds: in each round every work runs once, so that other load affects all alike."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from commands import OUT, PLACE, python
from measure import once

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from data import Dataset
    from measure import Cost
    from works import Work


@dataclass(frozen=True, slots=True)
class Rounds:
    """The measurements by work: the costs of each run, a peer's differences, and the steps of the run."""

    costs: dict[str, list[Cost]] = field(default_factory=dict)
    differs: dict[str, tuple[int, int]] = field(default_factory=dict)
    steps: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def in_rounds(data: Dataset, works: Sequence[Work], runs: int, tell: Callable[[Work, Cost], None]) -> Rounds:
    """Measure works. After its first run, a peer's scores and ledger are compared with ours."""
    OUT.mkdir(parents=True, exist_ok=True)
    found = Rounds({work.name: [] for work in works})
    for turn in range(max((work.times(runs) for work in works), default=0)):
        for work in works:
            if turn >= work.times(runs):
                continue
            if turn == 0:
                _first(data, work, found)
            _before(data, work)
            cost = once(work.command(data), tells=work.tells)
            found.costs[work.name].append(cost)
            if turn == 0 and work.same_as is not None:
                found.differs[work.name] = _compared(work.same_as, work)
            if turn == 0 and work.record is not None:
                record = json.loads((work.record(data) / "run.json").read_text(encoding="utf-8"))
                found.steps[work.name] = record["steps"]
            tell(work, cost)
    return found


def _first(data: Dataset, work: Work, found: Rounds) -> None:
    """Run prerequisites that have not run yet, and run a short work once to cache the files that it reads."""
    for needed in (work.needs, work.same_as):
        if needed is not None and not found.costs.get(needed.name):
            _before(data, needed)
            once(needed.command(data))
    if work.least > 1:
        once(work.command(data))


def _before(data: Dataset, work: Work) -> None:
    if work.folder is not None:
        work.folder.mkdir(parents=True, exist_ok=True)
    if work.before is not None:
        work.before(data)


def _compared(ours: Work, theirs: Work) -> tuple[int, int]:
    """Compare in a separate process: this one's peak memory is a lower bound for that of its children."""
    place = PLACE / "compared.txt"
    once(python("compare.py", str(ours.folder), str(theirs.folder), str(place)))
    scores, rows = place.read_text(encoding="utf-8").split()
    return int(scores), int(rows)
