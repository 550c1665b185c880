"""Decide whether an export contains events of the contacts, and guess what its columns mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from msgspec import Struct

from flamescore.cells import folded
from flamescore.exports import MOST_TIMES, share_of_times, times_of_all
from flamescore.findings import scalar
from flamescore.first_guess.contacts import HALF, SAMPLE, doubt, reading_keys, share_in
from flamescore.first_guess.guess import Guess, Key, LeftOut, columns, one_or_list
from flamescore.first_guess.words import (
    EMAILS,
    key_columns,
    plain,
    time_columns,
    type_columns,
    type_of_file,
)
from flamescore.text import for_log

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flamescore.exports import Unmapped
    from flamescore.first_guess.files import Export

_LEAST, _MOST = 2, 50
"""The minimum and maximum number of distinct values in a column of event types."""


class Keys(Struct, frozen=True):
    """The keys of the contacts: their ids, their addresses (folded), and the names of their id columns."""

    ids: pl.Series
    emails: pl.Series
    words: tuple[str, ...] = ()


def events_of(export: Export, keys: Keys) -> Guess | LeftOut:
    """Return the guess for an export as events, or why it can't be a source of events."""
    files = export.files
    found = _key(files, keys)
    if found is None:
        return LeftOut(export.path, "no column says which contact a row is about")
    name, header, why = found
    columns_of_times = tuple(_times(files))
    if not columns_of_times:
        return LeftOut(export.path, "no column reads as a time")
    read = ((each, times_of_all(files.first_cells(each, SAMPLE))) for each in columns_of_times)
    at, times = next(((each, times) for each, times in read if times is not None), (None, None))
    if at is None or times is None:
        return LeftOut(export.path, f"no format reads every time of {for_log(columns_of_times[0])}")
    mapped: dict[str, Sequence[str]] = {name: (header,)}
    made = dict(reading_keys(files))
    kind = _type(files, taken=(header, at))
    if kind is not None:
        mapped["event"] = (kind,)
    made["columns"] = columns({**mapped, "at": (at,)})
    if name == "contact":
        made["contact_key"] = Key("email")
    if kind is None:
        named = type_of_file(export.name)
        made["constants"] = Key(
            f"{{event: {scalar(named)}}}", "GUESS: called like the file, for no column has types of events"
        )
    if times.formats:
        made["at"] = Key(f"{{format: {one_or_list(times.formats)}}}", doubt(times))
    what = "called like the file" if kind is None else f"of type {for_log(kind)}"
    why = f"rows {what}, at {for_log(at)}, {why}"
    return Guess(export.path, "events", why, made)


def _key(files: Unmapped, keys: Keys) -> tuple[str, str, str] | None:
    """Return the canonical column that identifies the contact of a row, its header, and the reason.

    It is the most likely key column with at least half of its cells among the keys of the contacts; otherwise
    the first one with the same name as an id column of the contacts.
    """
    headers = key_columns(files.headers) if files.headed else list(files.headers)
    cells = files.cells(headers)
    for header in headers:
        present = cells[header].drop_nulls()
        if share_in(present, keys.ids) >= HALF:
            return "contact_id", header, f"of contacts by {for_log(header)}, which has their ids"
        addresses = present.to_frame("cell").select(folded(pl.col("cell"))).to_series()
        if share_in(addresses, keys.emails) >= HALF:
            return "contact", header, f"of contacts by {for_log(header)}, which has their e-mails"
    for header in headers:
        if files.headed and plain(header) in keys.words:
            by_mail = plain(header) in EMAILS and len(keys.emails)
            name = "contact" if by_mail else "contact_id"
            return name, header, f"of contacts by {for_log(header)}, as they call it"
    return None


def _times(files: Unmapped) -> Iterator[str]:
    """Yield the columns of times, most likely first."""
    for header in time_columns(files.headers):
        if share_of_times(pl.concat(files.first_cells(header, SAMPLE)).head(SAMPLE)) >= MOST_TIMES:
            yield header


def _type(files: Unmapped, taken: Sequence[str]) -> str | None:
    """Return the column with the event types."""
    named = type_columns(files.headers) if files.headed else []
    found = [each for each in named if each not in taken]
    cells = files.cells(found)
    return next((each for each in found if _LEAST <= cells[each].drop_nulls().n_unique() <= _MOST), None)
