"""Which contacts form an account, and the name of the account.

Five contacts; the key columns are `Account ID` and `email_domain`, and `gmail.com` is on the free-mail list.

Account ID   email_domain   key          why
 42          acme.example   42           the first key column has a value
 -           acme.example   acme.example the first key column is empty
 -           ACME.example   acme.example keys compare in lower case; the most common spelling is displayed
 -           gmail.com      -            a free-mail domain does not identify a company
 -           -              -            both key columns are empty
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from msgspec import Struct

from flamescore.cells import as_text, fold, folded, present
from flamescore.columns import DOMAIN
from flamescore.email_domain import column_of_contacts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from flamescore.rules import Accounts

NOBODY: Final = -1
"""Placeholder for the account of a contact that has none, and for a missing cell."""

_KEY, _WRITTEN, _NUMBER, _MANY = "key", "written", "number", "many"


class Members(Struct, frozen=True):
    """Who belongs to which account. Accounts are numbered in order of their displayed key, by code point.

    `of` contains the number of each contact's account (or `NOBODY`), `keyed_by` the index of the column that
    its key comes from, and `domain` the number of the account whose key is the contact's `email_domain`, if
    that is a key column. `table` has one row per account: `account`, `key` (as compared), `name`, `contacts`.
    `free_mail` counts the contacts that have a key but no account, because their keys are free-mail domains;
    `spellings` counts the accounts that are spelled in several ways.
    """

    of: NDArray[np.int64]
    keyed_by: NDArray[np.int64]
    domain: NDArray[np.int64]
    table: pl.DataFrame
    free_mail: int
    spellings: int

    @property
    def shown(self) -> pl.Series:
        """The displayed account of each contact, or null."""
        number = pl.Series("account_key", self.of)
        return self.table["account"].gather(number.set(number < 0, None)).rename("account_key")


def members_of(contacts: pl.DataFrame, accounts: Accounts) -> Members:
    """Find the account of every contact; `contacts` has the key columns and the name column.

    Cells are processed as codes: a text has the same code in every column.
    """
    cells = [_cells(contacts, column) for column in accounts.key]
    texts = pl.concat(cells).drop_nulls().unique().to_frame()
    texts = texts.with_columns(folded(pl.col(_WRITTEN)).alias(_KEY)).with_row_index("code")
    free = texts[_KEY].is_in([*free_mail(), *map(fold, accounts.free_mail)]).to_numpy()
    codes = [_codes(each, texts) for each in cells]
    chosen = np.full(contacts.height, NOBODY, np.int64)
    keyed_by = chosen.copy()
    for place, code in enumerate(codes):
        usable = np.flatnonzero((chosen < 0) & (code >= 0))
        usable = usable[~free[code[usable]]]
        chosen[usable], keyed_by[usable] = code[usable], place
    table, number_of, spellings = _accounts(texts, chosen)
    of = _looked_up(number_of, chosen)
    by_mail = codes[accounts.key.index(DOMAIN)] if DOMAIN in accounts.key else np.full_like(chosen, NOBODY)
    had_some = np.logical_or.reduce([code >= 0 for code in codes])
    return Members(
        of=of,
        keyed_by=keyed_by,
        domain=_looked_up(number_of, by_mail),
        table=table.with_columns(
            _names(contacts, accounts.called, of, table.height),
            contacts=pl.Series(np.bincount(of[of >= 0], minlength=table.height)).cast(pl.Int32),
        ),
        free_mail=int((had_some & (of < 0)).sum()),
        spellings=spellings,
    )


def _cells(contacts: pl.DataFrame, column: str) -> pl.Series:
    cells = column_of_contacts(contacts, column).alias(_WRITTEN).to_frame()
    return cells.select(present(as_text(_WRITTEN, cells.schema[_WRITTEN])).alias(_WRITTEN)).to_series()


def _codes(cells: pl.Series, texts: pl.DataFrame) -> NDArray[np.int64]:
    """Return the code of each cell, or `NOBODY` for a missing cell."""
    known = texts.select(_WRITTEN, pl.col("code").cast(pl.Int64))
    found = cells.to_frame().join(known, on=_WRITTEN, how="left", maintain_order="left")["code"]
    return found.fill_null(NOBODY).to_numpy()


def _accounts(texts: pl.DataFrame, chosen: NDArray[np.int64]) -> tuple[pl.DataFrame, NDArray[np.int64], int]:
    """Return the accounts (`account`, `key`), each code's account number, and how many have variants.

    An account is displayed in its members' most common spelling; ties go to the first by code point.
    """
    many = pl.Series(_MANY, np.bincount(chosen[chosen >= 0], minlength=texts.height))
    spelled = texts.with_columns(many).filter(pl.col(_MANY) > 0)
    table = (
        spelled.sort(_KEY, _MANY, _WRITTEN, descending=[False, True, False])
        .unique(_KEY, keep="first", maintain_order=True)
        .sort(_WRITTEN)
        .select(pl.col(_WRITTEN).alias("account"), _KEY)
    )
    numbers = table.select(_KEY, pl.int_range(pl.len()).alias(_NUMBER))
    number_of = texts.select(_KEY).join(numbers, on=_KEY, how="left", maintain_order="left")[_NUMBER]
    return table, number_of.fill_null(NOBODY).to_numpy(), _several(spelled[_KEY])


def _several(keys: pl.Series) -> int:
    """Count the keys that occur more than once."""
    return int((keys.value_counts()["count"] > 1).sum())


def _looked_up(number_of: NDArray[np.int64], codes: NDArray[np.int64]) -> NDArray[np.int64]:
    out = np.full(len(codes), NOBODY, np.int64)
    there = codes >= 0
    out[there] = number_of[codes[there]]
    return out


@cache
def free_mail() -> tuple[str, ...]:
    """Return the domains where anyone can have an address, folded for comparison."""
    text = (files("flamescore.accounts") / "free_mail.txt").read_text(encoding="utf-8")
    return tuple(dict.fromkeys(fold(line) for line in text.splitlines() if line.strip()))


def _names(contacts: pl.DataFrame, called: str | None, number: NDArray[np.int64], accounts: int) -> pl.Series:
    """Return each account's most common name among its members; ties go to the first by code point."""
    names = pl.Series("name", [None], dtype=pl.String).new_from_index(0, accounts)
    if called is None:
        return names
    found = (
        pl.DataFrame({"name": _cells(contacts, called), _NUMBER: number})
        .lazy()
        .filter(pl.col(_NUMBER) >= 0)
        .drop_nulls("name")
        .group_by(_NUMBER, "name")
        .agg(pl.len().alias(_MANY))
        .collect()
        .sort(_NUMBER, _MANY, "name", descending=[False, True, False])
        .unique(_NUMBER, keep="first", maintain_order=True)
    )
    return names.scatter(found[_NUMBER], found["name"])
