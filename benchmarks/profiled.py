"""Run a command of the product under a profiler that measures processor time, and print where it went.

python benchmarks/profiled.py score --quiet --config CONFIG
"""

from __future__ import annotations

import cProfile
import pstats
import sys
import time

MOST = 40
"""The number of functions listed."""


def main(words: list[str]) -> None:
    """Run the command of the product with its arguments, and raise if it fails."""
    from flamescore.cli.start import main as start  # noqa: PLC0415 - imports are part of what is profiled

    sys.argv = ["flamescore", *words]
    try:
        start()
    except SystemExit as end:
        if end.code:
            raise


if __name__ == "__main__":
    profiler = cProfile.Profile(timer=time.process_time)
    profiler.runcall(main, sys.argv[1:])
    stats = pstats.Stats(profiler)
    stats.sort_stats("cumulative").print_stats("flamescore/[a-z]", MOST)
    stats.sort_stats("tottime").print_stats(MOST)
