r"""The holdout: randomly chosen contacts that nobody calls, to compare outcomes with and without calls.

The choice depends on a hash of the contact's id, so it is the same every night, on every machine, in any row
order. A contact that is held out at one share is also held out at any larger one. A worked example, at 5%:

    text               h: first 8 bytes of its SHA-256   h / 2^64   held out
    flamescore\n1007   0x09060853e490008d                   0.0352   yes: below 0.05
    flamescore\n1008   0xfe47235589951ce8                   0.9933   no

The comparison uses integers only: `h * 1,000,000 < share * 2^64`, with the share in millionths.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from flamescore.cells import folded, present
from flamescore.email_domain import column_of_contacts
from flamescore.frames import conform
from flamescore.labels.files import HOLDOUT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from flamescore.project import HoldOut
    from flamescore.rules import Hot
    from flamescore.scoring import Scored

_MILLION: Final = 1_000_000
_BITS: Final = 64
_BYTES: Final = 8


def drawn(contacts: pl.DataFrame, holdout: HoldOut) -> NDArray[np.bool_]:
    """Mark the contacts that are drawn, whether or not the call list excludes them.

    With `by`, the draw uses the folded, stripped value of that column, or the id where it is missing.
    """
    keys = contacts["contact_id"]
    if holdout.by is not None:
        together = column_of_contacts(contacts, holdout.by).alias("together")
        keys = (
            pl.DataFrame([keys, together])
            .select(pl.coalesce(folded(present(pl.col("together"))), "contact_id"))
            .to_series()
        )
    below = -(-(holdout.millionths << _BITS) // _MILLION)
    start = sha256(f"{holdout.salt}\n".encode())

    def falls(key: str) -> bool:
        lot = start.copy()
        lot.update(key.encode())
        return int.from_bytes(lot.digest()[:_BYTES]) < below

    return np.fromiter(map(falls, keys), np.bool_, len(keys))


def holdout_table(scored: Scored, held_out: pl.Series, hot: Hot) -> pl.DataFrame:
    """Return the held-out contacts (`HOLDOUT`): one row per contact and score, by score, ranked.

    `flames` and `rank` are null for a contact that has no row under the score; those rows come last, by id.
    `hot` is whether the contact would have been on that call list; under a `hot` condition only the default
    score has a call list.
    """
    return conform(
        pl.concat(
            _of_score(scored, held_out, score.name, hot, default=number == 0)
            for number, score in enumerate(scored.book.scores)
        ),
        HOLDOUT,
        name="holdout",
    )


def _of_score(scored: Scored, held_out: pl.Series, name: str, hot: Hot, *, default: bool) -> pl.DataFrame:
    rows = scored.scores.filter(pl.col("score_name") == name).select("contact_id", "flames", "rank")
    held = held_out.to_frame().join(rows, on="contact_id", how="left", maintain_order="left")
    if hot.by_flames is not None:
        listed = (pl.col("flames") >= hot.by_flames).fill_null(value=False)
    else:
        listed = pl.col("contact_id").is_in(scored.hot["contact_id"].implode()) & pl.lit(default)
    return held.sort("rank", "contact_id", nulls_last=True).select(
        "contact_id", pl.lit(name).alias("score_name"), "flames", "rank", listed.alias("hot")
    )
