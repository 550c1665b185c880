"""The tag whose age a rule looks at: when it was applied, and what that is worth by now."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from flamescore.cells import fold
from flamescore.engine import COUNTED, DAY, EXPIRED, UNDATED, Tags, contributions, decay_factors
from flamescore.explain.expiry import expires_at
from flamescore.explain.explanation import Applied
from flamescore.units import POINT, WHOLE

if TYPE_CHECKING:
    from flamescore.engine import Prepared
    from flamescore.rules import Decay, TagRule

SKIPPED: Final = "undated"
"""What keeps a tag without a date from counting."""


def applied(rule: TagRule, ready: Prepared, history: pl.DataFrame | None) -> Applied | None:
    """Return the latest application among the tags of a rule; `ready` and `history` are of one contact.

    None where the rule does not look at their age, or where the contact does not have them.
    """
    if not rule.dated or not ready.facts.tags[rule.tag][0]:
        return None
    since = int(ready.facts.tagged_at[rule.tag][0])
    if since == UNDATED:
        keeps = rule.undated == "keep"
        return Applied(outcome=COUNTED if keeps else SKIPPED, points=rule.points / POINT if keeps else None)
    age, reach = ready.clock.now - since, ready.clock.reach(rule.window)
    live = reach is None or age < reach
    factor = factor_at(rule.decay, age)
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=since)
    return Applied(
        outcome=COUNTED if live else EXPIRED,
        tag=_named(rule, ready.tags, history, since),
        at=at,
        age_days=age // DAY,
        factor=factor / WHOLE if live else None,
        points=int(contributions(rule.points, np.array([factor]))[0]) / POINT if live else None,
        expires_at=None if rule.window is None else expires_at(at, rule.window, ready.clock),
    )


def factor_at(decay: Decay, age: int) -> int:
    """Return what is left of the worth at an age in seconds, in billionths."""
    table = decay_factors(decay, age // DAY)
    return int(table[min(age // DAY, len(table) - 1)])


def _named(rule: TagRule, tags: Tags, history: pl.DataFrame | None, since: int) -> str | None:
    """Return the first tag that was applied then and is meant, as the history writes it."""
    if history is None:
        return None
    meant = replace(rule.tag, how="any") if rule.tag.how == "all" else rule.tag
    held = tags.held.filter(pl.col("at") == since)
    names = history.filter(pl.col("at").dt.epoch("s") == since)["tag"].drop_nulls().to_list()
    fitting = (name for name in names if Tags(held.filter(pl.col("tag") == fold(name)), 1).has(meant)[0])
    return next(fitting, None)
