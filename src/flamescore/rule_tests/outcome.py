"""What became of tests: frozen values that every way of telling them starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from flamescore.errors import Problem
    from flamescore.explanations import ScoreExplained


class Failure(Struct, frozen=True):
    """An expectation that did not hold, such as `score` or `scores.fit.flames`, for JSON and in words."""

    what: str
    expected: Any
    actual: Any
    words: str


class Outcome(Struct, frozen=True):
    """What became of one test. `problems` are there for a test that is wrong: it was not scored.

    `scores` are those whose ledger explains the failures. `seconds` is its share of the time that it took to
    score all tests of the file.
    """

    file: str
    line: int
    name: str
    failures: tuple[Failure, ...] = ()
    problems: tuple[Problem, ...] = ()
    wrong: bool = False
    scores: tuple[ScoreExplained, ...] = ()
    timezone: str = "UTC"
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether everything that it expects held."""
        return not self.wrong and not self.failures

    @property
    def mark(self) -> str:
        """Return the character that stands for it."""
        return "E" if self.wrong else "F" if self.failures else "."


class Outcomes(Struct, frozen=True):
    """What became of all tests, file by file in order; `problems` is all that is wrong with any of them."""

    files: tuple[tuple[str, tuple[Outcome, ...]], ...]
    problems: tuple[Problem, ...]
    seconds: float

    @property
    def tests(self) -> tuple[Outcome, ...]:
        """Return all of them in order."""
        return tuple(test for _, tests in self.files for test in tests)

    def many(self, mark: str) -> int:
        """Return how many have a mark."""
        return sum(test.mark == mark for test in self.tests)
