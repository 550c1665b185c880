"""The one place where errors become words and exit codes. No traceback gets past it."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager, suppress
from io import StringIO
from typing import TYPE_CHECKING, NoReturn

import typer

from flamescore import stopping
from flamescore.cli.misused import wrong_value
from flamescore.cli.options import LogFormat
from flamescore.cli.streams import check_stdout, forget_stdout
from flamescore.errors import ExitCode, FlamescoreError, OutputError, Problem, fault
from flamescore.text import for_log, json_text
from flamescore.urls import without_credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

INTERRUPTED = Problem("X130", "Interrupted. Nothing was left half-written.")
TERMINATED = Problem("X143", "Terminated. Nothing was left half-written.")


def command(body: Callable[[], ExitCode | None], log: LogFormat, *, answers: bool = True) -> NoReturn:
    """Run a command's body, say what goes wrong, and leave with the exit code.

    `answers` says whether what the command is for stands on stdout: a full disk behind it is a failure then.
    """
    try:
        code = _worked(body, log, answers=answers)
    except stopping.STOPS as error:  # it came between two steps of that
        code = ended(error, log)
    stopping.deafen()
    raise typer.Exit(int(code))


def misuse(error: typer.TyperException, arguments: Sequence[str]) -> int:
    """Say what is wrong with the words of a command, in the log format that they ask for."""
    log = log_asked(arguments)
    if (wrong := wrong_value(error)) is not None:
        complain((wrong,), ExitCode.USAGE, log)
    elif log is LogFormat.JSON:
        complain((Problem("U000", error.format_message()),), ExitCode.USAGE, log)
    else:
        sys.stderr.write(_usage(error))
    return int(ExitCode.USAGE)


def _usage(error: typer.TyperException) -> str:
    """Return what the parser says: the usage in its lines, then what is wrong, in one."""
    mark, page = "Error: ", StringIO()
    if hasattr(error, "show"):
        error.show(file=page)
    else:
        page.write(f"{mark}{error.format_message()}")
    usage, marked, wrong = page.getvalue().partition(mark)
    wrong = for_log(wrong.removesuffix("\n"))
    return f"{usage}{mark}{wrong}\n" if marked else usage


def log_asked(arguments: Sequence[str]) -> LogFormat:
    """Return the log format that the words of a command ask for."""
    asked = " ".join(arguments).replace("=", " ")
    return LogFormat.JSON if "--log-format json" in asked else LogFormat.TEXT


@contextmanager
def writing_to(path: str) -> Iterator[None]:
    """Turn the system's refusals into an error that names the file."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        why = error.strerror or "the system refused"
        raise OutputError(Problem("O007", f"{path} can't be written: {why}.")) from None


def remark(text: str, log: LogFormat, *, level: str = "warning") -> None:
    """Write a line to stderr that is no error: as text, or as a JSON object."""
    said = {"level": level, "message": without_credentials(text)}
    line = json_text(said) if log is LogFormat.JSON else for_log(text)
    sys.stderr.write(f"{line}\n")


def say(text: str) -> None:
    """Write a line for people to stdout."""
    sys.stdout.write(f"{for_log(text)}\n")


def ended(error: BaseException, log: LogFormat) -> ExitCode:
    """Say what ended the program, and return its exit code."""
    code, problems = _judged(error)
    complain(problems, code, log)
    return code


def _worked(body: Callable[[], ExitCode | None], log: LogFormat, *, answers: bool) -> ExitCode:
    problems: tuple[Problem, ...] = ()
    try:
        stopping.work()
        code = body() or ExitCode.DONE
        if answers:
            check_stdout()
        else:
            forget_stdout()
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 - the boundary: a traceback would show people's data
        code, problems = _judged(error)
    with suppress(*stopping.STOPS):  # where nobody reads what is said, a further signal ends the waiting
        complain(problems, code, log)
    return code


def _judged(error: BaseException) -> tuple[ExitCode, tuple[Problem, ...]]:
    """Return the exit code that an exception leads to, and what to say of it.

    Whatever comes after a signal comes of it: Polars and others turn its exception into one of theirs.
    """
    asked = stopping.asked()
    if isinstance(error, stopping.STOPS) or asked is not None:
        if stopping.finished():
            return ExitCode.DONE, ()
        if isinstance(error, KeyboardInterrupt) or asked == signal.SIGINT:
            return ExitCode.INTERRUPTED, (INTERRUPTED,)
        return ExitCode.TERMINATED, (TERMINATED,)
    if isinstance(error, FlamescoreError):
        return error.exit_code, error.problems
    if isinstance(error, BrokenPipeError):
        return ExitCode.DONE, ()
    return ExitCode.FAULT, (fault(error),)


def complain(problems: tuple[Problem, ...], code: ExitCode, log: LogFormat) -> None:
    """Write problems to stderr: as text, or as one JSON object a line."""
    for problem in problems:
        sys.stderr.write((_json(problem, code) if log is LogFormat.JSON else str(problem)) + "\n")


def _json(problem: Problem, code: ExitCode) -> str:
    where = problem.where
    said = {
        "level": problem.severity,
        "code": problem.code,
        "message": without_credentials(problem.message),
        "hint": None if problem.hint is None else without_credentials(problem.hint),
        "path": None if where is None else without_credentials(where.path),
        "line": where.line if where and where.line else None,
        "column": where.column if where and where.column else None,
        "exit_code": int(code),
    }
    return json_text(said)
