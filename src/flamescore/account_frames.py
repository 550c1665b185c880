"""What accounts come to: the frames of their scores, of their ledger and of their roles."""

from __future__ import annotations

from typing import Final

import polars as pl
from msgspec import Struct

from flamescore.frames import INSTANT

ACCOUNTS: Final = pl.Schema(
    {
        "account": pl.String(),
        "name": pl.String(),
        "score_name": pl.String(),
        "score": pl.Float64(),
        "flames": pl.Int32(),
        "percent_of_ideal": pl.Float64(),
        "percentile": pl.Float64(),
        "rank": pl.Int32(),
        "last_activity_at": INSTANT,
        "contacts": pl.Int32(),
        "scored": pl.Int32(),
        "counted": pl.Int32(),
        "best_contact_id": pl.String(),
    }
)
"""One row an account and score, ranked. `role_NAME` (Int32) for each role and `complete` (Boolean) follow."""

ACCOUNT_POINTS: Final = pl.Schema(
    {
        "account": pl.String(),
        "score_name": pl.String(),
        "entry": pl.String(),
        "contact_id": pl.String(),
        "points": pl.Float64(),
    }
)
"""The ledger of accounts: `contact`, `mean`, `account_limit`; an account's rows add up to its score."""

ACCOUNT_ROLES: Final = pl.Schema({"account": pl.String(), "role": pl.String(), "contact_id": pl.String()})
"""Who fills the roles: by account, in order of the roles, in ranked order of the first score of accounts."""

ACCOUNTS_FILE: Final = "accounts.parquet"
POINTS_FILE: Final = "account_points.parquet"
ROLES_FILE: Final = "account_roles.parquet"


class NearAccounts(Struct, frozen=True):
    """Two accounts that may be one, the one with more `contacts` first; these are those of the other."""

    kind: str
    accounts: tuple[str, str]
    contacts: int


class Rename(Struct, frozen=True):
    """What makes two accounts one: the value of a column of contacts is to be called like the other."""

    column: str
    old: str
    new: str


class FoundAccounts(Struct, frozen=True):
    """The accounts of a scoring.

    `scores` is `ACCOUNTS`, `points` `ACCOUNT_POINTS`, `roles` `ACCOUNT_ROLES`. `all` has a row an account, by
    account: `account, name, contacts`, then each `role_NAME` and `complete` where there are roles. `of` says
    of every contact, in order of `Scored.contacts`, which account it is in, as it is shown; else null.
    `near` are at most 100 of the `pairs` that may be one, `rename` merges two of the first. `doubtful` are
    domains that may be free mail, each with the whole percents of the contacts that it has.
    """

    scores: pl.DataFrame
    points: pl.DataFrame
    roles: pl.DataFrame
    all: pl.DataFrame
    of: pl.Series
    contacts: int
    without: int
    free_mail: int
    spellings: int
    pairs: int
    near: tuple[NearAccounts, ...]
    rename: Rename | None
    doubtful: tuple[tuple[str, int], ...]
