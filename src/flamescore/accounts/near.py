"""Accounts that may be the same company, and domains that may be free mail: reported, never acted on.

account        contacts   words         kind
Acme Inc           30     acme          spelling: without `inc`, both come down to `acme`
Acme, Inc.         12     acme
acme.example        5     acmeexample   domain: the e-mail domain of a member of `Acme Inc` that has its key
                                        from an earlier column
eu.acme.example     2     euacmeexample subdomain: a label and a dot before `acme.example`
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from msgspec import Struct

from flamescore.account_frames import NearAccounts, Rename
from flamescore.columns import DOMAIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from flamescore.accounts.members import Members
    from flamescore.rules import Accounts

MOST: Final = 100
"""The maximum number of pairs that are listed."""

NAMED: Final = 3
"""The maximum number of pairs that the warning names."""

_FORMS: Final = (
    "inc|incorporated|llc|llp|lp|ltd|limited|corp|corporation|co|company|gmbh|ag|kg|se|sa|sas|sarl|srl|spa|bv|nv"
    "|ab|as|oy|oyj|plc|pty"
)
"""Legal forms of companies."""

_LAST_FORMS: Final = rf"^(.+?)(?: (?:{_FORMS}))+$"
_PARENT: Final = r"(?s)^[^.]+\.(.+)$"
_KINDS: Final = ("spelling", "subdomain", "domain")
_LARGE: Final = 100
_SHARE: Final = 20
"""A domain is doubtful if it has at least 100 contacts and more than 1 in 20 of all contacts in accounts."""


class Near(Struct, frozen=True):
    """At most `MOST` pairs that may be the same company, the number of all pairs, and a suggested rename."""

    listed: tuple[NearAccounts, ...]
    pairs: int
    rename: Rename | None


def near_accounts(accounts: Accounts, members: Members) -> Near:
    """Return the pairs of accounts that may be the same company, most contacts first.

    A pair is reported once, under its first kind in the order of `_KINDS`.
    """
    keys = members.table.select("key", "contacts").with_row_index("number")
    found = [_spelled_alike(keys), _subdomains(keys), _of_domains(accounts, members)]
    sizes = members.table["contacts"].to_numpy()
    kinds = np.repeat(np.arange(len(found)), [len(one) for one, _ in found])
    one, other = (np.concatenate([pair[side] for pair in found]) for side in (0, 1))
    # The account with more contacts comes first; ties go to the first by code point, the account order.
    swap = (sizes[other] > sizes[one]) | ((sizes[other] == sizes[one]) & (other < one))
    pairs = pl.DataFrame(
        {"kind": kinds, "first": np.where(swap, other, one), "second": np.where(swap, one, other)}
    ).with_columns(contacts=pl.Series(np.minimum(sizes[one], sizes[other])))
    pairs = (
        pairs.sort("kind")
        .unique(["first", "second"], keep="first", maintain_order=True)
        .sort("contacts", "first", "second", descending=[True, False, False])
    )
    shown = members.table["account"]
    listed = tuple(
        NearAccounts(_KINDS[kind], (shown[first], shown[second]), many)
        for kind, first, second, many in pairs.head(MOST).iter_rows()
    )
    renames = (
        _rename(one, other, accounts, members)
        for first, second in pairs.head(NAMED).select("first", "second").iter_rows()
        for one, other in ((second, first), (first, second))
    )
    return Near(listed, pairs.height, next((each for each in renames if each is not None), None))


def _rename(old: int, new: int, accounts: Accounts, members: Members) -> Rename | None:
    """Return the rename that merges an account into another, or None if its key is a domain."""
    columns = np.unique(members.keyed_by[members.of == old]).tolist()
    column = next((accounts.key[each] for each in columns if accounts.key[each] != DOMAIN), None)
    shown = members.table["account"]
    return None if column is None else Rename(column, shown[old], shown[new])


def doubtful_domains(accounts: Accounts, members: Members) -> Iterator[tuple[str, int]]:
    """Yield the domains that have so many contacts that they may be open to anyone.

    Each comes with its share of the contacts in accounts, in whole percent.
    """
    sizes = members.table["contacts"].to_numpy()
    total = int(sizes.sum())
    for number in np.flatnonzero(_is_domain(accounts, members) & (sizes >= _LARGE)).tolist():
        if _SHARE * int(sizes[number]) > total:
            yield members.table["account"][number], 100 * int(sizes[number]) // total


def _spelled_alike(keys: pl.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pair each account with the largest of those that are spelled alike."""
    words = pl.col("key").str.replace_all(r"[^\p{L}\p{Nd}]+", " ").str.strip_chars(" ")
    bare = words.str.replace(_LAST_FORMS, "${1}").str.replace_all(" ", "", literal=True)
    alike = (
        keys.lazy()
        .with_columns(bare.alias("bare"))
        .filter(pl.col("bare") != "")
        .filter(pl.len().over("bare") > 1)
        .collect()
        .sort("contacts", "number", descending=[True, False])
        .with_columns(pl.col("number").first().over("bare").alias("largest"))
        .filter(pl.col("number") != pl.col("largest"))
    )
    return _numbers(alike, "largest", "number")


def _subdomains(keys: pl.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pair accounts whose keys are a domain and one of its direct subdomains."""
    parents = keys.select("number", pl.col("key").str.extract(_PARENT).alias("key")).drop_nulls("key")
    found = parents.join(keys.select("key", pl.col("number").alias("parent")), on="key")
    return _numbers(found, "parent", "number")


def _of_domains(accounts: Accounts, members: Members) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pair domain accounts with accounts that have a member at that domain, keyed by an earlier column."""
    nothing = np.zeros(0, np.int64)
    if DOMAIN not in accounts.key:
        return nothing, nothing
    earlier = (members.keyed_by >= 0) & (members.keyed_by < accounts.key.index(DOMAIN))
    place = np.flatnonzero(earlier & (members.domain >= 0) & (members.domain != members.of))
    place = place[_is_domain(accounts, members)[members.domain[place]]]
    found = pl.DataFrame({"domain": members.domain[place], "number": members.of[place]}).unique()
    return _numbers(found, "domain", "number")


def _is_domain(accounts: Accounts, members: Members) -> NDArray[np.bool_]:
    """Mark the accounts that have a member keyed by its e-mail domain."""
    out = np.zeros(members.table.height, np.bool_)
    if DOMAIN in accounts.key:
        out[members.of[members.keyed_by == accounts.key.index(DOMAIN)]] = True
    return out


def _numbers(pairs: pl.DataFrame, one: str, other: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return pairs[one].to_numpy().astype(np.int64), pairs[other].to_numpy().astype(np.int64)
