"""Everything that a scoring starts from: project, rules and exports, read once and bound to each other."""

from __future__ import annotations

import dataclasses
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from flamescore.acting_conditions import bind_acting, load_acting
from flamescore.alert_events import alert_events_of, bound_events
from flamescore.columns import (
    DOMAIN,
    DateColumns,
    columns_of_lists,
    with_derived,
)
from flamescore.email_domain import with_domain
from flamescore.errors import InputError, Problem, ProjectFileError, RuleFileError, UsageError
from flamescore.exports import (
    ListFiles,
    check_exclude,
    gaps_of,
    load,
    readable,
    survey,
    unused_of,
    with_path_columns,
)
from flamescore.input_errors import UNMAPPED
from flamescore.project import EXCLUDE, HOT, OF_LEAD, OF_MESSAGE, check_needed, placeholders
from flamescore.rules import (
    Hot,
    bind_condition,
    bind_rules,
    date_columns,
    list_columns,
    load_condition,
    load_rules,
    named_columns,
    number_columns,
)
from flamescore.units import from_local, parse_time, start_of_day
from flamescore.wallclock import clock
from flamescore.yaml_tree import by_place, nearest, nearest_or_use, use

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from flamescore.columns import Columns
    from flamescore.exports import Gap
    from flamescore.frames import Exports
    from flamescore.project import Project
    from flamescore.rules import Bound, Condition, EventRule, LoadedCondition, LoadedEvents, LoadedRules
    from flamescore.yaml_tree import Path as NodePath


