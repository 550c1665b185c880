"""Conditions of segments, alerts and routes, each by its place in the project file.

They may refer to rules and segments too. All their faults are reported at once.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from msgspec.structs import replace

from flamescore.errors import Problem, ProjectFileError, RuleFileError
from flamescore.exports import ListFiles
from flamescore.input_errors import UNMAPPED
from flamescore.project import HOT_SEGMENT, unknown_in_write_backs
from flamescore.rules import bind_condition, load_condition, load_field_condition
from flamescore.yaml_tree import by_place, nearest_or_use

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

    from flamescore.columns import Columns
    from flamescore.project import Project
    from flamescore.rules import Condition, LoadedCondition, LoadedRules, Names
    from flamescore.yaml_tree import Path

_NO_COLUMN = ("R090", "R091")
"""No export has a column that is referred to: of contacts, of events."""

_ALERT_CONDITIONS = ("if", "rearm")


def builtin_segments(project: Project, scores: tuple[str, ...]) -> tuple[str, ...]:
    """Return the built-in segments: `hot`, and `hot-NAME` for each further score.

    If a condition decides who is hot, which gives one answer per contact, only `hot` exists.
    """
    further = scores[1:] if project.hot is None else ()
    return (HOT_SEGMENT, *(f"{HOT_SEGMENT}-{name}" for name in further))


def load_acting(project: Project, rules: LoadedRules) -> dict[Path, LoadedCondition]:
    """Read every condition of segments, alerts and routes, by its path in the project file.

    Raises:
        ProjectFileError: with every fault, in order.
    """
    if project.document is None:
        return {}
    problems = list(_names_taken(project, rules.names))
    lists = ListFiles(project.folder, rules.lists)
    found = {}
    for path, names in _places(project, rules.names):
        try:
            found[path] = load_condition(project.document, path, lists, names=names)
        except RuleFileError as error:
            problems += error.problems
    for path in _territories(project):
        try:
            found[path] = load_field_condition(project.document, path, lists)
        except RuleFileError as error:
            problems += error.problems
    problems += _unknown_segments(project, rules.names)
    problems += unknown_in_write_backs(project, rules.names.scores, segments_known(project, rules.names))
    if problems:
        raise ProjectFileError(by_place(problems))
    return found


def bind_acting(
    loaded: Mapping[Path, LoadedCondition], columns: Columns, zone: ZoneInfo
) -> dict[Path, Condition]:
    """Bind conditions to the existing columns; `zone` is the time zone of their naive times.

    Raises:
        ProjectFileError: with every missing or wrong column, export and pattern, in order.
    """
    found, problems = {}, []
    for path, each in loaded.items():
        try:
            found[path] = bind_condition(each, columns, zone)
        except RuleFileError as error:
            problems += [
                dataclasses.replace(problem, code=UNMAPPED) if problem.code in _NO_COLUMN else problem
                for problem in error.problems
            ]
    if problems:
        raise ProjectFileError(by_place(problems))
    return found


def no_segment(name: str, known: tuple[str, ...]) -> tuple[str, str, str]:
    """Return the code, message and hint for a reference to a segment that does not exist."""
    hint = nearest_or_use(name, known)
    return "A007", f"There is no segment `{name}`.", hint


def segments_known(project: Project, names: Names) -> tuple[str, ...]:
    """Return the names of all segments, the built-in ones first."""
    return (*builtin_segments(project, names.scores), *project.settings.segments)


def _places(project: Project, names: Names) -> Iterator[tuple[Path, Names]]:
    """Yield the place of each condition with the names it may use: a segment only sees those above it."""
    document, known = project.document, segments_known(project, names)
    assert document is not None
    declared = tuple(project.settings.segments)
    for number, name in enumerate(declared):
        here = {each: each not in declared[number:] for each in known}
        yield ("segments", name, "if"), replace(names, segments=here)
    everywhere = replace(names, segments=dict.fromkeys(known, True))
    others: list[Path] = [
        ("alerts", name, key) for name in project.settings.alerts for key in _ALERT_CONDITIONS
    ]
    for path in (*others, ("route", "if")):
        if document.root.at(path) is not None:
            yield path, everywhere


def _territories(project: Project) -> Iterator[Path]:
    """Yield the places of the team's territories, if leads are routed."""
    document = project.document
    if project.settings.route is None or document is None:
        return
    for member in range(len(project.settings.team)):
        if document.root.at(("team", member, "where")) is not None:
            yield "team", member, "where"


def _names_taken(project: Project, names: Names) -> Iterator[Problem]:
    """Report segments named like the built-in segment of a further score."""
    for name in builtin_segments(project, names.scores)[1:]:
        if name in project.settings.segments:
            text = f"The segment `{name}` is there anyway: it has who is hot under this score."
            where = project.where("segments", name, key=True)
            yield Problem("P026", text, where, "Give this one another name.")


def _unknown_segments(project: Project, names: Names) -> Iterator[Problem]:
    """Report unknown segments that alerts name outside conditions."""
    known = segments_known(project, names)
    for name, alert in project.settings.alerts.items():
        segment = getattr(alert, "segment", None)
        if segment is not None and segment not in known:
            code, text, hint = no_segment(segment, known)
            yield Problem(code, text, project.where("alerts", name, "segment"), hint)
