"""Search the contacts and accounts of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.late_names import late_names
from flamescore.searches.accounts import AskedAccounts, search_accounts
from flamescore.searches.asked import WAYS, Asked
from flamescore.searches.declared import as_declared
from flamescore.searches.found import Found
from flamescore.searches.nobody import why_nobody
from flamescore.searches.query import Query, search
from flamescore.searches.run import search_run
from flamescore.searches.sorting import KEYS as SORT_KEYS
from flamescore.searches.sorting import in_order, sort_keys
from flamescore.searches.terms import Term, flames_of, terms_of

if TYPE_CHECKING:
    from flamescore.searches.where import Where

__all__ = [
    "SORT_KEYS",
    "WAYS",
    "Asked",
    "AskedAccounts",
    "Found",
    "Query",
    "Term",
    "Where",
    "as_declared",
    "flames_of",
    "in_order",
    "search",
    "search_accounts",
    "search_run",
    "sort_keys",
    "terms_of",
    "why_nobody",
]

_LATE: Final = {
    "Where": "where",
}
"""The code that reads predicates, which few searches need; it loads rules and engine."""

__getattr__ = late_names(__name__, _LATE)
