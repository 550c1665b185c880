"""The tables of accounts: their scores, ledger and roles, and a CSV with one row per account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.account_frames import (
    ACCOUNT_POINTS,
    ACCOUNT_ROLES,
    ACCOUNTS,
    ACCOUNTS_FILE,
    POINTS_FILE,
    ROLES_FILE,
)
from flamescore.columns import MEASURES
from flamescore.frames import conform
from flamescore.tables.columns import free_name
from flamescore.tables.write import write_csv, write_parquet

if TYPE_CHECKING:
    from pathlib import Path

    from flamescore.account_frames import FoundAccounts
    from flamescore.scoring import Scored

CSV_FILE: Final = "accounts.csv"
_INSTANT: Final = "%Y-%m-%dT%H:%M:%SZ"
_OF_ACCOUNT: Final = ("account", "name", "contacts")
_OF_FIRST: Final = ("best_contact_id", "last_activity_at")


def write_accounts(folder: Path, scored: Scored, *, spreadsheet: bool = False) -> None:
    """Write the tables of accounts into the folder if the rule file has any; roles only if it has roles."""
    found, accounts = scored.accounts, scored.book.accounts
    if found is None or accounts is None:
        return
    write_parquet(conform(found.scores, ACCOUNTS, name="accounts"), folder / ACCOUNTS_FILE)
    write_parquet(conform(found.points, ACCOUNT_POINTS, name="account_points"), folder / POINTS_FILE)
    if accounts.roles:
        write_parquet(conform(found.roles, ACCOUNT_ROLES, name="account_roles"), folder / ROLES_FILE)
    names = [score.name for score in accounts.scores]
    write_csv(accounts_table(found, names), folder / CSV_FILE, spreadsheet=spreadsheet)


def accounts_table(found: FoundAccounts, names: list[str]) -> pl.DataFrame:
    """Return one row per account: who it is, `MEASURES` of each score, columns of the first score, the roles.

    Rows are in order of the first score. Accounts without a row under it come last, by account.
    """
    roles = [name for name in found.all.columns if name not in _OF_ACCOUNT]
    measures = [f"{name}_{measure}" for name in names for measure in MEASURES]
    taken = {*_OF_ACCOUNT, *measures, *_OF_FIRST}
    renamed: dict[str, str] = {}
    for role in roles:
        renamed[role] = free_name(role, {*taken, *renamed.values()}, prefix="role_")
    first = found.scores.filter(pl.col("score_name") == names[0]).select(
        "account", *_OF_FIRST, place=pl.int_range(pl.len())
    )
    table = found.all.rename(renamed).join(first, on="account", how="left", maintain_order="left")
    for name in names:
        rows = found.scores.filter(pl.col("score_name") == name)
        own = rows.select("account", *(pl.col(each).alias(f"{name}_{each}") for each in MEASURES))
        table = table.join(own, on="account", how="left", maintain_order="left")
    return (
        table.sort("place", nulls_last=True, maintain_order=True)
        .with_columns(pl.col("last_activity_at").dt.strftime(_INSTANT))
        .select(*_OF_ACCOUNT, *measures, *_OF_FIRST, *renamed.values())
    )
