"""Damage exports, rules, project files and finished runs at random, and check how the program behaves.

    PYTHONPATH=tests python -m attack.fuzz 10000 --seed 1 --jobs 2

Each case damages one or two files of a sound project that has two finished runs, runs one command on it, and
checks for what must never happen: a traceback, exit code 1 or 70, a hang, a control character on a terminal,
personal data in a message, in a run's record or in the section of a report about the exports, output changed
by a failed run, or a published run that is inconsistent. It prints a table of targets and exit codes, then
every case with a fault (its seed, command and files), and exits with 1 if there are any.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
import traceback
from collections import Counter
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

from attack.damage import damaged
from attack.launch import Ran, command, forked, load_everything
from attack.projects import PERSON, strayed, write
from attack.verify import faults_of_latest

if TYPE_CHECKING:
    from collections.abc import Sequence

TEMPLATES: Final = 12
"""The number of sound projects, each with files in other formats."""

SCORE: Final = ("score", "--quiet")
NIGHT: Final = (
    (SCORE, 6),
    ((*SCORE, "--accept"), 3),
    (("score", "--dry-run", "--max-rejects", "100%"), 2),
    ((*SCORE, "--max-rejects", "100%", "--accept"), 3),
    (("score", "--log-format", "json"), 2),
    ((*SCORE, "--strict"), 1),
    (("explain", "101"), 1),
    (("search", "--text", "a", "--format", "table"), 1),
)
MORNING: Final = (
    (SCORE, 3),
    (("score", "--dry-run"), 2),
    (("search", "--flames", "0-5", "--format", "table"), 2),
    (("search", "--where", "country=US"), 1),
    (("search", "--changed", "up", "--format", "json"), 1),
    (("report",), 2),
    (("report", "-o", "page.html"), 1),
    (("report", "-o", "book.xlsx"), 1),
    (("changes",), 2),
    (("runs",), 2),
    (("runs", "--check"), 1),
    (("explain", "101"), 2),
    (("explain", "101", "--all", "--format", "json"), 1),
    (("explain", f"{PERSON.lower()}3@example.com"), 1),
)
TARGETS: Final = (("export", 60), ("rules", 12), ("project", 10), ("run", 18))
ALLOWED: Final = {0, 2, 3, 4, 6}
TELLTALES: Final = (b"Traceback", b"panicked at", b"X070", b"Exception ignored")
SHOWN: Final = "a person's data"
CONTROL: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)


@dataclass(frozen=True)
class Case:
    """A case: what was damaged, which command was run, and the result."""

    seed: int
    target: str
    words: Sequence[str]
    files: Sequence[str]
    code: int
    faults: Sequence[str]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", choices=[name for name, _ in TARGETS])
    parser.add_argument("--keep", type=Path, help="where the folders of faults are kept")
    asked = parser.parse_args()
    cases = attack(asked.count, seed=asked.seed, jobs=asked.jobs, only=asked.only, keep=asked.keep)
    return told(cases)


def attack(
    count: int, *, seed: int = 1, jobs: int = 1, only: str | None = None, keep: Path | None = None
) -> list[Case]:
    """Run `count` cases in `jobs` worker processes. The same seeds give the same cases."""
    load_everything()
    with tempfile.TemporaryDirectory() as place:
        base = Path(place)
        templates = [_template(base, number) for number in range(TEMPLATES)]
        lines = [base / f"cases{job}" for job in range(jobs)]
        workers = []
        for job in range(jobs):
            worker = os.fork()
            if worker == 0:
                _work(range(seed + job, seed + count, jobs), templates, lines[job], only=only, keep=keep)
            workers.append(worker)
        for worker in workers:
            if os.waitpid(worker, 0)[1]:
                sys.exit("a worker of the attack failed")
        found = [json.loads(line) for path in lines for line in path.read_text().splitlines()]
    return [Case(**case) for case in found]


def told(cases: list[Case]) -> int:
    """Print a summary and every fault; return the exit code."""
    table = Counter((case.target, case.code) for case in cases)
    for target in sorted({case.target for case in cases}):
        codes = ", ".join(f"{n} x {code}" for (what, code), n in sorted(table.items()) if what == target)
        print(f"{target}: {codes}")  # noqa: T201 - a script prints
    bad = [case for case in cases if case.faults]
    for case in bad:
        print(case)  # noqa: T201
    print(f"{len(cases)} cases, {len(bad)} with a fault")  # noqa: T201
    return 1 if bad else 0


def _template(base: Path, number: int) -> Path:
    """Make a sound project with runs of two days, in a child process: Polars must not start in this one."""
    folder = base / f"template{number}"
    _sound(forked(base, lambda: write(folder, Random(number))))
    for day in ("2026-11-19", "2026-11-20"):
        _sound(forked(folder, command(*SCORE, "--as-of", day)))
    return folder


def _sound(ran: Ran) -> None:
    if ran.code:
        sys.exit(f"the sound project fails: {ran.err.decode()}")


def _work(seeds: range, templates: list[Path], lines: Path, *, only: str | None, keep: Path | None) -> None:
    try:
        with lines.open("w") as file:
            for seed in seeds:
                case = _case(seed, templates, lines.parent, only=only, keep=keep)
                file.write(f"{json.dumps(asdict(case))}\n")
                file.flush()
    except BaseException:  # noqa: BLE001 - a forked worker must not go on as its parent
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _case(seed: int, templates: list[Path], base: Path, *, only: str | None, keep: Path | None) -> Case:
    dice = Random(seed)
    target = only or _drawn(dice, TARGETS)
    folder = base / f"case{os.getpid()}"
    shutil.copytree(dice.choice(templates), folder, symlinks=True)
    (folder / "stdout").unlink()
    (folder / "stderr").unlink()
    files = _damage(dice, folder, target)
    words = _drawn(dice, MORNING if target == "run" else NIGHT)
    before = _state(folder / "out")
    ran = forked(folder, command(*words))
    faults = [*_faults_of(ran, words), *_faults_left(folder, before, ran, words, files)]
    if strayed(folder):
        faults = [fault for fault in faults if not fault.startswith(SHOWN)]
    if faults and keep is not None:
        shutil.rmtree(keep / f"{seed}", ignore_errors=True)
        shutil.copytree(folder, keep / f"{seed}", symlinks=True)
    shutil.rmtree(folder)
    return Case(seed, target, words, files, ran.code, tuple(faults))


def _drawn(dice: Random, weighted):
    return dice.choices([what for what, _ in weighted], [weight for _, weight in weighted])[0]


def _damage(dice: Random, folder: Path, target: str) -> tuple[str, ...]:
    match target:
        case "rules":
            files = [folder / "rules.yaml"]
        case "project":
            files = [folder / "flamescore.yaml"]
        case "run":
            files = sorted((folder / "out/runs").glob("*/*"))
        case _:
            names = ("contacts.*", "events.*", "events.*", "history.*", "opportunities.*")
            files = [found for name in names for found in folder.glob(name)]
    chosen = {dice.choice(files) for _ in range(dice.choice([1, 1, 1, 2]))}
    for file in sorted(chosen):
        text = file.suffix in {".yaml", ".csv", ".ndjson", ".json", ".md", ".html"}
        file.write_bytes(damaged(dice, file.read_bytes(), text=text))
    return tuple(str(file.relative_to(folder)) for file in sorted(chosen))


def _state(output: Path) -> tuple[str, tuple[str, ...]]:
    return str((output / "latest").readlink()), tuple(
        sorted(path.name for path in (output / "runs").iterdir())
    )


def _faults_of(ran: Ran, words: tuple[str, ...]) -> list[str]:
    faults = [] if ran.code in ALLOWED else [f"exit code {ran.code}"]
    faults += [f"{word.decode()} is shown" for word in TELLTALES if word in ran.err + ran.out]
    error = ran.err.decode("utf-8", errors="surrogateescape")
    if CONTROL.search(error):
        faults.append("a control character on stderr")
    if "table" in words and CONTROL.search(ran.out.decode("utf-8", errors="surrogateescape")):
        faults.append("a control character on stdout")
    if ran.code and not error.strip():
        faults.append("it fails without a word")
    if PERSON.lower() in error.lower() and not any(PERSON.lower() in word for word in words):
        faults.append(f"{SHOWN} on stderr")
    return faults


def _faults_left(
    folder: Path,
    before: tuple[str, tuple[str, ...]],
    ran: Ran,
    words: tuple[str, ...],
    damaged_files: tuple[str, ...],
) -> list[str]:
    output = folder / "out"
    faults = [f"left in the temporary folder: {path.name}" for path in (folder / "tmp").iterdir()]
    faults += [f"left in the output: {path.name}" for path in (output / "runs").glob(".*")]
    faults += _people_shown(output, {(folder / name).resolve() for name in damaged_files})
    published = words[0] == "score" and "--dry-run" not in words and ran.code == 0
    if not published and _state(output) != before:
        faults.append("the output has changed, though nothing was published")
    if published:
        checked = forked(folder, partial(_check, output))
        faults += [line for line in checked.out.decode().splitlines() if line]
        faults += [f"the run can't be checked: {checked.err.decode()[-300:]}"] if checked.code else []
    return faults


def _people_shown(output: Path, spoilt: set[Path]) -> list[str]:
    """Return where personal data appears in a run's record, or in the section of a report about the exports.

    Files damaged by this case are skipped: a name from the call list can end up anywhere in them.
    """
    faults = []
    for folder in (output / "failed", output / "latest"):
        for name in ("run.json", "report.md"):
            if (folder / name).resolve() in spoilt:
                continue
            try:
                text = (folder / name).read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            told = text if name == "run.json" else text.rpartition("\n## Exports\n")[2]
            if PERSON.lower() in told.lower():
                faults.append(f"{SHOWN} in {folder.name}/{name}")
    return faults


def _check(output: Path) -> None:
    print("\n".join(faults_of_latest(output)))  # noqa: T201 - a child reports to its parent


if __name__ == "__main__":
    sys.exit(main())
