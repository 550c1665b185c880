"""The line charts of the page, as coordinates for small SVGs: a lead's scores, hot leads over the runs.

a lead's scores 10, 12 and 25, hot from 20       0 to 26.25 points take 20 px, from the bottom up
polyline                                         2,14.4  28,12.9  54,3     at a height of 24 px
the dotted line, at 20                           6.8
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST: Final = 3
"""The minimum number of runs for a line."""

WIDTH, HEIGHT, EDGE = 56, 24, 2
_ROOM: Final = 1.05
"""The headroom above the highest value, as a factor."""


class Spark(Struct, frozen=True):
    """The sparkline of a lead: `points` of a polyline, the height of the threshold, and the last point."""

    points: str
    threshold: float | None
    end: tuple[float, float]


def spark(past: Sequence[tuple[int, int]], runs: int, threshold: int | None) -> Spark | None:
    """Draw scores, each with its run's index out of `runs`, and the threshold from which a lead is hot.

    None if there are fewer than `LEAST`.
    """
    if len(past) < LEAST:
        return None
    values = [points for _, points in past]
    low = min(0, *values)
    high = max(*values, values[0] if threshold is None else threshold) * _ROOM
    room = (high - low) or 1

    def height(points: int) -> float:
        return round(HEIGHT - EDGE - (points - low) / room * (HEIGHT - 2 * EDGE), 1)

    step = (WIDTH - 2 * EDGE) / max(runs - 1, 1)
    drawn = [(round(EDGE + number * step, 1), height(points)) for number, points in past]
    line = " ".join(f"{x:g},{y:g}" for x, y in drawn)
    return Spark(line, None if threshold is None else height(threshold), drawn[-1])


class Line(Struct, frozen=True):
    """A line over the runs: `points`, the area below it, and the positions of vertical marks."""

    points: str
    area: str
    uprights: tuple[float, ...]


def trend_line(values: Sequence[int], marks: Sequence[bool], *, height: int) -> Line | None:
    """Draw counts from run to run, from 0 up, 300 wide, with a vertical line at each mark.

    None if there are fewer than `LEAST`.
    """
    if len(values) < LEAST:
        return None
    wide, top = 300, 6
    step, most = wide / (len(values) - 1), max(*values, 1)
    drawn = [
        (round(number * step, 1), round(height - value / most * (height - top), 1))
        for number, value in enumerate(values)
    ]
    line = " ".join(f"{x:g},{y:g}" for x, y in drawn)
    uprights = tuple(x for (x, _), marked in zip(drawn, marks, strict=True) if marked)
    return Line(line, f"M0,{height} L{line.replace(' ', ' L')} L{wide},{height} Z", uprights)
