"""The exports frozen at an instant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from flamescore.frames import INSTANT

if TYPE_CHECKING:
    from datetime import datetime

    from flamescore.frames import Exports


def frozen(exports: Exports, then: datetime, now: datetime) -> Exports:
    """Leave out whatever happened after an instant, to be scored as of a later one, `now`.

    Entries of the tag history are put off beyond `now` instead: where the history has any entry of a contact
    and tag, whenever, it alone decides, so leaving one out would let the contacts' list speak.
    """
    history = exports.tag_history
    beyond = pl.lit(max(now, then)).cast(INSTANT) + pl.duration(seconds=1)
    put_off = pl.when(pl.col("at") > then).then(beyond).otherwise("at").alias("at")
    # The engine counts whole seconds: an event within the second of `then` had happened by then.
    second = pl.lit(then.replace(microsecond=0)).cast(INSTANT)
    past = pl.col("at") < second + pl.duration(seconds=1)
    return replace(
        exports,
        events=tuple(each.only(each.frame.filter(past)) for each in exports.events),
        tag_history=None if history is None else history.with_columns(put_off),
    )
