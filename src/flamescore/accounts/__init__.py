"""Accounts: which contacts belong to one company, their combined scores, and which roles are unfilled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.accounts.findings import account_findings
from flamescore.accounts.found import accounts_of
from flamescore.accounts.members import free_mail
from flamescore.lazy_imports import lazy_imports

if TYPE_CHECKING:
    from flamescore.accounts.explained import (
        AccountExplained,
        AccountScoreExplained,
        AccountTables,
        Member,
        RoleExplained,
        explain_account,
    )

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

_LATE: Final = {
    "AccountExplained": "explained",
    "AccountScoreExplained": "explained",
    "AccountTables": "explained",
    "Member": "explained",
    "RoleExplained": "explained",
    "explain_account": "explained",
}
"""The names that explain an account, with their modules. The nightly run does not need them."""

__getattr__ = lazy_imports(__name__, _LATE)
