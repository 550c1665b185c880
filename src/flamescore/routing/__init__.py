"""Which rep calls which lead: who keeps a lead, and who gets a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.lazy_imports import lazy_imports
from flamescore.routing.book import UNROUTED, UNROUTED_FILE, Rep, Routed, assignments_of, none_routed

if TYPE_CHECKING:
    from flamescore.routing.away import Away, away_of, read_away
    from flamescore.routing.decide import route
    from flamescore.routing.merging import of_survivors
    from flamescore.routing.of_run import routed_in_run

__all__ = [
    "UNROUTED",
    "UNROUTED_FILE",
    "Away",
    "Rep",
    "Routed",
    "assignments_of",
    "away_of",
    "none_routed",
    "of_survivors",
    "read_away",
    "route",
    "routed_in_run",
]

_LATE: Final = {
    "Away": "away",
    "away_of": "away",
    "of_survivors": "merging",
    "read_away": "away",
    "route": "decide",
    "routed_in_run": "of_run",
}
"""The names that route leads, and their modules. Reading a stored run needs none of them."""

__getattr__ = lazy_imports(__name__, _LATE)
