"""Run a command in a fresh process, and measure its time and its peak memory."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall and processor seconds, and the peak of resident memory in MB (10^6 bytes).

    The peak is what the kernel reports for that process alone. It is never below that of the small process
    that starts it (about 100 MB), which everything measured here exceeds.
    """

    wall: float
    processor: float
    peak: float
    told: Mapping[str, Any] = field(default_factory=dict)
    """The JSON that the command printed, if it is a benchmark script that measures or counts inside."""


def once(command: Sequence[str], *, tells: bool = False) -> Cost:
    """Run a command to its end. If it fails, exit with the end of its standard error.

    With `tells`, parse its standard output as JSON.
    """
    # Installed programs are compiled, so a PYTHONDONTWRITEBYTECODE in the caller's shell must not apply.
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    out = subprocess.PIPE if tells else subprocess.DEVNULL
    with subprocess.Popen(command, env=environ, stdout=out, stderr=subprocess.PIPE) as child:
        assert child.stderr is not None
        said = child.stderr.read()
        told = child.stdout.read() if child.stdout is not None else b"{}"
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{' '.join(command)} ended with {child.returncode}:\n{said.decode()[-2_000:]}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6, json.loads(told))


def median(command: Sequence[str], runs: int) -> Cost:
    """Run a command `runs` times, and return the median of each measure."""
    return middle([once(command) for _ in range(runs)])


def middle(costs: Sequence[Cost]) -> Cost:
    """Return the median of each measure, and the JSON of the last run."""
    return Cost(
        statistics.median(cost.wall for cost in costs),
        statistics.median(cost.processor for cost in costs),
        statistics.median(cost.peak for cost in costs),
        costs[-1].told,
    )


def compile_all(folder: Path) -> None:
    """Compile Python files, as an installer does, so that no measured run has to."""
    once([sys.executable, "-m", "compileall", "-q", str(folder)])


def machine() -> dict[str, str]:
    """Return the machine's cores, memory and processor."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{memory:.1f} GB",
        "processor": _processor(),
    }


def load() -> str:
    """Return the load average of the last 1, 5 and 15 minutes."""
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
