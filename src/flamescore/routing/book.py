"""Reps as routing sees them, and the result of routing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from flamescore.project import Route

UNROUTED: Final = pl.Schema({"contact_id": pl.String(), "reason": pl.String()})
"""Leads that could not be routed to any rep, and why."""

UNROUTED_FILE: Final = "unrouted.parquet"


ASSIGNMENTS: Final = pl.Schema(
    {"contact_id": pl.String(), "routed_to": pl.String(), "routed_reason": pl.String()}
)
"""What lists show: who calls a lead, and why; `routed_to` is null for a lead that could not be routed."""


def none_routed(route: Route | None) -> pl.DataFrame | None:
    """Return what lists show before any lead is routed (`ASSIGNMENTS`); None without `route`."""
    return None if route is None else pl.DataFrame(schema=ASSIGNMENTS)


class Rep(Struct, frozen=True):
    """A member of the team, on the day of the run. With a `weight` of 0, only gets leads of their companies.

    `a_day` is the maximum number of new leads per local day, None for no limit. `fits` marks the contacts of
    the list who are in the rep's territory; None: all are.
    """

    name: str
    weight: int = 1
    a_day: int | None = None
    is_away: bool = False
    fits: NDArray[np.bool_] | None = None


class Routed(Struct, frozen=True):
    """The result of routing.

    `routes` are `ROUTES`, by contact id and time: the current routes, and those that have ended and still
    count. `fresh` has the `contact_id` of the routes made in this run. `unrouted` is `UNROUTED`, best first.
    """

    routes: pl.DataFrame
    fresh: pl.DataFrame
    unrouted: pl.DataFrame

    @property
    def now(self) -> pl.DataFrame:
        """The current routes: at most one per contact."""
        return self.routes.filter(~pl.col("ended"))

    def counts(self) -> dict[str, int]:
        """Count the leads that keep their rep, that got one in this run, and that could not be routed."""
        new = self.fresh.height
        return {"kept": self.now.height - new, "new": new, "nobody": self.unrouted.height}

    @property
    def assignments(self) -> pl.DataFrame:
        """What lists show (`ASSIGNMENTS`)."""
        return assignments_of(self.routes, self.unrouted)


def assignments_of(routes: pl.DataFrame, unrouted: pl.DataFrame) -> pl.DataFrame:
    """Return what lists show (`ASSIGNMENTS`) for `ROUTES` and `UNROUTED`."""
    now = routes.filter(~pl.col("ended"))
    return pl.concat(
        [
            now.select("contact_id", routed_to="rep", routed_reason="reason"),
            unrouted.select("contact_id", routed_to=pl.lit(None, pl.String), routed_reason="reason"),
        ]
    )
