"""Scores of accounts, combined from their members' scores, and the ledger of their entries.

An account with four members at 10, 5, -3 and 0 points, `limits: {max: 11}` and `five_flames: 20`:

combine    rows of the ledger              score   flames
sum        10, 5, 0, -3, limit -1          11      2
max        10                              10      2
mean       10, 5, 0, -3, mean -9           3       0
{top: 2}   10, 5, limit -4                 11      2

All points are integers in ten-thousandths, so the entries add up exactly. Sums that overflow 64 bits are
Python integers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from msgspec import Struct

from flamescore.account_frames import ACCOUNT_POINTS, ACCOUNTS
from flamescore.engine import standing
from flamescore.frames import conform
from flamescore.points import quotients
from flamescore.units import POINT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from flamescore.accounts.members import Members
    from flamescore.rules import AccountScore
    from flamescore.scoring import Scored

Whole = np.ndarray[Any, np.dtype[Any]]
"""Ten-thousandths: 64-bit integers, or Python integers (`object`)."""

_SURE: Final = 2**62
_ENTRIES: Final = ("contact", "mean", "account_limit")


class _Rows(Struct, frozen=True):
    """The members that have a row under a score, grouped by account, in ranked order.

    `first` contains the index of each account's first row, and `number` that account's number.
    """

    contact: NDArray[np.int64]
    points: NDArray[np.int64]
    at: NDArray[np.int64]
    first: NDArray[np.int64]
    number: NDArray[np.int64]

    @property
    def scored(self) -> NDArray[np.int64]:
        """The number of rows of each account."""
        return np.diff(self.first, append=len(self.contact))

    @property
    def group(self) -> NDArray[np.int64]:
        """The index of each row's account, among the accounts that have rows."""
        return np.repeat(np.arange(len(self.first)), self.scored)


def combined(score: AccountScore, scored: Scored, members: Members) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the accounts that have a score, ranked (`ACCOUNTS`), and their ledger (`ACCOUNT_POINTS`)."""
    rows = _rows(score, scored, members)
    group = rows.group
    place = np.arange(len(group)) - rows.first[group]
    counts = np.full(len(group), fill_value=True) if score.top is None else place < score.top
    sums = _sums(np.where(counts, rows.points, 0), rows)
    total = _mean(sums, rows.scored) if score.combine == "mean" else sums
    bounded = _within(score, total)
    last = np.maximum.reduceat(rows.at, rows.first) if len(group) else rows.at
    order = _order(bounded, last, rows.number)
    table = _table(score, bounded[order], members, rows.number[order]).with_columns(
        last_activity_at=_instants(last[order]),
        scored=pl.Series(rows.scored[order]).cast(pl.Int32),
        counted=pl.Series(np.bincount(group[counts], minlength=len(rows.first))[order]).cast(pl.Int32),
        best_contact_id=scored.contacts["contact_id"].gather(rows.contact[rows.first[order]]),
    )
    parts = [rows.points[counts], total - sums, bounded - total]
    return (
        table.select(ACCOUNTS.names()).pipe(conform, ACCOUNTS, name="accounts"),
        _ledger(table, scored, rows, order=order, counts=counts, parts=parts),
    )


def _rows(score: AccountScore, scored: Scored, members: Members) -> _Rows:
    mine = scored.scores["score_name"] == score.name
    contact = scored.places.filter(mine).to_numpy().astype(np.int64)
    number = members.of[contact]
    at = scored.scores.filter(mine)["last_activity_at"].dt.epoch("us").fill_null(np.iinfo(np.int64).min)
    kept = np.flatnonzero(number >= 0)
    # Rows are already ranked; a stable sort keeps that order within each account.
    kept = kept[np.argsort(number[kept], kind="stable")]
    number, contact = number[kept], contact[kept]
    first = np.flatnonzero(np.diff(number, prepend=-1))
    points = scored.totals[score.name][contact].astype(np.int64)
    return _Rows(contact, points, at.to_numpy()[kept], first, number[first])


def _sums(points: NDArray[np.int64], rows: _Rows) -> Whole:
    if not len(points):
        return points
    largest = max(-int(points.min()), int(points.max()))
    held = points if largest * len(points) < _SURE else points.astype(np.object_)
    return np.asarray(np.add.reduceat(held, rows.first))


def _mean(sums: Whole, many: NDArray[np.int64]) -> Whole:
    """Divide, rounding halves away from zero."""
    size = (2 * abs(sums) + many) // (2 * many)
    return np.where(sums < 0, -size, size)


def _within(score: AccountScore, total: Whole) -> Whole:
    if score.limits.high is not None:
        total = np.minimum(total, score.limits.high)
    return total if score.limits.low is None else np.maximum(total, score.limits.low)


def _order(total: Whole, last: NDArray[np.int64], number: NDArray[np.int64]) -> NDArray[np.int64]:
    """Order accounts by points, most first, then by latest activity, then by code point."""
    frame = pl.DataFrame({"total": _series(total), "last": last, "number": number}).with_row_index("place")
    return (
        frame.sort("total", "last", "number", descending=[True, True, False])["place"]
        .to_numpy()
        .astype(np.int64)
    )


def _series(total: Whole) -> pl.Series:
    return pl.Series(total.tolist(), dtype=pl.Int128) if total.dtype == object else pl.Series(total)


def _instants(last: NDArray[np.int64]) -> pl.Series:
    known = pl.Series(last)
    instants: pl.Series = pl.from_epoch(known.set(known == np.iinfo(np.int64).min, None), "us")
    return instants.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def _table(score: AccountScore, total: Whole, members: Members, number: NDArray[np.int64]) -> pl.DataFrame:
    accounts = members.table.select(pl.col("account", "name", "contacts").gather(number))
    return accounts.with_columns(*standing(score, _series(total), total), score_name=pl.lit(score.name))


def _ledger(
    table: pl.DataFrame,
    scored: Scored,
    rows: _Rows,
    *,
    order: NDArray[np.int64],
    counts: NDArray[np.bool_],
    parts: list[Whole],
) -> pl.DataFrame:
    """Return the ledger in the order of the table; `parts` contains the points of each kind of entry."""
    ranked = np.empty(len(order), np.int64)
    ranked[order] = np.arange(len(order))
    account, entry, points = [ranked[rows.group[counts]]], [np.zeros(int(counts.sum()), np.int64)], [parts[0]]
    for kind, given in enumerate(parts[1:], 1):
        there = np.flatnonzero(given != 0)
        account.append(ranked[there])
        entry.append(np.full(len(there), kind))
        points.append(given[there])
    contact = scored.contacts["contact_id"].gather(rows.contact[counts])
    laid = pl.DataFrame(
        {
            "account": np.concatenate(account),
            "entry": np.concatenate(entry),
            "points": quotients(np.concatenate(points), POINT),
            "contact_id": contact.extend_constant(None, sum(map(len, points[1:]))),
        }
    ).sort("account", "entry", maintain_order=True)
    return pl.DataFrame(
        [
            table["account"].gather(laid["account"]),
            table["score_name"].gather(laid["account"]),
            pl.Series("entry", _ENTRIES).gather(laid["entry"]),
            laid["contact_id"],
            laid["points"],
        ]
    ).pipe(conform, ACCOUNT_POINTS, name="account_points")
