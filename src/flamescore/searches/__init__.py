"""Which contacts of a run a search finds."""

from __future__ import annotations

from flamescore.searches.accounts import AskedAccounts, search_accounts
from flamescore.searches.query import Query, Term, search
from flamescore.searches.run import Asked, Found, search_run
from flamescore.searches.where import Where

__all__ = [
    "Asked",
    "AskedAccounts",
    "Found",
    "Query",
    "Term",
    "Where",
    "search",
    "search_accounts",
    "search_run",
]
