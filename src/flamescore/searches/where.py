"""The predicates of `search --where`: those of the rule language, bound to the contacts of a run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, reduce
from operator import and_
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from flamescore.columns import Columns, ListColumns
from flamescore.engine import Clock, contacts_of, match_fields
from flamescore.errors import RuleFileError
from flamescore.frames import ISO_SUFFIX, LIST_SUFFIX, NUMBER_SUFFIX
from flamescore.rules import bind_predicates, date_columns, list_columns, load_predicates, number_columns
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from flamescore.errors import Problem
    from flamescore.exports import ListFiles
    from flamescore.number_format import NumberFormat
    from flamescore.project import Project
    from flamescore.rules import ListValues, LoadedPredicates, Predicate


class _WorkingFolder:
    """The lists from files that conditions on the command line name."""

    @cached_property
    def _files(self) -> ListFiles:
        from flamescore.exports import ListFiles  # noqa: PLC0415 - it takes 60 ms, and few searches need it

        return ListFiles(Path())

    def values(self, path: str, column: str | None) -> ListValues:
        """Return the values of a list, its path relative to the working folder."""
        return self._files.values(path, column)


@dataclass(frozen=True, slots=True)
class Where:
    """Predicates that must all hold of a contact, as of an instant."""

    predicates: tuple[Predicate, ...]
    clock: Clock

    @classmethod
    def of(cls, texts: Sequence[str], columns: Sequence[str], as_of: datetime, zone: ZoneInfo) -> Where:
        """Read predicates as they are typed, and bind them to the contacts' columns.

        Raises:
            RuleFileError: they are none, or name a column that is not there.
        """
        return cls._bound(_load(texts, columns), columns, as_of, zone)

    @classmethod
    def _bound(
        cls,
        loaded: LoadedPredicates,
        columns: Sequence[str],
        as_of: datetime,
        zone: ZoneInfo,
        lists: frozenset[str] = frozenset(),
    ) -> Where:
        bound_to = Columns(
            contacts=tuple(columns), has_tags="tags" in columns, lists=ListColumns(contacts=lists)
        )
        return cls(bind_predicates(loaded, bound_to, zone), Clock(as_of, zone))

    def among(self, contacts: pl.DataFrame) -> pl.DataFrame:
        """Return the contacts for whom every predicate holds, by contact id."""
        matched = match_fields(contacts_of(contacts), self.predicates, self.clock)
        fits = reduce(and_, (matched.matches[p] for p in self.predicates), np.ones(contacts.height, np.bool_))
        return contacts.sort("contact_id").filter(pl.Series(fits))


def bound(
    project: Project, texts: Sequence[str], contacts: pl.LazyFrame, as_of: datetime, zone: ZoneInfo
) -> tuple[pl.LazyFrame, Where]:
    """Bind predicates to a run's contacts, and give these the companions of declared dates and numbers."""
    names = contacts.collect_schema().names()
    loaded = _load(texts, names)
    asked = sorted(list_columns(loaded).contacts.intersection(names) - {"tags"})
    held = [name for name in asked if _is_listed(project, name, contacts)]
    where = Where._bound(loaded, names, as_of, zone, frozenset(held))  # noqa: SLF001
    dates, numbers = sorted(date_columns(loaded).contacts), sorted(number_columns(loaded).contacts)
    return as_declared(project, contacts, zone, dates=dates, numbers=numbers, lists=held), where


def as_declared(
    project: Project,
    contacts: pl.LazyFrame,
    zone: ZoneInfo,
    *,
    dates: Sequence[str] = (),
    numbers: Sequence[str] = (),
    lists: Sequence[str] = (),
) -> pl.LazyFrame:
    """Give columns of a run's contacts their companions, where the project says how they are written.

    `lists` get one each: where the project does not say what parts their values, lists are JSON.
    """
    items = {name: _items(_separator(project, name), name) for name in lists}
    contacts = contacts.with_columns(each.alias(name + LIST_SUFFIX) for name, each in items.items())
    return _with_numbers(project, _with_dates(project, contacts, dates, zone), numbers)


def _with_dates(
    project: Project, contacts: pl.LazyFrame, names: Sequence[str], zone: ZoneInfo
) -> pl.LazyFrame:
    """Read dates by the formats that the project declares, in the zone of the first source that has one."""
    zones = (source.timezone for source in project.settings.contacts)
    own = next((each for each in zones if each is not None), zone)
    for name in names:
        formats = _formats(project, name)
        if formats or own.key != zone.key:
            from flamescore.exports import IsoText  # noqa: PLC0415 - it takes 60 ms, and few searches need it

            reader = IsoText(own, formats, shifted=own.key != zone.key)
            iso = pl.col(name).map_batches(reader, return_dtype=pl.String(), is_elementwise=True)
            contacts = contacts.with_columns(iso.alias(name + ISO_SUFFIX))
    return contacts


def _with_numbers(project: Project, contacts: pl.LazyFrame, names: Sequence[str]) -> pl.LazyFrame:
    for name in names:
        form = _number_format(project, name)
        if form is not None:
            contacts = contacts.with_columns(form.plain(pl.col(name)).alias(name + NUMBER_SUFFIX))
    return contacts


def _load(texts: Sequence[str], columns: Sequence[str]) -> LoadedPredicates:
    """Read predicates; what names no column is told with the columns that there are."""
    try:
        return load_predicates(texts, lists=_WorkingFolder())
    except RuleFileError as error:
        raise RuleFileError([_with_columns(each, texts, columns) for each in error.problems]) from None


def _with_columns(problem: Problem, texts: Sequence[str], columns: Sequence[str]) -> Problem:
    if problem.code != "R110":
        return problem
    meant = (nearest(text.strip(), columns) for text in texts if f"`{text.strip()}`" in problem.message)
    near = next((each for each in meant if each is not None), None)
    hint = f"{problem.hint} Columns: {', '.join(columns)}."
    return replace(problem, hint=f"Did you mean `{near}`? {hint}" if near else hint)


def _is_listed(project: Project, name: str, contacts: pl.LazyFrame) -> bool:
    """Say whether cells hold several values: the project says so, or any cell is a list in JSON."""
    if _separator(project, name) is not None:
        return True
    return bool(contacts.select(_items(None, name).is_not_null().any()).collect().item())


def _separator(project: Project, name: str) -> str | None:
    """Return what parts the values of a cell, by the first source that says it."""
    separators = (source.lists.get(name) for source in project.settings.contacts)
    return next((each for each in separators if each is not None), None)


def _items(separator: str | None, name: str) -> pl.Expr:
    from flamescore.exports import stored_items  # noqa: PLC0415 - as above

    return stored_items(pl.col(name), separator)


def _number_format(project: Project, name: str) -> NumberFormat | None:
    """Return how the project says that the numbers of a contacts' column are written, by the first source."""
    for source in project.settings.contacts:
        found = None if source.numbers is None else source.numbers.of(name, *source.columns.get(name, ()))
        if found is not None:
            return found
    return None


def _formats(project: Project, name: str) -> tuple[str, ...]:
    """Return the formats that the project declares for a contacts' column, of any source."""
    found: list[str] = []
    for source in project.settings.contacts:
        headers = source.columns.get(name, ())
        for key in (name, *headers):
            found += source.dates.get(key, ())
    return tuple(dict.fromkeys(found))
