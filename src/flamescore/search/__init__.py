"""Which contacts a search finds."""

from __future__ import annotations

from flamescore.search.query import Query, Term, ranked_contacts, search, why_cold

__all__ = [
    "Query",
    "Term",
    "ranked_contacts",
    "search",
    "why_cold",
]
