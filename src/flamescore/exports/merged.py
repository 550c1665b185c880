"""Who became whom: merged contacts, by the list of old ids that the survivor carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.cells import is_rounded, present
from flamescore.frames import SURVIVOR
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flamescore.project import MergedIds

_TIME: Final = ":"
"""HubSpot writes `76340251:1661707291575`: the id, and when it was merged."""


@dataclass(frozen=True, slots=True)
class Merged:
    """Old ids and their survivors (`into`), and how many links were left out.

    `clashes` are old ids that a second contact claims too, `cycles` links that would make a contact an
    old id of its own, `rounded` old ids that a spreadsheet rounded, which may be anybody's.
    """

    into: dict[str, str]
    clashes: int = 0
    cycles: int = 0
    rounded: int = 0

    def warnings(self) -> Iterator[str]:
        """Say what of the lists contradicts itself."""
        first = "the one that comes first in the export"
        if self.clashes:
            yield f"contacts: {count(self.clashes, 'merged id')} claimed by a second contact; {first} has it"
        if self.cycles:
            rings = count(self.cycles, "ring")
            yield f"contacts: {rings} of contacts that are merged into each other; {first} stands"
        if self.rounded:
            what = f"{count(self.rounded, 'merged id')} written like 9.99999a+99"
            yield f"contacts: I145 {what}: a spreadsheet rounded them, and they are left out"


def links(contacts: pl.DataFrame, column: str, form: MergedIds) -> Iterator[tuple[str, str]]:
    """Yield (old id, survivor) as a column of the contacts says it, in order of the export."""
    if form.into is not None:
        told = contacts.select("contact_id", present(pl.col(column)).alias("into"))
        yield from told.drop_nulls().iter_rows()
        return
    separator = form.separator.strip() or form.separator
    listed = contacts.select("contact_id", old=pl.col(column).str.split(separator)).explode(
        "old", empty_as_null=True
    )
    ids = listed.with_columns(present(pl.col("old").str.split(_TIME).list.first())).drop_nulls()
    yield from ids.select("old", "contact_id").iter_rows()


def settle(pairs: Iterable[tuple[str, str]]) -> Merged:
    """Follow every chain to its end. Of claims that contradict each other the first one holds."""
    into: dict[str, str] = {}
    clashes = cycles = rounded = 0
    for old, survivor in pairs:
        if old == survivor:
            continue
        if is_rounded(old):
            rounded += 1
            continue
        end = _end(survivor, into)
        if end == old:
            cycles += 1
        elif old not in into:
            into[old] = survivor
        elif _end(old, into) != end:
            clashes += 1
    return Merged({old: _end(old, into) for old in into}, clashes, cycles, rounded)


def _end(contact: str, into: dict[str, str]) -> str:
    path = []
    while contact in into:
        path.append(contact)
        contact = into[contact]
    for each in path[:-1]:  # chains stay short
        into[each] = contact
    return contact


@dataclass(frozen=True, slots=True)
class Parted:
    """The contacts that stand, and the merged ones under `SURVIVOR` (`frames.Exports.aliases`).

    `lost` rows were merged into somebody who is not in the list: they are neither.
    """

    standing: pl.DataFrame
    aliases: pl.DataFrame | None = None
    lost: int = 0

    def warnings(self) -> Iterator[str]:
        """Say what was lost."""
        if self.lost:
            yield f"contacts: {count(self.lost, 'contact')} merged into somebody who is not in the list"


def parted(contacts: pl.DataFrame, merged: Merged) -> Parted:
    """Part contacts from those that were merged away."""
    if not merged.into:
        return Parted(contacts)
    into = pl.DataFrame(
        list(merged.into.items()), schema={"contact_id": pl.String, SURVIVOR: pl.String}, orient="row"
    )
    standing = contacts.join(into, on="contact_id", how="anti", maintain_order="left")
    there = pl.col(SURVIVOR).is_in(standing["contact_id"].implode())
    aliases = into.filter(there).join(contacts, on="contact_id", how="left", maintain_order="left")
    lost = into.filter(~there).join(contacts, on="contact_id", how="semi").height
    return Parted(standing, aliases, lost)
