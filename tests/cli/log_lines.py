"""What every line on stderr is under `--log-format json`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

KEYS = {
    "level", "code", "time", "run_id", "subject", "message", "path", "line", "column", "source", "record",
    "count", "of", "samples", "nearest", "cure", "hint", "accepted", "exit_code",
}  # fmt: skip
"""The keys of every line."""

OF_SUCCESS = {
    "as_of", "contacts", "hot", "to_call", "latest", "warnings", "notes", "seconds",
}  # fmt: skip
"""Further keys of the success line; its `accepted` is a number."""

OF_SENDING = {"sent", "waiting", "unsent"}
"""Further keys of the line that says what was sent."""

LEVELS = {"error", "warning", "note", "info"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
CODE = re.compile(r"[A-Z]\d{3}")


def asks_for_json(words: Iterable[str]) -> bool:
    """Say whether the words of a command ask for lines of JSON."""
    return "--log-format json" in " ".join(words).replace("=", " ")


def checked_lines(err: str) -> list[dict[str, Any]]:
    """Return the lines of stderr, each with every key and no other."""
    lines = [json.loads(line) for line in err.splitlines()]
    for line in lines:
        success = line["code"] in ("O000", "O010")
        held_out = {"held_out"} & set(line) if success else set()  # with a hold-out alone
        sent = OF_SENDING if line["code"] == "A000" else set()
        assert set(line) == KEYS | held_out | sent | (OF_SUCCESS if success else set()), line
        assert line["level"] in LEVELS, line
        assert TIME.fullmatch(line["time"]), line
        assert line["code"] is None or CODE.fullmatch(line["code"]), line
        assert line["code"] is not None or line["level"] == "info", line
        assert line["exit_code"] is None or line["level"] == "error", line
        for each in line["nearest"] or ():
            assert set(each) == {"value", "count"}, line
    return lines
