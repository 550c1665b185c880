"""From a project to clean frames: `survey` opens the sources, `load` reads them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from flamescore.columns import DateColumns, NamedColumns
from flamescore.errors import InputError, Problem
from flamescore.exports.activity import load_events
from flamescore.exports.column_types import plain_types
from flamescore.exports.contacts import load_people
from flamescore.exports.examine import Examined, Terms, enforce, examine, with_bytes
from flamescore.exports.opening import Opened, columns_of, survey
from flamescore.exports.tag_history import load_history, load_opportunities
from flamescore.exports.times import UTC_ZONE
from flamescore.frames import REJECTS, TAG_HISTORY, Exports, in_order

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from zoneinfo import ZoneInfo

    from flamescore.exports.opening import OpenSource
    from flamescore.project import RejectLimit

__all__ = ["Opened", "load", "readable", "survey"]


def readable(opened: Opened, named: NamedColumns | None) -> Opened:
    """Leave out columns that can't be read, and settle what those of no plain type are read as.

    `named` are the columns that rules and the project file ask for; None: any may be asked for.

    Raises:
        InputError: a column that is named can't be read, or a file that must be looked into for it.
    """
    sources = plain_types(opened.sources, named)
    return replace(opened, sources=sources, columns=columns_of(sources))


def load(
    opened: Opened,
    dates: DateColumns | None = None,
    zone: ZoneInfo | None = None,
    max_rejects: RejectLimit | None = None,
    *,
    strict: bool = False,
    once: bool = False,
    keys: Collection[str] | None = None,
) -> Exports:
    """Read what `survey` opened. Contacts are in memory, events lazy.

    Columns that can't be read are left out, unless `readable` has looked at the sources already.

    With `keys` of the contacts only these columns and those that something is matched by are read
    (`frames.Exports.whole`).

    With `once` contacts are in order of id already, as one scoring wants them (two copies of 2 M
    contacts took 0.4 GB more).

    The cells of events are not looked at: which rows are rejected depends on the windows of the rules. So
    that is left to who reads them (`frames.EventSource.settle`), and `rejects` lack theirs.

    `dates` are the columns that rules read as dates, `zone` that of the rule file (default UTC).
    `max_rejects` overrides the project's and the sources' own; `strict` allows no reject. Every source with
    too many is told in one `InputError`.
    """
    fallback = opened.project.settings.max_rejects
    terms = Terms(
        dates or DateColumns(),
        zone or UTC_ZONE,
        opened.spool,
        fallback,
        max_rejects,
        strict,
        opened.keep_rejects,
    )
    return load_sources(plain_types(opened.sources, None), terms, once=once, keys=keys)


def load_sources(
    sources: Sequence[OpenSource], terms: Terms, *, once: bool = False, keys: Collection[str] | None = None
) -> Exports:
    """Read sources on some terms."""
    examined, problems = _examined(sources, terms)
    lists = [each for each in examined if each.spec.KIND == "contacts"]
    try:
        people = load_people(lists, terms, None if keys is None else _matched(sources, keys))
    except InputError as error:
        raise InputError([*error.problems, *problems]) from None
    if problems:
        raise InputError(problems)
    of = {
        kind: [each for each in examined if kind == each.spec.KIND]
        for kind in ("events", "tag_history", "opportunities")
    }
    histories = [load_history(each, terms, people) for each in of["tag_history"]]
    deals = [load_opportunities(each, people) for each in of["opportunities"]]
    events = tuple(load_events(each, terms) for each in of["events"])
    others = [each.rejects for each in (*of["tag_history"], *of["opportunities"])]
    return Exports(
        contacts=in_order(people.contacts) if once and keys is None else people.contacts,
        events=events,
        tag_history=pl.concat([frame for frame, _ in histories]).cast(TAG_HISTORY) if histories else None,
        opportunities=pl.concat([frame for frame, _ in deals], how="diagonal") if deals else None,
        rejects=pl.concat([pl.DataFrame(schema=REJECTS), *people.rejects, *others]),
        records=(*people.records, *(record for _, record in (*histories, *deals))),
        aliases=people.aliases,
        warnings=(*people.warnings, *(each for source in sources for each in source.warnings)),
        whole=people.whole,
        addressed=None if keys is None else partial(_addressed, lists, terms),
    )


def _matched(sources: Sequence[OpenSource], keys: Collection[str]) -> frozenset[str]:
    """Add the columns of contacts that a source's rows are matched by."""
    named = (getattr(source.spec, "contact_key", None) for source in sources)
    return frozenset((*keys, *(name for name in named if name is not None)))


def _addressed(lists: Sequence[Examined], terms: Terms) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    people = load_people(lists, terms, frozenset({"email"}))
    return people.contacts, people.aliases


def _examined(sources: Sequence[OpenSource], terms: Terms) -> tuple[list[Examined], list[Problem]]:
    """Examine every source; what stops one is gathered.

    Contacts are judged when their ids are known, the cells of events when they are read.
    """
    examined: list[Examined] = []
    problems: list[Problem] = []
    for source in sources:
        try:
            look = with_bytes if source.spec.KIND == "events" else examine
            each = look(source, terms)
            examined.append(each)
            if source.spec.KIND != "contacts":
                enforce(each, terms)
        except InputError as error:
            problems.extend(error.problems)
            if source.spec.KIND == "contacts":
                raise InputError(problems) from None
    return examined, problems
