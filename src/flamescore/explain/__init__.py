"""Why a contact has its score, what will change it, and what the next flame takes."""

from __future__ import annotations

from flamescore.explain.as_if import frozen, single
from flamescore.explain.contact import AHEAD, explain, held_against, standing, with_ranks
from flamescore.explain.explanation import Applied, EntryLine, Explanation, Occurrence, ScoreExplained
from flamescore.explain.find_contact import contact_meant
from flamescore.explain.reasons import OUTCOMES

__all__ = [
    "AHEAD",
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
    "single",
    "standing",
    "with_ranks",
]
