"""Lints: what a rule file says, or what comes of it, that is hardly meant. Their codes begin with L.

The static ones need the rule file alone; the others a scoring, and a look at the events.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from flamescore.lints.static import static_lints

if TYPE_CHECKING:
    from flamescore.lints.events import lints_of_events, machine_conditions, machine_lints
    from flamescore.lints.firing import Fired, Firing, firing_of
    from flamescore.lints.scores import flames_of, lints_of_scores

__all__ = [
    "Fired",
    "Firing",
    "firing_of",
    "flames_of",
    "lints_of_events",
    "lints_of_scores",
    "machine_conditions",
    "machine_lints",
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
}
"""What looks at frames, and its module: imported when it is asked for, for static lints need none of it."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever there is by that name
    if name not in _WITH_FRAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WITH_FRAMES[name]}"), name)
