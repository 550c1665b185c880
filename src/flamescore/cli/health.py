"""`--ping`: notify a health check when a scoring starts and when it ends."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from flamescore.cli.messages import here
from flamescore.errors import ExitCode
from flamescore.findings import Finding, Severity, as_line
from flamescore.health_check import ping
from flamescore.project import VARIABLES, UnsetError, filled

if TYPE_CHECKING:
    from flamescore.cli.messages import Messages

NOT_NOTIFIED: Final = "A027"
KEY: Final = "ping"


class HealthCheck(Struct):
    """Notifies a health check when a scoring starts, and at the end of the command how it ended.

    `line` is the text sent on success. If `silent`, nothing is sent. Failures are reported as warnings and
    don't change the exit code.
    """

    messages: Messages
    silent: bool = False
    line: str = ""
    url: str | None = None

    def begin_early(self, flag: object) -> None:
        """Report the start before the project file is read, if a flag or the variable names the check."""
        self.begin(str(flag or os.environ.get(VARIABLES[KEY]) or "") or None)

    def begin(self, written: str | None) -> None:
        """Report the start to the check at `written`, a URL that may contain variables; do so only once."""
        if self.silent or written is None or self.url is not None:
            return
        try:
            self.url = filled(written, os.environ)
        except UnsetError as error:
            self._warn(f"The variable `{error.name}` is not set, so the health check was skipped.")
            return
        self.messages.at_end.append(self._end)
        self._notify("that this run starts", "/start")

    def _end(self, code: ExitCode) -> None:
        """Report how it ended, with `line` or the errors; nothing if another run held the lock."""
        if code is ExitCode.LOCKED:
            return
        findings = self.messages.findings
        errors = [as_line(each, here=here()) for each in findings if each.severity is Severity.ERROR]
        warnings = [as_line(each, here=here()) for each in findings if each.is_open]
        failed = code is not ExitCode.DONE
        text = "\n".join(errors or warnings) if failed else ""
        self._notify("how this run ended", "/fail" if failed else "", text or self.line)

    def _notify(self, what: str, end: str, text: str | None = None) -> None:
        assert self.url is not None
        why = ping(self.url, end, text)
        if why is not None:
            self._warn(f"The health check could not be notified {what}: {why}.")

    def _warn(self, text: str) -> None:
        self.messages.warn(Finding(NOT_NOTIFIED, Severity.WARNING, KEY, text))
