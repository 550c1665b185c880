"""Contacts whose fields fit the rule language's predicates."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from flamescore.engine import contacts_of, match_fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.engine import Clock
    from flamescore.rules import Predicate


def fitting(frame: pl.DataFrame, where: Sequence[Predicate], clock: Clock) -> pl.DataFrame:
    """Return the contacts for whom every predicate holds, by contact id."""
    matched = match_fields(contacts_of(frame), where, clock)
    fits = reduce(and_, (matched.matches[p] for p in where), np.ones(frame.height, np.bool_))
    return frame.sort("contact_id").filter(pl.Series(fits))
