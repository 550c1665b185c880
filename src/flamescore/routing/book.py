"""Reps as routing sees them, and what routing comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from flamescore.project import Route

UNROUTED: Final = pl.Schema({"contact_id": pl.String(), "reason": pl.String()})
"""Leads that nobody could get, and why."""

UNROUTED_FILE: Final = "unrouted.parquet"


TOLD: Final = pl.Schema({"contact_id": pl.String(), "routed_to": pl.String(), "routed_reason": pl.String()})
"""What lists show: who calls a lead, and why; `routed_to` is null of a lead that nobody could get."""


def none_routed(asked: Route | None) -> pl.DataFrame | None:
    """Return what lists show before anybody is routed (`TOLD`); None where nobody is to be."""
    return None if asked is None else pl.DataFrame(schema=TOLD)


class Rep(Struct, frozen=True):
    """One of the team, on the day of the run. With a `weight` of 0 they get leads of their companies alone.

    `a_day` is the most new leads of a local day, None for any number. `fits` marks those of everyone in the
    list who are in the territory; None: all are.
    """

    name: str
    weight: int = 1
    a_day: int | None = None
    is_away: bool = False
    fits: NDArray[np.bool_] | None = None


class Routed(Struct, frozen=True):
    """What routing comes to.

    `routes` are `ROUTES`, by contact id and instant: of who is routed now, and those that have ended
    and still count. `fresh` has the `contact_id` of the routes made in this run; `unrouted` is `UNROUTED`,
    best first.
    """

    routes: pl.DataFrame
    fresh: pl.DataFrame
    unrouted: pl.DataFrame

    @property
    def now(self) -> pl.DataFrame:
        """The routes that hold: one at most a contact."""
        return self.routes.filter(~pl.col("ended"))

    def counts(self) -> dict[str, int]:
        """Count the leads that keep their rep, that got one in this run, and that nobody could get."""
        new = self.fresh.height
        return {"kept": self.now.height - new, "new": new, "nobody": self.unrouted.height}

    @property
    def told(self) -> pl.DataFrame:
        """What lists show (`TOLD`)."""
        return told_of(self.routes, self.unrouted)


def told_of(routes: pl.DataFrame, unrouted: pl.DataFrame) -> pl.DataFrame:
    """Return what lists show (`TOLD`) of `ROUTES` and `UNROUTED`."""
    now = routes.filter(~pl.col("ended"))
    return pl.concat(
        [
            now.select("contact_id", routed_to="rep", routed_reason="reason"),
            unrouted.select("contact_id", routed_to=pl.lit(None, pl.String), routed_reason="reason"),
        ]
    )
