"""A process that draws charts. It gets ready, two thirds of a second, while a run does its own work.

Nothing depends on it: where there is none, or where it fails, charts are drawn in the run's own process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

VERSION: Final = "5.20"
"""Of Vega-Lite."""
_PATIENCE: Final = 60
"""Seconds until drawing is given up there."""
_PROGRAM: Final = """
import json, os, sys
from vl_convert import vegalite_to_svg
def drawn(chart):
    return vegalite_to_svg(chart, vl_version=sys.argv[1], show_warnings=False)
drawn({"data": {"values": [{}]}, "mark": "bar"})
sys.stdout.write(json.dumps([drawn(chart) for chart in json.loads(sys.stdin.read() or "[]")]))
sys.stdout.flush()
os._exit(0)
"""


class Pen:
    """Draws once. It is there from when its block begins, and gone when that ends, whatever happens.

    If the run is killed the other process finds the end of its input, and ends too.
    """

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start the process."""
        if _worth_it() and find_spec("vl_convert") is not None:
            try:
                self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and program
                    # Safe: no module of the folder that it starts in is taken for one of Python's.
                    [sys.executable, "-P", "-c", _PROGRAM, VERSION],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )
            except OSError:
                self.process = None
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()

    def draw(self, charts: Sequence[Mapping[str, Any]]) -> list[str] | None:
        """Return each chart as SVG as it comes from vl-convert; None where it can't be had here."""
        if self.process is None:
            return None
        process, self.process = self.process, None
        with process:
            try:
                said, _ = process.communicate(json.dumps(charts).encode("ascii"), timeout=_PATIENCE)
                drawn = json.loads(said)
            except (OSError, ValueError, subprocess.SubprocessError):
                process.kill()
                return None
        return drawn if process.returncode == 0 and len(drawn) == len(charts) else None


def _worth_it() -> bool:
    """Say whether there is an interpreter to start, and a second core: on one it takes a tenth longer."""
    return bool(sys.executable) and not getattr(sys, "frozen", False) and _cores() > 1


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
