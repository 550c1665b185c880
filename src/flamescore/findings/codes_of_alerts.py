"""Codes of alerts: who is notified, through which channel, and when an alert starts again."""

from __future__ import annotations

from typing import Final

from flamescore.findings.code import Code
from flamescore.findings.finding import Severity

ERROR: Final = Severity.ERROR

ALERTS: Final = (
    Code(
        "A008",
        ERROR,
        "An alert goes to `owner`, but does not say who gets leads without one",
        "Most lists have leads whose owner is empty, or is not in `team`: nobody would be told about them.",
        "Say who is told about those: `otherwise: sales@example.com`.",
    ),
    Code(
        "A009",
        ERROR,
        "A recipient of an alert has no address",
        "It is neither an e-mail address nor a name of `team`; or the channel sends mail, and the member has "
        "no `email`.",
        "Use the suggested name, or give the member an `email`.",
    ),
    Code(
        "A011",
        ERROR,
        "The project file contains a secret",
        "Project files are shared, copied and committed. The line is not shown.",
        'Write `"${SMTP_PASSWORD}"` and set the variable.',
    ),
)
