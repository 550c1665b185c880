"""The outcomes of tests, as frozen values that all output formats are based on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from flamescore.errors import Problem
    from flamescore.explanations import ScoreExplained


class Failure(Struct, frozen=True):
    """A failed expectation, such as `score` or `scores.fit.flames`, for JSON and in words."""

    what: str
    expected: Any
    actual: Any
    words: str


class Outcome(Struct, frozen=True):
    """The outcome of one test. An invalid test (`wrong`) has `problems`, and was not scored.

    `scores` are those whose ledgers explain the failures. `seconds` is its share of the time that it took to
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
        """Whether all expectations were met."""
        return not self.wrong and not self.failures

    @property
    def mark(self) -> str:
        """Return the character that represents it."""
        return "E" if self.wrong else "F" if self.failures else "."


class Outcomes(Struct, frozen=True):
    """The outcomes of all tests, file by file in order; `problems` has everything wrong with any file."""

    files: tuple[tuple[str, tuple[Outcome, ...]], ...]
    problems: tuple[Problem, ...]
    seconds: float

    @property
    def tests(self) -> tuple[Outcome, ...]:
        """Return the outcomes of all tests in order."""
        return tuple(test for _, tests in self.files for test in tests)

    def many(self, mark: str) -> int:
        """Return the number of tests with a mark."""
        return sum(test.mark == mark for test in self.tests)
