"""Which contacts of a run a search finds."""

from __future__ import annotations

from flamescore.searches.query import Query, Term, search
from flamescore.searches.run import Asked, Found, search_run
from flamescore.searches.where import Where

__all__ = [
    "Asked",
    "Found",
    "Query",
    "Term",
    "Where",
    "search",
    "search_run",
]
