"""What has been reported so far: the state's database, what a run is compared with, and taking runs in."""

from __future__ import annotations

from flamescore.state.database import FILE, StateDamagedError, meta, set_meta, transaction
from flamescore.state.standing import (
    DELIVERED,
    DELIVERED_CELLS,
    HELD,
    RUNG,
    UNREADABLE,
    Before,
    Kind,
    Moves,
    before,
    instant,
    read_cells,
    standing_at,
    unreadable,
)
from flamescore.state.store import StateStore
from flamescore.state.taking_in import Keeper, Taker, take_in

__all__ = [
    "DELIVERED",
    "DELIVERED_CELLS",
    "FILE",
    "HELD",
    "RUNG",
    "UNREADABLE",
    "Before",
    "Keeper",
    "Kind",
    "Moves",
    "StateDamagedError",
    "StateStore",
    "Taker",
    "before",
    "instant",
    "meta",
    "read_cells",
    "set_meta",
    "standing_at",
    "take_in",
    "transaction",
    "unreadable",
]
