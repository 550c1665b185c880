"""The work of `flamescore init`: a first project file and rule file, guessed from the exports."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flamescore.cli.output import deliver
from flamescore.errors import Problem, UsageError
from flamescore.first_guess import TargetPaths, first_guess, refuse, tidy, write_both
from flamescore.text import for_log
from flamescore.units import names_no_place
from flamescore.wallclock import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.cli.messages import Messages

_NEXT = "Next: flamescore check"


def init(
    paths: Sequence[str],
    config: str | None,
    messages: Messages,
    *,
    contacts: str | None,
    zone: str | None,
    rules: str,
    dry_run: bool,
    out: str | None,
) -> None:
    """Guess both files, write them unless it is a dry run, and list each guess."""
    if zone is not None:
        _check_zone(zone)
    project = Path(config or os.environ.get("FLAMESCORE_CONFIG") or "flamescore.yaml")
    places = TargetPaths(project.parent.resolve(), project.name, Path(rules).as_posix())
    both = (places.project, places.rule_file)
    if not dry_run:
        tidy(both, places.folder)
        refuse((*both, places.project.with_suffix(".yml")))  # a folder has only one project file
    guess = first_guess(paths, places, contacts=contacts, zone=zone, now=clock())
    if dry_run:
        shown = (f"# {places.name}", guess.project, f"# {places.rules}", guess.rules)
        deliver("\n".join(each.rstrip("\n") for each in shown).encode() + b"\n", out)
    else:
        write_both(dict(zip(both, (guess.project, guess.rules), strict=True)), places.folder)
        deliver("".join(f"{for_log(each)}\n" for each in (*guess.report, "", _NEXT)).encode(), out)
    messages.took("init")


def _check_zone(zone: str) -> None:
    try:
        if not names_no_place(zone):
            ZoneInfo(zone)
            return
    except (ValueError, OSError, LookupError):
        pass
    text = f"--timezone must be a time zone, not `{for_log(zone)}`."
    raise UsageError(Problem("U002", text, hint="Write a name such as America/Phoenix or Europe/Berlin."))
