"""Codes of stored old runs, of health checks, and of the end of a command."""

from __future__ import annotations

from typing import Final

from flamescore.findings.code import Code
from flamescore.findings.finding import Severity

HISTORY: Final = (
    Code(
        "A001",
        Severity.INFO,
        "A command is done: the last line under `--log-format json`",
        "",
        "",
    ),
    Code(
        "A026",
        Severity.NOTE,
        "`keep_runs` now reaches back 7 hours",
        "A number of runs keeps as many, however close they are: with a run every 15 minutes 30 are less "
        "than a day, and what changed since yesterday can't be told.",
        "Write `keep_runs: {all: 2d, daily: 60, monthly: 24}`.",
    ),
    Code(
        "A027",
        Severity.WARNING,
        "The health check could not be notified",
        "It did not answer in time, its answer was not 200 to 299, or the variable with its URL is not set. "
        "The run is published all the same, and the exit code stays.",
        "Look at the URL of `--ping`, `FLAMESCORE_PING` or `ping`, and at the way to its host.",
    ),
)
