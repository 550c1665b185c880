"""Search the contacts and accounts of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.lazy_imports import lazy_imports
from flamescore.searches.accounts import AccountSearchRequest, search_accounts
from flamescore.searches.declared import as_declared
from flamescore.searches.no_matches import no_match_messages
from flamescore.searches.query import Query, search
from flamescore.searches.request import WAYS, SearchRequest
from flamescore.searches.result import SearchResult
from flamescore.searches.run import search_run
from flamescore.searches.sorting import KEYS as SORT_KEYS
from flamescore.searches.sorting import in_order, sort_keys
from flamescore.searches.terms import Term, flames_of, terms_of

if TYPE_CHECKING:
    from flamescore.searches.where import Where

__all__ = [
    "SORT_KEYS",
    "WAYS",
    "AccountSearchRequest",
    "Query",
    "SearchRequest",
    "SearchResult",
    "Term",
    "Where",
    "as_declared",
    "flames_of",
    "in_order",
    "no_match_messages",
    "search",
    "search_accounts",
    "search_run",
    "sort_keys",
    "terms_of",
]

_LATE: Final = {
    "Where": "where",
}
"""The code that reads predicates, which few searches need; it loads rules and engine."""

__getattr__ = lazy_imports(__name__, _LATE)
