"""When an alert rings: a run compared with the state, contact by contact; frames in, frames out.

Example: one contact, and `newly-hot` on the segment `hot` with `again_after: 3d` and
`rearm: {flames: {at_most: 3}}`. Each column is a counting run, except the first, which is a baseline:

                     Nov 20    21     22      23      24      25      26      27
    flames                4     5      4       5       3       5       4       5
    in hot               no   yes     no     yes      no     yes      no     yes
    came in               -   yes     no     yes      no     yes      no     yes
    last ring             -     -     21      21      21      21      25      25
    days since            -     -      -       2       -       4       -       2
    re-armed              -     -     no      no     yes     yes      no      no
    rings                no   yes     no      no      no     yes      no      no

The entry on the 23rd that did not ring is lost: on the 24th the contact is out again, and had it stayed in,
it would not have entered again. A ring also clears the re-arming.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import polars as pl
from msgspec import Struct, field

from flamescore.frames import INSTANT, SURVIVOR

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from flamescore.units import Period

Kind = Literal["enters", "leaves", "event"]

SEEN: Final = pl.Schema({"contact_id": pl.String(), "at": INSTANT})
"""The latest occurrence of an event per contact, or when an alert rang for the contact."""

RUNG_FOR: Final = pl.Schema({"contact_id": pl.String(), "at": INSTANT, "rearmed": pl.Boolean()})
"""When one alert last rang for a contact, and whether its `rearm` has held since."""

_IDS: Final = pl.Schema({"contact_id": pl.String()})


def _nobody() -> pl.DataFrame:
    return pl.DataFrame(schema=_IDS)


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(schema=SEEN)


class AlertNow(Struct, frozen=True):
    """The data of one alert in a run: frames with at most one row per contact, in any order.

    `people` are all contacts of the contacts list, in ranked order, with `may`: whether they may be reported
    at all. `changed` are the contacts that entered or left the alert's segment since the state's run. An
    event alert has `occurrences`, `SEEN`, instead, and rings only for `members` (None: for all contacts).
    `rearming` are the contacts for which `rearm` holds, None if the alert has no `rearm` or the run does not
    count.
    """

    as_of: datetime
    people: pl.DataFrame
    changed: pl.DataFrame = field(default_factory=_nobody)
    members: pl.DataFrame | None = None
    occurrences: pl.DataFrame = field(default_factory=_nothing)
    rearming: pl.DataFrame | None = None


class AlertBefore(Struct, frozen=True):
    """The state of one alert, with the contact ids that the run uses (see `surviving`).

    `seen` are `SEEN`: occurrences that were reported or passed over; `rung` is `RUNG_FOR`. If `silent`,
    nothing rings: the alert is new, its definition has changed, or the run is a baseline.
    """

    seen: pl.DataFrame = field(default_factory=_nothing)
    rung: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=RUNG_FOR))
    silent: bool = False


class Ringing(Struct, frozen=True):
    """The result of one alert in a run: frames with one row per contact.

    `rings` are `SEEN`, in ranked order. `seen` are the occurrences that the next run need not report, sorted
    by id. `rearmed` are the contacts that the alert rang for before but not now, and for which `rearm` holds,
    sorted by id.
    """

    rings: pl.DataFrame
    seen: pl.DataFrame
    rearmed: pl.DataFrame


def ring(
    kind: Kind,
    now: AlertNow,
    before: AlertBefore,
    *,
    again_after: Period | None,
    window: Period | None = None,
    zone: ZoneInfo,
) -> Ringing:
    """Return the contacts that an alert rings for, and what the state has to record.

    If `again_after` is None, the alert may ring again at once. Calendar periods are computed in `zone`.
    `window` is how old an occurrence may be (None: any age); older ones are forgotten.
    """
    found = _found(kind, now, before)
    reportable = now.people.filter("may").select("contact_id")
    candidates = reportable.join(found, on="contact_id", how="inner", maintain_order="left")
    rings = candidates.clear() if before.silent else _that_may(candidates, now, before, again_after, zone)
    return Ringing(rings, _seen(now, before, window, zone), _rearmed(now, before, rings))


def _found(kind: Kind, now: AlertNow, before: AlertBefore) -> pl.DataFrame:
    """Return, as `SEEN`, the contacts that entered or left or did something new, reportable or not."""
    if kind != "event":
        return now.changed.select("contact_id", at=pl.lit(now.as_of, INSTANT))
    known = now.occurrences.join(before.seen, on="contact_id", how="left", suffix="_before")
    new = known.filter(pl.col("at_before").is_null() | (pl.col("at") > pl.col("at_before")))
    there = new if now.members is None else new.join(now.members, on="contact_id", how="semi")
    return there.select(SEEN.names())


def _that_may(
    candidates: pl.DataFrame, now: AlertNow, before: AlertBefore, again_after: Period | None, zone: ZoneInfo
) -> pl.DataFrame:
    """Return the rows of `SEEN` for which the alert may ring now, in their order."""
    rung = before.rung.rename({"at": "last"})
    known = candidates.join(rung, on="contact_id", how="left", maintain_order="left")
    instants = known["at"].unique()
    since = [at if again_after is None else again_after.before(at, zone) for at in instants]
    waits = pl.DataFrame({"at": instants, "since": pl.Series(since, dtype=INSTANT)})
    known = known.join(waits, on="at", how="left", maintain_order="left")
    ready = known.with_columns(waited=pl.col("last") <= pl.col("since"))
    if now.rearming is not None:
        holds = pl.col("contact_id").is_in(now.rearming["contact_id"].implode())
        ready = ready.with_columns(waited=pl.col("waited") & (pl.col("rearmed") | holds))
    return ready.filter(pl.col("last").is_null() | pl.col("waited")).select(SEEN.names())


def _seen(now: AlertNow, before: AlertBefore, window: Period | None, zone: ZoneInfo) -> pl.DataFrame:
    """Return the occurrences reported or passed over so far: the later of the run's and the state's.

    An occurrence that a run has seen stays seen, even if its event or its contact is missing from an export
    for a night. One that has left the window can't count anymore and is forgotten.
    """
    both = pl.concat([now.occurrences.select(SEEN.names()), before.seen.select(SEEN.names())])
    if window is not None:
        both = both.filter(pl.col("at") > pl.lit(window.before(now.as_of, zone), INSTANT))
    return latest_seen(both).sort("contact_id")


def _rearmed(now: AlertNow, before: AlertBefore, rings: pl.DataFrame) -> pl.DataFrame:
    if now.rearming is None:
        return _nobody()
    rang = before.rung.select("contact_id").join(rings, on="contact_id", how="anti")
    return rang.join(now.rearming, on="contact_id", how="semi").sort("contact_id")


def surviving(rows: pl.DataFrame, aliases: pl.DataFrame | None) -> pl.DataFrame:
    """Return rows with the ids of contacts that were merged away replaced by their survivors' ids.

    `aliases` has `contact_id`, the old id, and `frames.SURVIVOR`. Afterwards a contact may have several rows.
    """
    if aliases is None or aliases.is_empty():
        return rows
    now = rows["contact_id"].replace(aliases["contact_id"], aliases[SURVIVOR])
    return rows.with_columns(contact_id=now)


def latest_seen(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the latest row of `SEEN` per contact."""
    return rows.group_by("contact_id").agg(pl.col("at").max())


def latest_rung(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the latest row of `RUNG_FOR` per contact; with ties, it is re-armed only if all of them are."""
    latest = rows.filter(pl.col("at") == pl.col("at").max().over("contact_id"))
    return latest.group_by("contact_id").agg(pl.col("at").first(), pl.col("rearmed").all())


def rung_after(rung: pl.DataFrame, ringing: Ringing) -> pl.DataFrame:
    """Return the `RUNG_FOR` of an alert after a counting run was taken in."""
    now = ringing.rings.with_columns(rearmed=pl.lit(value=False))
    left = rung.join(now, on="contact_id", how="anti")
    held = pl.col("contact_id").is_in(ringing.rearmed["contact_id"].implode())
    return pl.concat([now, left.with_columns(pl.col("rearmed") | held)])
