"""The ledger of a scoring as frames: kept as numbers, and converted piece by piece."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from flamescore.engine import (
    NO_AGE,
    LedgerPart,
    concat_rows,
    entry_table,
    instant_of,
    rules_of_entries,
    strongest,
)
from flamescore.frames import POINTS
from flamescore.points import quotients
from flamescore.units import POINT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from numpy.typing import NDArray

    from flamescore.engine import Entry, LedgerRows


FRAME_ROWS: Final = 131_072
"""Ledger rows converted to a frame at a time: as frames they take five times the memory."""


class Ledger(Struct, frozen=True, dict=True):
    """The ledger of a scoring: summed entries, by contact id, score, and order of the rule file.

    It is stored as numbers and converted to frames (`frames.POINTS`) piece by piece.
    """

    ids: pl.Series
    entries: tuple[Entry, ...]
    now: int
    stored: tuple[LedgerPart, ...]

    @cached_property
    def _names(self) -> list[pl.Series]:
        """`score_name`, `entry` and `rule_id` of the entries."""
        return entry_table(self.entries).get_columns()[:3]

    def parts(self) -> Iterator[pl.DataFrame]:
        """Yield the ledger in pieces of at most `FRAME_ROWS` rows, in order."""
        for stored in self.stored:
            rows = stored.rows()
            for start in range(0, len(rows.entry), FRAME_ROWS):
                yield self._frame(stored.first, rows.part(start, start + FRAME_ROWS))

    def numbered(self) -> Iterator[pl.DataFrame]:
        """Yield the ledger in such pieces, with numbers instead of names and timestamps.

        The columns are `contact_id, number, occurrences, points, age`: the entry's index in `entries`, and
        the age of the latest occurrence in seconds, null without one.
        """
        for stored in self.stored:
            rows = stored.rows()
            for start in range(0, len(rows.entry), FRAME_ROWS):
                part = rows.part(start, start + FRAME_ROWS)
                yield pl.DataFrame(
                    {
                        "contact_id": self.ids.gather(part.contact.astype(np.int64) + stored.first),
                        "number": part.entry.astype(np.int64),
                        "occurrences": part.occurrences.astype(np.int64),
                        "points": quotients(part.points, POINT),
                        "age": pl.Series(part.age.astype(np.int64)).replace(NO_AGE, None),
                    }
                )

    def frame(self) -> pl.DataFrame:
        """Return the whole ledger."""
        return pl.concat([pl.DataFrame(schema=POINTS), *self.parts()])

    def of(self, contact_ids: pl.Series) -> pl.DataFrame:
        """Return the entries of some contacts, in order; unknown ids have none."""
        return self._frame(0, concat_rows(self._rows_of(contact_ids, lambda rows: rows)))

    def strongest(self, score_name: str, contact_ids: pl.Series, many: int) -> pl.DataFrame:
        """Return, per contact, the entries of at most `many` rules that gave the most under a score.

        They are sorted by contact, largest first, and net of the rule's own limit: see `engine.strongest`.
        """
        rule_of = rules_of_entries(self.entries, score_name)
        found = self._rows_of(contact_ids, lambda rows: strongest(rows, rule_of, many))
        return self._frame(0, concat_rows(found))

    def _rows_of(
        self, contact_ids: pl.Series, pick: Callable[[LedgerRows], LedgerRows]
    ) -> list[tuple[int, LedgerRows]]:
        """Return the rows picked for some contacts, part by part; two parts at a time."""
        place = self.ids.search_sorted(contact_ids)  # ids are sorted: 1 ms instead of 50 with `is_in`
        known = self.ids.extend_constant(None, 1).gather(place) == contact_ids
        wanted = place.filter(known).unique().sort().to_numpy().astype(np.int64)
        bounds = np.searchsorted(wanted, [(part.first, part.last) for part in self.stored]).tolist()
        selected = [
            (part, wanted[start:end] - part.first)
            for part, (start, end) in zip(self.stored, bounds, strict=True)
            if start < end
        ]
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda each: (each[0].first, pick(each[0].rows().of(each[1]))), selected))

    def with_other(
        self, other: Ledger, ids: pl.Series, places: tuple[NDArray[np.int64], NDArray[np.int64]]
    ) -> Ledger:
        """Return the ledger of all `ids`; `places` maps the contacts of each ledger to indices in it."""
        parts = []
        for ledger, place in zip((self, other), places, strict=True):
            rows = concat_rows([(part.first, part.rows()) for part in ledger.stored])
            parts.append((0, replace(rows, contact=place[rows.contact])))
        both = concat_rows(parts)
        order = np.argsort(both.contact, kind="stable")
        arrays = tuple(column[order] for column in both.arrays)
        return replace(self, ids=ids, stored=(LedgerPart(0, len(ids), lambda: arrays),))

    def counting(
        self, rules: Collection[tuple[str, str]], contacts: int
    ) -> dict[tuple[str, str], NDArray[np.bool_]]:
        """Mark the contacts for whom a rule counts something, or to whom it gives points other than 0.

        Rules are pairs of score and id. The masks are in the order of ids and have `contacts` elements.
        """
        wanted = {
            (entry.score_name, entry.id): number
            for number, entry in enumerate(self.entries)
            if entry.entry == "rule" and (entry.score_name, entry.id) in rules
        }
        found = {rule: np.zeros(contacts, np.bool_) for rule in rules}
        for part in self.stored if wanted else ():
            rows = part.rows()
            counts = (rows.occurrences >= 1) | (rows.points != 0)
            for rule, number in wanted.items():
                mine = rows.contact[(rows.entry == number) & counts]
                found[rule][mine.astype(np.int64) + part.first] = True
        return found

    def _frame(self, first: int, rows: LedgerRows) -> pl.DataFrame:
        at = pl.when(pl.col("age") != NO_AGE).then(self.now - pl.col("age").cast(pl.Int64))
        entry = pl.Series(rows.entry)
        return pl.DataFrame(
            [
                self.ids.gather(rows.contact.astype(np.int64) + first).alias("contact_id"),
                *(names.gather(entry) for names in self._names),
                pl.Series("occurrences", rows.occurrences.astype(np.int64)),
                pl.Series("points", quotients(rows.points, POINT)),
                pl.DataFrame({"age": rows.age}).select(instant_of(at)).to_series().alias("last_at"),
            ]
        )
