"""Why a contact has its score, what will change it, and what it takes to reach the next flame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.late_names import late_names

if TYPE_CHECKING:
    from flamescore.explanations.as_if import frozen, single
    from flamescore.explanations.contact import (
        AHEAD,
        among_everyone,
        everyone,
        explain,
        flames_of_list,
        given_to,
        held_against,
        places_among,
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
    from flamescore.explanations.find_contact import contact_among, contact_meant
    from flamescore.explanations.labels import labels_of_everyone, needs_everyone, places_in
    from flamescore.explanations.predicate_words import is_number, number_said, quoted
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
    "among_everyone",
    "contact_among",
    "contact_meant",
    "everyone",
    "expires_at",
    "expiry_days",
    "explain",
    "flames_of_list",
    "frozen",
    "given_to",
    "held_against",
    "is_number",
    "labels_of_everyone",
    "needs_everyone",
    "number_said",
    "places_among",
    "places_in",
    "quoted",
    "sentences",
    "single",
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
    "among_everyone": "contact",
    "contact_among": "find_contact",
    "contact_meant": "find_contact",
    "everyone": "contact",
    "expires_at": "expiry",
    "expiry_days": "expiry",
    "explain": "contact",
    "flames_of_list": "contact",
    "frozen": "as_if",
    "given_to": "contact",
    "held_against": "contact",
    "is_number": "predicate_words",
    "labels_of_everyone": "labels",
    "needs_everyone": "labels",
    "number_said": "predicate_words",
    "places_among": "contact",
    "places_in": "labels",
    "quoted": "predicate_words",
    "sentences": "evidence",
    "single": "as_if",
}
"""The names that explain a contact, which no nightly run needs, mapped to their modules."""

__getattr__ = late_names(__name__, _LATE)
