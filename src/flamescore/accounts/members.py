"""Which contacts make an account, and what it is called.

Five contacts; the key columns are `Account ID` and `email_domain`, and `gmail.com` is on the free-mail list.

Account ID   email_domain   key          why
 42          acme.example   42           the first column says it
 -           acme.example   acme.example the first says nothing
 -           ACME.example   acme.example keys compare in lower case; shown is what two of three write, or
 -           gmail.com      -            free mail says nothing of a company
 -           -              -            there is nothing at all
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from flamescore.cells import as_text, fold, folded, present

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from flamescore.rules import Accounts

NOBODY: Final = -1
"""Stands for the account of a contact that is in none."""

DOMAIN: Final = "email_domain"
_KEY, _WRITTEN, _COLUMN, _NUMBER, _MANY = "key", "written", "column", "number", "many"


@dataclass(frozen=True)
class Members:
    """Who is in which account: accounts are numbered in order of what they are shown as, by code point.

    `of` has the number of the account of each contact (or `NOBODY`), `keyed_by` the place of the column that
    its key is from. `table` has a row an account: `account`, `key` (as it compares), `name`, `contacts`.
    `free_mail` counts the contacts in no account who had a key that is free mail, `spellings` the accounts
    that are written in several ways.
    """

    of: NDArray[np.int64]
    keyed_by: NDArray[np.int64]
    table: pl.DataFrame
    free_mail: int
    spellings: int

    @property
    def shown(self) -> pl.Series:
        """Of each contact the account as it is shown, else null."""
        number = pl.Series("account_key", self.of)
        return self.table["account"].gather(number.set(number < 0, None)).rename("account_key")


def members_of(contacts: pl.DataFrame, accounts: Accounts) -> Members:
    """Find the account of every contact; `contacts` has the key columns and that of the name."""
    free = pl.Series([*free_mail(), *(fold(each) for each in accounts.free_mail)], dtype=pl.String).unique()
    cells = contacts.select(
        *(
            present(as_text(column, contacts.schema[column])).alias(str(place))
            for place, column in enumerate(accounts.key)
        )
    )
    keys = cells.select(pl.all().pipe(folded))
    usable = keys.select(
        pl.when(~pl.col(name).is_in(free.implode())).then(pl.col(name)) for name in keys.columns
    )
    # Of the columns that say something the first is taken; those that say nothing are null.
    column = usable.select(
        pl.coalesce(
            *(
                pl.when(pl.col(name).is_not_null()).then(pl.lit(int(name), pl.Int64))
                for name in usable.columns
            )
        )
    ).to_series()
    rows = pl.DataFrame(
        {
            _KEY: usable.select(pl.coalesce(pl.all())).to_series(),
            _WRITTEN: _picked(cells, column),
            _COLUMN: column,
        }
    )
    spelled = rows.lazy().drop_nulls(_KEY).group_by(_KEY, _WRITTEN).agg(pl.len().alias(_MANY)).collect()
    table = (
        spelled.sort(_KEY, _MANY, _WRITTEN, descending=[False, True, False])
        .unique(_KEY, keep="first", maintain_order=True)
        .sort(_WRITTEN)
        .select(pl.col(_WRITTEN).alias("account"), _KEY)
        .with_row_index(_NUMBER)
        .with_columns(pl.col(_NUMBER).cast(pl.Int64))
    )
    found = rows.select(_KEY).join(
        table.select(_KEY, _NUMBER), on=_KEY, how="left", maintain_order="left", nulls_equal=False
    )[_NUMBER]
    number = found.fill_null(NOBODY).to_numpy()
    named = _names(contacts, accounts.called, number, table.height)
    sizes = np.bincount(number[number >= 0], minlength=table.height)
    had_some = keys.select(pl.any_horizontal(pl.all().is_not_null())).to_series().to_numpy()
    return Members(
        of=number,
        keyed_by=column.fill_null(NOBODY).to_numpy(),
        table=table.select("account", _KEY, name=named, contacts=pl.Series(sizes).cast(pl.Int32)),
        free_mail=int((had_some & (number < 0)).sum()),
        spellings=int((spelled.group_by(_KEY).len()["len"] > 1).sum()),
    )


@cache
def free_mail() -> tuple[str, ...]:
    """Return the domains at which anyone can have an address, as they compare."""
    text = (files("flamescore.accounts") / "free_mail.txt").read_text(encoding="utf-8")
    return tuple(dict.fromkeys(fold(line) for line in text.splitlines() if line.strip()))


def _picked(cells: pl.DataFrame, column: pl.Series) -> pl.Series:
    """Return of each row the cell of the column with its number; null where there is none."""
    which = pl.lit(column)
    picked = (pl.when(which == int(name)).then(pl.col(name)) for name in cells.columns)
    return cells.select(pl.coalesce(*picked).alias(_WRITTEN)).to_series()


def _names(contacts: pl.DataFrame, called: str | None, number: NDArray[np.int64], accounts: int) -> pl.Series:
    """Return what each account is called by most of its members, of equally many the first by code point."""
    names = pl.Series("name", [None], dtype=pl.String).new_from_index(0, accounts)
    if called is None:
        return names
    cells = contacts.select(present(as_text(called, contacts.schema[called])).alias("name"))
    found = (
        cells.with_columns(pl.Series(_NUMBER, number))
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


def domains_of(contacts: pl.DataFrame, accounts: Sequence[str]) -> pl.Series:
    """Return the domain of each contact's e-mail as keys compare, where that is one of the keys."""
    assert DOMAIN in accounts
    return contacts.select(folded(present(as_text(DOMAIN, contacts.schema[DOMAIN])))).to_series()
