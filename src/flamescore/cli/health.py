"""`--ping`: a health check is told that a scoring starts, and how it ended."""

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

UNTOLD: Final = "A027"
KEY: Final = "ping"


class HealthCheck(Struct):
    """Tells a health check of one scoring: that it starts, and at the end of the command how it ended.

    `line` is what it says of one that went well. A `silent` one tells nothing. Whatever goes wrong is a
    warning, and changes no exit code.
    """

    messages: Messages
    silent: bool = False
    line: str = ""
    url: str | None = None

    def begin_early(self, flag: object) -> None:
        """Say that it starts, if a flag or the variable names the check: before the project file is read."""
        self.begin(str(flag or os.environ.get(VARIABLES[KEY]) or "") or None)

    def begin(self, written: str | None) -> None:
        """Say that it starts, to the check that is named, with variables in it; only the first time."""
        if self.silent or written is None or self.url is not None:
            return
        try:
            self.url = filled(written, os.environ)
        except UnsetError as error:
            self._warn(f"The variable `{error.name}` is not set, so the health check was skipped.")
            return
        self.messages.at_end.append(self._end)
        self._tell("that this run starts", "/start")

    def _end(self, code: ExitCode) -> None:
        """Say how it ended, with the line or what was wrong; nothing where another run is at work."""
        if code is ExitCode.LOCKED:
            return
        told = self.messages.told
        errors = [as_line(each, here=here()) for each in told if each.severity is Severity.ERROR]
        warnings = [as_line(each, here=here()) for each in told if each.is_open]
        failed = code is not ExitCode.DONE
        text = "\n".join(errors or warnings) if failed else ""
        self._tell("how this run ended", "/fail" if failed else "", text or self.line)

    def _tell(self, what: str, end: str, text: str | None = None) -> None:
        assert self.url is not None
        why = ping(self.url, end, text)
        if why is not None:
            self._warn(f"The health check could not be notified {what}: {why}.")

    def _warn(self, text: str) -> None:
        self.messages.warn(Finding(UNTOLD, Severity.WARNING, KEY, text))
