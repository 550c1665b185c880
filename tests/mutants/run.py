"""Make mutants of the scoring code, and count how many the tests notice: `python tests/mutants/run.py`.

`rooms.py` lists which modules are mutated and which tests run on each. Each mutant runs in its own process,
forked before Polars has started a thread, two or more at once. Survivors are printed with their change.
Mutants in `equivalent.txt` behave like the program, for the reason given there: they are not drawn, and
`--same` checks that no test distinguishes them from it.
"""

# ruff: noqa: T201 - a script prints

from __future__ import annotations

import argparse
import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

HERE = Path(__file__).parent
SOURCE = HERE.parents[1] / "src"
sys.path[:0] = [str(HERE), str(HERE.parent), str(SOURCE)]

os.environ["POLARS_MAX_THREADS"] = "1"  # the frames are small
os.environ.setdefault("FLAMESCORE_TESTS", "small")

import hypothesis  # noqa: E402, F401 - imported here, it is loaded in every fork
import killing  # noqa: E402
import numpy as np  # noqa: E402, F401
import polars as pl  # noqa: E402, F401
import pytest  # noqa: E402, F401
import rooms  # noqa: E402
from mutate import Mutant, chosen, mutants_of  # noqa: E402

import strategies  # noqa: E402, F401

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from types import CodeType

COUNT, SEED, SHARE = 200, 1, 0.95
SLOWEST, TIMES, LONGEST = 60.0, 4.0, 1_200.0
"""The limit for a mutant: this many seconds, or a multiple of the time its tests take without mutants."""


class Loader(SourceFileLoader):
    """Loads the mutant instead of its module."""

    def __init__(self, name: str, mutant: Mutant) -> None:
        super().__init__(name, str(mutant.path))
        self._mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        """Compile the changed tree."""
        del fullname
        return compile(self._mutant.tree(), self.path, "exec", dont_inherit=True)


@dataclass(frozen=True)
class Finder:
    """A meta path finder that finds the mutant when its module is imported."""

    mutant: Mutant

    @property
    def module(self) -> str:
        """The full name of the mutated module."""
        return "flamescore." + self.mutant.module.removesuffix(".py").replace("/", ".")

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        """Return the spec of the mutated module, and None for all others."""
        del path, target
        if name != self.module:
            return None
        return importlib.util.spec_from_file_location(
            name, self.mutant.path, loader=Loader(name, self.mutant)
        )


@dataclass(frozen=True)
class Try:
    """Tests run on a mutant, or on the program itself if `mutant` is None, in a separate process."""

    mutant: Mutant | None
    tests: tuple[str, ...]
    scored: bool
    limit: float

    @classmethod
    def of(cls, mutant: Mutant, allowed: Mapping[rooms.Room, float]) -> Try:
        """Choose the tests of a mutant. `allowed` is the time limit of a mutant, in seconds, by room."""
        room = rooms.room_of(mutant.path)
        return cls(mutant, rooms.tests_of(mutant.path), room.cases, allowed.get(room, LONGEST))

    def start(self, cases: bytes) -> int:
        """Fork, and return the process id of the child. It exits with 0 if the mutant survives."""
        child = os.fork()
        if child == 0:
            code = 1
            try:
                sys.dont_write_bytecode = True
                killing.silence()
                if self.mutant is not None:
                    sys.meta_path.insert(0, Finder(self.mutant))
                code = int(killing.dies(cases, self.tests, scored=self.scored))
            finally:
                os._exit(code)
        return child


def tried(tries: Iterable[Try], cases: bytes, jobs: int) -> Iterator[tuple[Try, bool, float]]:
    """Run tries, `jobs` at once, and yield each as it ends: whether its mutant died, and the seconds it took.

    A mutant whose tests exceed the time limit has died.
    """
    waiting, running = iter(tries), dict[int, tuple[Try, float]]()
    while True:
        while len(running) < jobs and (next_ := next(waiting, None)) is not None:
            running[next_.start(cases)] = next_, time.monotonic()
        if not running:
            return
        for child, (one, since) in list(running.items()):
            done, status = os.waitpid(child, os.WNOHANG)
            took = time.monotonic() - since
            if not done and took > one.limit:
                os.kill(child, signal.SIGKILL)
                done, status = os.waitpid(child, 0)
            if done:
                del running[child]
                yield one, status != 0, took
        time.sleep(0.02)


def reasons() -> dict[str, str]:
    """Return the mutants equivalent to the program, by name, with the reason."""
    blocks = (HERE / "equivalent.txt").read_text().strip().split("\n\n")
    return {name: why for name, _, why in (block.partition("\n") for block in blocks)}


