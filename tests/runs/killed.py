"""Publish runs, killed at each step in turn. Print the state after each kill, and after the next run.

This is a separate program because it forks, which is unsafe in a process with threads.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from flamescore.runs import RunStore

STEPS = ("os.mkdir", "os.chmod", "os.rename", "os.symlink", "os.remove", "os.rmdir", "shutil.rmtree", "open")
FILES = ("a.txt", "b.txt")
KEEP = 3


def at(day: int) -> datetime:
    return datetime(2026, 11, day, 2, tzinfo=UTC)


def publish(output: Path, day: int) -> None:
    with RunStore(output).hold() as held, held.begin(at(day)) as run:
        for name in FILES:
            (run.path / name).write_text(run.run_id)
        run.commit(keep_runs=KEEP)


def prepare(output: Path) -> None:
    """Publish three runs. Later publishes of the last day supersede the last run, and prune the first."""
    for day in (18, 19, 20):
        publish(output, day)


def publish_until(step: int, output: Path) -> tuple[bool, str]:
    """Publish in a child that is killed before its `step`-th step; return whether it was, and the step."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        sys.addaudithook(_killer(step, str(output), writing))
        publish(output, 20)
        publish(output, 21)
        os._exit(0)
    os.close(writing)
    status = os.waitpid(child, 0)[1]
    with os.fdopen(reading) as pipe:
        return os.WIFSIGNALED(status), pipe.read()


def _killer(step: int, output: str, pipe: int):
    seen = 0

    def hook(event: str, args: tuple[object, ...]) -> None:
        nonlocal seen
        inside = event in ("os.remove", "os.rmdir") or any(output in str(arg) for arg in args)
        if event in STEPS and inside:
            seen += 1
            if seen == step:
                os.write(pipe, event.encode())
                os.kill(os.getpid(), signal.SIGKILL)

    return hook


def state(output: Path) -> dict[str, object]:
    store = RunStore(output)
    latest = store.latest()
    return {
        "latest": latest.run_id if latest else None,
        "whole": all(_whole(run.path) for run in store.runs()),
        "runs": [run.run_id for run in store.runs()],
        "hidden": sorted(path.name for path in [*output.glob(".*"), *(output / "runs").glob(".*")]),
    }


def _whole(folder: Path) -> bool:
    return all((folder / name).is_file() and (folder / name).read_text() == folder.name for name in FILES)


def main(place: Path) -> None:
    prepare(place / "before")
    killed, step = True, 0
    while killed:
        step += 1
        output = place / "out"
        shutil.copytree(place / "before", output, symlinks=True)
        killed, event = publish_until(step, output)
        left = state(output)
        publish(output, 22)
        line = {"killed": killed, "event": event, "left": left, "after": state(output)}
        sys.stdout.write(json.dumps({"step": step, **line}) + "\n")
        shutil.rmtree(output)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
