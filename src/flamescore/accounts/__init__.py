"""Accounts: which contacts are one company's, what they score together, and whom it still lacks."""

from __future__ import annotations

from flamescore.accounts.found import accounts_of
from flamescore.accounts.members import free_mail
from flamescore.accounts.told import account_findings

__all__ = ["account_findings", "accounts_of", "free_mail"]
