"""Signal `flamescore score` to stop at many steps; print the outcome of each as a line of JSON.

A separate program that forks before Polars starts threads, so that a run needs no new interpreter.
Arguments: the project's folder, the folder for copies, N to signal at every Nth step, and the signals' names.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path

import flamescore.cli.score
import flamescore.nightly  # imports everything that a run needs before the forks
from cli.killing import EVENTS, stand_in
from flamescore.cli.start import main

ALSO = ("tempfile.mkdtemp", "tempfile.mkstemp", "fcntl.flock")


def forked(project: Path, hook) -> tuple[int, str]:
    """Run the program in a child; return its exit code (negative: the signal that ended it) and stderr."""
    said = project / "said"
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        sys.addaudithook(hook)
        sys.argv = ["flamescore", "score"]
        main()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return code, said.read_text()


def asker(step: int, number: int, places: tuple[str, ...], counted: int):
    """Return an audit hook that signals this process at its `step`-th operation and three steps later."""
    seen = 0

    def hook(event: str, args: tuple[object, ...]) -> None:
        nonlocal seen
        touches = any(place in str(arg) for arg in args for place in places)
        if event in ALSO or (event in EVENTS and touches):
            seen += 1
            os.pwrite(counted, b"%6d" % seen, 0)
            if seen in (step, step + 3):
                os.kill(os.getpid(), number)

    return hook


def trial(project: Path, copies: Path, step: int, number: int) -> int:
    """Send the signal at a step; return the number of steps."""
    output = project / "out"
    shutil.rmtree(output, ignore_errors=True)
    shutil.copytree(project / "before", output, symlinks=True)
    old = (output / "latest").readlink().name
    counted = os.open(project / "counted", os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    code, said = forked(project, asker(step, number, (str(output), str(copies)), counted))
    line = {
        "step": step,
        "signal": signal.Signals(number).name,
        "code": code,
        "said": said,
        "published": (output / "latest").readlink().name != old,
        "copies": sorted(path.name for path in copies.iterdir()),
        "hidden": sorted(path.name for path in (output / "runs").glob(".tmp-*")),
    }
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
    steps = int(os.pread(counted, 6, 0) or 0)
    os.close(counted)
    return steps


def run(project: Path, copies: Path, every: int, *names: str) -> None:
    flamescore.nightly.write_html = stand_in
    os.chdir(project)
    if forked(project, lambda *_: None)[0] != 0:
        sys.exit("the program does not score")
    (project / "out").rename(project / "before")
    steps = trial(project, copies, -9, signal.SIGTERM)  # never signaled
    for name in names:
        for step in range(1, steps + 1, every):
            trial(project, copies, step, signal.Signals[name])


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
