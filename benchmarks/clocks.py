"""A clock that reads wall and processor seconds at once and replaces the one that the product's timings use.

Importing this module installs the clock, so import it before `flamescore`.
"""

from __future__ import annotations

import time
from typing import Self


class Reading(float):
    """A reading of the wall clock that carries the processor seconds so far; a difference has both."""

    processor: float

    def __new__(cls, wall: float, processor: float) -> Self:
        """Make a reading."""
        made = super().__new__(cls, wall)
        made.processor = processor
        return made

    def __sub__(self, other: float) -> Reading:
        processor = self.processor - (other.processor if isinstance(other, Reading) else 0.0)
        return Reading(float(self) - float(other), processor)


_wall = time.perf_counter


def now() -> Reading:
    """Read both clocks."""
    return Reading(_wall(), time.process_time())


time.perf_counter = now
