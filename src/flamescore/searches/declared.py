"""Columns of a run's contacts as the project declares them: formats of dates, numbers and lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flamescore.frames import ISO_SUFFIX, LIST_SUFFIX, NUMBER_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from flamescore.number_format import NumberFormat
    from flamescore.project import Project


def as_declared(
    project: Project,
    contacts: pl.LazyFrame,
    zone: ZoneInfo,
    *,
    dates: Sequence[str] = (),
    numbers: Sequence[str] = (),
    lists: Sequence[str] = (),
) -> pl.LazyFrame:
    """Add the companion columns of dates, numbers and lists whose format the project declares.

    Each of `lists` gets one; if the project declares no separator, lists are read as JSON.
    """
    items = {name: _items(_separator(project, name), name) for name in lists}
    contacts = contacts.with_columns(each.alias(name + LIST_SUFFIX) for name, each in items.items())
    return _with_numbers(project, _with_dates(project, contacts, dates, zone), numbers)


def _with_dates(
    project: Project, contacts: pl.LazyFrame, names: Sequence[str], zone: ZoneInfo
) -> pl.LazyFrame:
    """Parse dates in the formats that the project declares, in the zone of the first source that has one."""
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


def is_listed(project: Project, name: str, contacts: pl.LazyFrame) -> bool:
    """Return whether cells have several values: a separator is declared, or any cell is a list in JSON."""
    if _separator(project, name) is not None:
        return True
    return bool(contacts.select(_items(None, name).is_not_null().any()).collect().item())


def _separator(project: Project, name: str) -> str | None:
    """Return the separator of the values of a cell, from the first source that declares one."""
    separators = (source.lists.get(name) for source in project.settings.contacts)
    return next((each for each in separators if each is not None), None)


def _items(separator: str | None, name: str) -> pl.Expr:
    from flamescore.exports import stored_items  # noqa: PLC0415 - the same

    return stored_items(pl.col(name), separator)


def _number_format(project: Project, name: str) -> NumberFormat | None:
    """Return the declared number format of a contact column, from the first source that has one."""
    for source in project.settings.contacts:
        found = None if source.numbers is None else source.numbers.of(name, *source.columns.get(name, ()))
        if found is not None:
            return found
    return None


def _formats(project: Project, name: str) -> tuple[str, ...]:
    """Return the date formats that the project declares for a contact column, from all sources."""
    found: list[str] = []
    for source in project.settings.contacts:
        headers = source.columns.get(name, ())
        for key in (name, *headers):
            found += source.dates.get(key, ())
    return tuple(dict.fromkeys(found))