class Inputs(Struct, frozen=True):
    """What a scoring needs. `as_of` is UTC, truncated to the second; `columns` are what the exports offer.

    `exclude` is the condition for being left out of the call list, `hot` decides who is hot. `gaps` are the
    columns that some files don't have although they are referred to.
    """

    project: Project
    loaded: LoadedRules
    bound: Bound
    exclude: Condition | None
    hot: Hot
    exports: Exports
    as_of: datetime
    columns: Columns
    gaps: tuple[Gap, ...] = ()
    acting: Mapping[NodePath, Condition] = field(default_factory=dict)
    """Conditions of segments, alerts and routes, by their place in the project file, if they were read."""

    alert_events: Mapping[str, EventRule] = field(default_factory=dict)
    """The events that each alert waits for; they are counted in addition to the rules."""

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions of the project file that a scoring must evaluate."""
        optional = (self.hot.condition, self.exclude, *self.acting.values())
        return tuple(each for each in optional if each is not None)


@contextmanager
def read_inputs(
    project: Project,
    *,
    rules: LoadedRules | None = None,
    as_of: str | datetime | None = None,
    strict: bool = False,
    now: datetime | None = None,
    also: Sequence[LoadedRules | LoadedCondition] = (),
    keys: Collection[str] | None = None,
    of_run: bool = False,
    acting: bool = False,
) -> Iterator[Inputs]:
    """Read the rules (or take those given), then the headers, then the exports.

    The rules are bound to the headers before any row is read. Temporary copies (of files in another encoding,
    for example) are deleted when the block ends; event frames can't be used after that. `also` are further
    rules or conditions to read the exports for; they are not checked against the columns. `keys` is that of
    `exports.load`: only one contact is needed. `of_run`: the rules are those of an earlier run, which may not
    have the scores and labels that the project file refers to by now. `acting`: also read what segments,
    alerts and routes refer to.

    Raises:
        ProjectFileError: a condition of the project file is wrong, or refers to something that does not
            exist.
    """
    rules = rules or rules_of(project)
    subscribed, events = _acting_of(project, rules) if acting else ({}, {})
    exclude, hot = call_list_of(project, rules, of_run=of_run), hot_of(project, rules, of_run=of_run)
    opened = survey(project, now=now)
    try:
        bound = bind_rules(rules, opened.columns)
        zone = bound.book.zone
        _check_columns(project, opened.columns)
        if acting:
            _check_lists(project, [score.name for score in bound.book.scores], opened.columns)
            _check_templates(project, opened.columns)
        condition = None if exclude is None else _bound(exclude, opened.columns, zone)
        bound_acting, waited_for = _bound_acting(subscribed, events, opened.columns, zone)
        others: tuple[LoadedCondition | LoadedEvents, ...] = (
            *(each for each in (exclude, hot) if each is not None),
            *subscribed.values(),
            *events.values(),
        )
        named = named_columns(rules, *others, keep=_kept(project))
        opened = with_path_columns(opened, named_columns(rules, *others, *also, keep=_kept(project)))
        if condition is not None:
            check_exclude(condition, opened)
        is_hot = Hot(project.settings.hot_flames)
        if hot is not None and project.hot is not None:
            is_hot = replace(is_hot, condition=_bound(hot, opened.columns, zone), written=project.hot.json())
        gaps, unused = gaps_of(opened, rules, bound.book), unused_of(opened, rules, bound.book)
        opened = readable(opened, named)
        dates = _together(date_columns(rules, *others), *(date_columns(each) for each in also))
        loaded: tuple[LoadedRules | LoadedCondition | LoadedEvents, ...] = (rules, *others, *also)
        numbers, lists = number_columns(*loaded), list_columns(*loaded)
        try:
            exports = load(
                opened,
                dates,
                zone,
                strict=strict,
                once=True,
                keys=keys,
                numbers=numbers,
                named=named,
                lists=lists,
            )
        except InputError as error:
            error.beside = bound.warnings
            raise
        exports = dataclasses.replace(exports, findings=(*exports.findings, *unused))
        if DOMAIN in (*project.settings.keep, *(column for _, column in _columns_of_lists(project))):
            exports = dataclasses.replace(exports, contacts=with_domain(exports.contacts))
        instant = as_of if isinstance(as_of, datetime) else None
        instant = instant or parse_as_of(str(as_of or project.settings.as_of), zone, now=now)
        yield Inputs(
            project,
            rules,
            bound,
            condition,
            is_hot,
            exports,
            instant,
            opened.columns,
            gaps,
            bound_acting,
            waited_for,
        )
    finally:
        opened.close()


def _acting_of(
    project: Project, rules: LoadedRules
) -> tuple[dict[NodePath, LoadedCondition], dict[str, LoadedEvents]]:
    """Read the conditions of segments, alerts and routes, and the events that alerts wait for."""
    problems: list[Problem] = []
    with _noting(problems):
        conditions = load_acting(project, rules)
    with _noting(problems):
        events = alert_events_of(project, rules)
    if problems:
        raise ProjectFileError(by_place(problems))
    return conditions, events


def _bound_acting(
    conditions: Mapping[NodePath, LoadedCondition],
    events: Mapping[str, LoadedEvents],
    columns: Columns,
    zone: ZoneInfo,
) -> tuple[dict[NodePath, Condition], dict[str, EventRule]]:
    """Bind the conditions and events of segments, alerts and routes to the existing columns."""
    problems: list[Problem] = []
    with _noting(problems):
        bound = bind_acting(conditions, columns, zone)
    with _noting(problems):
        waited_for = bound_events(events, columns, zone)
    if problems:
        raise ProjectFileError(by_place(problems))
    return bound, waited_for


def faults_of(project: Project, rules: LoadedRules | None, columns: Columns | None) -> tuple[Problem, ...]:
    """Return all faults that `read_inputs` would raise one kind at a time, by place.

    They are faults of the rules against the existing columns, and of what the project file refers to. Checks
    that need `rules` or `columns` are skipped without them.
    """
    problems: list[Problem] = []
    conditions: list[LoadedCondition] = []
    acting: dict[NodePath, LoadedCondition] = {}
    events: dict[str, LoadedEvents] = {}
    for read in (call_list_of, hot_of):
        with _noting(problems):
            found = read(project, rules)
            conditions += () if found is None else (found,)
    if rules is not None:
        with _noting(problems):
            acting, events = _acting_of(project, rules)
    if columns is not None:
        with _noting(problems):
            _check_columns(project, columns)
        with _noting(problems):
            _check_templates(project, columns)
    if columns is not None and rules is not None:
        with _noting(problems):
            bind_rules(rules, columns)
        with _noting(problems):
            _check_lists(project, [score.name for score in rules.book.scores], columns)
        for each in conditions:
            with _noting(problems):
                _bound(each, columns, rules.zone)
        with _noting(problems):
            _bound_acting(acting, events, columns, rules.zone)
    return tuple(by_place(problems))


@contextmanager
def _noting(problems: list[Problem]) -> Iterator[None]:
    """Collect the faults of the rules and the project file raised in the block, and go on."""
    try:
        yield
    except (ProjectFileError, RuleFileError) as error:
        problems += error.problems


def _kept(project: Project) -> frozenset[str]:
    """Return the columns of contacts that the project file refers to outside of conditions."""
    settings = project.settings
    kept = settings.keep if "keep" in settings.given_keys else ()
    listed = (column for _, column in _columns_of_lists(project))
    return frozenset((*kept, *(name for _, name in _grouping_columns(project)), *listed))


def _columns_of_lists(project: Project) -> Iterator[tuple[NodePath, str]]:
    """Yield the columns that the lists of segments refer to, each with its place."""
    for name, segment in project.settings.segments.items():
        for number, column in enumerate(segment.columns or ()):
            yield ("segments", name, "columns", number), column


def _check_lists(project: Project, scores: Sequence[str], columns: Columns) -> None:
    """Check that every column in the lists of segments exists.

    Raises:
        ProjectFileError: some columns are neither the list's own nor in a contacts export.
    """
    own = columns_of_lists(scores)
    of_contacts = (*with_derived(columns.contacts), *(("tags",) if columns.has_tags else ()))
    problems = []
    for path, name in _columns_of_lists(project):
        if name not in (*own, *of_contacts, *columns.paths.contacts):
            near = nearest(name, (*own, *of_contacts))
            text = f"`segments.{path[1]}.columns`: there is no column `{name}`."
            hint = f"Did you mean `{near}`?" if near else use((*of_contacts, *own))
            problems.append(Problem(UNMAPPED, text, project.where(*path), hint))
    if problems:
        raise ProjectFileError(problems)


def _check_templates(project: Project, columns: Columns) -> None:
    """Check that the placeholders in the templates of alerts exist.

    Raises:
        ProjectFileError: some names are not of a message, a lead or a column of the contacts.
    """
    known = (*with_derived(columns.contacts), *(("tags",) if columns.has_tags else ()), *OF_LEAD, *OF_MESSAGE)
    problems = []
    for alert in project.settings.alerts.values():
        for key in ("subject", "text"):
            for name in placeholders(getattr(alert, key) or ""):
                if name not in known:
                    hint = nearest_or_use(name, known)
                    text = f"`alerts.{alert.name}.{key}`: there is no `{{{name}}}`."
                    where = project.where("alerts", alert.name, key)
                    problems.append(Problem("A010", text, where, hint))
    if problems:
        raise ProjectFileError(problems)


def _grouping_columns(project: Project) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the columns of contacts by which the project file groups contacts, each with its place."""
    holdout = project.settings.call_list.holdout
    if holdout is not None and holdout.by is not None:
        yield ("call_list", "holdout", "by"), holdout.by
    route = project.settings.route
    if route is not None and "same" in route.given_keys:
        node = None if project.document is None else project.document.root.at(("route", "same"))
        several = node is not None and node.kind == "list"
        for number, name in enumerate(route.same):
            yield ("route", "same", *((number,) if several else ())), name