def limits(paths: Iterable[Path], cases: bytes, jobs: int) -> dict[rooms.Room, float] | None:
    """Run the tests of these modules' rooms without mutants; return the time limit for mutants by room.

    None if any test fails.
    """
    tests: dict[rooms.Room, dict[str, None]] = {}
    for path in paths:
        tests.setdefault(rooms.room_of(path), {}).update(dict.fromkeys(rooms.tests_of(path)))
    every = {tuple(files): room for room, files in tests.items()}
    sound = [Try(None, files, scored=False, limit=LONGEST) for files in every]
    sound += [Try(None, (), scored=True, limit=LONGEST)]  # the cases, once for all rooms
    seconds = {}
    for one, died, took in tried(sound, cases, jobs):
        if died:
            print(f"Nothing is spoiled, and yet one of these fails: {' '.join(one.tests) or 'the cases'}")
            return None
        seconds[one.tests] = took
    return {
        room: max(SLOWEST, TIMES * (seconds[files] + (seconds[()] if room.cases else 0)))
        for files, room in every.items()
    }


def survivors(
    drawn: Sequence[Mutant], cases: bytes, jobs: int, allowed: Mapping[rooms.Room, float]
) -> list[Mutant]:
    """Try every mutant, and return those that no test noticed."""
    left = []
    tries = (Try.of(each, allowed) for each in drawn)
    for number, (one, died, took) in enumerate(tried(tries, cases, jobs), 1):
        assert one.mutant is not None
        if not died:
            left.append(one.mutant)
            print(f"survived ({took:.0f} s): line {one.mutant.line} of {one.mutant.name}", flush=True)
        if number % 20 == 0:
            print(f"{number} of {len(drawn)}: {number - len(left)} noticed", flush=True)
    return left


def main() -> int:
    """Return 0 if enough mutants are noticed or, with `--same`, if none is."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--count", type=int, default=COUNT, help="how many mutants")
    options.add_argument("--seed", type=int, default=SEED, help="which ones")
    options.add_argument("--skip", type=int, default=0, help="leave out the first so many of them")
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once")
    options.add_argument("--modules", nargs="+", default=[], help="of these alone: engine/bins.py labels/")
    options.add_argument("--named", default="", help="those alone that have this text in their name")
    options.add_argument("--unchecked", action="store_true", help="don't try the tests with nothing spoiled")
    options.add_argument(
        "--same", action="store_true", help="run those that mean the same: none may be noticed"
    )
    asked = options.parse_args()
    every = [mutant for path in rooms.modules() for mutant in mutants_of(path, rooms.name_of(path))]
    known = reasons()
    for name in sorted(known.keys() - {mutant.name for mutant in every}):
        print(f"equivalent.txt names what is no mutant any more: {name}")
    some = [m for m in every if m.module.startswith(tuple(asked.modules or [""])) and asked.named in m.name]
    drawn = [m for m in some if m.name in known]
    if not asked.same:
        drawn = chosen([m for m in some if m.name not in known], asked.skip + asked.count, asked.seed)
    drawn = drawn[asked.skip :]
    began = time.monotonic()
    with TemporaryDirectory() as folder:
        os.environ["TMPDIR"] = folder  # what killed processes leave behind is removed with it
        cases = _cases(Path(folder, "cases"))
        allowed = {} if asked.unchecked else limits({mutant.path for mutant in drawn}, cases, asked.jobs)
        if allowed is None:
            return 1
        left = survivors(drawn, cases, asked.jobs, allowed)
    noticed = len(drawn) - len(left)
    _print_rooms(drawn, left)
    print(
        f"{noticed} of {len(drawn)} noticed ({noticed / max(len(drawn), 1):.1%}) "
        f"in {(time.monotonic() - began) / 60:.0f} min; possible are {len(every):,}."
    )
    return int(noticed > 0) if asked.same else int(noticed < SHARE * len(drawn))


def _print_rooms(drawn: Sequence[Mutant], left: Sequence[Mutant]) -> None:
    made, survived = (Counter(mutant.module for mutant in some) for some in (drawn, left))
    for module, many in sorted(made.items()):
        print(f"{many - survived[module]:4} of {many:3}  {module}")


def _cases(path: Path) -> bytes:
    """Make the cases in a separate process, because this starts threads."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path[:3])}
    subprocess.run([sys.executable, str(HERE / "killing.py"), str(path)], check=True, env=environment)
    return path.read_bytes()


if __name__ == "__main__":
    sys.exit(main())
