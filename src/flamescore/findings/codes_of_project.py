"""Codes of the project file and of usage."""

from __future__ import annotations

from typing import Final

from flamescore.findings.code import Code
from flamescore.findings.finding import Severity

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

PROJECT: Final = (
    Code(
        "P015",
        ERROR,
        "The project file is missing, or can't be read",
        "The path that a flag or variable names leads nowhere, or the account may not read it.",
        "Check `--config` and `FLAMESCORE_CONFIG`.",
    ),
    Code(
        "P020",
        ERROR,
        "The project file is not a mapping",
        "It holds a list or a text.",
        "Begin with `version: 1`.",
    ),
    Code(
        "P021",
        ERROR,
        "A key that is needed is missing",
        "There is no default for it.",
        "Add the key.",
    ),
    Code(
        "P022",
        ERROR,
        "A key has no value",
        "A key with nothing after it is `null` in YAML, and nothing in a project file is null.",
        "Give it a value, or remove the line.",
    ),
    Code(
        "P023",
        ERROR,
        "A value is wrong",
        "It is of another kind, or out of bounds; the text says what it can be.",
        "Follow the message.",
    ),
    Code(
        "P025",
        ERROR,
        "A key is not known",
        "A misspelled key would be left out in silence.",
        "Use the suggested key.",
    ),
    Code(
        "P026",
        ERROR,
        "Two keys contradict each other",
        "It would not be clear which one holds.",
        "Keep one of them.",
    ),
    Code(
        "P027",
        ERROR,
        "No contacts are named",
        "There is nobody to score.",
        "Add `contacts:`, or `--contacts`.",
    ),
    Code(
        "P028",
        ERROR,
        "A header is missing in a file",
        "`columns` maps it, or something needs it, and a file does not have it; the file and its "
        "nearest header are named. Or a segment, an alert or `route` asks for a column that there is not.",
        "Name both headers: `columns: {url: [Link, Link URL]}`; or list the column under `optional`, "
        "where older files may lack it.",
    ),
    Code(
        "P029",
        ERROR,
        "There is no such preset, or none or several fit the header",
        "The preset is misspelled, or `auto` can't tell the vendor.",
        "Take the preset that is offered, or map the columns under `columns`.",
    ),
    Code(
        "P030",
        ERROR,
        "Standard input is named by two sources",
        "It can be read once.",
        "Name a file for one of them.",
    ),
    Code(
        "P031",
        ERROR,
        "A URL stands where a path belongs",
        "Only files and folders are read and written, and `s3://` as `output` and as `path` of a source.",
        "Mount it, or copy it there before or after the run.",
    ),
    Code(
        "P032",
        ERROR,
        "A folder has `flamescore.yaml` and `flamescore.yml`",
        "It would not be clear which one holds.",
        "Delete one of them.",
    ),
    Code(
        "P033",
        ERROR,
        "An entry of `accept` can never hold",
        "Its code is unknown, or that of an error or a note; only warnings can be accepted.",
        "Take the code that is offered, or remove the entry.",
    ),
    Code(
        "P034",
        ERROR,
        "A tag history has a column such as `Action`, and none called `action`",
        "Without it every removal of a tag would count as an application.",
        "`columns: {action: Action}`.",
    ),
    Code(
        "P035",
        ERROR,
        "A file lacks a column that `call_list.exclude` asks for",
        "Whom nobody may call must be known of everybody.",
        "Map the column, or list it under `optional` if the file has none on purpose.",
    ),
    Code(
        "P110",
        NOTE,
        "An entry of `accept` fits no warning",
        "What it accepts is gone, or its `subject` is misspelled.",
        "Remove it, if it is not for another day.",
    ),
    Code(
        "P111",
        WARNING,
        "A value of `rename`, `leave_out` or `cut` is in no row, and one that is nearly the same is",
        "It is likely misspelled, so nothing is renamed, left out or cut.",
        "Use the suggested value.",
    ),
    Code(
        "P112",
        NOTE,
        "A value of `rename`, `leave_out` or `cut` is in no row",
        "Nothing near it exists.",
        "Nothing, if it is meant for future rows; otherwise correct it.",
    ),
)

