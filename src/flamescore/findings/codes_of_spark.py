"""Codes of scoring on Spark."""

from __future__ import annotations

from typing import Final

from flamescore.findings.code import Code
from flamescore.findings.finding import Severity

SPARK: Final = (
    Code(
        "S001",
        Severity.ERROR,
        "The rules, or what is asked, need what is not done on Spark yet",
        "Accounts, labels and bots take more than one contact at a time, or more than one table; changes and "
        "alerts take more than one run.",
        "Score it on one machine, or leave it out for Spark.",
    ),
    Code(
        "S002",
        Severity.ERROR,
        "The workers run other versions than the driver",
        "Scores are the same to the last digit only by the same program, Polars and Python.",
        "Install the same versions on both: [spark.md](spark.md).",
    ),
    Code(
        "S003",
        Severity.ERROR,
        "Ids stand more than once in a table, or a tag was applied and removed at one instant",
        "A file has a first and a last row of an id; a table has none, so which one counts would be left to "
        "chance.",
        "Give `order_by=`, or keep one row of each id, such as the newest, before you score.",
    ),
    Code(
        "S004",
        Severity.ERROR,
        "The books don't balance",
        "The shards told of fewer or more contacts or rows than they were given. Nothing is published.",
        "Run it again; if it stays, something between the workers loses rows.",
    ),
    Code(
        "S005",
        Severity.ERROR,
        "One contact has more events than a shard holds",
        "The events of a contact are counted together, in the memory of one task.",
        "Leave the contact's events out by `ignore:`, or raise `most_events` (`--most-events`).",
    ),
    Code(
        "S006",
        Severity.ERROR,
        "The workers can't see a file or the output",
        "It is standard input, a pipe, or a path that is another one or has other contents on the workers.",
        "Put exports and output on storage that all workers share under the same path.",
    ),
    Code(
        "S007",
        Severity.ERROR,
        "There is no Spark session",
        "The address is wrong, or nothing answers there.",
        "Start the server, or name another by `--remote` or `--master`.",
    ),
    Code(
        "S008",
        Severity.ERROR,
        "A job on Spark failed",
        "A worker ran out of memory, say, or the connection broke. The text of Spark's error may contain "
        "data of contacts, so it is not shown.",
        "Look into Spark's own log, and run it again.",
    ),
)
