"""Why a contact has its score, what will change it, and what the next flame takes."""

from __future__ import annotations

from flamescore.explanations.as_if import frozen, single
from flamescore.explanations.contact import AHEAD, explain, held_against, standing, with_ranks
from flamescore.explanations.explanation import (
    Applied,
    EntryLine,
    Explanation,
    Occurrence,
    ScoreExplained,
    Silence,
)
from flamescore.explanations.find_contact import contact_meant
from flamescore.explanations.reasons import OUTCOMES

__all__ = [
    "AHEAD",
    "OUTCOMES",
    "Applied",
    "EntryLine",
    "Explanation",
    "Occurrence",
    "ScoreExplained",
    "Silence",
    "contact_meant",
    "explain",
    "frozen",
    "held_against",
    "single",
    "standing",
    "with_ranks",
]
