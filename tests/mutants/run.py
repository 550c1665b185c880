"""Make mutants of the engine, and count how many the tests tell from it: `python tests/mutants/run.py`.

Each mutant runs in a process of its own, forked before Polars has started a thread. Survivors are told with
the change. Those that `equivalent.txt` names mean the same as the engine, for the reason there: they are not
drawn, and `--same` sees that no test tells them from it.
"""

# ruff: noqa: T201 - a script prints

from __future__ import annotations

import argparse
import importlib.util
import os
import pickle
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

HERE = Path(__file__).parent
SOURCE = HERE.parents[1] / "src"
sys.path[:0] = [str(HERE), str(HERE.parent), str(SOURCE)]

os.environ["POLARS_MAX_THREADS"] = "1"  # the frames are small

import hypothesis  # noqa: E402, F401 - imported here, it is there in each process
import killing  # noqa: E402
import numpy as np  # noqa: E402, F401
import polars as pl  # noqa: E402, F401
import pytest  # noqa: E402, F401
from mutate import Mutant, chosen, mutants_of  # noqa: E402

import flamescore.rules.load  # noqa: E402, F401
import strategies  # noqa: E402, F401

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType

ENGINE = SOURCE / "flamescore" / "engine"
NOT_SCORING = ("__init__.py", "tracing.py")
"""What scoring does not run: `explain` has tests of its own."""

COUNT, SEED, SHARE, SECONDS = 200, 1, 0.95, 90


class Loader(SourceFileLoader):
    """Loads the mutant in place of its module."""

    def __init__(self, name: str, mutant: Mutant) -> None:
        super().__init__(name, str(mutant.path))
        self._mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        """Compile the changed tree."""
        del fullname
        return compile(self._mutant.tree(), self.path, "exec", dont_inherit=True)


@dataclass(frozen=True)
class Finder:
    """Finds the mutant where its module is asked for."""

    mutant: Mutant

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        """Say how to load the mutated module; all others are none of its business."""
        del path, target
        if name != f"flamescore.engine.{self.mutant.path.stem}":
            return None
        return importlib.util.spec_from_file_location(
            name, self.mutant.path, loader=Loader(name, self.mutant)
        )


def killed(mutant: Mutant | None, cases: list[Any]) -> bool:
    """Run the tests on a mutant (None: on the engine itself) in a forked process; too slow is dead too."""
    child = os.fork()
    if child == 0:
        _in_child(mutant, cases)
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status != 0
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def _in_child(mutant: Mutant | None, cases: list[Any]) -> None:
    code = 1
    try:
        sys.dont_write_bytecode = True
        killing.silence()
        if mutant is not None:
            sys.meta_path.insert(0, Finder(mutant))
        code = int(killing.dies(cases))
    finally:
        os._exit(code)


def reasons() -> dict[str, str]:
    """Read which mutants mean the same as the engine, by name, and why."""
    blocks = (HERE / "equivalent.txt").read_text().strip().split("\n\n")
    return {name: why for name, _, why in (block.partition("\n") for block in blocks)}


def survivors(mutants: Sequence[Mutant], cases: list[Any]) -> list[Mutant]:
    """Run every mutant, and return those that no test has told from the engine."""
    left = []
    for number, mutant in enumerate(mutants, 1):
        if not killed(mutant, cases):
            left.append(mutant)
            print(f"survived: {mutant.path.name}:{mutant.line}  {mutant.name}", flush=True)
        if number % 20 == 0:
            print(f"{number} of {len(mutants)}: {number - len(left)} dead", flush=True)
    return left


def main() -> int:
    """Return 0 where enough mutants die, or where those that mean the same all live."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--count", type=int, default=COUNT, help="how many mutants")
    options.add_argument("--seed", type=int, default=SEED, help="which ones")
    options.add_argument("--modules", nargs="+", default=[], help="of these modules alone: bins ledger")
    options.add_argument("--same", action="store_true", help="run those that mean the same: none may die")
    asked = options.parse_args()
    files = [path for path in sorted(ENGINE.glob("*.py")) if path.name not in NOT_SCORING]
    files = [path for path in files if not asked.modules or path.stem in asked.modules]
    every = [mutant for path in files for mutant in mutants_of(path)]
    known = reasons()
    same = [mutant for mutant in every if mutant.name in known]
    gone = known.keys() - {mutant.name for mutant in same}
    for name in sorted(gone) if not asked.modules else ():
        print(f"equivalent.txt names what is no mutant any more: {name}")
    drawn = same if asked.same else chosen([m for m in every if m.name not in known], asked.count, asked.seed)
    cases = _cases()
    if killed(None, cases):
        print("The tests fail on the engine as it is.")
        return 1
    left = survivors(drawn, cases)
    dead = len(drawn) - len(left)
    print(f"{dead} of {len(drawn)} died ({dead / max(len(drawn), 1):.1%}); possible are {len(every)}.")
    return int(dead > 0) if asked.same else int(dead < SHARE * len(drawn))


def _cases() -> list[Any]:
    """Have the cases made in a process of its own: it starts threads."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path[:3])}
    with TemporaryDirectory() as folder:
        path = Path(folder, "cases")
        subprocess.run([sys.executable, str(HERE / "killing.py"), str(path)], check=True, env=environment)
        cases: list[Any] = pickle.loads(path.read_bytes())
        return cases


if __name__ == "__main__":
    sys.exit(main())
