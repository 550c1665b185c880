"""Messages on stderr, next to a command's result: findings and remarks, as text or as JSON, one per line."""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field

from flamescore.cli.options import LogFormat
from flamescore.findings import (
    Finding,
    Severity,
    as_json,
    as_text,
    last_line,
    of_problem,
    shown,
    wants_colours,
)
from flamescore.text import for_log, json_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from flamescore.errors import ExitCode, Problem


FINISHED: Final = "A001"


class OfRun(Struct):
    """The run that a command has read or made, and whether the command has published it."""

    run_id: str | None = None
    published: bool = False


class Messages(Struct, frozen=True):
    """Writes messages according to `--log-format`, `-q` and `-v`; `quiet` is the number of `-q` flags.

    `findings` are all findings so far, whether they were shown or not. `of_run` is what the last line reports
    about the run. The functions in `at_end` are called with the exit code before that line.
    """

    log: LogFormat = LogFormat.TEXT
    quiet: int = 0
    verbose: bool = False
    started: float = field(default_factory=time.perf_counter)
    findings: list[Finding] = field(default_factory=list)
    of_run: OfRun = field(default_factory=OfRun)
    at_end: list[Callable[[ExitCode], None]] = field(default_factory=list)

    def report(
        self, findings: Iterable[Finding], *, notes: bool = False, run_ids: Mapping[str, str] | None = None
    ) -> None:
        """Write findings, in order, and how many are not shown; with `notes`, always show notes.

        `run_ids` has the run's id for the codes of findings that arise after the run exists.
        """
        reported = tuple(findings)
        self.findings.extend(reported)
        for each in shown(reported, verbose=self.verbose, quiet=self.quiet, notes=notes):
            self._write(each, run_id=(run_ids or {}).get(each.code))
        left = last_line(reported, verbose=self.verbose, quiet=self.quiet, notes=notes)
        if left is not None and self.log is LogFormat.TEXT:
            sys.stderr.write(f"{left}\n")

    def warn(self, finding: Finding) -> None:
        """Write one finding, if it is shown."""
        self.report((finding,))

    def complain(
        self,
        problems: Iterable[Problem],
        code: ExitCode,
        *,
        before: Iterable[Problem] = (),
        after: Iterable[Problem] = (),
    ) -> None:
        """Write the problems that end the program, with others before and after; `-q` never hides errors."""
        self._beside(before)
        for problem in problems:
            self.findings.append(of_problem(problem))
            self._write(of_problem(problem), exit_code=int(code))
        self._beside(after)

    def _beside(self, known: Iterable[Problem]) -> None:
        for each in shown(map(of_problem, known), verbose=self.verbose, quiet=self.quiet):
            self._write(each)

    def remark(self, text: str, *, code: str = "") -> None:
        """Write an informational line, unless `-q` is given."""
        if not self.quiet:
            finding = Finding(code, Severity.INFO, "", text)
            self.line(for_log(text), as_json(finding, time=now()))

    def detail(self, text: str) -> None:
        """Write a line that is shown only with `--verbose`."""
        if self.verbose:
            self.remark(text)

    def took(self, what: str) -> None:
        """Write, with `--verbose`, what the command did and how long it has taken."""
        self.detail(f"{time.perf_counter() - self.started:8.3f} s  {what}")

    def finish(self, command: str | None, code: ExitCode) -> None:
        """Write the last line of a command, whatever its exit code: only as JSON, and not with `-q`."""
        if self.log is LogFormat.JSON and not self.quiet:
            run_id, found = self.of_run.run_id, Finding(FINISHED, Severity.INFO, "", "finished")
            record = as_json(found, time=now(), run_id=run_id, exit_code=int(code))
            seconds = round(time.perf_counter() - self.started, 3)
            more = {"command": command, "published": self.of_run.published, "seconds": seconds}
            self.line("", {**record, **more})

    def line(self, text: str, record: Mapping[str, Any]) -> None:
        """Write one message: `text`, or `record` as JSON."""
        sys.stderr.write(f"{json_text(dict(record)) if self.log is LogFormat.JSON else text}\n")

    def _write(self, finding: Finding, *, run_id: str | None = None, exit_code: int | None = None) -> None:
        if self.log is LogFormat.JSON:
            record = as_json(finding, time=now(), run_id=run_id, exit_code=exit_code)
            sys.stderr.write(f"{json_text(record)}\n")
            return
        coloured = wants_colours(os.environ, is_terminal=sys.stderr.isatty())
        text = as_text(finding, here=here(), verbose=self.verbose, coloured=coloured)
        sys.stderr.write(f"{text}\n")


def now() -> str:
    """Return the current time as written in log lines, such as `2026-11-21T02:00:03.120Z`."""
    return f"{datetime.now(UTC).strftime('%Y-%m-%dT%H:%M:%S.%f')[:-3]}Z"


def here() -> Path | None:
    """Return the working directory; None if it no longer exists."""
    try:
        return Path.cwd()
    except OSError:
        return None