def _check_columns(project: Project, columns: Columns) -> None:
    """Check that contacts have the columns they are grouped by.

    Raises:
        ProjectFileError: some columns are in no contacts export, or are lists.
    """
    problems = []
    for path, name in _grouping_columns(project):
        label = f"`{'.'.join(str(step) for step in path if isinstance(step, str))}`"
        if name == "tags":
            text, hint = f"{label}: `tags` has several values per contact.", "Name a column with one value."
        elif name not in (*with_derived(columns.contacts), *columns.paths.contacts):
            text = f"{label}: no contacts export has a column `{name}`."
            hint = nearest_or_use(name, columns.contacts)
        else:
            continue
        problems.append(Problem(UNMAPPED, text, project.where(*path), hint))
    if problems:
        raise ProjectFileError(problems)


def rules_of(project: Project) -> LoadedRules:
    """Read the project's rule file; raise `UsageError` if a setting that a run needs is missing."""
    check_needed(project)
    path = rules_path(project)
    return load_rules(path, ListFiles(path.parent))


def call_list_of(
    project: Project, rules: LoadedRules | None = None, *, of_run: bool = False
) -> LoadedCondition | None:
    """Return the project file's condition for leaving contacts out of call lists, read but not yet bound.

    References to scores and labels are checked if the rules are given and are not those of an earlier run
    (`of_run`). Lists from files that the rules have read already are not read again.
    """
    return None if project.exclude is None else _read(project, EXCLUDE, rules, of_run=of_run)


def hot_of(
    project: Project, rules: LoadedRules | None = None, *, of_run: bool = False
) -> LoadedCondition | None:
    """Return the condition for being hot, as `call_list_of` does; None if flames decide."""
    return None if project.hot is None else _read(project, HOT, rules, of_run=of_run)


def _read(
    project: Project, path: tuple[str, ...], rules: LoadedRules | None, *, of_run: bool
) -> LoadedCondition | None:
    if project.document is None:
        return None
    lists = ListFiles(project.folder, () if rules is None else rules.lists)
    try:
        names = None if rules is None or of_run else rules.names
        return load_condition(project.document, path, lists, names=names)
    except RuleFileError as error:
        raise ProjectFileError(error.problems) from None


def parse_as_of(text: str, zone: ZoneInfo, *, now: datetime | None = None) -> datetime:
    """Return the instant (UTC) for `now`, `today`, a date (its first instant) or a time."""
    now = (now or clock()).replace(microsecond=0).astimezone(UTC)
    if text == "now":
        return now
    if text == "today":
        return start_of_day(now.astimezone(zone).date(), zone)
    moment = parse_time(text.strip())
    if moment is None:
        hint = "Use now, today, 2026-11-21 or 2026-11-21T02:00:00Z."
        raise UsageError(Problem("U003", f"`{text}` is not a date or time.", hint=hint))
    if not isinstance(moment, datetime):
        return start_of_day(moment, zone)
    return moment if moment.tzinfo is not None else from_local(moment, zone)


def rules_path(project: Project) -> Path:
    """Return the path of the project's rule file."""
    return project.resolve(str(project.settings.rules))


def _together(*dates: DateColumns) -> DateColumns:
    return DateColumns(
        contacts=frozenset().union(*(each.contacts for each in dates)),
        events=frozenset().union(*(each.events for each in dates)),
    )


def _bound(condition: LoadedCondition, columns: Columns, zone: ZoneInfo) -> Condition:
    try:
        return bind_condition(condition, columns, zone)
    except RuleFileError as error:
        raise ProjectFileError(error.problems) from None
