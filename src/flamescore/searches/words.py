"""Find contacts by words: each on its own, in any order, ignoring case and accents.

María Delgado, (602) 555-0142, is found by `delgado maria`, by `DELGADO 5550142` and by `602 555-0142`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.cells import trim
from flamescore.merged import TEXT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

PHONE: Final = "phone"
_DIGITS: Final = re.compile(r"[+().\-/]*[0-9][0-9+().\-/]*")
"""A word of digits and the characters between the digits of a phone number."""


_LETTERS: Final = {"ø": "o", "ł": "l", "đ": "d", "\u0131": "i", "æ": "ae", "œ": "oe", "ß": "ss"}
"""Letters that people type like this, although Unicode doesn't decompose them."""


def without_accents(text: str) -> str:
    """Return a text in lower case and without accents: `Å` becomes `a`, and `Ø` becomes `o`."""
    apart = unicodedata.normalize("NFD", text)
    bare = "".join(each for each in apart if unicodedata.category(each) != "Mn").lower()
    return bare.translate({ord(letter): plain for letter, plain in _LETTERS.items()})


def _without_accents(column: pl.Expr) -> pl.Expr:
    bare = column.str.normalize("NFD").str.replace_all(r"\p{Mn}", "").str.to_lowercase()
    return bare.str.replace_many(list(_LETTERS), [str(each) for each in _LETTERS.values()])


def has_text(people: pl.LazyFrame, text: str, merged: pl.LazyFrame | None = None) -> pl.Expr:
    """Match contacts that have every word of a text, or the whole text as their id; never null.

    `people` are contacts with text columns. Name, company, e-mail and the digits of the phone are searched
    if they exist. A word may also be the whole id. Values that `merged` (`merged.merged_table`) has for old
    contacts are found as if they were the survivor's.
    """
    words = text.split()
    whole = _is(trim(text), merged)
    return whole | reduce(and_, (_word(people, word, merged) for word in words), pl.lit(value=bool(words)))


def has_words(columns: Sequence[str], text: str) -> pl.Expr:
    """Match rows that have every word of a text in one of some text columns; never null."""
    each = (_in_any(columns, word) for word in text.split())
    return reduce(and_, each, pl.lit(value=True))


def _in_any(columns: Sequence[str], word: str) -> pl.Expr:
    cells = (_without_accents(pl.col(name)) for name in columns)
    found = (cell.str.contains(without_accents(word), literal=True).fill_null(value=False) for cell in cells)
    return reduce(or_, found, pl.lit(value=False))


def _word(people: pl.LazyFrame, word: str, merged: pl.LazyFrame | None) -> pl.Expr:
    return _in_cells(people, word) | _is(word, merged) | _was(merged, word)


def _in_cells(people: pl.LazyFrame, word: str) -> pl.Expr:
    columns = people.collect_schema().names()
    found = _in_any([name for name in TEXT_COLUMNS if name in columns], word)
    if PHONE not in columns or _DIGITS.fullmatch(word) is None:
        return found
    digits = re.sub("[^0-9]", "", word)
    phone = pl.col(PHONE).str.replace_all("[^0-9]", "")
    return found | phone.str.contains(digits, literal=True).fill_null(value=False)


def _is(contact_id: str, merged: pl.LazyFrame | None) -> pl.Expr:
    """Match the contact that has this id, or had it before a merge."""
    same = pl.col("contact_id") == contact_id
    if merged is None:
        return same
    return same | _among(merged.filter(pl.col("merged_id") == contact_id))


def _was(merged: pl.LazyFrame | None, word: str) -> pl.Expr:
    """Match the survivors of merged rows that contain the word."""
    return pl.lit(value=False) if merged is None else _among(merged.filter(_in_cells(merged, word)))


def _among(rows: pl.LazyFrame) -> pl.Expr:
    return pl.col("contact_id").is_in(rows.select("contact_id").collect().to_series().implode())
