"""The one place where errors become words and exit codes. No traceback gets past it."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager, suppress
from io import StringIO, TextIOWrapper
from typing import TYPE_CHECKING, NoReturn

import typer

from flamescore._version import __version__
from flamescore.cli.misused import wrong_value
from flamescore.cli.options import LogFormat
from flamescore.errors import ExitCode, FlamescoreError, OutputError, Problem
from flamescore.text import for_log, json_text
from flamescore.urls import without_credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType

_STREAMS = 3
REPORT = "https://github.com/flamescore/flamescore/issues"


class TerminatedError(BaseException):
    """SIGTERM came; whatever is open tidies up on the way out."""


def command(body: Callable[[], ExitCode | None], log: LogFormat) -> NoReturn:
    """Run a command's body, say what goes wrong, and leave with the exit code."""
    previous = signal.signal(signal.SIGTERM, _terminate)
    try:
        code = _guarded(body, log)
    finally:
        signal.signal(signal.SIGTERM, previous)
        _settle_stdout()
    raise typer.Exit(int(code))


def steady_streams() -> None:
    """Make sure that the three streams are there, and that no character of a name stops the program."""
    while (spare := os.open(os.devnull, os.O_RDWR)) < _STREAMS:  # whatever is closed is pointed nowhere
        pass
    os.close(spare)
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - it stays
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - it stays
    os.environ.setdefault("RUST_BACKTRACE", "0")  # a torn file is no reason to show the reader's insides
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def misuse(error: typer.TyperException, arguments: Sequence[str]) -> int:
    """Say what is wrong with the words of a command, in the log format that they ask for."""
    asked = " ".join(arguments).replace("=", " ")
    log = LogFormat.JSON if "--log-format json" in asked else LogFormat.TEXT
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
    with suppress(BrokenPipeError):
        line = json_text(said) if log is LogFormat.JSON else for_log(text)
        sys.stderr.write(f"{line}\n")


def say(text: str) -> None:
    """Write a line for people to stdout."""
    sys.stdout.write(f"{for_log(text)}\n")


def _guarded(body: Callable[[], ExitCode | None], log: LogFormat) -> ExitCode:
    try:
        code = body() or ExitCode.DONE
        with writing_to("Standard output"):
            sys.stdout.flush()
    except FlamescoreError as error:
        complain(error.problems, error.exit_code, log)
        return error.exit_code
    except BrokenPipeError:
        return ExitCode.DONE
    except KeyboardInterrupt:
        complain((Problem("X130", "Interrupted; nothing was left half-written."),), ExitCode.INTERRUPTED, log)
        return ExitCode.INTERRUPTED
    except TerminatedError:
        complain((Problem("X143", "Terminated; nothing was left half-written."),), ExitCode.TERMINATED, log)
        return ExitCode.TERMINATED
    except Exception as error:  # noqa: BLE001 - the boundary: a traceback would show people's data
        complain((_fault(error),), ExitCode.FAULT, log)
        return ExitCode.FAULT
    return code


def complain(problems: tuple[Problem, ...], code: ExitCode, log: LogFormat) -> None:
    """Write problems to stderr: as text, or as one JSON object a line."""
    for problem in problems:
        with suppress(BrokenPipeError):
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


def _fault(error: Exception) -> Problem:
    """Tell an unexpected fault by its kind and place in the program; its text might hold people's data."""
    frame = error.__traceback__
    places = []
    while frame is not None:
        name = frame.tb_frame.f_globals.get("__name__", "")
        if str(name).startswith("flamescore"):
            places.append(f"{name}:{frame.tb_lineno}")
        frame = frame.tb_next
    place = places[-1] if places else "unknown"
    return Problem(
        "X070",
        f"A fault of flamescore itself: {type(error).__name__} at {place} (version {__version__}).",
        hint=f"A run is published whole or not at all. Please report this line at {REPORT}",
    )


def _settle_stdout() -> None:
    """Point a broken stdout nowhere, so that the interpreter's last flush has nothing to complain of."""
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    raise TerminatedError
