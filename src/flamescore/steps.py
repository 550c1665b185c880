"""The steps of a run: how long each took, and how many rows it went through."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a run: the seconds that it took, and the rows that it went through."""

    name: str
    seconds: float
    rows: int


@dataclass
class Watch:
    """Notes steps as they end; each has lasted since the one before, or since the watch was started."""

    steps: list[Step] = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)

    def start(self) -> None:
        """Let what has passed since the last step belong to none."""
        self.started = time.perf_counter()

    def __call__(self, name: str, rows: int) -> Step:
        """Note a step that ends now, and return it."""
        now = time.perf_counter()
        step = Step(name, now - self.started, rows)
        self.steps.append(step)
        self.started = now
        return step
