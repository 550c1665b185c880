"""The predicates of `search --where`: predicates of the rule language, bound to the contacts of a run."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, reduce
from operator import and_
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from msgspec import Struct

from flamescore.columns import Columns, ListColumns
from flamescore.engine import Clock, contacts_of, match_fields
from flamescore.errors import RuleFileError
from flamescore.rules import bind_predicates, date_columns, list_columns, load_predicates, number_columns
from flamescore.searches.declared import as_declared, is_listed
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from flamescore.errors import Problem
    from flamescore.exports import ListFiles
    from flamescore.project import Project
    from flamescore.rules import ListValues, LoadedPredicates, Predicate


class _WorkingFolder:
    """The lists from files that conditions on the command line refer to."""

    @cached_property
    def _files(self) -> ListFiles:
        from flamescore.exports import ListFiles  # noqa: PLC0415 - it takes 60 ms, and few searches need it

        return ListFiles(Path())

    def values(self, path: str, column: str | None) -> ListValues:
        """Return the values of a list; its path is relative to the working folder."""
        return self._files.values(path, column)


class Where(Struct, frozen=True):
    """Predicates that must all hold for a contact, as of an instant."""

    predicates: tuple[Predicate, ...]
    clock: Clock

    @classmethod
    def of(cls, texts: Sequence[str], columns: Sequence[str], as_of: datetime, zone: ZoneInfo) -> Where:
        """Parse predicates as typed, and bind them to the contacts' columns.

        Raises:
            RuleFileError: they are malformed, or name a column that does not exist.
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
        """Return the contacts for which every predicate holds, by contact id."""
        matched = match_fields(contacts_of(contacts), self.predicates, self.clock)
        fits = reduce(and_, (matched.matches[p] for p in self.predicates), np.ones(contacts.height, np.bool_))
        return contacts.sort("contact_id").filter(pl.Series(fits))


def bound(
    project: Project, texts: Sequence[str], contacts: pl.LazyFrame, as_of: datetime, zone: ZoneInfo
) -> tuple[pl.LazyFrame, Where]:
    """Bind predicates to a run's contacts, and add the companion columns of declared formats to these."""
    names = contacts.collect_schema().names()
    loaded = _load(texts, names)
    candidates = sorted(list_columns(loaded).contacts.intersection(names) - {"tags"})
    held = [name for name in candidates if is_listed(project, name, contacts)]
    where = Where._bound(loaded, names, as_of, zone, frozenset(held))  # noqa: SLF001
    dates, numbers = sorted(date_columns(loaded).contacts), sorted(number_columns(loaded).contacts)
    return as_declared(project, contacts, zone, dates=dates, numbers=numbers, lists=held), where


def _load(texts: Sequence[str], columns: Sequence[str]) -> LoadedPredicates:
    """Parse predicates; an error about a missing column name lists the existing columns."""
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
