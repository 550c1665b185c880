"""Schemas of the results for accounts: their scores, their ledger and their roles."""

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
"""One row per account and score, ranked. `role_NAME` (Int32) per role and `complete` (Boolean) follow."""

ACCOUNT_POINTS: Final = pl.Schema(
    {
        "account": pl.String(),
        "score_name": pl.String(),
        "entry": pl.String(),
        "contact_id": pl.String(),
        "points": pl.Float64(),
    }
)
"""The ledger of accounts: `contact`, `mean`, `account_limit`. An account's rows add up to its score."""

ACCOUNT_ROLES: Final = pl.Schema({"account": pl.String(), "role": pl.String(), "contact_id": pl.String()})
"""Who fills the roles: by account, in role order, then as ranked by the accounts' first score."""

ACCOUNTS_FILE: Final = "accounts.parquet"
POINTS_FILE: Final = "account_points.parquet"
ROLES_FILE: Final = "account_roles.parquet"


class NearAccounts(Struct, frozen=True):
    """Two accounts that may be the same, larger one first. `contacts` counts those of the smaller one."""

    kind: str
    accounts: tuple[str, str]
    contacts: int


class Rename(Struct, frozen=True):
    """How to merge two accounts: replace the value `old` of a contacts column by `new`."""

    column: str
    old: str
    new: str


class FoundAccounts(Struct, frozen=True):
    """The accounts of a scoring.

    `scores` is `ACCOUNTS`, `points` `ACCOUNT_POINTS`, `roles` `ACCOUNT_ROLES`. `all` has one row per account,
    by account: `account, name, contacts`, then each `role_NAME` and `complete` if there are roles. `of` is
    the account of each contact as displayed, in the order of `Scored.contacts`; null if none.

    `near` has at most 100 of the `pairs` that may be the same, and `rename` merges two of the first ones.
    `doubtful` are domains that may be free mail, each with its share of the contacts in whole percent.
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
