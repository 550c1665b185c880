"""The steps of a run: how long each took, and how many rows it processed."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from msgspec import Struct


class Step(Struct, frozen=True):
    """A step of a run: the seconds it took, and the rows it processed."""

    name: str
    seconds: float
    rows: int


@dataclass
class Stopwatch:
    """Times steps: each lasts from the end of the previous one, or from the start of the watch."""

    steps: list[Step] = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)

    def start(self) -> None:
        """Restart: the time since the last step belongs to no step."""
        self.started = time.perf_counter()

    def __call__(self, name: str, rows: int) -> Step:
        """End a step now; record and return it."""
        now = time.perf_counter()
        step = Step(name, now - self.started, rows)
        self.steps.append(step)
        self.started = now
        return step
