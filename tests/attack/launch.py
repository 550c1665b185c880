"""Run the program in a forked child, which saves starting the interpreter for each run.

The parent must not have called Polars, whose threads don't survive a fork.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LIMIT = 120
"""Seconds after which a run is considered hung."""


@dataclass(frozen=True)
class Ran:
    """The result of a run: its exit code (or minus the signal that ended it), and its output."""

    code: int
    out: bytes
    err: bytes


def load_everything() -> None:
    """Import everything that a command imports, so that no child has to."""
    import importlib  # noqa: PLC0415
    import pkgutil  # noqa: PLC0415

    import flamescore  # noqa: PLC0415

    for module in pkgutil.walk_packages(flamescore.__path__, "flamescore."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def forked(folder: Path, body: Callable[[], None], *, limit: float = LIMIT) -> Ran:
    """Run `body` in a child with `folder` as working directory and `folder/tmp` as temporary folder."""
    out, err = folder / "stdout", folder / "stderr"
    child = os.fork()
    if child == 0:
        _inside(folder, body)
    deadline = time.monotonic() + limit
    while (done := os.waitpid(child, os.WNOHANG))[0] == 0:
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.002)
    return Ran(os.waitstatus_to_exitcode(done[1]), out.read_bytes(), err.read_bytes())


def command(*words: str) -> Callable[[], None]:
    """Return a body that runs the program with these command-line arguments."""

    def body() -> None:
        from flamescore.cli.main import main  # noqa: PLC0415

        sys.argv = ["flamescore", *words]
        main()

    return body


def _inside(folder: Path, body: Callable[[], None]) -> None:
    os.chdir(folder)
    (folder / "tmp").mkdir(exist_ok=True)
    os.environ["TMPDIR"] = str(folder / "tmp")
    import tempfile  # noqa: PLC0415

    tempfile.tempdir = None
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    code = 0
    try:
        body()
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 1 if left.code else 0
    except BaseException:  # noqa: BLE001 - a traceback is what the attack looks for
        traceback.print_exc()
        code = 1
    for stream in (sys.stdout, sys.stderr):
        try:  # noqa: SIM105 - nothing may raise here
            stream.flush()
        except (OSError, ValueError):
            pass
    os._exit(code)
