"""Which rep calls which lead: who keeps one, and who gets a new one."""

from __future__ import annotations

from flamescore.routing.away import read_away
from flamescore.routing.book import UNROUTED, UNROUTED_FILE, Rep, Routed, none_routed, told_of
from flamescore.routing.decide import route
from flamescore.routing.merging import of_survivors
from flamescore.routing.of_run import routed

__all__ = [
    "UNROUTED",
    "UNROUTED_FILE",
    "Rep",
    "Routed",
    "none_routed",
    "of_survivors",
    "read_away",
    "route",
    "routed",
    "told_of",
]
