"""A clock that tells wall and processor seconds at once, in place of the one that the product's watch reads.

Importing it puts it there, which must be done before `flamescore` is imported.
"""

from __future__ import annotations

import time
from typing import Self


class Reading(float):
    """A reading of the wall clock that carries the processor seconds till then; a difference has both."""

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
