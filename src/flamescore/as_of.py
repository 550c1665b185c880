"""Hold a run's `as_of` against the clock, and say why a run did not become the latest."""

from __future__ import annotations

from calendar import monthrange
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from flamescore.errors import Problem, UsageError
from flamescore.inputs import parse_as_of
from flamescore.wallclock import ahead, clock

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from flamescore.errors import Where
    from flamescore.project import Project
    from flamescore.runs import Published

FUTURE: Final = "U015"
NOT_MOVED: Final = "O100"
BACKFILL: Final = "O104"
LATELY: Final = timedelta(days=2)


def check_as_of(project: Project, as_of: datetime, zone: ZoneInfo, *, accept: bool) -> tuple[str, ...]:
    """Return a warning where `as_of` is in the future and that is accepted; nothing where it is not.

    Raises:
        UsageError: it is in the future, without `accept`. The day that was likely meant is named.
    """
    away, text = ahead(as_of, zone), project.settings.as_of
    if away is None:
        return ()
    said = f"as_of {text} is {away} ahead"
    if accept:
        return (f"as_of: {FUTURE} {said} (accepted)",)
    meant = _meant(text, zone)
    question = f" Did you mean {meant}?" if meant else ""
    hint = "If it is meant, score with --accept; it does not become the latest run then."
    raise UsageError(Problem(FUTURE, f"{said}.{question}", _where(project, text), hint))


def _meant(text: str, zone: ZoneInfo) -> str | None:
    """Return the same day and time of the clock's year, or of the year before where that is to come too."""
    now = clock()
    for year in (now.year, now.year - 1):
        last = monthrange(year, int(text[5:7]))[1]
        day = f"{year:04d}{text[4:8]}{min(int(text[8:10]), last):02d}"
        if parse_as_of(day + text[10:], zone) <= now:
            return day + text[10:]
    return None


def _where(project: Project, text: str) -> Where | None:
    """Return the place in the project file, where that is what says it."""
    node = None if project.document is None else project.document.root.at(("as_of",))
    return project.where("as_of") if node is not None and node.plain() == text else None


def not_latest(published: Published) -> tuple[str, str] | None:
    """Say why a run did not become the latest one, and how much that matters; None where it did.

    It is a warning where the run was meant to be the latest, and `info` of a backfill.
    """
    if published.latest:
        return None
    run, stays = published.run, published.stays
    stands = f'published, but "latest" stays at {stays.run_id}' if stays else 'published, but not as "latest"'
    if ahead(run.as_of) is not None:
        why = "this run's as_of is in the future"
        return f"latest: {NOT_MOVED} {stands}: {why}. --make-latest moves it.", "warning"
    if clock() - run.as_of <= LATELY:
        return f"latest: {NOT_MOVED} {stands}, whose as_of is later. --make-latest moves it.", "warning"
    return f"latest: {BACKFILL} {stands}; read this run with --run {run.run_id}.", "info"
