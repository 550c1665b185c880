"""Kill `flamescore score` repeatedly; print a line of JSON per kill: what was left, what the next run did.

A separate program that forks before Polars starts threads, so that a kill needs no new interpreter.
Only the HTML page is a stub: rendering it takes three quarters of a small run and writes nothing.
Arguments: the project's folder, the number of steps to kill at (0: all), the number of kills at random
times, the index of this part, and the number of parts.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

import flamescore.cli.score
import flamescore.nightly  # imports everything that a run needs before the forks
from flamescore.cli.start import main

EVENTS = (
    "open",
    "os.mkdir",
    "os.chmod",
    "os.rename",
    "os.symlink",
    "os.remove",
    "os.rmdir",
    "os.listdir",
    "shutil.rmtree",
)


AGAINST = "changes.parquet"
"""The table that exists only if there is an earlier run."""


def stand_in(folder: Path, _report: object) -> None:
    """Write a stub of the HTML page without rendering it."""
    (folder / "report.html").write_text("<!doctype html>\n")


def forked(*words: str, hook=None, kill_after: float | None = None) -> int:
    """Run the program in a child; return its exit code, or the negated number of the signal that ended it."""
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if hook is not None:
            sys.addaudithook(hook)
        sys.argv = ["flamescore", *words]
        try:
            main()
        except SystemExit as left:
            os._exit(int(left.code or 0))
        os._exit(99)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killer(step: int, output: str):
    """Return an audit hook that kills this process at its `step`-th operation on the output."""
    seen = 0

    def hook(event: str, args: tuple[object, ...]) -> None:
        nonlocal seen
        if event in EVENTS and any(output in str(arg) for arg in args):
            seen += 1
            if seen == step:
                os.kill(os.getpid(), signal.SIGKILL)

    return hook


def state(output: Path) -> dict[str, object]:
    runs = sorted(path for path in (output / "runs").iterdir() if not path.name.startswith("."))
    return {
        "latest": (output / "latest").resolve().name,
        "files": {
            run.name: sorted(path.name for path in run.iterdir() if path.name != AGAINST) for run in runs
        },
        "bytes": {run.name: (run / "scores.csv").read_text() for run in runs},
        "record": {run.name: json.loads((run / "run.json").read_text())["run_id"] for run in runs},
        "hidden": sorted(path.name for path in [*output.glob(".*"), *(output / "runs").glob(".*")]),
    }


def trial(project: Path, **how) -> int:
    output = project / "out"
    shutil.rmtree(output, ignore_errors=True)
    shutil.copytree(project / "before", output, symlinks=True)
    code = forked("score", "--as-of", "2026-11-21", **how)
    left = state(output)
    after = forked("score", "--as-of", "2026-11-21")
    line = {"code": code, "left": left, "next": after, "after": state(output)}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
    return code


def steps(project: Path) -> int:
    """Count a run's operations on the output."""
    counted = project / "counted"
    output = str(project / "out")
    handle = os.open(counted, os.O_WRONLY | os.O_CREAT)

    def hook(event: str, args: tuple[object, ...]) -> None:
        if event in EVENTS and any(output in str(arg) for arg in args):
            os.write(handle, b".")

    shutil.rmtree(project / "out", ignore_errors=True)
    shutil.copytree(project / "before", project / "out", symlinks=True)
    forked("score", "--as-of", "2026-11-21", hook=hook)
    return counted.stat().st_size


def run(project: Path, moments: int, randomly: int, part: int, parts: int) -> None:
    flamescore.nightly.write_html = stand_in
    os.chdir(project)
    for day in ("2026-11-19", "2026-11-20", "2026-11-21"):
        if forked("score", "--as-of", day) != 0:
            sys.exit("the program does not score")
    (project / "out").rename(project / "before")
    started = time.perf_counter()
    count = steps(project)
    took = time.perf_counter() - started
    for step in range(1, count + 1, max(1, count // moments) if moments else 1)[part::parts]:
        trial(project, hook=killer(step, str(project / "out")))
    dice = random.Random(20261121 + part)
    for _ in range(randomly // parts):
        trial(project, kill_after=dice.uniform(0, took))


if __name__ == "__main__":
    run(Path(sys.argv[1]), *map(int, sys.argv[2:]))
