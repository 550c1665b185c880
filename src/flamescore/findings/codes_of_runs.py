"""Codes of runs, of failed lookups, and of the program itself."""

from __future__ import annotations

from typing import Final

from flamescore.findings.code import Code
from flamescore.findings.finding import Severity

ERROR, WARNING, NOTE, INFO = Severity.ERROR, Severity.WARNING, Severity.NOTE, Severity.INFO

RUNS: Final = (
    Code(
        "N001",
        ERROR,
        "There is no such contact",
        "Nobody has the id or e-mail.",
        "Take an id that is offered, or search: `flamescore search --text`.",
    ),
    Code(
        "N003",
        ERROR,
        "There is no such account",
        "No account of the run has this key: keys compare trimmed and in lower case, and in no other way.",
        "Take the account that is offered, or search: `flamescore search --accounts`.",
    ),
    Code(
        "N004",
        ERROR,
        "The run has no accounts",
        "Its rule file says nothing of `accounts`.",
        "Add `accounts` to the rule file, and score again; or choose another run with `--run`.",
    ),
    Code(
        "N006",
        ERROR,
        "The run has no hold-out",
        "The project file had no `call_list.holdout` when it was scored.",
        "Set `call_list: {holdout: 5%}` in the project file, and score again; or choose another run with "
        "`--run`.",
    ),
    Code(
        "N002",
        INFO,
        "A search finds nobody",
        "No contact fits all that was asked.",
        "Loosen a condition.",
    ),
    Code(
        "N005",
        ERROR,
        "The run has no such segment",
        "The project file has it, and that run was made before it had.",
        "Score again; or choose another run with `--run`.",
    ),
    Code(
        "O000",
        INFO,
        "A run was published",
        "",
        "",
    ),
    Code(
        "O001",
        ERROR,
        "Another run holds the output",
        "Two runs would mix.",
        "Wait, or use `--lock-timeout SECONDS`.",
    ),
    Code(
        "O002",
        ERROR,
        "The output can't be written",
        "The disk is full, read-only, or may not be written; nothing was published.",
        "As the text says; then run again.",
    ),
    Code(
        "O003",
        ERROR,
        "Something that is not a link stands where `latest` should",
        "It would be lost.",
        "Move it away, or name another output.",
    ),
    Code(
        "O004",
        ERROR,
        "There is no such run, or none yet",
        "The nearest are named.",
        "Name one of these, or score first.",
    ),
    Code(
        "O005",
        ERROR,
        "A run is damaged",
        "A file of it is missing or changed.",
        "Read another run with `--run`, or score again with the same `--as-of`.",
    ),
    Code(
        "O006",
        ERROR,
        "The runs can't be read",
        "The account may not read them.",
        "Give the account the right to read them.",
    ),
    Code(
        "O007",
        ERROR,
        "A command's answer can't be written",
        "The disk is full, or the file may not be written.",
        "Free some space, or name another file.",
    ),
    Code(
        "O010",
        INFO,
        "A dry run is done",
        "Nothing was written.",
        "",
    ),
    Code(
        "O100",
        WARNING,
        "A run was published and `latest` stays",
        "A run of a later `as_of` is the latest, or this run's `as_of` is in the future.",
        "`--make-latest` moves it.",
    ),
    Code(
        "O101",
        WARNING,
        "`latest` is a run whose `as_of` is in the future",
        "Something has published a wrong day.",
        "`flamescore score --make-latest`.",
    ),
    Code(
        "O102",
        WARNING,
        "`as_of` is fixed in the project file, and days ago",
        "A nightly job would score the same day for ever.",
        "`as_of: today`.",
    ),
    Code(
        "O103",
        WARNING,
        "The run before can't be read",
        "A file of it is damaged, so what changed is not known.",
        "Nothing; the next run compares with this one.",
    ),
    Code(
        "O104",
        NOTE,
        "A backfill was published and `latest` stays",
        "It is of an earlier day.",
        "Read it with `--run`.",
    ),
    Code(
        "O105",
        WARNING,
        "An old run can't be deleted",
        "The account may not delete it.",
        "Give it the right, or delete the folder.",
    ),
    Code(
        "O106",
        NOTE,
        "A file of the history can't be read",
        "It is damaged; the report draws the scores without that day.",
        "Move the file away.",
    ),
    Code(
        "X070",
        ERROR,
        "Internal error",
        "A run is published whole or not at all.",
        "Please report the line.",
    ),
    Code(
        "X130",
        ERROR,
        "Interrupted",
        "Ctrl-C, or the signal SIGINT.",
        "Run again; nothing was left half-written.",
    ),
    Code(
        "X143",
        ERROR,
        "Terminated",
        "The signal SIGTERM or SIGHUP.",
        "Run again; nothing was left half-written.",
    ),
)
