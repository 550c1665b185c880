"""The events that the project file's alerts wait for: read, and bound to the exports like a rule's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from flamescore.errors import ProjectFileError, RuleFileError
from flamescore.exports import ListFiles
from flamescore.input_errors import UNMAPPED
from flamescore.project import EVENT_WORDS, EventAlert
from flamescore.rules import Happened, bind_events, load_events

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeVar
    from zoneinfo import ZoneInfo

    from flamescore.columns import Columns
    from flamescore.errors import Problem
    from flamescore.project import Project
    from flamescore.rules import Condition, EventRule, LoadedEvents, LoadedRules

    Made = TypeVar("Made")

_NO_COLUMN: Final = ("R090", "R091")


def alert_events_of(project: Project, rules: LoadedRules | None = None) -> dict[str, LoadedEvents]:
    """Read the events of event alerts; return those of enabled alerts, by name, not yet bound.

    Raises:
        ProjectFileError: with every fault.
    """
    document = project.document
    if document is None:
        return {}
    lists = ListFiles(project.folder, () if rules is None else rules.lists)
    alerts = project.settings.alerts.values()
    wanted = {each.name: each for each in alerts if isinstance(each, EventAlert)}

    def read(name: str) -> LoadedEvents:
        alert = wanted[name]
        words = set(EVENT_WORDS) & alert.given_keys - ({"per"} if alert.each_contact else set())
        return load_events(document, ("alerts", name), words, alert.expires, lists)

    made = _all_of(list(wanted), read)
    return {name: each for name, each in made.items() if wanted[name].enabled}


def bound_events(
    loaded: Mapping[str, LoadedEvents], columns: Columns, zone: ZoneInfo
) -> dict[str, EventRule]:
    """Bind the events of alerts to the columns; `zone` is the time zone of their naive times.

    Raises:
        ProjectFileError: with every column and export that is missing.
    """
    return _all_of(list(loaded), lambda name: bind_events(loaded[name], columns, zone))


def as_condition(events: EventRule) -> Condition:
    """Return the equivalent condition: it holds for any contact with such an event."""
    return Happened(
        match=events.match,
        window=events.window,
        per=events.per,
        times=events.times,
        followed_by=events.followed_by,
        unless_followed_by=events.unless_followed_by,
    )


def _all_of(names: list[str], make: Callable[[str], Made]) -> dict[str, Made]:
    made: dict[str, Made] = {}
    problems: list[Problem] = []
    for name in names:
        try:
            made[name] = make(name)
        except RuleFileError as error:
            problems += error.problems
    if problems:
        raise ProjectFileError([_of_project(each) for each in problems])
    return made


def _of_project(problem: Problem) -> Problem:
    """Return a problem with the code that a missing column has in the project file."""
    return replace(problem, code=UNMAPPED) if problem.code in _NO_COLUMN else problem