USAGE: Final = (
    Code(
        "U000",
        ERROR,
        "A command is used incorrectly",
        "A flag or argument is unknown, missing or has no value.",
        "`flamescore COMMAND --help` lists them.",
    ),
    Code(
        "U001",
        ERROR,
        "A run lacks its rules, contacts or events",
        "Neither a project file nor flags name them.",
        "Name them in `flamescore.yaml` or with flags.",
    ),
    Code(
        "U002",
        ERROR,
        "The value of a flag or variable is wrong",
        "It has the wrong type, or is out of bounds.",
        "Follow the message.",
    ),
    Code(
        "U003",
        ERROR,
        "A text is not an instant",
        "It is neither a date nor a time in ISO 8601.",
        "`2026-11-21`, `2026-11-21T09:00`, `now` or `today`.",
    ),
    Code(
        "U004",
        ERROR,
        "Several contacts share this e-mail",
        "It is not clear whom to explain.",
        "Use one of the ids in the message.",
    ),
    Code(
        "U005",
        ERROR,
        "The run does not have this score",
        "It is misspelled, or the rule file had none of that name then.",
        "Use one of the scores in the message.",
    ),
    Code(
        "U006",
        ERROR,
        "A text is not a number of flames",
        "Flames go from 0 to 5.",
        "`--flames 5`, `--flames 3-4`, or `--flames 4+`.",
    ),
    Code(
        "U007",
        ERROR,
        "A flag needs a column that the contacts do not have",
        "The export has none, or `columns` does not map it.",
        "Map the column, and score again.",
    ),
    Code(
        "U008",
        ERROR,
        "Unknown column",
        "Neither the scores nor the contacts have it.",
        "Use one of the columns in the message.",
    ),
    Code(
        "U017",
        ERROR,
        "Unknown key to sort by",
        "`--sort` takes the columns of a search, and those of the contacts.",
        "Use one of the keys in the message.",
    ),
    Code(
        "U018",
        ERROR,
        "The run does not have this label",
        "Labels are those of the rule file at the time of the run.",
        "Use the suggested label.",
    ),
    Code(
        "U010",
        ERROR,
        "The format of a file can't be told from its name",
        "Its suffix is not that of a known format.",
        "Add `--format`, or another suffix.",
    ),
    Code(
        "U011",
        ERROR,
        "`--run` and `--as-of` are given together",
        "One reads a stored run, the other scores anew.",
        "Use one of them.",
    ),
    Code(
        "U012",
        ERROR,
        "A table is too long for a spreadsheet",
        "A sheet holds 1,048,576 rows.",
        "Use `--limit`, or write .csv or .parquet.",
    ),
    Code(
        "U013",
        ERROR,
        "Something needs a library that is not installed",
        "Spreadsheets need the extra `report`, PostgreSQL the extra `postgres`, S3 the extra `s3`, "
        "`--engine spark` pyarrow and pyspark.",
        "Install it, as the text says.",
    ),
    Code(
        "U014",
        ERROR,
        "`--trend` is not a period",
        "It is a whole number and a unit.",
        "`--trend 7d`.",
    ),
    Code(
        "U015",
        ERROR,
        "`as_of` is in the future",
        "Every period would end in the future, so a wrong year makes everybody cold.",
        "Correct the year; `--accept` scores it all the same, once.",
    ),
    Code(
        "U016",
        ERROR,
        "Warnings stop the run with `--strict`",
        "It treats every warning that is not accepted as an error.",
        "Fix each warning as its message says, or list it under `accept`.",
    ),
    Code(
        "U020",
        ERROR,
        "Today's flames can't be frozen",
        "Two flames begin at the same score, or nobody reaches one, so there are no five rising numbers.",
        "Freeze a run in which the best scores differ, or write the bounds yourself.",
    ),
    Code(
        "U021",
        ERROR,
        "A score has no percentiles to freeze",
        "Its flames go by fixed numbers of points already.",
        "Name a score with `flames: {percentile: [...]}`.",
    ),
)
