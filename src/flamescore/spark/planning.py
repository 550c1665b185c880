"""The plan of scoring a project's files: headers are read here, rows on the workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from flamescore.columns import DOMAIN
from flamescore.errors import ProjectFileError, RuleFileError
from flamescore.exports import (
    Reading,
    check_exclude,
    files_of,
    merged_column,
    readable,
    repeated_by,
    schema_of_files,
    survey,
    with_path_columns,
)
from flamescore.inputs import call_list_of
from flamescore.rules import (
    bind_condition,
    bind_rules,
    date_columns,
    leaves,
    list_columns,
    named_columns,
    number_columns,
    stands,
)
from flamescore.spark.files import FilesPlan, PlannedFile
from flamescore.spark.plan import (
    CONTACTS,
    EVENTS,
    KINDS,
    MOST_EVENTS,
    Plan,
    SourcePlan,
    carrier_of,
    companions_of,
)
from flamescore.spark.refusals import check_plain
from flamescore.spark.scoring import unsupported

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import polars as pl

    from flamescore.errors import Problem
    from flamescore.exports import Found, Opened, OpenSource
    from flamescore.project import Project
    from flamescore.rules import Condition, LoadedCondition, LoadedRules


class Notes(Struct, frozen=True):
    """What is known about sources from their headers, for the record, in the order of the plan."""

    files: tuple[tuple[tuple[str, int, str], ...], ...]
    texts: tuple[tuple[str, ...], ...]
    warnings: tuple[Problem, ...] = ()
    """Warnings about the rules as they are bound to the columns."""


def plan_files(
    project: Project, rules: LoadedRules, as_of: datetime, most_events: int = MOST_EVENTS
) -> tuple[FilesPlan, Notes]:
    """Find and open the exports of a project, bind its rules to them, and plan how workers read the files.

    Raises:
        InputError: a file is missing or can't be opened.
        RuleFileError, ProjectFileError: something refers to a column that does not exist.
        UsageError: S001: files or a condition need what is not supported on Spark.
    """
    exclude = call_list_of(project, rules)
    opened = survey(project)
    try:
        plan = Plan(rules.book, None, as_of, Reading(rules.zone), (), most_events=most_events)
        return _planned(project, rules, exclude, opened, plan)
    finally:
        opened.close()


def _planned(
    project: Project,
    rules: LoadedRules,
    exclude: LoadedCondition | None,
    opened: Opened,
    plan: Plan,
) -> tuple[FilesPlan, Notes]:
    """Return the plan of opened exports; `plan` is what is known before they are opened."""
    bound = bind_rules(rules, opened.columns)
    others = () if exclude is None else (exclude,)
    condition = None
    if exclude is not None:
        condition = _bound(exclude, opened, rules)
    settings = project.settings
    given = frozenset(settings.keep if "keep" in settings.given_keys else ())
    named = named_columns(rules, *others, keep=given)
    opened = with_path_columns(opened, named)
    if condition is not None:
        check_exclude(condition, opened)
    opened = readable(opened, named)
    loaded = (rules, *others)
    reading = Reading(
        rules.zone,
        settings.max_rejects,
        dates=date_columns(*loaded),
        numbers=number_columns(*loaded),
        named=named,
        lists=list_columns(*loaded),
    )
    sources = sorted(opened.sources, key=lambda each: KINDS.index(each.spec.KIND))
    found = [files_of(source, project, opened.spool) for source in sources]
    for source, files in zip(sources, found, strict=True):
        check_plain(project, source.spec, files)
    plan = replace(plan, book=bound.book, exclude=condition, reading=reading)
    plan, stored = _with_sources(plan, sources, settings.keep)
    keys = {str(getattr(each.spec, "contact_key", None) or "contact_id") for each in sources}
    files_plan = FilesPlan(
        plan,
        tuple(source.spec for source in sources),
        tuple(_planned_files(sources, found)),
        stored,
        tuple(sorted(keys - {"contact_id"})),
        tuple(merged_column(each) if each.spec.KIND == CONTACTS else None for each in sources),
        tuple(repeated_by(each, reading) if each.spec.KIND == EVENTS else None for each in sources),
        tuple(each.names for each in sources),
    )
    recorded = tuple(tuple(each.recorded for each in files) for files in found)
    return files_plan, Notes(
        recorded, tuple(tuple(n.text for n in each.notes()) for each in sources), bound.warnings
    )


def _bound(exclude: LoadedCondition, opened: Opened, rules: LoadedRules) -> Condition:
    try:
        condition = bind_condition(exclude, opened.columns, rules.zone)
    except RuleFileError as error:
        raise ProjectFileError(error.problems) from None
    if any(stands(leaf) for leaf in leaves(condition)):
        raise unsupported("a `call_list.exclude` that asks for scores, labels, rules or segments")
    return condition


def _with_sources(
    plan: Plan, sources: Sequence[OpenSource], keep: Sequence[str]
) -> tuple[Plan, tuple[str, ...]]:
    """Return the plan with its sources and the columns to send, and the stored columns of contacts."""
    needs, schemas = plan.needed, [_schema(source, plan.reading) for source in sources]
    every: dict[str, None] = {}
    for source, schema in zip(sources, schemas, strict=True):
        if source.spec.KIND == CONTACTS:
            every |= dict.fromkeys(schema)
    public = [name for name in every if "\0" not in name]
    derived = DOMAIN not in every and "email" in every
    kept = tuple(
        name
        for name in dict.fromkeys(keep)
        if (name in public or (name == DOMAIN and derived)) and name != "contact_id"
    )
    sent = tuple(companions_of((*needs.contacts, *kept), tuple(every)))
    planned = tuple(
        SourcePlan(
            source.spec.KIND,
            source.spec.path,
            tuple((name, carrier_of(schema[name])) for name in companions_of(needs.events, tuple(schema)))
            if source.spec.KIND == EVENTS
            else (),
            order_by="place",  # files have an order
            limit=source.spec.max_rejects,
        )
        for source, schema in zip(sources, schemas, strict=True)
    )
    plan = replace(
        plan,
        sources=planned,
        keep=kept,
        contact_columns=tuple(dict.fromkeys(name for name in sent if name not in ("tags", "contact_id"))),
        tagged="tags" in every,
    )
    return plan, (*public, *((DOMAIN,) if DOMAIN in kept and derived else ()))


def _schema(source: OpenSource, reading: Reading) -> pl.Schema | dict[str, pl.DataType]:
    return schema_of_files(source, reading) if source.spec.KIND in (CONTACTS, EVENTS) else {}


def _planned_files(sources: Sequence[OpenSource], found: Sequence[Sequence[Found]]) -> list[PlannedFile]:
    """Return every file with its place and its age, among all files of contacts or those of its source."""
    planned: list[PlannedFile] = []
    people = [
        each for s, files in zip(sources, found, strict=True) if s.spec.KIND == CONTACTS for each in files
    ]
    first = 0
    for number, (source, files) in enumerate(zip(sources, found, strict=True)):
        among = people if source.spec.KIND == CONTACTS else list(files)
        ages = sorted(range(len(among)), key=lambda n: among[n].age_key)
        age = {place: n for n, place in enumerate(ages)}
        start = first if source.spec.KIND == CONTACTS else 0
        planned += [PlannedFile(number, start + n, age[start + n], each) for n, each in enumerate(files)]
        first += len(files) if source.spec.KIND == CONTACTS else 0
    return planned
