"""Which rep calls which lead: who keeps one, and who gets a new one."""

from __future__ import annotations

from flamescore.routing.away import read_away
from flamescore.routing.book import UNROUTED, UNROUTED_FILE, Rep, Routed
from flamescore.routing.decide import route
from flamescore.routing.merging import of_survivors

__all__ = [
    "UNROUTED",
    "UNROUTED_FILE",
    "Rep",
    "Routed",
    "of_survivors",
    "read_away",
    "route",
]
