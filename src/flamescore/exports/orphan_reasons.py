"""Why rows have no contact in the list: ids that would match if they were written the same way.

A worked example: the contacts are `00123` and `a@x.example`, the orphans `123` (3 rows), `A@X.example` (2)
and `999` (1). `A@X.example` is found by ignoring case, `123` by ignoring leading zeros, and `999` not at all:
5 of 6 rows have a reason. Nothing is matched automatically; the reasons are only reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct

from flamescore.cells import present
from flamescore.exports.orphans import MOST
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SALESFORCE: Final = (15, 18)
_LETTERS_AND_DIGITS: Final = "^[0-9A-Za-z]+$"
_MARKS: Final = "<>\"'\u2018\u2019\u201c\u201d()[]{}# \t"
_EMAIL: Final = r"^([^@\s]+)@([^@\s]+)$"
_DOTLESS: Final = ("gmail.com", "googlemail.com")
_HALF: Final = 2


class Reason(Struct, frozen=True):
    """A way in which ids differ: its wording in messages, and what to compare (null: does not apply)."""

    words: str
    alike: Callable[[pl.Expr], pl.Expr]
    cure: str = "export the ids as text"


def _folded(cell: pl.Expr) -> pl.Expr:
    return cell.map_batches(_folded_texts, return_dtype=pl.String(), is_elementwise=True)


def _folded_texts(cells: pl.Series) -> pl.Series:
    """Fold trimmed texts; for columns that are all ASCII, as most are, at a tenth of the cost."""
    plain = (cells.str.len_bytes() == cells.str.len_chars()).all()
    return (cells if plain else cells.str.normalize("NFC")).str.to_lowercase()


def _without_zeros(cell: pl.Expr) -> pl.Expr:
    return cell.str.strip_chars_start("0")


def _first_fifteen(cell: pl.Expr) -> pl.Expr:
    short = pl.when(cell.str.len_bytes().is_in(_SALESFORCE)).then(cell)
    return pl.when(short.str.contains(_LETTERS_AND_DIGITS)).then(short.str.head(15))


def _without_marks(cell: pl.Expr) -> pl.Expr:
    return cell.str.strip_chars(_MARKS).str.replace("(?i)^mailto:", "").str.strip_chars(_MARKS)


def _mailbox(cell: pl.Expr) -> pl.Expr:
    mail = _folded(pl.when(cell.str.contains("@", literal=True)).then(cell))
    host = mail.str.extract(_EMAIL, 2)
    local = mail.str.extract(_EMAIL, 1).str.replace(r"\+.*$", "")
    dotless = local.str.replace_all(".", "", literal=True)
    return pl.when(host.is_in(_DOTLESS)).then(dotless).otherwise(local) + "@" + host


REASONS: Final = (
    Reason("in another case", _folded),
    Reason("without `.0` at the end", lambda cell: cell.str.strip_suffix(".0")),
    Reason("without zeros at the front", _without_zeros),
    Reason("by the first 15 of 18 characters", _first_fifteen),
    Reason("without the marks around them", _without_marks),
    Reason("without `+tag` or dots in the e-mail address", _mailbox),
)
"""In order of precedence: each id counts for the first reason that finds a contact."""


class OrphanReasons(Struct, frozen=True):
    """The number of orphan rows for which each reason finds a contact, in the order of `REASONS`.

    `column` is another column of the contacts that contains at least half of the distinct ids.
    """

    rows: int
    found: tuple[tuple[Reason, int], ...]
    column: str | None = None
    in_column: int = 0
    unexplained: int = 0
    """The number of rows that neither a reason nor that column explains."""

    @property
    def has_reason(self) -> bool:
        """Return whether any reason was found (I136); if not, the orphans are only a note."""
        return bool(self.found) or self.column is not None

    @property
    def message(self) -> str:
        """Return `of 9 rows of contacts that are not in the list 8 would match ..., 1 in another case`."""
        ranked = sorted(self.found, key=lambda pair: -pair[1])
        parts = [f"{many:,} {reason.words}" for reason, many in ranked]
        if self.column is not None:
            parts.append(f"{self.in_column:,} by `{self.column}`")
        first, *others = parts or [""]
        number, _, words = first.partition(" ")
        what = ", ".join((f"{number} would match {words}", *others))
        return f"of {count(self.rows, 'row')} of contacts that are not in the list {what}"

    @property
    def cure(self) -> str:
        """Return what to do about the other column, if any, or else about the most common reason."""
        if self.column == "email":
            return "contact_key: email"
        if self.column is not None:
            return f"map `contact_id` to `{self.column}`"
        return max(self.found, key=lambda pair: pair[1])[0].cure


def orphan_reasons(
    orphans: pl.DataFrame, keys: pl.Series, others: Mapping[str, pl.Series] | None = None
) -> OrphanReasons:
    """Find the reasons why ids have no contact.

    `orphans` has `id` (String, distinct, trimmed) and `rows` (the number of rows with the id); the first
    `MOST` are examined. `keys` are the contacts' keys, `others` their other columns as text, each once.
    """
    left = orphans.select(pl.col("id"), pl.col("rows").cast(pl.Int64)).head(MOST)
    every, known = left, _trimmed(keys)
    found = []
    for reason in REASONS:
        matched = _matched(left, known, reason.alike)
        if matched.height:
            found.append((reason, _rows(matched)))
            left = left.join(matched, on="id", how="anti", maintain_order="left")
    column, there = _elsewhere(every, others or {})
    left = left.join(there, on="id", how="anti")
    return OrphanReasons(_rows(every), tuple(found), column, in_column=_rows(there), unexplained=_rows(left))


def _trimmed(cells: pl.Series) -> pl.Series:
    return cells.cast(pl.String).str.strip_chars().drop_nulls()


def _matched(
    orphans: pl.DataFrame, known: pl.Series, alike: Callable[[pl.Expr], pl.Expr] | None
) -> pl.DataFrame:
    """Return the orphans that match one of some trimmed cells after `alike` is applied (None: unchanged).

    There are many more cells than orphans, so the cells are traversed only once.
    """

    def like(name: str) -> pl.Expr:
        cell = pl.col(name)
        return (cell if alike is None else alike(cell)).alias("like")

    compared = orphans.with_columns(present(like("id"))).drop_nulls("like")
    if compared.is_empty():
        return orphans.clear()
    hits = known.to_frame("key").select(like("key").str.strip_chars() if alike else like("key"))
    # In most columns few cells are as long as an orphan. Joining the others took a third of the total time.
    sizes = compared["like"].str.len_bytes().unique()
    hits = hits.filter(pl.col("like").str.len_bytes().is_in(sizes.implode()))
    hits = hits.join(compared, on="like", how="semi").unique()
    return compared.join(hits, on="like", how="semi", maintain_order="left").drop("like")


def _elsewhere(orphans: pl.DataFrame, others: Mapping[str, pl.Series]) -> tuple[str | None, pl.DataFrame]:
    """Return the column that contains the most ids, and these ids, if they are at least half of all."""
    best: tuple[str | None, pl.DataFrame] = (None, orphans.clear())
    for name, cells in others.items():
        matched = _matched(orphans, _trimmed(cells), _folded if name == "email" else None)
        if matched.height > best[1].height and matched.height * _HALF >= orphans.height:
            best = (name, matched)
    return best


def _rows(ids: pl.DataFrame) -> int:
    return int(ids["rows"].sum())
