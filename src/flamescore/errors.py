"""Problems, the exceptions that carry them, and the exit codes they lead to."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar, Final

from msgspec import Struct

from flamescore._version import __version__
from flamescore.text import for_log, snippet

if TYPE_CHECKING:
    from collections.abc import Sequence


REPORT: Final = "https://github.com/flamescore/flamescore/issues"


class ExitCode(IntEnum):
    """What the shell sees; documented in docs/exit-codes.md."""

    DONE = 0
    FOUND = 1
    USAGE = 2
    INPUT = 3
    NOT_FOUND = 4
    LOCKED = 5
    OUTPUT = 6
    UNSENT = 7
    FAULT = 70
    INTERRUPTED = 130
    TERMINATED = 143


class Where(Struct, frozen=True):
    """A place in a file. `line` and `column` are 1-based; 0 means the file as a whole.

    `snippet` is the line as written in the file; `width` is how many characters the caret underlines.
    """

    path: str
    line: int = 0
    column: int = 0
    snippet: str | None = None
    width: int = 1

    def __str__(self) -> str:
        if not self.line:
            return self.path
        return f"{self.path}:{self.line}:{self.column}" if self.column else f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong, as reported to a user: what, where, why, and what to do.

    `code` is stable and documented (`R012`); `severity` is `error` or `warning`. No field may contain data of
    a contact.
    """

    code: str
    message: str
    where: Where | None = None
    hint: str | None = None
    severity: str = "error"
    finding: object = field(default=None, compare=False, repr=False)
    """The finding that the problem was made from, which has more details. See `findings.of_problem`."""

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """Return the lines to print: `where: CODE message`, the source line, a caret and the hint.

        Each part becomes one line that is safe to print on a terminal and free of credentials.
        """
        place = f"{for_log(str(self.where))}: " if self.where else ""
        out = [f"{place}{self.code} {for_log(self.message)}"]
        if self.where and self.where.snippet is not None:
            line, carets = snippet(self.where.snippet, self.where.column, self.where.width)
            gutter = f"{self.where.line:>5} | "
            out.append(gutter + line)
            if carets:
                out.append(f"{'| ':>{len(gutter)}}{carets}")
        if self.hint:
            out.append(f"        {for_log(self.hint)}")
        return out


class FlamescoreError(Exception):
    """The base class of all errors reported to users: an exit code and one or more problems.

    `beside` are the warnings and notes known at that point.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.FAULT

    def __init__(self, problems: Problem | Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        self.beside: tuple[Problem, ...] = ()
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UsageError(FlamescoreError):
    """Wrong usage: options that can't be combined, or an ambiguous contact."""

    exit_code = ExitCode.USAGE


class RuleFileError(FlamescoreError):
    """A rule file is invalid, or does not match the exports. Every fault is in `problems`."""

    exit_code = ExitCode.USAGE


class ProjectFileError(FlamescoreError):
    """A project file is invalid. Every fault is in `problems`."""

    exit_code = ExitCode.USAGE


class InputError(FlamescoreError):
    """The exports are missing, unreadable, implausible or have too many rejects."""

    exit_code = ExitCode.INPUT


class NotFoundError(FlamescoreError):
    """The contact or the run does not exist."""

    exit_code = ExitCode.NOT_FOUND


class LockedError(FlamescoreError):
    """Another run has locked the output."""

    exit_code = ExitCode.LOCKED


class StateError(FlamescoreError):
    """The state can't be used, and what depends on it was not done."""

    exit_code = ExitCode.UNSENT


class OutputError(FlamescoreError):
    """The output can't be written; nothing was published."""

    exit_code = ExitCode.OUTPUT


class MisuseError(Exception):
    """A value of the wrong type in a Python API call; callers get its `cause`, a built-in error."""

    def __init__(self, cause: TypeError | ValueError) -> None:
        self.cause = cause
        super().__init__(str(cause))


def fault(error: BaseException) -> Problem:
    """Describe an unexpected error by its type and location, without its text.

    The text might contain personal data.
    """
    frame = error.__traceback__
    place = "unknown"
    while frame is not None:
        name = str(frame.tb_frame.f_globals.get("__name__", ""))
        if name.startswith("flamescore"):
            place = f"{name}:{frame.tb_lineno}"
        frame = frame.tb_next
    return Problem(
        "X070",
        f"Internal error: {type(error).__name__} at {place} (version {__version__}).",
        hint=f"A run is published whole or not at all. Please report this line at {REPORT}",
    )
