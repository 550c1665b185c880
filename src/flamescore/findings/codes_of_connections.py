"""Codes of connections: databases and object stores."""

from __future__ import annotations

from typing import Final

from flamescore.findings.code import Code
from flamescore.findings.finding import Severity

ERROR: Final = Severity.ERROR

CONNECTIONS: Final = (
    Code(
        "A012",
        ERROR,
        "The output is in S3, and there is no folder for the state",
        "What has been told, the lock and what is read of the runs are kept on this machine.",
        "Add `state: state`, or the path of a lasting folder.",
    ),
    Code(
        "A030",
        ERROR,
        "A source in S3 can't be read",
        "The bucket is not there, the store refuses, or it has not answered within ten seconds.",
        "Check the bucket's name, `AWS_ENDPOINT_URL`, `AWS_REGION`, and whose key or role it is.",
    ),
    Code(
        "A031",
        ERROR,
        "The output in S3 can't be reached, or refuses",
        "The bucket is not there, the store refuses, or it has not answered within ten seconds. Nothing was "
        "published.",
        "Check the bucket's name, `AWS_ENDPOINT_URL`, `AWS_REGION`, and whose key or role it is.",
    ),
    Code(
        "A032",
        ERROR,
        "A store does not support conditional writes",
        "Two machines could overwrite each other's `latest.json`. Nothing was published.",
        "Name a folder as `output`, or a store that knows `If-None-Match` and `If-Match`.",
    ),
    Code(
        "A033",
        ERROR,
        "A database can't be reached, or refuses the query",
        "The text is the database's own, without passwords. It is asked in a read-only transaction.",
        "Try the query with the database's own client, as the same user.",
    ),
    Code(
        "A034",
        ERROR,
        "A column of a query has an unsupported type",
        "Numbers, texts, dates, times, Booleans, UUIDs, JSON and lists of texts are; what others mean would "
        "be a guess.",
        "Cast it to text in the query, or leave it out.",
    ),
    Code(
        "A035",
        ERROR,
        "The run's tables are not in the database",
        "The run is published; the database could not be reached, or refused. It still has the old rows.",
        "Mend what the text says. The next run, or `flamescore notify`, loads them.",
    ),
)
