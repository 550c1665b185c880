"""Opens a Spark session for the command line, and says plainly why there is none."""

from __future__ import annotations

import os
import socket
import sys
import warnings
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from flamescore.errors import FlamescoreError, InputError, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.spark.rank import Session

PORT: Final = 15_002
"""The port of Spark Connect, unless an address has another."""

PATIENCE: Final = 10.0
"""Seconds to wait for an answer from the port of a server."""

SETTINGS: Final = {
    "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",  # larger ones take quadratic time
    "spark.sql.session.timeZone": "UTC",
}


@contextmanager
def session(master: str | None = None, remote: str | None = None) -> Iterator[Session]:
    """Yield a session of a cluster, or of what `spark-submit` and the environment name; stop it afterwards.

    Raises:
        UsageError: both are given; U013: pyspark is not installed.
        InputError: S007: there is no session to be had; S008: a job failed, without the text of the error,
            which may contain data of contacts.
    """
    if master is not None and remote is not None:
        text = "--master and --remote are two ways to one cluster."
        raise UsageError(Problem("U000", text, hint="Give one of them."))
    builder = _builder()
    if remote is not None:
        _check_answers(remote)
    try:
        made = _made(builder, master, remote)
    except Exception as error:
        raise _no_session(master, remote, error) from error
    try:
        for key, value in SETTINGS.items():
            with suppress(Exception):  # a server may not let it be set; it only costs time
                made.conf.set(key, value)
        yield made
    except FlamescoreError:
        raise
    except Exception as error:
        if not type(error).__module__.startswith(("pyspark.", "py4j.", "grpc.")):
            raise
        raise _failed(error) from error
    finally:
        with suppress(Exception), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made.stop()


def _builder() -> Any:  # noqa: ANN401 - Spark's type
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pyspark's own, about what it imports
            from pyspark.sql import SparkSession  # noqa: PLC0415 - imported only with Spark
    except ImportError as error:
        text = "--engine spark needs pyspark, which is not installed."
        hint = "Install the pyspark of your cluster's version, or pyspark-client for --remote."
        raise UsageError(Problem("U013", text, hint=hint)) from error
    if find_spec("pandas") is None:
        text = "--engine spark needs pandas, which pyspark asks for and which is not installed."
        raise UsageError(Problem("U013", text, hint="pip install pandas"))
    return SparkSession.builder


def _made(builder: Any, master: str | None, remote: str | None) -> Session:  # noqa: ANN401 - Spark's type
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if remote is not None:
            return builder.remote(remote).create()
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        named = builder.appName("flamescore")
        return (named if master is None else named.master(master)).getOrCreate()


def _check_answers(remote: str) -> None:
    """Check that something listens at an address of Spark Connect, which its client would retry for long."""
    try:
        address = urlsplit(remote)
        host, port = address.hostname, address.port or PORT
    except ValueError:
        host, port = None, PORT
    if not remote.startswith("sc://") or not host:
        hint = "Write it as sc://HOST or sc://HOST:PORT."
        raise UsageError(Problem("S007", "--remote is not an address of Spark Connect.", hint=hint))
    try:
        socket.create_connection((host, port), timeout=PATIENCE).close()
    except OSError as error:
        reason = error.strerror or "no answer"
        text = f"No Spark Connect server answers at {host}:{port}: {reason}."
        raise InputError(Problem("S007", text, hint="Start it, or name another with --remote.")) from error


def _no_session(master: str | None, remote: str | None, error: Exception) -> InputError:
    where = remote or master or "the cluster that the environment names"
    where = (
        f"{urlsplit(where).scheme}://{urlsplit(where).hostname}" if "@" in where or ";" in where else where
    )
    text = f"No Spark session could be had from {where} ({type(error).__name__})."
    hint = (
        "Check the address, and that the client's version is the server's. --master needs pyspark and Java."
    )
    return InputError(Problem("S007", text, hint=hint))


def _failed(error: Exception) -> InputError:
    named: object = None
    for name in ("getCondition", "getErrorClass"):
        with suppress(Exception):
            named = named or getattr(error, name)()
    what = f"{type(error).__name__}, {named}" if named else type(error).__name__
    text = f"A job on Spark failed ({what}). Nothing is published."
    return InputError(Problem("S008", text, hint="Spark's own log has the reason."))
