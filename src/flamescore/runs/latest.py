"""The link `latest`: made beside and renamed, so that it always leads to a complete run."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flamescore.errors import OutputError, Problem
from flamescore.runs.catalog import LATEST, RUNS, latest_run
from flamescore.runs.disk import flush

if TYPE_CHECKING:
    from datetime import datetime

BESIDE: Final = ".latest-"


def check_link(output: Path) -> None:
    """Raise `OutputError` where something that is no link stands in the place of `latest`."""
    link = output / LATEST
    if os.path.lexists(link) and not link.is_symlink():
        text = f"{link} is in the way: it is no link, so it is not ours to replace; nothing was published"
        raise OutputError(Problem("O003", text, hint="move it away, or name another output"))


def moves(output: Path, as_of: datetime) -> bool:
    """Tell whether a run becomes the latest by itself: its `as_of` is no earlier than the present one's."""
    present = latest_run(output)
    return present is None or as_of >= present.as_of


def point(output: Path, run_id: str) -> None:
    """Point `latest` at a run that is in its place."""
    check_link(output)
    beside = output / f"{BESIDE}{secrets.token_hex(4)}"
    beside.symlink_to(Path(RUNS) / run_id)
    try:
        beside.replace(output / LATEST)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    # The run is the latest from here on: a flush that fails takes nothing back.
    with suppress(OSError):
        flush(output)
