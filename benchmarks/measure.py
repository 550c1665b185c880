"""Run a command in a fresh process, and take its time and its peak memory."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall and processor seconds, and the peak of resident memory in MB (10^6 bytes).

    The peak is the kernel's for that process alone; it is never below that of the small process that
    starts it (about 100 MB), which all that is measured here exceeds.
    """

    wall: float
    processor: float
    peak: float


def once(command: Sequence[str]) -> Cost:
    """Run a command to its end; one that fails ends the bench with its last words."""
    # Programs that are installed are compiled, whatever the shell says that the bench is started from.
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as child:
        assert child.stderr is not None
        said = child.stderr.read()
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{' '.join(command)} ended with {child.returncode}:\n{said.decode()[-2_000:]}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6)


def median(command: Sequence[str], runs: int) -> Cost:
    """Run a command some times, and return the median of each measure."""
    return middle([once(command) for _ in range(runs)])


def in_turn(one: Sequence[str], other: Sequence[str], runs: int) -> tuple[Cost, Cost]:
    """Run two commands in turn, so that what else the machine does meets both; return their medians."""
    costs = [(once(one), once(other)) for _ in range(runs)]
    return middle([cost for cost, _ in costs]), middle([cost for _, cost in costs])


def middle(costs: Sequence[Cost]) -> Cost:
    """Return the median of each measure."""
    return Cost(
        statistics.median(cost.wall for cost in costs),
        statistics.median(cost.processor for cost in costs),
        statistics.median(cost.peak for cost in costs),
    )


def machine() -> dict[str, str]:
    """Tell the machine: cores, memory, processor."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{memory:.1f} GB",
        "processor": _processor(),
    }


def load() -> str:
    """Tell the load average of the last 1, 5 and 15 minutes."""
    return " ".join(f"{each:.1f}" for each in os.getloadavg())


def spent() -> float:
    """Return the processor seconds of all commands that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _processor() -> str:
    lines = _text("/proc/cpuinfo").splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "unknown")


def _text(path: str | Path) -> str:
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - a plain string will do
        return file.read()
