"""Notices: the rings of a run, each with a deterministic id, and `alerts.csv`."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct

from flamescore.frames import INSTANT, SCORES
from flamescore.report.wording import worded_reasons
from flamescore.units import iso_instant

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from flamescore.alerts.ringing import Kind
    from flamescore.scoring import Scored

FILE: Final = "alerts.csv"

NOTICES: Final = pl.Schema(
    {
        "notice_id": pl.String(),
        "alert": pl.String(),
        "kind": pl.String(),
        "contact_id": pl.String(),
        "at": INSTANT,
        "owner": pl.String(),
        "routed_to": pl.String(),
        "flames": SCORES["flames"],
        "previous_flames": SCORES["flames"],
        "score": pl.Float64(),
        "previous_score": pl.Float64(),
        "reason_1": pl.String(),
    }
)
"""One row per notice, ordered by alert, then by rank. `at` is the instant of the ring.

Flames and scores are those of the default score, null for contacts that it does not score.
"""

_ID_DIGITS: Final = 32
_AT: Final = "%Y-%m-%dT%H:%M:%SZ"
_OF_CONTACT: Final = (
    "owner",
    "routed_to",
    "flames",
    "previous_flames",
    "score",
    "previous_score",
    "reason_1",
)


class Rings(Struct, frozen=True):
    """The rings of an alert in a run: `ringing.SEEN`, in ranked order."""

    alert: str
    kind: Kind
    rings: pl.DataFrame


def notice_id(project_id: str, alert: str, about: str, kind: str, at: datetime) -> str:
    """Return the id of a notice: the first 32 hexadecimal digits of a SHA-256.

    `about` is the contact's id. For a run alert it is the source's path or the problem's code, and `at` is
    when the run started.
    """
    parts = (project_id, alert, about, kind, iso_instant(at))
    return sha256("\0".join(parts).encode()).hexdigest()[:_ID_DIGITS]


def notices_of(project_id: str, rung: Iterable[Rings], facts: pl.DataFrame) -> pl.DataFrame:
    """Return the rings as `NOTICES`; `facts` has a row with the facts for each contact in them."""
    tables = [_of_alert(project_id, each) for each in rung]
    rows = pl.concat([pl.DataFrame(schema=_HEAD), *tables])
    return rows.join(facts, on="contact_id", how="left", maintain_order="left").select(
        pl.col(name).cast(kind) for name, kind in NOTICES.items()
    )


_HEAD: Final = pl.Schema({name: kind for name, kind in NOTICES.items() if name not in _OF_CONTACT})


def _of_alert(project_id: str, rung: Rings) -> pl.DataFrame:
    rows = rung.rings
    ids = [
        notice_id(project_id, rung.alert, who, rung.kind, at)
        for who, at in zip(rows["contact_id"], rows["at"], strict=True)
    ]
    return rows.select(
        notice_id=pl.Series(ids, dtype=pl.String),
        alert=pl.lit(rung.alert),
        kind=pl.lit(rung.kind),
        contact_id="contact_id",
        at="at",
    )


def facts_of(
    scored: Scored, ids: pl.Series, *, before: pl.DataFrame, routed: pl.DataFrame, decimals: int
) -> pl.DataFrame:
    """Return the facts that notices report about some contacts, one row per contact.

    `before` has `contact_id, flames, score` of the default score in the state's run. `routed` has
    `contact_id, rep` of the contacts that are routed now. Reasons show this many `decimals`.
    """
    default = scored.book.scores[0].name
    people = scored.contacts.filter(pl.col("contact_id").is_in(ids.implode()))
    owner = pl.col("owner") if "owner" in people.columns else pl.lit(None, pl.String)
    now = scored.scores.filter(pl.col("score_name") == default).select("contact_id", "flames", "score")
    then = before.select("contact_id", previous_flames="flames", previous_score="score")
    reasons = worded_reasons(scored, default, ids, decimals=decimals)
    return (
        people.select("contact_id", owner=owner)
        .join(routed.select("contact_id", routed_to="rep"), on="contact_id", how="left")
        .join(now, on="contact_id", how="left")
        .join(then, on="contact_id", how="left")
        .join(reasons.select("contact_id", "reason_1"), on="contact_id", how="left")
    )


def as_written(notices: pl.DataFrame) -> pl.DataFrame:
    """Return `NOTICES` as written to `alerts.csv`: instants are text like `2026-11-21T07:00:00Z`."""
    return notices.with_columns(pl.col("at").dt.strftime(_AT))


def read_notices(path: Path) -> pl.DataFrame:
    """Read a run's `alerts.csv` as `NOTICES`."""
    rows = pl.read_csv(path, schema=dict.fromkeys(NOTICES, pl.String()))
    at = pl.col("at").str.to_datetime(_AT, time_unit="us", time_zone="UTC")
    return rows.with_columns(at=at).select(pl.col(name).cast(kind) for name, kind in NOTICES.items())
