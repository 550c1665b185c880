"""Names of a room that are imported when they are asked for, for what stands behind them takes time."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def late_names(room: str, modules: Mapping[str, str]) -> Callable[[str], Any]:
    """Return a room's `__getattr__`: `modules` has the module within the room of each late name."""

    def late_name(name: str) -> Any:  # noqa: ANN401 - whatever there is by that name
        if name not in modules:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        return getattr(import_module(f"{room}.{modules[name]}"), name)

    return late_name
