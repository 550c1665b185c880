"""Rows whose contact is not in the list, and why their ids don't match one (I136)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct, field

from flamescore.cells import folded, present
from flamescore.findings import Finding, InExport, Severity
from flamescore.frames import AGE, KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.exports.contacts import LoadedContacts
    from flamescore.frames import Window
    from flamescore.project import Source

REASONED: Final = "I136"
MOST: Final = 100_000
"""Maximum number of distinct ids without a contact to examine; the first ones are used."""


class Orphans(Struct):
    """The ids of orphans in a window, added in batches, with their row counts: the first `MOST`."""

    window: Window
    _found: list[pl.DataFrame] = field(default_factory=list)
    _rows: list[pl.DataFrame] = field(default_factory=list)
    """Orphans not yet counted by id: counting many at once is cheaper than a few in every batch."""
    _many: int = 0

    def look(self, strangers: pl.DataFrame) -> None:
        """Add the rows of a batch that have no contact."""
        if self._many >= MOST:
            return
        rows = strangers.select(KEY, AGE, "event").filter(pl.col(AGE) >= 0)
        rows = rows.filter(~self.window.old(pl.col(AGE), folded(pl.col("event"))))
        self._rows.append(rows.select(present(pl.col(KEY)).alias("id")).drop_nulls())
        if sum(each.height for each in self._rows) >= MOST:
            self._count()

    def _count(self) -> None:
        """Count the pending rows by id."""
        if self._rows:
            counted = pl.concat(self._rows).group_by("id").agg(pl.len().alias("rows"))
            self._found.append(counted)
            self._many += counted.height
            self._rows.clear()

    def findings(self, source: Source, contacts: LoadedContacts | None) -> Iterator[Finding]:
        """Yield a finding on what would match them to contacts."""
        self._count()
        if contacts is None or not self._found:
            return
        yield from _reasoned(pl.concat(self._found), source, contacts)


def orphans_of(keys: pl.Series, source: Source, contacts: LoadedContacts) -> Iterator[Finding]:
    """Yield the same finding for a source read in full: `keys` has the key of each row without a contact."""
    if len(keys):
        each = keys.alias("id").drop_nulls().to_frame().with_columns(rows=pl.lit(1, pl.UInt32))
        yield from _reasoned(each, source, contacts)


def _reasoned(found: pl.DataFrame, source: Source, contacts: LoadedContacts) -> Iterator[Finding]:
    """Yield a finding on what would match ids (`id`, `rows`) to contacts by the key column."""
    known, key = contacts.contacts, getattr(source, "contact_key", None) or "contact_id"
    if key not in known.columns:
        return
    orphans = found.group_by("id").agg(pl.col("rows").sum()).sort("id")
    keys = [known[key].cast(pl.String)]
    if contacts.aliases is not None and key in contacts.aliases.columns:
        keys.append(contacts.aliases[key].cast(pl.String))
    others = {
        name: known[name]
        for name, dtype in known.schema.items()
        if dtype == pl.String and name != key and not name.startswith("\0") and "\0" not in name
    }
    from flamescore.exports.orphan_reasons import orphan_reasons  # noqa: PLC0415 - only if there are orphans

    why = orphan_reasons(orphans, pl.concat(keys), others)
    if why.has_reason:
        place = InExport(source.KIND, source.path)
        explained = why.rows - why.unexplained
        yield Finding(
            REASONED,
            Severity.WARNING,
            str(place),
            f"{why.message}.",
            place,
            count=explained,
            of=why.rows,
            do=why.cure,
        )
