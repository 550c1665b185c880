"""Contacts whose fields fit the rule language's predicates."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from flamescore.engine import facts_of, people_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.engine import Clock
    from flamescore.rules import Predicate


def fitting(frame: pl.DataFrame, where: Sequence[Predicate], clock: Clock) -> pl.DataFrame:
    """Return the contacts for whom every predicate holds, by contact id."""
    facts = facts_of(people_of(frame), where, clock)
    holds = reduce(and_, (facts.holds[p] for p in where), np.ones(frame.height, np.bool_))
    return frame.sort("contact_id").filter(pl.Series(holds))
