"""Why a contact has its score, what will change it, and what it takes to reach the next flame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.lazy_imports import lazy_imports

if TYPE_CHECKING:
    from flamescore.explanations.as_if import frozen, single
    from flamescore.explanations.contact import (
        AHEAD,
        compared_with_run,
        everyone,
        explain,
        flames_of_list,
        given_to,
        places_among,
        with_population_results,
    )
    from flamescore.explanations.evidence import Evidence, sentences
    from flamescore.explanations.expiry import expires_at, expiry_days
    from flamescore.explanations.explanation import (
        Applied,
        EntryLine,
        Explanation,
        InBurst,
        LabelExplained,
        LikeScanner,
        Occurrence,
        ScoreExplained,
        Silence,
    )
    from flamescore.explanations.find_contact import contact_among, resolve_contact
    from flamescore.explanations.labels import labels_of_everyone, needs_everyone, places_in
    from flamescore.explanations.predicate_words import format_number, is_number, quoted
    from flamescore.explanations.reasons import OUTCOMES

__all__ = [
    "AHEAD",
    "OUTCOMES",
    "Applied",
    "EntryLine",
    "Evidence",
    "Explanation",
    "InBurst",
    "LabelExplained",
    "LikeScanner",
    "Occurrence",
    "ScoreExplained",
    "Silence",
    "compared_with_run",
    "contact_among",
    "everyone",
    "expires_at",
    "expiry_days",
    "explain",
    "flames_of_list",
    "format_number",
    "frozen",
    "given_to",
    "is_number",
    "labels_of_everyone",
    "needs_everyone",
    "places_among",
    "places_in",
    "quoted",
    "resolve_contact",
    "sentences",
    "single",
    "with_population_results",
]

_LATE: Final = {
    "AHEAD": "contact",
    "Applied": "explanation",
    "EntryLine": "explanation",
    "Evidence": "evidence",
    "Explanation": "explanation",
    "InBurst": "explanation",
    "LabelExplained": "explanation",
    "LikeScanner": "explanation",
    "OUTCOMES": "reasons",
    "Occurrence": "explanation",
    "ScoreExplained": "explanation",
    "Silence": "explanation",
    "with_population_results": "contact",
    "contact_among": "find_contact",
    "resolve_contact": "find_contact",
    "everyone": "contact",
    "expires_at": "expiry",
    "expiry_days": "expiry",
    "explain": "contact",
    "flames_of_list": "contact",
    "frozen": "as_if",
    "given_to": "contact",
    "compared_with_run": "contact",
    "is_number": "predicate_words",
    "labels_of_everyone": "labels",
    "needs_everyone": "labels",
    "format_number": "predicate_words",
    "places_among": "contact",
    "places_in": "labels",
    "quoted": "predicate_words",
    "sentences": "evidence",
    "single": "as_if",
}
"""The names that explain a contact, which no nightly run needs, mapped to their modules."""

__getattr__ = lazy_imports(__name__, _LATE)
