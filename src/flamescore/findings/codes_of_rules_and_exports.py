"""Codes of rules checked against the exports: columns, values and tags that these don't have."""

from __future__ import annotations

from typing import Final

from flamescore.findings.code import Code
from flamescore.findings.finding import Severity

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

RULES_AND_EXPORTS: Final = (
    Code(
        "R090",
        ERROR,
        "No contacts export has a column `pettype`",
        "A column that is not there would be a silent 0 for everyone. Names compare exactly as written.",
        "Use the suggested name, or map the column in the project file.",
    ),
    Code(
        "R091",
        ERROR,
        "No events export has a column `URL`",
        "The same for `where`, `per` and `points: {from}`.",
        "The same.",
    ),
    Code(
        "R092",
        ERROR,
        "It needs events, but there is no events export",
        "Events are the only thing that it looks at.",
        "Give the project an `events:` source, or disable the rule.",
    ),
    Code(
        "R093",
        ERROR,
        "`tags` is a list; `field` can't ask it",
        "A contact has several tags, a field has one cell.",
        "Use `tag:`.",
    ),
    Code(
        "R094",
        ERROR,
        "It needs tags, but no export has any",
        "Without tags it would be a silent 0 for everyone.",
        "Map the contacts' `tags`, or give the project a `tag_history:` source.",
    ),
    Code(
        "R120",
        WARNING,
        "A rule matches no event",
        "Its types have events, but no event has a value that `where` asks for, so the rule gives "
        "nobody anything. The text says how many there are and what they have.",
        "Use the suggested value, or disable the rule.",
    ),
    Code(
        "R121",
        WARNING,
        "A value matches nothing, and one that is nearly the same exists",
        "It is likely misspelled; the other values of the list hide it.",
        "Use the suggested value.",
    ),
    Code(
        "R122",
        NOTE,
        "A rule gives nobody anything as of this run",
        "Events fit, but all are too old, too few, after `as_of`, or of contacts that are not in the list.",
        "Nothing, if the export is quiet; otherwise check the step that the message names.",
    ),
    Code(
        "R123",
        WARNING,
        "No cell of a column reads as the number, date or boolean that a rule asks for",
        "The column holds something else, so the rule never matches.",
        "Compare with a text, declare `numbers` or `dates`, or map another column.",
    ),
    Code(
        "R124",
        NOTE,
        "A value matches nothing",
        "No row has it, and nothing similar exists.",
        "Nothing, if it is meant for future rows; otherwise correct it.",
    ),
    Code(
        "R125",
        WARNING,
        "No contact has a tag that a rule asks for",
        "It is misspelled, or several tags stand in one cell and the separator is another.",
        "Use the suggested tag, or declare `tags: {separator: ...}`.",
    ),
    Code(
        "R126",
        NOTE,
        "No contact has a tag",
        "Nothing similar exists, and the rule has other tags.",
        "Nothing, if it is meant for future contacts; otherwise correct it.",
    ),
    Code(
        "R182",
        WARNING,
        "Nobody has five flames by percentile",
        "Contacts who share the top score share its percentile, which is that of the lowest of them.",
        "Give the best contacts different scores, or lower the last percentile.",
    ),
    Code(
        "R185",
        NOTE,
        "21 opens and clicks of 1 contact look like a mail scanner's",
        "Programs that look at e-mails for malware open them and click every link within seconds. The text "
        "says what scores would lose, or have lost, without these events.",
        "`bots: remove` takes them out; `bots.parquet` says whose they are.",
    ),
    Code(
        "R186",
        NOTE,
        "A standard pattern of `bots` is left out",
        "It compares the pages or e-mails of events, and no events export has a column `url` or `asset`.",
        "Map the column in the project file, or write `patterns` of your own.",
    ),
)
