"""Contacts in the engine: numbered in order of contact id, with their lookup keys and field matches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from msgspec import Struct

from flamescore.cells import as_text, keyed, rounded
from flamescore.email_domain import column_of_contacts
from flamescore.engine.hash_index import HashIndex
from flamescore.engine.matching import Signatures
from flamescore.frames import INDEX, KEY, ROW, SURVIVOR, companions, in_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from flamescore.engine.calendar import Clock
    from flamescore.engine.matching import ColumnCoder
    from flamescore.frames import EventSource
    from flamescore.rules import Predicate

HASH: Final = "\x00hash"
CHECK: Final = "\x00check"
"""The columns of the two hashes of a key: one for lookup, and one to verify the match."""

_PIECE_ROWS: Final = 1 << 16
"""Rows of a column that are encoded at once."""


class Contacts(Struct, frozen=True):
    """All contacts, sorted by `contact_id` by code point; a contact's number is its index."""

    frame: pl.DataFrame
    """All contact columns, and the row number in the export (`ROW`)."""
    aliases: pl.DataFrame | None = None
    """The old ids of contacts (`frames.Exports.aliases`)."""

    @property
    def count(self) -> int:
        """The number of contacts."""
        return self.frame.height

    def lookup(self, key: str) -> pl.LazyFrame:
        """Return `HASH, CHECK, KEY, INDEX`: the contact that an event with that key belongs to.

        E-mail addresses are folded; ids and other keys are used as written. If several contacts share a key,
        the first in the export is used. Keys of merged contacts lead to the survivor. A key that a
        spreadsheet has rounded matches no contact, because many contacts have the same one.
        """
        keys = comparable_key(key, pl.col(key)).alias(KEY)
        numbered = self.frame.lazy().with_row_index(INDEX)
        distinct = key == "contact_id" and self.aliases is None
        found = (numbered if distinct else numbered.sort(ROW)).select(keys, INDEX)
        if self.aliases is not None:
            numbers = numbered.select("contact_id", INDEX)
            old = self.aliases.lazy().select(keys, pl.col(SURVIVOR).alias("contact_id"))
            known = old.join(numbers, on="contact_id", how="inner", maintain_order="left")
            found = pl.concat([found, known.select(KEY, INDEX)])
        found = found.drop_nulls(KEY)
        if not distinct:
            found = found.filter(~rounded(pl.col(KEY))).unique(KEY, keep="first", maintain_order=True)
        return found.select(*key_hashes(pl.col(KEY)), KEY, INDEX)

    def finder(self, key: str) -> ContactFinder:
        """Return a finder, indexed by that key, for the contacts that events belong to."""
        found = self.lookup(key).select(HASH, CHECK, INDEX).collect()
        index = HashIndex(found[HASH].to_numpy())
        check, number = found[CHECK].to_numpy(), found[INDEX].to_numpy().astype(np.int64)
        return ContactFinder(key, index, check[index.order], number[index.order])

    def shared(self, key: str) -> int:
        """Count the contacts whose key an earlier contact in the export also has."""
        keys = self.frame.select(comparable_key(key, pl.col(key))).to_series().drop_nulls()
        return keys.len() - keys.n_unique()

    def numbers(self, contact_ids: pl.Series) -> pl.Series:
        """Return the numbers of contacts by id, null for unknown ids."""
        table = self.frame.select("contact_id").with_row_index(INDEX)
        ids = contact_ids.rename("contact_id").to_frame()
        return ids.join(table, on="contact_id", how="left", maintain_order="left")[INDEX]


class ContactFinder(Struct, frozen=True):
    """Finds contacts by two hashes of their keys: with 100 M events, the odds of an error are below 1e-20.

    `index` contains the first hashes; `check`, the second hashes, and `number`, the contacts, are in its
    order.
    """

    key: str
    index: HashIndex
    check: NDArray[np.uint64]
    number: NDArray[np.int64]

    def place(self, batch: pl.DataFrame) -> pl.DataFrame:
        """Replace the hashes of each event by its contact's number (`INDEX`, -1 for an orphan).

        Keys are looked up as written first; only those that are not found are normalized and looked up again.
        Stripping all of them took as long as the lookup.
        """
        number = self.find(batch[HASH], batch[CHECK])
        rows = np.flatnonzero(number < 0)
        if len(rows):
            again = (
                batch[KEY].gather(pl.Series(rows)).to_frame().select(comparable_key(self.key, pl.col(KEY)))
            )
            hashes = again.select(*key_hashes(pl.col(KEY)))
            number[rows] = self.find(hashes[HASH], hashes[CHECK])
        return batch.drop(HASH, CHECK).with_columns(pl.Series(INDEX, number))

    def find(self, hashed: pl.Series, check: pl.Series) -> NDArray[np.int64]:
        """Return the number of the contact for each pair of hashes, or -1 for an orphan."""
        if not len(self.number):
            return np.full(len(hashed), -1, np.int64)
        place = self.index.find(hashed.to_numpy())
        same = (place >= 0) & (self.check[place] == check.to_numpy())
        return np.where(same, self.number[place], -1)


def key_hashes(text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Return the two hashes of a key: `HASH` and `CHECK`."""
    return text.hash().alias(HASH), text.hash(1).alias(CHECK)


def contacts_of(contacts: pl.DataFrame, aliases: pl.DataFrame | None = None) -> Contacts:
    """Return the contacts in order."""
    return Contacts(in_order(contacts), aliases)


def event_key(source: EventSource, schema: pl.Schema) -> pl.Expr:
    """Return the keys of a source's events as written."""
    column = "contact_id" if source.key == "contact_id" else "contact"
    return as_text(column, schema[column])


def comparable_key(key: str, cell: pl.Expr) -> pl.Expr:
    """Normalize a key to the form in which keys are compared."""
    return keyed(cell, key)


class FieldMatches(Struct, frozen=True):
    """Which contacts match each predicate, and how many cells of each column could not be parsed."""

    matches: dict[Predicate, NDArray[np.bool_]]
    unread: tuple[tuple[str, int], ...]


def match_fields(contacts: Contacts, predicates: Sequence[Predicate], clock: Clock) -> FieldMatches:
    """Evaluate all predicates on contacts, on the distinct values of each column."""
    signatures = Signatures(predicates, clock)
    matches: dict[Predicate, NDArray[np.bool_]] = {}
    unread: list[tuple[str, int]] = []
    for coder in signatures.coders:
        codes = _in_pieces(coder, *column_of(contacts.frame, coder.column))
        sets = coder.codes.pairs
        for i, predicate in enumerate(coder.predicates):
            matches[predicate] = np.array([bool(holds >> i & 1) for holds, _ in sets], np.bool_)[codes]
        unread.append((coder.column, int(np.array([bool(u) for _, u in sets], np.int64)[codes].sum())))
    return FieldMatches(matches, tuple((column, cells) for column, cells in unread if cells))


def _in_pieces(coder: ColumnCoder, cells: pl.Series, beside: pl.DataFrame | None) -> NDArray[np.uint32]:
    """Encode a long column in pieces: each reuses what earlier ones have learned (0.36 s, now 0.10 s)."""
    pieces = range(0, max(1, len(cells)), _PIECE_ROWS)
    return np.concatenate(
        [
            coder.encode(
                cells.slice(at, _PIECE_ROWS), None if beside is None else beside.slice(at, _PIECE_ROWS)
            )
            for at in pieces
        ]
    )


def column_of(frame: pl.DataFrame, column: str) -> tuple[pl.Series, pl.DataFrame | None]:
    """Return a column of contacts and its companions, if any."""
    return column_of_contacts(frame, column), companions(frame, column)
