"""Find test files, read them, check them against their rules, and score the tests."""

from __future__ import annotations

import time
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field
from msgspec.structs import replace

from flamescore.errors import NotFoundError, Problem, RuleFileError
from flamescore.exports import ListFiles
from flamescore.rule_tests.checks import faults
from flamescore.rule_tests.file import read_file
from flamescore.rule_tests.outcome import Outcome, Outcomes
from flamescore.rule_tests.scoring import judge
from flamescore.rule_tests.subject import subject_of
from flamescore.rules import load_rules
from flamescore.text import fold
from flamescore.yaml_tree import by_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flamescore.project import Project
    from flamescore.rule_tests.cases import FileOfTests, RuleTest
    from flamescore.rule_tests.subject import Subject

PATTERN: Final = "*.test.yaml"
NONE_FOUND: Final = "T007"


def found_files(paths: Sequence[str], project: Project) -> tuple[Path, ...]:
    """Return the test files at paths, and those in folders and their subfolders, deduplicated.

    Without paths the folder of the project's rule file is searched, or else the working directory.

    Raises:
        NotFoundError: a path doesn't exist, or no test file was found.
    """
    places = [Path(each) for each in paths] or [_default(project)]
    missing = [each for each in places if not each.exists()]
    if missing:
        raise NotFoundError([Problem(NONE_FOUND, f"There is no `{each}`.") for each in missing])
    files = dict.fromkeys(file for place in places for file in _files(place))
    if not files:
        where = ", ".join(f"`{each}`" for each in places)
        hint = "A rule file `keap.yaml` has its tests beside it, in `keap.test.yaml`."
        raise NotFoundError(Problem(NONE_FOUND, f"No file of tests is in {where}.", hint=hint))
    return tuple(files)


def _default(project: Project) -> Path:
    rules = project.settings.rules
    folder = Path() if not rules else project.resolve(str(rules)).parent
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def _files(place: Path) -> list[Path]:
    if not place.is_dir():
        return [place]
    found = (each for each in place.rglob(PATTERN) if each.is_file())
    return sorted(each for each in found if not _hidden(each.relative_to(place)))


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


class _Ready(Struct, frozen=True):
    """A test file with the problems of the file as a whole, and those of its tests by number."""

    file: FileOfTests | None
    path: str
    subject: Subject | None = None
    problems: tuple[Problem, ...] = ()
    of_tests: dict[int, tuple[Problem, ...]] = field(default_factory=dict)

    def of_test(self, number: int) -> tuple[Problem, ...]:
        """Return the problems of one test, including file problems located in its lines."""
        if self.file is None:
            return ()
        lines = [line for line, _ in self.file.names]
        end = lines[number + 1] if number + 1 < len(lines) else inf
        inside = (
            each
            for each in self.problems
            if each.where and each.where.path == self.path and lines[number] <= each.where.line < end
        )
        return tuple(by_place((*inside, *self.of_tests.get(number, ()))))

    @property
    def all_problems(self) -> list[Problem]:
        """Return all problems, in the order of the file."""
        return by_place((*self.problems, *(each for found in self.of_tests.values() for each in found)))


def run_tests(
    files: Iterable[Path], project: Project, *, named: str | None = None, stop: bool = False
) -> Outcomes:
    """Run test files; `named` selects tests by part of their name (folded), `stop` ends at a failure.

    Problems with any file are reported regardless of `named` and `stop`.

    Raises:
        NotFoundError: there is no test.
    """
    started = time.perf_counter()
    ready = [_ready(path, project) for path in files]
    by_file: list[tuple[str, tuple[Outcome, ...]]] = []
    for each in ready:
        outcomes: list[Outcome] = []
        for outcome in _outcomes(each, named):
            outcomes.append(outcome)
            if stop and not outcome.passed:
                break
        by_file.append((each.path, tuple(outcomes)))
        if stop and not all(outcome.passed for outcome in outcomes):
            break
    problems = tuple(problem for each in ready for problem in each.all_problems)
    done = Outcomes(tuple(by_file), problems, time.perf_counter() - started)
    if not done.tests and not problems:
        which = "" if named is None else f" whose name contains `{named}`"
        raise NotFoundError(Problem(NONE_FOUND, f"There is no test{which}."))
    return done


def _ready(path: Path, project: Project) -> _Ready:
    shown = str(path)
    file, problems = read_file(path, shown)
    if file is None or file.rules is None:
        return _Ready(file, shown, None, problems)
    try:
        rules = load_rules(file.rules, ListFiles(file.rules.parent))
    except RuleFileError as error:
        return _Ready(file, shown, None, (*problems, *error.problems))
    subject, more = subject_of(rules, project, file)
    if subject is None:
        return _Ready(file, shown, None, (*problems, *more))
    numbers = range(len(file.names))
    held = {number: found for number in numbers if (found := faults(file.document, number, subject))}
    return _Ready(file, shown, subject, problems, held)


def _outcomes(ready: _Ready, named: str | None) -> Iterator[Outcome]:
    """Yield the outcomes of the requested tests of a file, in order."""
    if ready.file is None:
        return
    wanted = [
        (number, Outcome(ready.path, line, name, wrong=True))
        for number, (line, name) in enumerate(ready.file.names)
        if named is None or fold(named) in fold(name)
    ]
    sound: dict[int, RuleTest] = {
        test.number: test for test in ready.file.tests if test.number not in ready.of_tests
    }
    runnable = [sound[number] for number, _ in wanted if number in sound and ready.subject is not None]
    judged = _judged(runnable, ready)
    for number, outcome in wanted:
        yield judged.get(number) or replace(outcome, problems=ready.of_test(number))


def _judged(tests: Sequence[RuleTest], ready: _Ready) -> dict[int, Outcome]:
    if not tests or ready.subject is None:
        return {}
    started = time.perf_counter()
    found = list(judge(tests, ready.subject))
    seconds = (time.perf_counter() - started) / len(found)
    return {
        each.test.number: Outcome(
            ready.path,
            each.test.line,
            each.test.name,
            each.failures,
            scores=each.scores,
            timezone=ready.subject.book.zone.key,
            seconds=seconds,
        )
        for each in found
    }
