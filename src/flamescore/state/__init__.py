"""What has been reported so far: the state's database, what a run is compared with, and taking runs in."""

from __future__ import annotations

from flamescore.state.baseline import (
    DELIVERED,
    DELIVERED_CELLS,
    HELD,
    RUNG,
    UNREADABLE,
    Before,
    Kind,
    Moves,
    before,
    current_run_id,
    instant,
    read_cells,
    unreadable,
)
from flamescore.state.database import FILE, StateDamagedError, meta, set_meta, transaction
from flamescore.state.store import StateStore
from flamescore.state.taking_in import Keeper, Recorder, take_in

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
    "Recorder",
    "StateDamagedError",
    "StateStore",
    "before",
    "current_run_id",
    "instant",
    "meta",
    "read_cells",
    "set_meta",
    "take_in",
    "transaction",
    "unreadable",
]
