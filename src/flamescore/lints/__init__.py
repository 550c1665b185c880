"""Lints: parts of a rule file, or results of it, that were probably not intended. Codes begin with L.

Static lints need only the rule file; the others need a scoring and a pass over the events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.lazy_imports import lazy_imports
from flamescore.lints.static import static_lints

if TYPE_CHECKING:
    from flamescore.lints.events import lints_of_events, machine_conditions, machine_lints
    from flamescore.lints.firing import Fired, Firing, firing_of
    from flamescore.lints.scores import flames_of, lints_of_scores, points_for_few

__all__ = [
    "Fired",
    "Firing",
    "firing_of",
    "flames_of",
    "lints_of_events",
    "lints_of_scores",
    "machine_conditions",
    "machine_lints",
    "points_for_few",
    "static_lints",
]

_WITH_FRAMES: Final = {
    "Fired": "firing",
    "Firing": "firing",
    "firing_of": "firing",
    "flames_of": "scores",
    "lints_of_events": "events",
    "lints_of_scores": "scores",
    "machine_conditions": "events",
    "machine_lints": "events",
    "points_for_few": "scores",
}
"""Names that work on data frames, with their modules. Imported on first use: static lints don't need them."""


__getattr__ = lazy_imports(__name__, _WITH_FRAMES)
