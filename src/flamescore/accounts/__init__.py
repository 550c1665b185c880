"""Accounts: which contacts are one company's, what they score together, and whom it still lacks."""

from __future__ import annotations

from flamescore.accounts.explained import (
    AccountExplained,
    AccountScoreExplained,
    AccountTables,
    Member,
    RoleExplained,
    explain_account,
)
from flamescore.accounts.found import accounts_of
from flamescore.accounts.members import free_mail
from flamescore.accounts.told import account_findings

__all__ = [
    "AccountExplained",
    "AccountScoreExplained",
    "AccountTables",
    "Member",
    "RoleExplained",
    "account_findings",
    "accounts_of",
    "explain_account",
    "free_mail",
]
