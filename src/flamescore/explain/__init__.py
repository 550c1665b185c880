"""Why a contact has its score, what will change it, and what the next flame takes."""

from __future__ import annotations

from flamescore.explain.as_if import frozen
from flamescore.explain.contact import explain, standing, with_ranks
from flamescore.explain.explanation import Applied, EntryLine, Explanation, Occurrence, ScoreExplained
from flamescore.explain.find_contact import contact_meant
from flamescore.explain.published import held_against
from flamescore.explain.reasons import OUTCOMES

__all__ = [
    "OUTCOMES",
    "Applied",
    "EntryLine",
    "Explanation",
    "Occurrence",
    "ScoreExplained",
    "contact_meant",
    "explain",
    "frozen",
    "held_against",
    "standing",
    "with_ranks",
]
