"""Random numbers that are the same on every machine."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")


class Dice:
    """A random generator on `random.random()` alone, the only sequence that Python guarantees to keep.

    Only whole numbers and plain products are derived from it, so no platform's `log` or `exp` can
    change a byte of the sample.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random

    def chance(self, probability: float) -> bool:
        """Return True with this probability."""
        return self._random() < probability

    def between(self, low: int, high: int) -> int:
        """Draw a whole number from `low` to `high`, inclusive."""
        return low + int(self._random() * (high - low + 1))

    def pick(self, choices: Sequence[T]) -> T:
        """Draw one of the choices, all equally likely."""
        return choices[int(self._random() * len(choices))]

    def weighted(self, choices: Sequence[tuple[T, int]]) -> T:
        """Draw one of `(choice, weight)`; the weights are whole numbers."""
        left = int(self._random() * sum(weight for _, weight in choices))
        for choice, weight in choices:
            left -= weight
            if left < 0:
                return choice
        raise ValueError("no choice has a weight above 0")
