"""Columns of a run's contacts as the project declares them: dates and numbers in a form of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flamescore.frames import ISO_SUFFIX, NUMBER_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from flamescore.number_format import NumberFormat
    from flamescore.project import Project


def as_declared(
    project: Project, contacts: pl.LazyFrame, names: Sequence[str], zone: ZoneInfo
) -> pl.LazyFrame:
    """Give some columns of a run's contacts their companions, where the project says how they are written."""
    dated = with_dates(project, contacts, names, zone)
    return with_numbers(project, dated, names)


def with_dates(
    project: Project, contacts: pl.LazyFrame, names: Sequence[str], zone: ZoneInfo
) -> pl.LazyFrame:
    """Give columns their dates as ISO texts, where the project has formats for them."""
    for name in names:
        formats = _formats(project, name)
        if formats:
            from flamescore.exports import IsoText  # noqa: PLC0415 - it takes 60 ms, and few searches need it

            reader = IsoText(zone, formats, shifted=False)
            iso = pl.col(name).map_batches(reader, return_dtype=pl.String(), is_elementwise=True)
            contacts = contacts.with_columns(iso.alias(name + ISO_SUFFIX))
    return contacts


def with_numbers(project: Project, contacts: pl.LazyFrame, names: Sequence[str]) -> pl.LazyFrame:
    """Give columns their numbers written plainly, where the project says how theirs are written."""
    for name in names:
        form = _number_format(project, name)
        if form is not None:
            contacts = contacts.with_columns(form.plain(pl.col(name)).alias(name + NUMBER_SUFFIX))
    return contacts


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
