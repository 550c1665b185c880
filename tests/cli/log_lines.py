"""The format of the lines on stderr under `--log-format json`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from flamescore.cli.main import VERBS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

KEYS = {
    "level", "code", "time", "run_id", "subject", "message", "path", "line", "column", "source", "record",
    "count", "of", "samples", "nearest", "cure", "hint", "accepted", "exit_code",
}  # fmt: skip
"""The keys of every line."""

OF_SUCCESS = {
    "as_of", "contacts", "hot", "to_call", "latest", "warnings", "notes", "seconds",
}  # fmt: skip
"""Additional keys of the success line; its `accepted` is a number."""

OF_SENDING = {"sent", "waiting", "unsent"}
"""Additional keys of the line that reports what was sent."""
OF_END = {"command", "published", "seconds"}
"""Additional keys of the last line of a command; its `exit_code` is always a number."""

LEVELS = {"error", "warning", "note", "info"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
CODE = re.compile(r"[A-Z]\d{3}")


def asks_for_json(words: Iterable[str]) -> bool:
    """Return whether a command line requests JSON lines."""
    return "--log-format json" in " ".join(words).replace("=", " ")


def is_quiet(words: Iterable[str]) -> bool:
    """Return whether a command line requests only errors and warnings."""
    return any(each in ("-q", "-qq", "--quiet") for each in words)


def verb(words: Sequence[str]) -> str | None:
    """Return the name of the command, or None if it is unknown."""
    return words[0] if words and words[0] in VERBS else None


def lines_of(err: str) -> list[dict[str, Any]]:
    """Return the lines of stderr except the last, which reports that the command is done."""
    return [json.loads(line) for line in err.splitlines()[:-1]]


def first_line(err: str) -> dict[str, Any]:
    """Return the only line of stderr before the last."""
    (line,) = lines_of(err)
    return line


def checked_lines(err: str, *, quiet: bool = False) -> list[dict[str, Any]]:
    """Return the lines of stderr; check that each has exactly its keys and that the last reports the end."""
    lines = [json.loads(line) for line in err.splitlines()]
    assert [each["code"] for each in lines].count("A001") == (not quiet)
    assert quiet or lines[-1]["code"] == "A001"
    for line in lines:
        success, end = line["code"] in ("O000", "O010"), line["code"] == "A001"
        held_out = {"held_out"} & set(line) if success else set()  # only with a hold-out
        sent = OF_SENDING if line["code"] == "A000" else set()
        more = OF_SUCCESS if success else OF_END if end else sent
        assert set(line) == KEYS | held_out | more, line
        assert line["level"] in LEVELS, line
        assert TIME.fullmatch(line["time"]), line
        assert line["code"] is None or CODE.fullmatch(line["code"]), line
        assert line["code"] is not None or line["level"] == "info", line
        assert line["exit_code"] is None or line["level"] == "error" or line["code"] == "A001", line
        for each in line["nearest"] or ():
            assert set(each) == {"value", "count"}, line
    return lines
