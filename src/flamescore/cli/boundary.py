"""The single place where errors become messages and exit codes. No traceback gets past it."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager, suppress
from io import StringIO
from typing import TYPE_CHECKING, Any, Final, NoReturn

import typer

from flamescore import stopping
from flamescore.cli.messages import Messages
from flamescore.cli.options import LogFormat
from flamescore.cli.streams import check_stdout, forget_stdout
from flamescore.errors import ExitCode, FlamescoreError, OutputError, Problem, fault
from flamescore.findings import StrictError
from flamescore.text import for_log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

INTERRUPTED = Problem("X130", "Interrupted. Nothing was left half-written.")
TERMINATED = Problem("X143", "Terminated. Nothing was left half-written.")


_CHOICE: Final = " is not one of "
_EXPECTED: Final = {
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number",
    "float_parsing": "a number",
    "string_unicode": "text in UTF-8",
    "greater_than_equal": "at least {ge:g}",
    "less_than_equal": "at most {le:g}",
}
"""What a value must be, by the type of pydantic's error."""


def command(
    work: Callable[[Messages], ExitCode | None], messages: Messages, *, answers: bool = True
) -> NoReturn:
    """Do a command's work, report errors, and exit with the exit code.

    `answers` is whether the result of the command goes to stdout: then a failed write to it, as on a full
    disk, is an error. The functions in `messages.at_end` are called after everything else is done and
    reported. The command is named after the function that `work` is defined in.
    """
    try:
        code = _worked(work, messages, answers=answers)
    except stopping.STOPS as error:  # raised between two steps of `_worked`
        code = _ended(error, messages)
    with suppress(*stopping.STOPS):
        for each in messages.at_end:
            each(code)
    stopping.deafen()
    messages.finish(work.__qualname__.partition(".")[0], code)
    raise typer.Exit(int(code))


def misuse(error: typer.TyperException, arguments: Sequence[str], verb: str | None) -> int:
    """Report what is wrong with the arguments of a command, in the log format that they request."""
    messages = _messages_for(arguments)
    if (wrong := _wrong_value(error)) is not None:
        messages.complain((wrong,), ExitCode.USAGE)
    elif messages.log is LogFormat.JSON:
        messages.complain((Problem("U000", error.format_message()),), ExitCode.USAGE)
    else:
        sys.stderr.write(_usage(error))
    messages.finish(verb, ExitCode.USAGE)
    return int(ExitCode.USAGE)


def _wrong_value(error: typer.TyperException) -> Problem | None:
    """Return the problem of an invalid value: what it must be and what it is; None for any other error."""
    cause: Any = error.__cause__
    if not isinstance(error, typer.BadParameter) or not hasattr(cause, "errors"):
        return None
    first = cause.errors()[0]
    words = _EXPECTED.get(first["type"], "").format(**first.get("ctx", {}))
    if _CHOICE in first["msg"]:
        choices = first["msg"].partition(_CHOICE)[2].removesuffix(".").replace("'", "`")
        words = f"one of {choices}"
    if not words or error.param is None:
        return None
    name = error.param.get_error_hint().replace("'", "")
    hint = f"See `{error.ctx.command_path} --help`." if error.ctx else None
    return Problem("U002", f"{name} must be {words}, not `{first['input']}`.", hint=hint)


def _usage(error: typer.TyperException) -> str:
    """Return the parser's error: the usage, then what is wrong, in one line."""
    mark, page = "Error: ", StringIO()
    if hasattr(error, "show"):
        error.show(file=page)
    else:
        page.write(f"{mark}{error.format_message()}")
    usage, marked, wrong = page.getvalue().partition(mark)
    wrong = for_log(wrong.removesuffix("\n"))
    return f"{usage}{mark}{wrong}\n" if marked else usage


def _messages_for(arguments: Sequence[str]) -> Messages:
    """Return `Messages` for arguments that can't be parsed, with the flags found in them."""
    text = " ".join(arguments).replace("=", " ")
    log = LogFormat.JSON if "--log-format json" in text else LogFormat.TEXT
    return Messages(log, quiet=sum(each in ("-q", "-qq", "--quiet") for each in arguments))


@contextmanager
def writing_to(path: str) -> Iterator[None]:
    """Turn an `OSError` inside the block into an `OutputError` that names the file."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        why = error.strerror or "the system refused"
        raise OutputError(Problem("O007", f"{path} can't be written: {why}.")) from None


def write_line(text: str) -> None:
    """Write a line of text to stdout."""
    sys.stdout.write(f"{for_log(text)}\n")


def ended(error: BaseException, arguments: Sequence[str], verb: str | None) -> ExitCode:
    """Report what ended the program before or after a command's work, and return its exit code."""
    messages = _messages_for(arguments)
    code = _ended(error, messages)
    messages.finish(verb, code)
    return code


def _ended(error: BaseException, messages: Messages) -> ExitCode:
    code, problems = _judged(error)
    messages.complain(problems, code)
    return code


def _worked(work: Callable[[Messages], ExitCode | None], messages: Messages, *, answers: bool) -> ExitCode:
    problems: tuple[Problem, ...] = ()
    beside: tuple[Problem, ...] = ()
    strict = False
    try:
        stopping.work()
        code = work(messages) or ExitCode.DONE
        if answers:
            check_stdout()
        else:
            forget_stdout()
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 - the boundary: a traceback would show personal data
        code, problems = _judged(error)
        if isinstance(error, FlamescoreError) and problems is error.problems:
            beside, strict = error.beside, isinstance(error, StrictError)
    with suppress(*stopping.STOPS):  # if nobody reads stderr, another signal ends the wait
        messages.complain(problems, code, before=beside if strict else (), after=() if strict else beside)
    return code


def _judged(error: BaseException) -> tuple[ExitCode, tuple[Problem, ...]]:
    """Return the exit code for an exception, and the problems to report.

    Any exception after a signal is attributed to it: Polars and others turn its exception into their own.
    """
    raised = stopping.raised_signal()
    if isinstance(error, stopping.STOPS) or raised is not None:
        if stopping.finished():
            return ExitCode.DONE, ()
        if isinstance(error, KeyboardInterrupt) or raised == signal.SIGINT:
            return ExitCode.INTERRUPTED, (INTERRUPTED,)
        return ExitCode.TERMINATED, (TERMINATED,)
    if isinstance(error, FlamescoreError):
        return error.exit_code, error.problems
    if isinstance(error, BrokenPipeError):
        return ExitCode.DONE, ()
    return ExitCode.FAULT, (fault(error),)
