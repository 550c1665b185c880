"""Why a contact has its score, what will change it, and what the next flame takes."""

from __future__ import annotations

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
from flamescore.explanations.expiry import expires_at
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
