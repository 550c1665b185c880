"""Codes of messages: the content of alerts, how they are sent, and what was not sent."""

from __future__ import annotations

from typing import Final

from flamescore.findings.code import Code
from flamescore.findings.finding import Severity

ERROR, WARNING, NOTE, INFO = Severity.ERROR, Severity.WARNING, Severity.NOTE, Severity.INFO

MESSAGES: Final = (
    Code("A000", INFO, "Messages were sent", "", ""),
    Code(
        "A010",
        ERROR,
        "A template has an unknown placeholder",
        "`subject` or `text` of an alert has a name in braces that is no column of the contacts, and none of "
        "what every lead has.",
        "Use the suggested name. For a brace itself write `{{` or `}}`.",
    ),
    Code(
        "A020",
        WARNING,
        "A channel's variable is not set",
        "Its messages are kept and tried again; the exit code is 7.",
        "Set the variable for the account that runs `flamescore`; then `flamescore notify`.",
    ),
    Code(
        "A021",
        WARNING,
        "A channel did not accept its messages",
        "They are kept and tried again by the next `notify` or `score --notify`; the exit code is 7.",
        "As the text says. `flamescore notify --test CHANNEL` tries it with a message of no weight.",
    ),
    Code(
        "A022",
        WARNING,
        "Notices were dropped",
        "Their alert or channel is no longer in the project file, or is switched off; or, as a note, their "
        "contacts may no longer be called.",
        "Nothing, if that was meant.",
    ),
    Code(
        "A023",
        WARNING,
        "A message was given up",
        "Ten answers said that it will not be taken, such as 404 of HTTP or 550 of SMTP; the exit code is 7.",
        "Mend the channel's address or the recipient's; the leads are in `alerts.csv` of the run.",
    ),
)
